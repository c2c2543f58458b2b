"use strict";
(() => {
  // Everything that comes from a file goes into the page as text or as the address of a picture, never as markup.
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const rows = data.rows;
  const rules = new Map(data.rules.map((rule) => [rule.code, rule]));
  const pageSize = 50;
  const svgSpace = "http://www.w3.org/2000/svg";

  // MARK: Elements

  function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === undefined || value === null) continue;
      if (name === "text") element.textContent = value;
      else element.setAttribute(name, value);
    }
    for (const child of children || []) if (child) element.append(child);
    return element;
  }
  const make = (tag, attributes, children) => fill(document.createElement(tag), attributes, children);
  const draw = (tag, attributes, children) => fill(document.createElementNS(svgSpace, tag), attributes, children);

  // MARK: Texts

  const count = (value) => value.toLocaleString("en-US");
  const size = (width, height) => (width ? width + "×" + height : "");
  function bytes(value) {
    const units = ["B", "kB", "MB", "GB"];
    let unit = 0;
    while (value >= 999.5 && unit < 3) { value /= 1000; unit += 1; }
    return (unit === 0 || value >= 9.95 ? Math.round(value) : value.toFixed(1)) + " " + units[unit];
  }
  function cost(microdollars) {
    const dollars = microdollars / 1e6;
    if (dollars >= 0.1 || dollars === 0) return "$" + dollars.toFixed(2);
    return "$" + dollars.toFixed(6).replace(/0+$/, "").replace(/\.$/, ".00");
  }
  const verdictNames = { accepted: "accepted", downsized: "downsized", rejected: "refused" };
  const actionNames = { failed: "not prepared" };
  const actionName = (action) => actionNames[action] || action;

  // MARK: Pictures, read block by block when they are shown

  const blocks = new Map();
  function pictures(index) {
    const number = Math.floor(index / data.perBlock);
    if (!blocks.has(number)) {
      const element = byId("pictures-" + number);
      blocks.set(number, element ? JSON.parse(element.textContent) : []);
    }
    const pair = blocks.get(number)[index % data.perBlock] || ["", ""];
    const address = (text) => (text ? "data:image/jpeg;base64," + text : "");
    return { before: address(pair[0]), after: address(pair[1] === "=" ? pair[0] : pair[1]) };
  }

  // MARK: Filtering and sorting

  const empty = { q: "", verdict: "", action: "", format: "", code: "", sort: "", desc: "", page: "1" };
  const state = { ...empty, ...Object.fromEntries(new URLSearchParams(location.hash.slice(1))) };
  const severityRank = { error: 10000, warning: 100, note: 1 };
  const weight = (row) => row.n.reduce((sum, finding) => sum + severityRank[rules.get(finding.k).severity], 0);
  const verdictRank = { rejected: 0, downsized: 1, accepted: 2 };
  const keys = {
    path: (row) => row.p, verdict: (row) => verdictRank[row.v], action: (row) => row.a,
    pixels: (row) => (row.w ? row.w * row.h : undefined), bytes: (row) => row.b, tokens: (row) => row.t,
    tokensAfter: (row) => row.T, saved: (row) => (row.t !== undefined && row.T !== undefined ? row.t - row.T : undefined),
    cost: (row) => row.C, findings: weight,
  };
  const searchTexts = [];
  function searchText(index) {
    if (searchTexts[index] === undefined) {
      const row = rows[index];
      const found = row.n.map((finding) => finding.k + " " + rules.get(finding.k).name + " " + finding.m);
      searchTexts[index] = [row.p, row.o || "", row.e || "", ...found].join("\n").toLowerCase();
    }
    return searchTexts[index];
  }

  let shown = [];
  let opened = -1;
  function select() {
    const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    shown = [];
    rows.forEach((row, index) => {
      if (state.verdict && row.v !== state.verdict) return;
      if (state.action && row.a !== state.action) return;
      if (state.format && row.f !== state.format && row.F !== state.format) return;
      if (state.code && !row.n.some((finding) => finding.k === state.code)) return;
      if (words.length && !words.every((word) => searchText(index).includes(word))) return;
      shown.push(index);
    });
    const key = keys[state.sort];
    if (!key) { if (state.desc) shown.reverse(); return; }
    const values = rows.map(key);
    const sign = state.desc ? -1 : 1;
    shown.sort((one, other) => {
      const [left, right] = [values[one], values[other]];
      // What is unknown comes last, either way.
      if (left === undefined || right === undefined) return (left === undefined) - (right === undefined) || one - other;
      return left < right ? -sign : left > right ? sign : one - other;
    });
  }

  // MARK: The list

  function thumb(address, name) {
    return address
      ? make("img", { class: "thumb", src: address, alt: "", loading: "lazy", decoding: "async" })
      : make("span", { class: "thumb none", text: name });
  }
  function two(name, before, after) {
    const cell = make("td", { class: "n", "data-name": name });
    if (before && before !== after) cell.append(make("span", { class: "was", text: before }));
    cell.append(after || (before ? "–" : ""));
    return cell;
  }
  const text = (value, words) => (value === undefined ? "" : words(value));

  function rowElement(index) {
    const row = rows[index];
    const images = pictures(index);
    const slash = row.p.lastIndexOf("/");
    const button = make("button", { class: "name", type: "button", "aria-expanded": String(index === opened), "aria-controls": "detail-" + index }, [
      make("span", { class: "folder", text: row.p.slice(0, slash + 1) }), make("b", { text: row.p.slice(slash + 1) }),
    ]);
    button.addEventListener("click", () => toggle(index));
    const codes = new Map();
    for (const finding of row.n) codes.set(finding.k, rules.get(finding.k));
    return make("tr", { "data-index": index }, [
      make("td", {}, [make("div", { class: "pair" }, [thumb(images.before, "none"), make("span", { class: "arrow", "aria-hidden": "true", text: "→" }), thumb(images.after, row.a === "failed" ? "–" : "none")])]),
      make("td", {}, [button]),
      make("td", {}, [make("span", { class: "tag " + row.v, text: verdictNames[row.v] }), make("span", { class: "act", text: actionName(row.a) })]),
      two("Size, px", row.d ? count(row.d) + (row.d === 1 ? " page" : " pages") : size(row.w, row.h), row.x ? count(row.x) + " tiles" : size(row.W, row.H)),
      two("Bytes", text(row.b, bytes), text(row.B, bytes)),
      two("Tokens", row.D ? "about " + count(row.D) : text(row.t, count), text(row.T, count)),
      two("Cost", text(row.c, cost), text(row.C, cost)),
      make("td", {}, [make("div", { class: "codes" }, [...codes].map(([code, rule]) => make("span", { class: "code " + rule.severity, title: rule.name, text: code })))]),
    ]);
  }

  function render() {
    const pages = Math.max(Math.ceil(shown.length / pageSize), 1);
    const page = Math.min(Math.max(parseInt(state.page, 10) || 1, 1), pages);
    state.page = String(page);
    const part = shown.slice((page - 1) * pageSize, page * pageSize);
    const list = [];
    for (const index of part) {
      list.push(rowElement(index));
      if (index === opened) list.push(detail(index));
    }
    if (!part.length) list.push(make("tr", {}, [make("td", { colspan: "8", class: "empty", text: "No image is like that." })]));
    byId("rows").replaceChildren(...list);
    byId("count").textContent = shown.length === rows.length ? count(rows.length) + " images" : count(shown.length) + " of " + count(rows.length) + " images";
    byId("page").textContent = "Page " + count(page) + " of " + count(pages);
    byId("first").disabled = byId("prev").disabled = page === 1;
    byId("last").disabled = byId("next").disabled = page === pages;
    for (const head of document.querySelectorAll("th[data-sort]")) {
      if (head.dataset.sort === state.sort) head.setAttribute("aria-sort", state.desc ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    for (const id of ["verdict", "action", "format", "code", "sort"]) byId(id).value = state[id];
    if (byId("q").value !== state.q) byId("q").value = state.q;
    byId("dir").setAttribute("aria-pressed", String(Boolean(state.desc)));
    byId("dir").textContent = state.desc ? "↓" : "↑";
    const told = Object.entries(state).filter(([name, value]) => name in empty && value !== empty[name]);
    history.replaceState(null, "", told.length ? "#" + new URLSearchParams(told) : location.pathname + location.search);
  }

  function update(changes) {
    Object.assign(state, { page: "1" }, changes);
    opened = -1;
    select();
    render();
  }

  function toggle(index) {
    opened = opened === index ? -1 : index;
    render();
    const row = document.querySelector('tr[data-index="' + index + '"] button.name');
    if (row) row.focus({ preventScroll: true });
  }

  // MARK: One image

  let hatches = 0;
  const padded = (length) => Math.ceil(length / data.patch) * data.patch;

  function view(title, caption, address, width, height, isPadded, missing) {
    const words = make("figcaption", {}, [make("b", { text: title }), caption]);
    if (!width) return make("figure", { class: "card view" }, [words, make("div", { class: "gone", text: missing })]);
    const [frameWidth, frameHeight] = isPadded ? [padded(width), padded(height)] : [width, height];
    const unit = Math.max(frameWidth, frameHeight) / 240;
    const picture = draw("svg", { viewBox: [0, 0, frameWidth, frameHeight].join(" "), role: "img", "aria-label": title + ", " + caption, overflow: "visible" }, [
      draw("rect", { class: "frame", width: frameWidth, height: frameHeight, "stroke-width": unit }),
      address ? draw("image", { href: address, width, height, preserveAspectRatio: "none" }) : null,
    ]);
    if (isPadded) {
      const step = unit * 4;
      const id = "hatch-" + (hatches += 1);
      const outline = "M" + width + " 0H" + frameWidth + "V" + frameHeight + "H0V" + height + "H" + width + "Z";
      picture.append(
        draw("defs", {}, [draw("pattern", { id, width: step, height: step, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, [draw("line", { class: "hatch-line", x1: 0, y1: 0, x2: 0, y2: step, "stroke-width": step / 2 })])]),
        draw("path", { class: "pad", d: outline }), draw("path", { fill: "url(#" + id + ")", d: outline }),
        draw("rect", { class: "edge", width: frameWidth, height: frameHeight, "stroke-width": unit }));
    }
    return make("figure", { class: "card view" }, [words, picture]);
  }

  function seenCaption(width, height, row) {
    const share = row.w ? Math.round((width / row.w) * 100) : 100;
    const padding = padded(width) !== width || padded(height) !== height ? ", padded to " + size(padded(width), padded(height)) : ", no padding";
    return size(width, height) + " px" + padding + (share < 100 ? ", " + share + " % of each side" : "");
  }

  function command(line) {
    const button = make("button", { type: "button", "aria-label": "Copy the command", text: "Copy" });
    button.addEventListener("click", () => copy(line));
    return make("div", { class: "command" }, [make("code", { tabindex: "0", text: line }), button]);
  }

  function detail(index) {
    const row = rows[index];
    const images = pictures(index);
    const word = row.q || row.p;
    const views = make("div", { class: "views" }, [
      view("Original", row.w ? size(row.w, row.h) + " px, " + text(row.b, bytes) + (row.f ? ", " + row.f : "") : text(row.b, bytes), images.before, row.w, row.h, false, "The size of this file is not known."),
      view("The model's view of the original", row.sw && row.v !== "rejected" ? seenCaption(row.sw, row.sh, row) : "", images.before, row.v === "rejected" ? 0 : row.sw, row.sh, true, "The model never sees it: the service refuses this file."),
      row.x
        ? view("The model's view when prepared", count(row.x) + " tiles at full detail, beginning with " + (row.o || row.p), images.after, row.W, row.H, false, "")
        : view("The model's view when prepared", row.SW ? seenCaption(row.SW, row.SH, row) : "", images.after, row.SW, row.SH, true, row.e || "Nothing was prepared."),
    ]);
    const finds = make("ul", { class: "finds" }, row.n.map((finding) => {
      const rule = rules.get(finding.k);
      return make("li", { class: "card find" }, [
        make("h4", {}, [make("span", { class: "code " + rule.severity, text: finding.k }), rule.name]),
        make("p", { text: finding.m }),
        finding.s ? make("p", { class: "service", text: finding.s, title: "What the service answers" }) : null,
        make("p", {}, [make("b", { text: "What to do. " }), rule.remedy]),
        rule.command ? command(rule.command.replace("PATH", () => word)) : null,
      ]);
    }));
    if (!row.n.length) finds.append(make("li", { class: "card find", text: row.e || "No rule has anything to say about this image." }));
    return make("tr", { class: "detail", id: "detail-" + index }, [make("td", { colspan: "8" }, [views, finds])]);
  }

  let toastTimer = 0;
  function toast(words) {
    byId("toast").textContent = words;
    byId("toast").classList.add("shown");
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => byId("toast").classList.remove("shown"), 1800);
  }
  async function copy(line) {
    try {
      await navigator.clipboard.writeText(line);
    } catch {
      // Without the permission, the older way.
      const field = make("textarea", { class: "hidden", "aria-hidden": "true" });
      field.value = line;
      document.body.append(field);
      field.select();
      const isDone = document.execCommand("copy");
      field.remove();
      if (!isDone) { toast("Copying is not allowed here"); return; }
    }
    toast("Copied");
  }

  // MARK: Controls

  for (const id of ["action", "format"]) {
    const values = new Set();
    for (const row of rows) for (const value of id === "action" ? [row.a] : [row.f, row.F]) if (value) values.add(value);
    for (const value of [...values].sort()) byId(id).append(make("option", { value, text: id === "action" ? actionName(value) : value }));
  }
  for (const id of ["verdict", "action", "format", "code", "sort"]) byId(id).addEventListener("change", (event) => update({ [id]: event.target.value }));
  byId("q").addEventListener("input", (event) => update({ q: event.target.value }));
  byId("dir").addEventListener("click", () => update({ desc: state.desc ? "" : "1" }));
  byId("reset").addEventListener("click", () => update({ ...empty }));
  document.querySelector("form.tools").addEventListener("submit", (event) => event.preventDefault());
  for (const head of document.querySelectorAll("th[data-sort]")) {
    const button = make("button", { type: "button", text: head.textContent });
    head.replaceChildren(button);
    const key = head.dataset.sort;
    button.addEventListener("click", () => update({ sort: key, desc: state.sort === key ? (state.desc ? "" : "1") : key === "path" || key === "verdict" ? "" : "1" }));
  }
  for (const button of document.querySelectorAll("button[data-code]")) {
    button.addEventListener("click", () => {
      update({ ...empty, code: button.dataset.code });
      byId("images").scrollIntoView();
      byId("code").focus({ preventScroll: true });
    });
  }
  function turn(page) {
    state.page = String(page);
    opened = -1;
    render();
    byId("images").scrollIntoView();
  }
  byId("first").addEventListener("click", () => turn(1));
  byId("prev").addEventListener("click", () => turn(Number(state.page) - 1));
  byId("next").addEventListener("click", () => turn(Number(state.page) + 1));
  byId("last").addEventListener("click", () => turn(Number.MAX_SAFE_INTEGER));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    event.preventDefault();
    byId("q").focus();
  });

  select();
  render();
})();
