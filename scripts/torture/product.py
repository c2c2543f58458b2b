"""Runs the built command and measures it."""

import contextlib
import dataclasses
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

# Starts the command from a small process. The peak that the kernel reports for a process includes that of the
# process it was forked from, and this program is large once it has made its images.
LAUNCHER = """
import json, os, resource, sys
limit = int(sys.argv[2])
# A cap for a broken build: more than any run needs.
resource.setrlimit(resource.RLIMIT_DATA, (4 << 30, 4 << 30))
if limit: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
child = os.posix_spawn(sys.argv[3], sys.argv[3:], os.environ)
_, status, usage = os.wait4(child, 0)
with open(sys.argv[1], "w") as file:
    json.dump([os.waitstatus_to_exitcode(status), usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime], file)
"""


@dataclasses.dataclass
class Run:
    """The result of a run of the command. The peak is that of its largest process."""

    status: int
    output: bytes
    errors: str
    seconds: float
    peak_mib: float
    cpu_seconds: float

    @property
    def is_crash(self):
        return self.status not in (0, 1, 2)

    def rows(self):
        return [json.loads(line) for line in self.output.splitlines()]


@dataclasses.dataclass
class Result:
    """One line of the report: what was attacked, how often, and with what result."""

    what: str
    how_many: str
    outcome: str
    failures: list = dataclasses.field(default_factory=list)
    # A separate table for the article: header, rows.
    table: tuple = ()

    def expect(self, condition, failure):
        if not condition:
            self.failures.append(failure)


class Product:
    """The command under attack, the test data, and a folder that is removed after the attack."""

    def __init__(self, program, decoder, testdata):
        self.program = os.path.abspath(program)
        self.decoder = os.path.abspath(decoder)
        self.testdata = pathlib.Path(testdata)

    @contextlib.contextmanager
    def scratch(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="torture-"))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def start(self, *arguments, **options):
        """A process that the caller talks to or kills."""
        return subprocess.Popen([self.program, *map(str, arguments)], **options)

    def run(self, *arguments, timeout=600, environment=None, descriptors=0, watch=None, stdin=b""):
        """Runs to the end. `descriptors` limits the number of open files; `watch` is called with the processes."""
        with self.scratch() as folder:
            usage, output, errors = folder / "usage", folder / "output", folder / "errors"
            (folder / "input").write_bytes(stdin)
            start = time.monotonic()
            with open(output, "wb") as out, open(errors, "wb") as err, open(folder / "input", "rb") as given:
                launcher = subprocess.Popen(
                    [sys.executable, "-I", "-S", "-c", LAUNCHER, str(usage), str(descriptors), self.program,
                     *map(str, arguments)],
                    stdin=given, stdout=out, stderr=err, env={**os.environ, **(environment or {})},
                    start_new_session=True)
                try:
                    while launcher.poll() is None and time.monotonic() - start < timeout:
                        if watch:
                            watch([pid for pid in family(launcher.pid) if pid != launcher.pid])
                        with contextlib.suppress(subprocess.TimeoutExpired):
                            launcher.wait(0.05)
                finally:
                    # After a timeout, or because the torture was interrupted.
                    if launcher.poll() is None:
                        os.killpg(launcher.pid, signal.SIGKILL)
                        launcher.wait()
            seconds = time.monotonic() - start
            # A launcher that was killed after a timeout has written nothing.
            status, peak, cpu = json.loads(usage.read_text()) if usage.exists() else (-signal.SIGKILL, 0, 0)
            return Run(status, output.read_bytes(), errors.read_text(errors="replace"), seconds, peak, cpu)

    def prepare(self, *arguments, **options):
        return self.run("prepare", *arguments, "--quiet", "--format", "ndjson", **options)

    def check_deep(self, folder):
        """Checks what a run prepared."""
        return self.run("check", folder, "--deep", "--exclude", "manifest.jsonl", "--quiet", "--format", "ndjson")

    def images(self, max_bytes):
        """The images of the test data, good and bad, in a fixed order."""
        extensions = {".jpg", ".png", ".gif", ".webp", ".tif", ".bmp", ".heic", ".avif"}
        return sorted(
            path for path in self.testdata.rglob("*")
            if path.suffix in extensions and path.is_file() and 0 < path.stat().st_size < max_bytes)


def family(pid):
    """A process and all its descendants."""
    found = [pid]
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError):
                for child in pathlib.Path(f"/proc/{pid}/task/{task}/children").read_text().split():
                    found += family(int(child))
    return found


def memory_mib(pid, field, file="status"):
    """A field of `status` or `smaps_rollup`: VmRSS, Pss; 0 for a process that has exited."""
    with contextlib.suppress(OSError):
        for line in pathlib.Path(f"/proc/{pid}/{file}").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) / 1024
    return 0


def descriptor_count(pid):
    with contextlib.suppress(OSError):
        return len(os.listdir(f"/proc/{pid}/fd"))
    return 0


def snapshot(folder):
    """The hash of each file below a folder, by path; a folder has none."""
    found = {}
    for path in sorted(pathlib.Path(folder).rglob("*")):
        is_file = path.is_file() and not path.is_symlink()
        found[str(path.relative_to(folder))] = sha256(path.read_bytes()) if is_file else None
    return found


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def quarter_peaks(samples):
    """The largest value in each quarter of the samples, given as (share of work done, value)."""
    peaks = [0.0] * 4
    for share, value in samples:
        quarter = min(int(4 * share), 3)
        peaks[quarter] = max(peaks[quarter], value)
    return peaks


def growth(peaks):
    """How much the last quarter exceeds the second: the first is still warming up."""
    return peaks[3] / peaks[1] - 1 if peaks[1] else float("inf")
