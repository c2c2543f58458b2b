"""Runs the Spark job over many images, kills workers in the middle, and compares with one run of the command.

Usage: test_spark.py IMAGE_PREFLIGHT TESTDATA FAULTY_DECODER [COUNT]
"""

import base64
import filecmp
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "Examples" / "Spark"
sys.path.insert(0, str(EXAMPLE))
import preflight_worker  # noqa: E402

MAX_BYTES = 60_000
MAX_PIXELS = 4_000_000
failures = []


def expect(condition, sentence):
    print(("ok      " if condition else "FAILED  ") + sentence, flush=True)
    if not condition:
        failures.append(sentence)


def command(tool, *arguments, **options):
    run = subprocess.run([tool, *arguments], capture_output=True, text=True, **options)
    if run.returncode > 1:
        sys.exit(f"{' '.join(map(str, arguments))} ended with {run.returncode}: {run.stderr[-2000:]}")
    return run.stdout


def make_images(tool, testdata, folder, count):
    """Makes `count` hard links to small files of testdata, good and bad; returns their list."""
    records = [json.loads(line) for line in command(tool, "check", testdata).splitlines()]
    small = [
        record["path"] for record in records
        if record["bytes"] <= MAX_BYTES and record.get("width", 1) * record.get("height", 1) <= MAX_PIXELS
        and record["path"].isprintable()
    ]
    paths = []
    for number in range(count):
        source = pathlib.Path(small[number % len(small)])
        target = folder / f"{number // 500:03d}" / f"{number:06d}{source.suffix}"
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, target)
        except OSError:
            shutil.copy(source, target)
        paths.append(str(target))
    # The order of a walk, which `manifest merge` restores.
    paths.sort(key=lambda path: path.replace("/", "\0"))
    return paths


class Killer(threading.Thread):
    """Kills one process of each kind below the job once the job has made this many files."""

    def __init__(self, job, output, victims):
        super().__init__(daemon=True)
        self.job, self.output, self.victims, self.killed = job, output, victims, {}

    def run(self):
        for name, is_victim, threshold in self.victims:
            while self.job.poll() is None:
                if sum(len(files) for _, _, files in os.walk(self.output)) >= threshold:
                    victims = [pid for pid, text in descendants(self.job.pid) if is_victim(pid, text)]
                    if victims:
                        os.kill(random.choice(victims), signal.SIGKILL)
                        self.killed[name] = threshold
                        break
                time.sleep(0.1)


