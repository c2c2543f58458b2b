"""Opens reports in a real browser: loads, filters, sorts, pages, expands, copies; takes screenshots.

Usage: test_report.py IMAGE_PREFLIGHT TESTDATA OUT
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import browser  # noqa: E402

failures = []


def expect(condition, sentence):
    print(("ok      " if condition else "FAILED  ") + sentence, flush=True)
    if not condition:
        failures.append(sentence)


def preflight(tool, *arguments, cwd):
    run = subprocess.run([tool, *arguments], cwd=cwd, capture_output=True, text=True)
    if run.returncode > 1:
        sys.exit(f"{' '.join(arguments)} ended with {run.returncode}: {run.stderr}")


def make_reports(tool, testdata, folder):
    """A report on testdata plus images with hostile names, and one with 2,000 rows and no pictures."""
    shutil.copytree(testdata, folder / "testdata")
    photo = next((folder / "testdata" / "photos").glob("*.jpg"))
    hostile = folder / "testdata" / "hostile"
    for name in (
        "<img src=x onerror=alert(1)>.png", "a<" + "/script><script>alert(2)</script>.jpg", "it's $(touch x).jpg",
        '"><svg onload=alert(3)>.jpg', "{{title}} {{{data}}}.jpg", "\u202egnp.jpg", "<!--<script>.jpg",
    ):
        path = hostile / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(photo, path)
    preflight(tool, "prepare", "testdata", "-o", "ready", "--quiet", cwd=folder)
    preflight(tool, "report", "ready/manifest.jsonl", "-o", "report.html", "--quiet", cwd=folder)
    lines = (folder / "ready/manifest.jsonl").read_text().splitlines()
    with open(folder / "ready/long.jsonl", "w") as file:
        for index in range(2000):
            row = json.loads(lines[index % len(lines)])
            row["source"]["path"] = f"copy-{index // len(lines)}/" + row["source"]["path"]
            file.write(json.dumps(row) + "\n")
    preflight(
        tool, "report", "ready/long.jsonl", "-o", "long.html", "--quiet", "--thumbnails", "none", cwd=folder
    )
    return [json.loads(line) for line in lines]


def column(page, number):
    return page.run(
        f"[...document.querySelectorAll('#rows > tr[data-index]')].map(r => r.children[{number}].innerText.trim())"
    )


def click(page, selector):
    page.run(f"document.querySelector({json.dumps(selector)}).click()")


def choose(page, identifier, value):
    page.run(
        f"(() => {{ const e = document.getElementById('{identifier}'); e.value = {json.dumps(value)};"
        " e.dispatchEvent(new Event('change')); })()"
    )


def shown(page):
    return int(page.run("document.getElementById('count').textContent").split()[0].replace(",", ""))


def paths(page):
    return [text.replace("\n", "") for text in column(page, 1)]


def test_testdata(page, folder, manifest, out):
    page.look(1280, 900)
    page.open((folder / "report.html").as_uri())
    total = len(manifest)
    refused = sum(1 for row in manifest if row["source"].get("verdict", "rejected") == "rejected")
    expect(shown(page) == total, f"all {total} images are present")
    expect(len(column(page, 1)) == 50, "50 of them on the first page")
    expect(
        page.run("[...document.querySelectorAll('#rows img')].every(i => i.src.startsWith('data:image/jpeg'))"),
        "pictures are embedded in the file",
    )
    page.run("Promise.all([...document.images].map(i => { i.loading = 'eager'; return i.decode(); })).then(() => 1)")

    choose(page, "verdict", "rejected")
    expect(shown(page) == refused, f"the filter leaves {refused} refused images")
    expect(all(text.startswith("refused") for text in column(page, 2)), "and nothing else")
    expect("verdict=rejected" in page.run("location.hash"), "the URL remembers the filter")
    click(page, "#reset")
    code = next(f["code"] for row in manifest for f in row["source"].get("findings", []))
    wanted = sum(
        1 for row in manifest
        if any(f["code"] == code for f in row["source"].get("findings", []) + row["findings"])
    )
    choose(page, "code", code)
    expect(shown(page) == wanted, f"{code} leaves {wanted} images")
    click(page, "#reset")

    click(page, "th[data-sort=tokens] button")
    before = [row["source"].get("tokens") for row in manifest if row["source"].get("verdict") != "rejected"]
    largest_first = sorted((value for value in before if value is not None), reverse=True)
    cells = [int(text.split("\n")[0].replace(",", "")) for text in column(page, 5)]
    expect(cells == largest_first[:50], "a click on Tokens sorts by tokens, largest first")
    expect(
        page.run("document.querySelector('th[data-sort=tokens]').ariaSort") == "descending",
        "and it is announced to screen readers",
    )
    smallest = largest_first[::-1][:50]
    click(page, "th[data-sort=tokens] button")
    cells = [int(text.split("\n")[0].replace(",", "")) for text in column(page, 5)]
    expect(cells == smallest, "a second click reverses the order")
    click(page, "#reset")
    choose(page, "sort", "path")
    expect(paths(page) == sorted(row["source"]["path"] for row in manifest)[:50], "the list sorts by path")
    click(page, "#reset")

    page.run("document.body.focus()")
    page.key("/", "/")
    expect(page.run("document.activeElement.id") == "q", "the / key focuses the search")
    page.type("testdata/hostile/")
    names = paths(page)
    # In findings, too: a duplicate elsewhere names its original.
    wanted = sum("testdata/hostile/" in json.dumps(row) for row in manifest)
    expect(len(names) == wanted >= 7, "the search finds the typed text")
    expect(any("<img src=x onerror=alert(1)>.png" in name for name in names), "a hostile name is only text")
    expect(any("</script><script>alert(2)</script>.jpg" in name for name in names), "also one that ends a script")
    expect(any("{{title}} {{{data}}}.jpg" in name for name in names), "also one that looks like a template")
    expect(not any("\u202e" in name for name in names), "no name can reverse the text direction")
    expect(page.run("document.querySelectorAll('#rows svg, #rows script, img[src=x]').length") == 0, "no name is markup")
    page.run("document.querySelector('button.name').focus()")
    page.key("Enter", "\r")
    expect(page.run("document.querySelector('button.name').ariaExpanded") == "true", "the Enter key expands an image")
    expect(page.run("document.querySelectorAll('.detail .view').length") == 3, "with three views of it")
    page.run("document.querySelector('.detail').scrollIntoView()")
    page.screenshot(out / "detail-light.png")
    click(page, "#reset")

    choose(page, "code", "I301")
    page.run("document.querySelector('button.name').click()")
    line = page.run("document.querySelector('.command code').textContent")
    expect(line.startswith("image-preflight prepare ") and "testdata/" in line, "a fix names the file")
    page.call("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    click(page, ".command button")
    page.run("new Promise(done => setTimeout(done, 200))")
    expect(page.run("document.getElementById('toast').textContent") == "Copied", "a click copies it")
    click(page, "#reset")
    page.run("document.querySelector('#q').value = \"touch x\"; document.querySelector('#q').dispatchEvent(new Event('input'))")
    click(page, "button.name")
    lines = page.run("[...document.querySelectorAll('.command code')].map(e => e.textContent)")
    expect(
        bool(lines) and all(r"'testdata/hostile/it'\''s $(touch x).jpg'" in line for line in lines),
        "and quotes it for the shell",
    )
    click(page, "#reset")
    expect(
        all(url.startswith(("file:", "data:", "about:")) for url in page.requests), "nothing is loaded from elsewhere"
    )
    unlabelled = page.run(
        "[...document.querySelectorAll('input,select,button')].filter(e => !(e.ariaLabel || e.textContent.trim()"
        " || (e.labels && e.labels.length))).length"
    )
    expect(unlabelled == 0, "every control has a label")
    page.run("document.getElementById('toast').style.display = 'none'")  # It takes a while to fade.
    for scheme in ("light", "dark"):
        page.look(1280, 900, scheme)
        page.run("scrollTo(0, 0)")
        page.screenshot(out / f"page-{scheme}.png", full=True)
        page.screenshot(out / f"top-{scheme}.png")
        page.run("document.getElementById('images').scrollIntoView()")
        page.screenshot(out / f"images-{scheme}.png")
        page.run("scrollTo(0, 0)")
        page.look(390, 844, scheme, mobile=True)
        wide = page.run("document.documentElement.scrollWidth")
        expect(wide <= 390, f"on a phone nothing is wider than the screen ({scheme}, {wide} px)")
        page.screenshot(out / f"phone-{scheme}.png")
        choose(page, "code", "I301")
        click(page, "button.name")
        page.run("document.getElementById('images').scrollIntoView()")
        page.screenshot(out / f"phone-images-{scheme}.png")
        click(page, "#reset")
    page.look(1280, 900, "dark")
    page.run("scrollTo(0, 0)")
    choose(page, "code", "I301")
    click(page, "button.name")
    page.run("document.querySelector('.detail').scrollIntoView()")
    page.screenshot(out / "detail-dark.png")


def test_long(page, folder):
    page.look(1280, 900)
    seconds = page.open((folder / "long.html").as_uri())
    print(f"        2,000 rows without pictures: loaded in {seconds:.2f} s")
    expect(shown(page) == 2000, "2,000 rows are present")
    click(page, "#last")
    expect(page.run("document.getElementById('page').textContent") == "Page 40 of 40", "on 40 pages")
    expect(page.run("document.getElementById('next').disabled"), "the last page has no next")
    click(page, "#prev")
    expect(page.run("document.getElementById('page').textContent") == "Page 39 of 40", "and has a previous")


def main():
    tool, testdata, out = (pathlib.Path(argument).resolve() for argument in sys.argv[1:4])
    program = browser.find()
    if not program:
        print("skipped: no Chromium here (Debian: apt-get install chromium)")
        return
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="image-preflight-report-") as name:
        folder = pathlib.Path(name)
        manifest = make_reports(tool, testdata, folder)
        with browser.Browser(program) as page:
            test_testdata(page, folder, manifest, out)
            test_long(page, folder)
            expect(not page.problems, "the console is empty")
            for problem in page.problems:
                print("        " + problem)
    print(f"screenshots: {out}")
    if failures:
        sys.exit(f"{len(failures)} failed")


main()
