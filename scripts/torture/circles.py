"""COUNT random HEIC and AVIF files of images that are derived from each other.

Cycles of grids, overlays and identities, chains of a thousand, grids that double forty times, references to images that
do not exist. None contains a pixel, so none may become an output; each may affect only itself, and a good photo between
them is prepared.
"""

import random
import shutil

import images
from product import Result

COUNT = 200
KINDS = (b"grid", b"iden", b"iovl")
TIMEOUT_SECONDS = 10


def attack(product, count):
    result = Result("HEIC and AVIF of images that are derived from each other in circles", f"{count:,} files, twice", "")
    with product.scratch() as folder:
        (folder / "in").mkdir()
        for index, (brand, data) in enumerate(files(count)):
            (folder / "in" / f"{index:06}.{brand.decode()}").write_bytes(data)
        shutil.copy(product.testdata / "orientation/jpeg-portrait-6-big-endian.jpg", folder / "in" / "good.jpg")
        limit = ["--timeout", TIMEOUT_SECONDS]
        check = product.run("check", folder / "in", "--deep", "--quiet", "--format", "ndjson", *limit)
        prepare = product.prepare(folder / "in", "-o", folder / "out", *limit)
    for name, run, is_good in [
        ("check", check, lambda row: row["verdict"] != "rejected"),
        ("prepare", prepare, lambda row: "output" in row),
    ]:
        rows = run.rows()
        good = sorted(row.get("source", row)["path"].rsplit("/", 1)[1] for row in rows if is_good(row))
        result.expect(run.status == 1, f"{name}: status {run.status} instead of 1")
        result.expect(len(rows) == count + 1, f"{name}: {len(rows)} rows instead of {count + 1}")
        # `check` may accept a file that only this machine cannot decode.
        result.expect("good.jpg" in good, f"{name}: the good photo was lost")
        result.expect(name == "check" or good == ["good.jpg"], f"{name}: made outputs of {good[:5]}")
    lost = sum(f["code"] == "I107" for row in prepare.rows() for f in row["findings"])
    result.outcome = (f"none decoded, {lost or 'no'} worker lost, peak {max(check.peak_mib, prepare.peak_mib):.0f} MiB, "
                      f"{1000 * (check.cpu_seconds + prepare.cpu_seconds) / (2 * count):.1f} ms of work each")
    return result


def files(count):
    source = random.Random(24)
    fixed = [
        ([kind], [[1]]) for kind in KINDS
    ] + [
        (list(KINDS), [[2], [3], [1]]),
        ([b"grid"] * 40, [[at % 40 + 1] * 2 for at in range(1, 41)]),
        ([b"iden"] * 1000, [[at + 1] for at in range(1, 1001)]),
        ([b"iden"] * 1000, [[at % 1000 + 1] for at in range(1, 1001)]),
        ([b"grid"], [[1] * 255]),
    ]
    graphs = [(kinds, inputs, b"dimg", 1) for kinds, inputs in fixed]
    while len(graphs) < (count + 1) // 2:
        size = source.randint(1, 8)
        kinds = [source.choice(KINDS) for _ in range(size)]
        inputs = [[source.randint(0, size + 1) for _ in range(source.randint(0, 4))] for _ in range(size)]
        reference = source.choice([b"dimg", b"dimg", b"dimg", b"auxl", b"thmb", b"cdsc", b"base"])
        graphs.append((kinds, inputs, reference, source.randint(0, size + 1)))
    made = [(brand, images.derived_heif(kinds, inputs, brand, reference, primary))
            for kinds, inputs, reference, primary in graphs for brand in (b"heic", b"avif")]
    return made[:count]
