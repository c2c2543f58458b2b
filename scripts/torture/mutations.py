"""COUNT mutated copies of the test data (bytes flipped, cut out, doubled, cut off), prepared twice.

`limits` leaves as many files as possible unchanged; `recommended` re-encodes. The run must not crash, every output
must pass `check --deep`, and no original may change.
"""

import collections
import random

from product import Result, snapshot

COUNT = 1000


def attack(product, count):
    result = Result("mutated images through `prepare --deep`, with the sizes of `recommended` and of `limits`",
                    f"{count:,}, twice", "")
    outcomes = []
    with product.scratch() as folder:
        (folder / "in").mkdir()
        source = random.Random(20261121)
        seeds = product.images(max_bytes=200_000)
        for index in range(count):
            seed = source.choice(seeds)
            (folder / "in" / f"{index:06}{seed.suffix}").write_bytes(mutated(seed.read_bytes(), source))
        before = snapshot(folder / "in")
        lost = outputs = 0
        for fit in ("recommended", "limits"):
            run = product.prepare(
                folder / "in", "-o", folder / fit, "--fit", fit, "--deep", "--timeout", "60", timeout=3600)
            rows = run.rows()
            actions = collections.Counter(row["action"] for row in rows)
            broken = collections.Counter(
                finding["message"] for row in rows for finding in row["findings"] if finding["code"] == "I107")
            checked = product.check_deep(folder / fit)
            rejected = [row["path"] for row in checked.rows() if row["verdict"] == "rejected"]
            result.expect(run.status in (0, 1), f"{fit}: status {run.status}: {run.errors[:500]}")
            result.expect(len(rows) == count, f"{fit}: {len(rows)} rows instead of {count}")
            result.expect(checked.status == 0, f"{fit}: outputs that `check --deep` rejects: {rejected[:3]}")
            outputs += len(checked.rows())
            lost += broken.total()
            outcomes.append(f"{fit} {dict(actions)}" + (f", decoders lost: {dict(broken)}" if broken else ""))
        result.expect(snapshot(folder / "in") == before, "an original changed")
    result.outcome = (f"{lost or 'no'} decoder lost; all {outputs:,} outputs pass `check --deep`; no original changed ("
                      + "; ".join(outcomes).replace("'", "").replace("{", "").replace("}", "") + ")")
    return result


def mutated(original, source):
    data = bytearray(original)
    for _ in range(source.randint(1, 8)):
        if not data:
            break
        # Half of the changes are in the header.
        start = source.randrange(len(data) if source.random() < 0.5 else min(len(data), 512))
        length = source.randint(1, 64)
        kind = source.randrange(6)
        if kind == 0:
            data[start] = source.randrange(256)
        elif kind == 1:
            data[start] ^= 1 << source.randrange(8)
        elif kind == 2:
            del data[start:start + length]
        elif kind == 3:
            data[start:start] = data[start:start + length]
        elif kind == 4:
            data[start:start + 4] = source.choice(
                [b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\x80\0\0\0"])
        elif source.random() < 0.2:
            del data[start:]
    return bytes(data)
