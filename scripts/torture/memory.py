"""COUNT 12-megapixel photos, and logs of 2,000 lines for each, up to a million: memory must stay flat.

`prepare` over the photos (links to four) with two workers: the peak for the last quarter of files must be within 10 %
of that for the second. Pages that processes share are divided among them, so that nothing counts twice.

`lint` and `repair` over the logs may use at most 448 MiB. Their lines contain only text, thinking in every second, or an
image in every twentieth; every second event starts a branch, and the last one has an image that is refused. So may
`lint` of 1.5 GB lines that are not JSON, or are JSON and longer than any body, and commands that read a manifest with such a
row.
"""

import base64
import os

import images
from product import Result, growth, memory_mib, quarter_peaks

COUNT = 500
LOG_LIMIT_MIB = 448


def photos(product, count):
    result = Result("`prepare` over photos of 12 MP with two workers", f"{count:,} photos", "")
    with product.scratch() as folder:
        for name in ("made", "in"):
            (folder / name).mkdir()
        for index in range(4):
            made = folder / "made" / f"{index}.png"
            made.write_bytes(images.noise_png(4032, 3024, square=8, seed=index))
        product.prepare(
            folder / "made", "-o", folder / "jpeg", "--fit", "limits", "--output-format", "jpeg", "--quality", "90")
        for index in range(count):
            os.link(folder / "jpeg" / f"{index % 4}.jpg", folder / "in" / f"{index:06}.jpg")

        samples = []

        def outputs():
            try:
                return sum(entry.name.endswith(".jpg") for entry in os.scandir(folder / "out"))
            except OSError:
                return 0

        def look(processes):
            samples.append((outputs() / count, sum(memory_mib(pid, "Pss", "smaps_rollup") for pid in processes)))

        run = product.prepare(folder / "in", "-o", folder / "out", "--jobs", "2", "--isolate", watch=look)
        done = outputs()
    peaks = quarter_peaks(samples)
    change = growth(peaks)
    result.expect(run.status == 0 and done == count, f"{done} of {count} photos done, status {run.status}")
    result.expect(abs(change) <= 0.10, f"the last quarter differs from the second by {change:+.1%}")
    result.outcome = ("peaks of the four quarters: " + ", ".join(f"{peak:.0f}" for peak in peaks)
                      + f" MiB; the last against the second: {change:+.1%}")
    return result


class Peaks:
    """Runs commands that must end with a given status and stay below the limit."""

    def __init__(self, product, result):
        self.product, self.result, self.peaks = product, result, {}

    def run(self, name, *arguments, status=1):
        ended = self.product.run(*arguments)
        self.peaks[name] = ended.peak_mib
        self.result.expect(ended.status == status, f"{name}: status {ended.status} instead of {status}")
        self.result.expect(ended.peak_mib <= LOG_LIMIT_MIB, f"{name}: {ended.peak_mib:.0f} MiB")

    def __str__(self):
        return "peaks: " + ", ".join(f"{name} {peak:.0f}" for name, peak in self.peaks.items()) + " MiB"


def logs(product, count):
    lines = min(2000 * count, 1_000_000)
    result = Result("`lint` and `repair` over agents' logs, and over lines of 1.5 GB", f"{lines:,} lines each", "")
    peaks = Peaks(product, result)
    with product.scratch() as folder:
        log = folder / "log.jsonl"
        for kind in ("text", "thinking", "images"):
            with open(log, "w") as file:
                file.writelines(log_line(index, kind, lines) for index in range(lines))
            peaks.run(f"lint, {kind}", "lint", log)
            peaks.run(
                f"repair, {kind}", "repair", log, "-o", folder / "out.jsonl", "--overwrite", "--thinking", "strip")
        for name, start in [("not JSON", "a"), ("an endless text", '{"a":"')]:
            write_endless(log, log_line(0, "text", lines) + start, "\n" + log_line(1, "text", lines))
            peaks.run(f"lint, {name}", "lint", log)
    result.outcome = str(peaks)
    return result


def rows(product, count):
    result = Result(
        "`report`, `locate`, `manifest merge` and `prepare --resume` of a manifest with a row of 1.5 GB", "1 row", "")
    peaks = Peaks(product, result)
    with product.scratch() as folder:
        manifest = folder / "manifest.jsonl"
        write_endless(manifest, '{"source":{"path":"', '"}}\n')
        peaks.run("report", "report", manifest, "-o", folder / "page.html", status=2)
        peaks.run("locate", "locate", manifest, "a.jpg", 1, 2, status=2)
        peaks.run("merge", "manifest", "merge", manifest, "-o", folder / "merged.jsonl", status=2)
        # An image whose row cannot be read is prepared again.
        peaks.run("resume", "prepare", product.testdata / "orientation", "-o", folder, "--resume", status=0)
    result.outcome = f"refused, or prepared again by `--resume`; {peaks}"
    return result


def write_endless(path, start, end):
    with open(path, "w") as file:
        file.write(start)
        for _ in range(1500):
            file.write("a" * 1_000_000)
        file.write(end)


def image_block(width, height):
    data = base64.b64encode(images.png(width, height, [bytes(3 * width)] * height)).decode()
    return '{"type":"image","source":{"type":"base64","media_type":"image/png","data":"%s"}}' % data


FINE, TOO_WIDE = image_block(300, 300), image_block(8100, 20)
THOUGHT = '{"type":"thinking","thinking":"Hm.","signature":"c2ln"},'


def log_line(index, kind, count):
    parent = "null" if index == 0 else '"u%d"' % max(index - 1 - index % 2, 0)
    role = "assistant" if index % 2 else "user"
    blocks = THOUGHT if kind == "thinking" and index % 2 else ""
    blocks += '{"type":"text","text":"%s"}' % ("x" * (50 + index % 200))
    if kind == "images" and index % 20 == 0:
        blocks += "," + FINE
    if index == count - 1:
        blocks += "," + TOO_WIDE
    return ('{"parentUuid":%s,"uuid":"u%d","type":"%s","message":{"role":"%s","content":[%s]}}\n'
            % (parent, index, role, role, blocks))