def descendants(root):
    """The descendants of a process, with their command lines."""
    parents, texts = {}, {}
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            texts[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (OSError, ValueError, IndexError):
            continue
    def is_below(pid):
        while pid in parents:
            if pid == root:
                return True
            pid = parents[pid]
        return False
    return [(pid, text) for pid, text in texts.items() if pid != root and is_below(pid)]


def is_preflight_worker(pid, text):
    return "image-preflight worker" in text


def is_python_worker(pid, text):
    """A Python process of Spark's that handles a partition: forked by the daemon, with a worker below it."""
    return "pyspark.daemon" in text and any(is_preflight_worker(*item) for item in descendants(pid)) and not any(
        "pyspark.daemon" in other for child, other in descendants(pid))


def start_job(tool, work, arguments):
    environment = os.environ | {
        "PYSPARK_PYTHON": sys.executable, "PYSPARK_DRIVER_PYTHON": sys.executable,
        "PYTHONPATH": str(EXAMPLE), "PYTHONDONTWRITEBYTECODE": "1",
        # Two cores, four attempts: a partition whose process was killed is retried.
        "PYSPARK_SUBMIT_ARGS": "--master local[2,4] --conf spark.ui.enabled=false --driver-memory 1g pyspark-shell",
        "SPARK_LOCAL_DIRS": str(work / "spark"), "SPARK_LOCAL_IP": "127.0.0.1",
    }
    return subprocess.Popen(
        [sys.executable, EXAMPLE / "preflight_job.py", "--command", tool, *map(str, arguments)],
        cwd=work, env=environment, stdout=subprocess.PIPE, stderr=(work / "spark.log").open("a"), text=True)


def totals_of(job, work):
    output = job.communicate()[0]
    if job.returncode:
        sys.exit((work / "spark.log").read_text()[-6000:])
    return json.loads(output.splitlines()[-1])


def same_trees(one, two):
    """The number of files in two identical trees; None if they differ."""
    names = [
        sorted(str(path.relative_to(root)) for path in root.rglob("*")
               # A killed worker may leave a temporary file, whose name nothing refers to.
               if path.is_file() and not path.name.startswith(("manifest", ".image-preflight-")))
        for root in (one, two)
    ]
    if names[0] != names[1]:
        print(sorted(set(names[0]) ^ set(names[1]))[:5])
        return None
    _, different, errors = filecmp.cmpfiles(one, two, names[0], shallow=False)
    return None if different or errors else len(names[0])


def read_rows(table, work):
    """The rows of the table as the worker wrote them."""
    script = (
        "import sys; from pyspark.sql import SparkSession; s = SparkSession.builder.getOrCreate();"
        "[print(r.row) for r in s.read.parquet(sys.argv[1]).select('row').toLocalIterator()]")
    environment = os.environ | {
        "PYSPARK_SUBMIT_ARGS": "--master local[2] --conf spark.ui.enabled=false pyspark-shell",
        "SPARK_LOCAL_DIRS": str(work / "spark"), "SPARK_LOCAL_IP": "127.0.0.1",
    }
    return subprocess.run(
        [sys.executable, "-c", script, table], env=environment, check=True, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL).stdout


def check_totals(totals, summary, name):
    numbers = {key: value for key, value in summary.items() if key != "skipped"}
    different = {key: (totals.get(key), value) for key, value in numbers.items()
                 if abs(totals.get(key, -1) - value) > 1e-9}
    expect(not different, f"{name}: {len(numbers)} totals match one run {different or ''}")


def test_prepare(tool, work, paths):
    (work / "list.txt").write_text("".join(path + "\n" for path in paths))
    started = time.monotonic()
    document = json.loads(command(
        tool, "prepare", "--files-from", work / "list.txt", "-o", work / "one", "--quiet", "--format", "json"))
    print(f"        one run of the command: {time.monotonic() - started:.0f} s")
    started = time.monotonic()
    job = start_job(tool, work, [
        "--paths", work / "list.txt", "--output-folder", work / "many", "--table", work / "table",
        "--partitions", 16, "--pack-folder", work / "packed"])
    killer = Killer(job, work / "many", [
        ("a worker", is_preflight_worker, len(paths) // 8), ("a process of Spark's", is_python_worker, len(paths) // 3),
    ])
    killer.start()
    totals = totals_of(job, work)
    print(f"        the Spark job: {time.monotonic() - started:.0f} s; {json.dumps(totals)}")
    expect(set(killer.killed) == {"a worker", "a process of Spark's"}, f"killed: {killer.killed}")
    expect(totals["images"] == len(paths), f"{totals['images']} rows for {len(paths)} images")
    check_totals(totals, document["summary"], "prepare")
    count = same_trees(work / "one", work / "many")
    expect(count == totals["images"] - totals["failed"], f"{count} outputs are equal, byte for byte")

    (work / "rows.jsonl").write_bytes(read_rows(work / "table", work))
    command(tool, "manifest", "merge", work / "rows.jsonl", "-o", work / "merged.jsonl")
    expect(
        filecmp.cmp(work / "merged.jsonl", work / "one" / "manifest.jsonl", shallow=False),
        "the rows of the table are the manifest of one run, byte for byte")

    packed = sorted((work / "packed").rglob("*.jsonl"))
    records = [json.loads(line) for line in command(tool, "lint", *packed, "--platform", "claude-api").splitlines()]
    images = sum("image_index" in record for record in records)
    expect(len(list((work / "packed").iterdir())) == 16, f"{len(packed)} batches of 16 partitions")
    expect(images == count, f"{images} images in the batches")
    expect(
        not any(finding["severity"] == "error" for record in records for finding in record["findings"]),
        "the service would accept each batch")
    return count


def test_hostile(tool, faulty, testdata, work):
    """Images that crash, hang or exhaust their decoder affect only themselves, even without Spark."""
    os.environ["FAULTY_DECODER_STATE"] = str(work / "faults")
    (work / "faults").mkdir()
    (work / "hostile").mkdir()
    names = ["a", "b-fault-crash", "c", "d-fault-once", "e-fault-hang", "f"]
    for name in names:
        shutil.copy(pathlib.Path(testdata, "orientation", "jpeg-portrait-6-big-endian.jpg"),
                    work / "hostile" / f"{name}.jpg")
    tasks = [{"task": "prepare", "path": str(work / "hostile" / f"{name}.jpg"),
              "output_folder": str(work / "hostile-out")} for name in names]
    rows = [json.loads(line) for _, line in preflight_worker.answers([faulty, "worker"], tasks, timeout=10)]
    del os.environ["FAULTY_DECODER_STATE"]
    expect([row["source"]["path"] for row in rows] == [task["path"] for task in tasks], "answers are in order")
    expect([row.get("error", "") for row in rows] == [
        "", "the decoder was killed by SIGABRT", "", "", "the decoder took longer than 10 s and was stopped", ""],
        "an image that kills two workers or hangs becomes a row, and the others are prepared")

    large = base64.b64encode(pathlib.Path(testdata, "photos", "sea-1920x1080.jpg").read_bytes()).decode()
    tasks = ({"task": "prepare", "name": "sea.jpg", "bytes_base64": large} for _ in range(40))
    lengths = {len(line) for _, line in preflight_worker.answers([tool, "worker"], tasks)}
    expect(len(lengths) == 1, "images larger than a pipe's buffer go in and out at once")


def test_again(tool, work, paths):
    """The same outputs in other partitions: every file is rewritten, and nothing changes."""
    (work / "some.txt").write_text("".join(path + "\n" for path in paths[::10]))
    totals_of(start_job(tool, work, [
        "--paths", work / "some.txt", "--output-folder", work / "many", "--table", work / "table-2",
        "--partitions", 3]), work)
    expect(same_trees(work / "one", work / "many") is not None, "a second job over some of them changes nothing")


def test_binary_files(tool, work, paths):
    folder = pathlib.Path(paths[0]).parent
    totals = totals_of(start_job(tool, work, [
        "--binary-files", folder, "--do", "check", "--table", work / "table-3", "--partitions", 4, "--",
        "--model", "claude-opus-5-5"]), work)
    # Spark skips empty files.
    (work / "full.txt").write_text("".join(f"{path}\n" for path in folder.iterdir() if path.stat().st_size))
    summary = json.loads(command(
        tool, "check", "--files-from", work / "full.txt", "--model", "claude-opus-5-5", "--format", "json"))["summary"]
    check_totals(
        totals, {key: summary[key] for key in ("images", "accepted", "downsized", "rejected", "tokens", "bytes",
                                               "cost_usd")}, "check from bytes")


def main():
    tool, testdata = (str(pathlib.Path(argument).resolve()) for argument in sys.argv[1:3])
    faulty = str(pathlib.Path(sys.argv[3]).resolve())
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 5000
    work = pathlib.Path(tempfile.mkdtemp(prefix="image-preflight-spark-")).resolve()
    try:
        paths = make_images(tool, testdata, work / "in", count)
        test_hostile(tool, faulty, testdata, work)
        test_prepare(tool, work, paths)
        test_again(tool, work, paths)
        test_binary_files(tool, work, paths)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"{len(failures)} failures" if failures else "all well")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
