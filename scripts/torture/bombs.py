"""Images made to exhaust memory or time, each in a separate run.

No process of a run may use more memory than the limit plus the 128 MiB allowed for the process itself. An image
refused from its header is refused COUNT more times in one run over links to it: the CPU time of that run, minus
that of a run over one link, must be below a millisecond each.
"""

import os
import shutil
import subprocess

import images
from product import Result

COUNT = 2000


def attack(product, count):
    result = Result("bombs, each in a run of its own", "", "")
    rows, slowest, highest, is_without_vips = [], 0, 0, False
    with product.scratch() as folder:
        is_without_vips = not make(product, folder)
        bombs = sorted((folder / "in").iterdir())
        for bomb in bombs:
            for limit in (1, 2):
                row, peak = prepare(product, folder, bomb, limit, result)
                highest = max(highest, peak)
                error = row.get("error", "")
                if error.startswith("not decoded"):
                    milliseconds = refusal_milliseconds(product, folder, bomb, limit, count)
                    slowest = max(slowest, milliseconds)
                    result.expect(milliseconds < 1, f"{bomb.name}: a refusal takes {milliseconds:.3f} ms of work")
                size = os.path.getsize(bomb)
                rows.append([bomb.name, f"{size:,} bytes", f"{limit} GiB", error or row["action"], f"{peak:.0f} MiB"])
    result.how_many = f"{len(rows)} runs, each refusal {count:,} times"
    result.outcome = f"none is over its limit; peak {highest:.0f} MiB; a refusal is {slowest:.3f} ms of work at most"
    if is_without_vips:
        result.outcome += "; without webp-16383x16383, which takes the program vips"
    result.table = (["bomb", "size", "memory limit", "outcome", "peak"], merged(rows))
    return result


def merged(rows):
    """One row for a bomb whose outcome does not depend on the limit."""
    found = []
    for name, size, limit, outcome, peak in rows:
        if found and [name, outcome] == [found[-1][0], found[-1][3]]:
            found[-1][2] += f", {limit}"
        else:
            found.append([name, size, limit, outcome, peak])
    return found


def make(product, folder):
    """Makes the bombs; false if one could not be made."""
    into = folder / "in"
    into.mkdir()
    (into / "icon-16777216-wide.ico").write_bytes(images.wide_icon())
    (into / "progressive-65500x65500.jpg").write_bytes(images.progressive_giant(65500))
    (into / "gif-1-frame.gif").write_bytes(images.gif_of_frames(1))
    (into / "gif-100000-frames.gif").write_bytes(images.gif_of_frames(100_001))
    (into / "webp-65536-codes.webp").write_bytes(images.webp_of_code_groups())
    for path in [
        "bad/hostile/png-bomb-30000x30000.png", "bad/hostile/webp-bomb-16384x16384.webp",
        "bad/hostile/gif-65535x65535.gif", "bad/hostile/jpeg-65535x65535.jpg",
        "formats/png/iccp-unpacks-to-40-mb.png",
    ]:
        shutil.copy(product.testdata / path, into)
    if not shutil.which("vips"):
        return False
    subprocess.run(["vips", "black", into / "webp-16383x16383.webp", "16383", "16383", "--bands", "3"], check=True)
    return True


def prepare(product, folder, bomb, limit, result):
    shutil.rmtree(folder / "out", ignore_errors=True)
    run = product.prepare(bomb, "-o", folder / "out", "--memory-limit", f"{limit}G")
    result.expect(not run.is_crash, f"{bomb.name}: status {run.status}")
    result.expect(
        run.peak_mib <= limit * 1024 + 128, f"{bomb.name}: {run.peak_mib:.0f} MiB with a limit of {limit} GiB")
    rows = run.rows()
    result.expect(len(rows) == 1, f"{bomb.name}: {len(rows)} rows")
    return (rows[0] if rows else {"action": "no row"}), run.peak_mib


def refusal_milliseconds(product, folder, bomb, limit, count):
    def work(links):
        source, output = folder / "links", folder / "links-out"
        for old in (source, output):
            shutil.rmtree(old, ignore_errors=True)
        source.mkdir()
        for index in range(links):
            os.link(bomb, source / f"{index}{bomb.suffix}")
        return product.prepare(
            source, "-o", output, "--isolate", "--memory-limit", f"{limit}G", "--jobs", "1").cpu_seconds
    return (work(count + 1) - work(1)) / count * 1000
