"""`prepare` killed at random moments, up to three times, and resumed, COUNT times.

Each time the folder and the manifest must equal those of an uninterrupted run, byte for byte.
"""

import random
import shutil
import subprocess
import time

from product import Result, snapshot

COUNT = 15


def attack(product, count):
    result = Result("runs killed with `kill -9` at random moments, up to three times each, and resumed", "", "")
    sources = [product.testdata / name for name in ("orientation", "photos", "formats", "bad")]
    kills = equal = 0
    with product.scratch() as folder:
        def arguments(output):
            return ["prepare", *sources, "-o", folder / output, "--resume", "--quiet"]

        start = time.monotonic()
        product.run(*arguments("whole"))
        seconds = time.monotonic() - start
        whole = snapshot(folder / "whole")
        result.expect(whole, "the unbroken run made nothing")
        for turn in range(count):
            shutil.rmtree(folder / "broken", ignore_errors=True)
            for attempt in range(random.randint(1, 3)):
                start = time.monotonic()
                run = product.start(*arguments("broken"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                try:
                    run.wait(random.random() * seconds)
                    # The machine has become quieter: a whole run does not take longer than this.
                    if attempt == 0:
                        seconds = time.monotonic() - start
                except subprocess.TimeoutExpired:
                    run.kill()
                    run.wait()
                    kills += 1
            product.run(*arguments("broken"))
            broken = snapshot(folder / "broken")
            different = sorted(path for path in whole.keys() | broken.keys() if whole.get(path) != broken.get(path))
            result.expect(not different, f"round {turn + 1} differs: {', '.join(different[:5])}")
            equal += not different
    result.how_many = f"{count:,} runs, {kills:,} kills"
    result.outcome = f"{equal:,} equal to the unbroken run, byte for byte"
    return result
