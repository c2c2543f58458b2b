"""COUNT photos, every tenth of which crashes its decoder (the tests' own FaultyDecoder).

The others must be prepared, each crash must be a finding of its file, and the run must end with status 1.
"""

import collections
import os
import shutil
import subprocess

from product import Result

COUNT = 200


def attack(product, count):
    if not os.access(product.decoder, os.X_OK):
        subprocess.run(["swift", "build", "--product", "FaultyDecoder"], check=True, stdout=subprocess.DEVNULL)
    result = Result("a folder where every tenth file crashes the decoder", f"{count:,} files", "")
    with product.scratch() as folder:
        (folder / "in").mkdir()
        photo = product.testdata / "orientation/jpeg-portrait-6-big-endian.jpg"
        for index in range(1, count + 1):
            fault = "-fault-crash" if index % 10 == 0 else ""
            shutil.copy(photo, folder / "in" / f"{index:06}{fault}.jpg")
        run = product.prepare(
            folder / "in", "-o", folder / "out", environment={"IMAGE_PREFLIGHT_WORKER": product.decoder})
        checked = product.check_deep(folder / "out")
        rows, outputs = run.rows(), len(checked.rows())
    done = sum("output" in row for row in rows)
    reported = collections.Counter(
        finding["message"] for row in rows for finding in row["findings"] if finding["code"] == "I107")
    crashes = count // 10
    result.expect(len(rows) == count, f"{len(rows)} rows instead of {count}")
    result.expect(done == outputs == count - crashes, f"{done} done, {outputs} outputs instead of {count - crashes}")
    result.expect(reported.total() == crashes, f"{reported.total()} crashes reported instead of {crashes}: {reported}")
    result.expect(run.status == 1, f"status {run.status} instead of 1")
    result.expect(checked.status == 0, f"check --deep of the outputs: status {checked.status}")
    result.outcome = (f"{done:,} done, {reported.total():,} reported, status {run.status}; "
                      f"all outputs pass `check --deep`")
    return result
