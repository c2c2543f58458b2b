"""JPEGs with COUNT scans: a decoder goes over the whole picture for each.

Scans repeated, empty, with comments or tables between them; the most that are allowed, and one more. `check --deep` and
`prepare` must handle each within the time and memory limits, with the direct codec and with libvips.
"""

import collections

import images
from product import Result

COUNT = 100_000
TIMEOUT_SECONDS = 30
ALLOWED_SCANS = 100


def attack(product, count):
    made = files(product, count)
    result = Result(f"JPEGs of {count:,} scans, and of as many as are allowed", "", "")
    slowest, peak, runs, actions = (0, ""), 0, 0, collections.Counter()
    with product.scratch() as folder:
        for name, data in made.items():
            (folder / name).write_bytes(data)
            for engine in ("", "libvips"):
                # Smaller than the images, so that none is copied unchanged.
                for command in (["check", "--deep"], ["prepare", "--max-edge", 50, "-o", folder / f"out-{runs}"]):
                    run = product.run(
                        *command, folder / name, "--timeout", TIMEOUT_SECONDS, "--quiet", "--format", "ndjson",
                        environment={"IMAGE_PREFLIGHT_ENGINE": engine} if engine else None)
                    label = f"{name}, {command[0]}{', ' + engine if engine else ''}"
                    rows = run.rows()
                    result.expect(run.status in (0, 1), f"{label}: status {run.status}: {run.errors[:300]}")
                    result.expect(len(rows) == 1, f"{label}: {len(rows)} rows")
                    result.expect(run.seconds < TIMEOUT_SECONDS, f"{label}: {run.seconds:.0f} s")
                    result.expect(run.peak_mib <= 1024 + 128, f"{label}: {run.peak_mib:.0f} MiB")
                    is_over = name.startswith("over-")
                    for row in rows:
                        taken = row.get("action", row.get("verdict")) not in ("failed", "rejected")
                        result.expect(
                            not (is_over and command[0] == "prepare" and taken), f"{label}: {row.get('action')}")
                        if command[0] == "prepare":
                            actions[row["action"]] += 1
                    slowest = max(slowest, (run.cpu_seconds, label))
                    peak = max(peak, run.peak_mib)
                    runs += 1
    result.how_many = f"{len(made)} files, {runs} runs"
    result.outcome = (", ".join(f"{number} {action}" for action, number in sorted(actions.items()))
                      + f"; at most {slowest[0]:.1f} s of work ({slowest[1]}), peak {peak:.0f} MiB")
    return result


def files(product, count):
    progressive = (product.testdata / "formats/jpeg/progressive.jpg").read_bytes()
    head, scans = images.split_scans(progressive)
    baseline_head, baseline = images.split_scans(
        (product.testdata / "orientation/jpeg-portrait-6-big-endian.jpg").read_bytes())
    giant = b"\xff\xd8" + images.QUANTIZATION + images.jpeg_frame(0xC2, 8000, 8000)
    all_scans, end = b"".join(scans), b"\xff\xd9"
    comment = images.segment(0xFE, b"a comment")
    restart = images.segment(0xDD, b"\0\1")
    return {
        "over-last-repeated.jpg": head + all_scans + scans[-1] * count + end,
        "over-first-repeated.jpg": head + scans[0] * max(count // 10, ALLOWED_SCANS + 1) + end,
        "over-comments-between.jpg": head + all_scans + (comment + scans[-1]) * count + end,
        "over-restarts-between.jpg": head + all_scans + (restart + scans[-1]) * count + end,
        "over-empty-8000x8000.jpg": giant + images.DC_SCAN * count + end,
        "over-by-one.jpg": giant + images.DC_SCAN * (ALLOWED_SCANS + 1) + end,
        # 14 + 42 × 2 = 98 scans, and 140.
        "allowed-valid-8000x8000.jpg": images.slow_progressive(8000, bands=2),
        "over-valid-8000x8000.jpg": images.slow_progressive(8000, bands=3),
        "allowed-repeated.jpg": head + all_scans + scans[-1] * (ALLOWED_SCANS - len(scans)) + end,
        "baseline-repeated.jpg": baseline_head + baseline[-1] * (1 + count // 1000) + end,
    }
