"""COUNT runs of `prepare` over a folder whose files keep changing, and COUNT pairs of concurrent runs.

Files are replaced, truncated, removed, or become links, pipes and folders while they are read. In every case, a
row, its hash and its output must belong to the same image: one that existed. Of two runs that write into one
folder at once, each must end cleanly; resuming afterwards must equal an uninterrupted run, byte for byte.
"""

import collections
import contextlib
import os
import random
import shutil
import threading
import time

from product import Result, sha256, snapshot

COUNT = 10
FILES = 40
# A file is truncated to less than this.
CUT_BYTES = 3000
TIMEOUT_SECONDS = 120


def changing(product, count):
    result = Result("`prepare` over files that are replaced, cut, removed, or become links, pipes and folders meanwhile",
                    f"{count:,} runs over {FILES} files", "")
    ends = collections.Counter()
    changes = [0]
    with product.scratch() as folder:
        whole = versions(product)
        quiet = QuietRuns(product, folder, whole)
        for turn in range(count):
            for name in ("in", "out"):
                shutil.rmtree(folder / name, ignore_errors=True)
            (folder / "in").mkdir()
            paths = [folder / "in" / f"{index:03}.jpg" for index in range(FILES)]
            for index, path in enumerate(paths):
                path.write_bytes(whole[index % len(whole)])
            with changer(folder, paths, whole, changes, seed=turn):
                run = product.prepare(folder / "in", "-o", folder / "out", "--jobs", "2", timeout=TIMEOUT_SECONDS)
            result.expect(run.status in (0, 1, 2), f"run {turn + 1}: status {run.status} after {run.seconds:.0f} s")
            for row in run.rows():
                ends["done" if "output" in row else "problems" if row.get("problem") else "refused"] += 1
                check(row, folder, quiet, result)
    result.expect(ends["done"] and changes[0], "nothing was done, or nothing was changed")
    result.outcome = (", ".join(f"{number:,} {end}" for end, number in sorted(ends.items()))
                      + f" during {changes[0]:,} changes; each output is that of the image that its row names")
    return result


def versions(product):
    """Images with different contents that are prepared quickly, and a truncated one."""
    names = ["orientation/jpeg-portrait-6-big-endian.jpg", "formats/jpeg/progressive.jpg", "photos/lake-4000x3000.jpg"]
    found = [(product.testdata / name).read_bytes() for name in names]
    return found + [found[-1][:100_000]]


class QuietRuns:
    """The results for the images without interference."""

    def __init__(self, product, folder, whole):
        self.product, self.folder, self.outputs = product, folder, {}
        # Every content that a file may have: a version, or the start of a truncated one.
        self.contents = {sha256(data[:length]): data[:length]
                         for data in whole for length in [len(data), *range(min(CUT_BYTES, len(data)))]}

    def output(self, source):
        """The output's hash for the image with a hash; None if there is no output or no such image."""
        if source in self.contents and source not in self.outputs:
            for name in ("quiet", "quiet-out"):
                shutil.rmtree(self.folder / name, ignore_errors=True)
            (self.folder / "quiet").mkdir()
            (self.folder / "quiet" / "a.jpg").write_bytes(self.contents[source])
            run = self.product.prepare(self.folder / "quiet", "-o", self.folder / "quiet-out", "--isolate")
            self.outputs[source] = run.rows()[0].get("output", {}).get("sha256")
        return self.outputs.get(source)


def check(row, folder, quiet, result):
    output, path = row.get("output"), row["source"]["path"]
    if not output:
        return
    source = row.get("source_sha256")
    result.expect(source in quiet.contents, f"{path}: an output of bytes that never were a file: {source}")
    result.expect(output["sha256"] == quiet.output(source), f"{path}: not the output of the image that its row names")
    written = folder / "out" / output["path"]
    result.expect(written.is_file() and sha256(written.read_bytes()) == output["sha256"],
                  f"{path}: its output is not what its row says")


@contextlib.contextmanager
def changer(folder, paths, whole, changes, seed):
    """Changes files in a thread until the block ends."""
    source = random.Random(seed)
    is_over = threading.Event()
    fresh, target = folder / "fresh", folder / "target.jpg"
    target.write_bytes(whole[0])

    def change(path):
        kind = source.randrange(8)
        if kind <= 2:
            fresh.write_bytes(source.choice(whole))
        elif kind == 3:
            # In place, and never longer than before.
            with open(path, "r+b") as file:
                file.truncate(min(source.randrange(CUT_BYTES), os.fstat(file.fileno()).st_size))
            return
        elif kind == 4:
            os.symlink(source.choice(["/dev/zero", "/nowhere", str(path), str(target)]), fresh)
        elif kind == 5:
            os.mkfifo(fresh)
        elif kind == 6:
            os.remove(path)
            os.mkdir(path)
            return
        else:
            os.remove(path)
            return
        os.rename(fresh, path)

    def work():
        while not is_over.is_set():
            path = source.choice(paths)
            with contextlib.suppress(OSError):
                if path.is_dir() and not path.is_symlink():
                    path.rmdir()
            with contextlib.suppress(OSError):
                change(path)
                changes[0] += 1
            with contextlib.suppress(OSError):
                fresh.unlink()
            time.sleep(0.001)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def pairs(product, count):
    result = Result("two runs of `prepare` into one folder at once, then resumed", f"{count:,} pairs", "")
    ends, equal = collections.Counter(), 0
    sources = [product.testdata / name for name in ("orientation", "formats", "bad/truncated")]
    with product.scratch() as folder:
        product.prepare(*sources, "-o", folder / "whole", "--resume")
        whole = snapshot(folder / "whole")
        result.expect(whole, "the unbroken run made nothing")
        for turn in range(count):
            shutil.rmtree(folder / "out", ignore_errors=True)
            runs = [None, None]

            def start(index, *options):
                runs[index] = product.prepare(*sources, "-o", folder / "out", *options, timeout=TIMEOUT_SECONDS)

            options = ["--resume"] if turn % 2 == 0 else []
            threads = [threading.Thread(target=start, args=(index, *options)) for index in range(2)]
            for thread in threads:
                thread.start()
                time.sleep(random.random() / 5)
            for thread in threads:
                thread.join()
            for run in runs:
                ends[run.status] += 1
                result.expect(not run.is_crash, f"pair {turn + 1}: status {run.status} after {run.seconds:.0f} s")
                result.expect(run.status != 2 or run.errors.strip(), f"pair {turn + 1}: status 2 without a word")
            product.prepare(*sources, "-o", folder / "out", "--resume")
            after = snapshot(folder / "out")
            different = sorted(path for path in whole.keys() | after.keys() if whole.get(path) != after.get(path))
            result.expect(not different, f"pair {turn + 1} differs: {', '.join(different[:5])}")
            equal += not different
    statuses = ", ".join(f"{number} with {status}" for status, number in sorted(ends.items()))
    result.outcome = f"{equal:,} equal to an unbroken run; the runs ended {statuses}"
    return result
