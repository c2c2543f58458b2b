"""COUNT hostile lines to `mcp` and to `worker`, and COUNT / 25 hostile events to `hook`.

Good ones in between must be answered in order, each once. The server must survive, and its memory in the last
quarter must be within 10 % of that in the second. A hook may only be silent or answer in JSON, and never exit with 2,
which would block the tool. No file may appear outside the output folder.
"""

import base64
import contextlib
import itertools
import json
import os
import subprocess
import threading

from product import Result, growth, memory_mib, quarter_peaks, snapshot

COUNT = 4000
STREAM_SECONDS = 600


def line(value):
    return json.dumps(value).encode()


def call(identifier, method, params=None):
    return line({"jsonrpc": "2.0", "id": identifier, "method": method, "params": {} if params is None else params})


INITIALIZE = call("initialize", "initialize", {
    "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "torture", "version": "1"}})

# Input that no reader of JSON lines should trip over.
NOT_MESSAGES = [
    b"nonsense", b"{", b"}", b'"', b"null", b"0", b"[]", b"{}", b"\xff\xfe\xfd", b"\0\0\0", b"\x1b[2J\x07",
    b"[" * 100_000, b'{"a":' * 50_000, b"[" * 5000 + b"]" * 5000, b"1e999", b"-" * 1000, b"9" * 5000,
    b'{"id":1e400}', b'{"id":99999999999999999999999}', b'{"id":{"id":{}}}', b'"\\ud800"', b'{"\\u0000":"\\u0000"}',
    b'{"task":"check","task":"check","path":"a","path":"b"}', b'"' + b"a" * 1_000_000 + b'"', b" " * 100_000 + b"{",
    "{\"\u202e\":\"\u2028\"}".encode(), b"\xef\xbb\xbf{}", b'{"a":"\x01"}', b"tru", b"NaN", b"{'a':1}", b"//",
]
HOSTILE_PATHS = [
    "", ".", "/", "/dev/zero", "/dev/stdin", "/dev/tty", "/proc/self/mem", "/proc/self/fd/0", "/nowhere", "-", "--output=x",
    "a\0b", "\u202egnp.exe", "\n\x1b[2J", "a" * 5000, "../" * 500 + "etc/passwd", "https://localhost/a.png", "*?[",
]
NUMBERS = [-1, 0, 1 << 31, 1 << 63, 1 << 64, 1e308, -1e308, 0.5, "1", None, [], {}, True]


def answer_of(data):
    """An answer's object; {} if it is not an object."""
    try:
        value = json.loads(data)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


class Server:
    """A long-running command with its input and output."""

    def __init__(self, product, *arguments, cwd=None):
        self.process = product.start(
            *arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=cwd)
        self.pid = self.process.pid
        self.status = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.status = self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.status = self.process.wait()

    def ask(self, message):
        """The answer to a message; {} if the server has exited."""
        with contextlib.suppress(OSError):
            self.process.stdin.write(message + b"\n")
            self.process.stdin.flush()
        return answer_of(self.process.stdout.readline())

    def feed(self, messages):
        """Writes messages while reading; returns the answers and the memory at each of them."""
        def write():
            # The server has exited, which the caller sees from its status and answers.
            with contextlib.suppress(OSError):
                for message in messages:
                    self.process.stdin.write(message + b"\n")
                self.process.stdin.close()

        writer = threading.Thread(target=write)
        # A stuck server is killed, so that the attack ends.
        deadline = threading.Timer(STREAM_SECONDS, self.process.kill)
        writer.start()
        deadline.start()
        answers, samples = [], []
        for answer in self.process.stdout:
            answers.append(answer)
            samples.append(memory_mib(self.pid, "VmRSS"))
        writer.join()
        deadline.cancel()
        return answers, samples


def hostile_cycle(hostile, count, good):
    """COUNT hostile messages, each followed by a good one."""
    cycle = itertools.cycle(hostile)
    return [message for index in range(count) for message in (next(cycle), good(index))]


def judge_memory(result, samples):
    peaks = quarter_peaks((index / len(samples), sample) for index, sample in enumerate(samples))
    change = growth(peaks)
    result.expect(change <= 0.10, f"the last quarter is {change:+.1%} over the second: {peaks}")
    return "memory of the four quarters: " + ", ".join(f"{peak:.0f}" for peak in peaks) + " MiB"


def mcp(product, count):
    result = Result("hostile lines to `mcp`, a good request behind each", f"{count:,} lines", "")
    photo = str((product.testdata / "orientation/jpeg-portrait-6-big-endian.jpg").absolute())
    with product.scratch() as folder:
        hostile = list(NOT_MESSAGES) + [b"x" * 5_000_000] + [
            line({"jsonrpc": "1.0", "id": "other", "method": "ping"}),
            line({"jsonrpc": "2.0", "id": "other", "method": "a" * 1_000_000}),
            line({"jsonrpc": "2.0", "id": [1], "method": "ping"}),
            line({"jsonrpc": "2.0", "id": "other", "method": "ping", "params": [1]}),
            line({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "nobody"}}),
            line({"jsonrpc": "2.0", "method": "\x1b[2J"}),
            line({"jsonrpc": "2.0", "id": "other", "result": {}}),
            line([{"jsonrpc": "2.0", "id": "other", "method": "ping"}] * 1000),
            call("other", "tools/call", {"name": "rm", "arguments": {}}),
            call("other", "tools/call", {"name": "check", "arguments": []}),
            call("other", "tools/call", {"name": "check", "arguments": {"paths": []}}),
            call("other", "tools/call", {"name": "check", "arguments": {"paths": ["/nowhere"], "deep": "yes"}}),
            call("other", "tools/call", {"name": "prepare", "arguments": {
                "paths": [photo], "output_folder": "/proc/nowhere"}}),
            call("other", "tools/call", {"name": "locate", "arguments": {
                "manifest": "/nowhere", "file": "a", "coordinates": [1e308, -1e308]}}),
            call("other", "tools/call", {"name": "lint", "arguments": {"files": ["/", "/nowhere"]}}),
            # Not the root folder: all of it would be checked.
            *(call("other", "tools/call", {"name": "check", "arguments": {"paths": [path]}})
              for path in HOSTILE_PATHS if path != "/"),
            *(call("other", "tools/call", {"name": "check", "arguments": {
                "paths": [photo], "images_per_request": number}}) for number in NUMBERS),
        ]

        def good(index):
            # A call starts a process, so most messages are pings, which are answered at once.
            if index % 20 == 0:
                return call(f"tool {index}", "tools/call", {"name": "estimate", "arguments": {"inputs": ["1920x1080"]}})
            return call(f"ping {index}", "ping")

        messages = hostile_cycle(hostile, count, good)
        before = snapshot(folder)
        with Server(product, "mcp", cwd=folder) as server:
            server.ask(INITIALIZE)
            answers, samples = server.feed(messages)
        result.expect(snapshot(folder) == before, "files appeared in the folder of the server")
    identifiers = [answer_of(answer).get("id") for answer in answers]
    for kind in ("ping", "tool"):
        got = [name for name in identifiers if isinstance(name, str) and name.startswith(kind)]
        wanted = [f"{kind} {index}" for index in range(count) if (index % 20 == 0) == (kind == "tool")]
        result.expect(got == wanted, f"{len(got)} answers to a {kind} instead of {len(wanted)}, or not in order")
    result.expect(server.status == 0, f"status {server.status}")
    result.outcome = f"{len(answers):,} answers, all of requests in order; " + judge_memory(result, samples)
    return result


def worker(product, count):
    result = Result("hostile lines to `worker`, a good task behind each", f"{count:,} lines", "")
    photo = (product.testdata / "orientation/jpeg-portrait-6-big-endian.jpg").read_bytes()
    bombs = [(product.testdata / "bad/hostile" / name).read_bytes()
             for name in ("png-bomb-30000x30000.png", "webp-bomb-16384x16384.webp", "gif-65535x65535.gif")]
    small = base64.b64encode(photo).decode()
    with product.scratch() as folder:
        (folder / "in").mkdir()
        (folder / "in" / "a.jpg").write_bytes(photo)
        out = str(folder / "out")
        escapes = ["../escaped.jpg", "/escaped.jpg", "a/../../escaped.jpg", "..", "", "a\0b", "a/" * 3000, "\n.jpg"]
        hostile = list(NOT_MESSAGES) + [
            *(line({"task": "check", "path": path}) for path in HOSTILE_PATHS),
            *(line({"task": "check", "path": path, "deep": True}) for path in HOSTILE_PATHS),
            *(line({"task": "prepare", "path": path, "output_folder": out}) for path in HOSTILE_PATHS),
            *(line({"task": "estimate", "width": number, "height": number}) for number in NUMBERS),
            *(line({"task": "prepare", "bytes_base64": small, "width": number, "height": 7}) for number in NUMBERS),
            *(line({"task": "prepare", "bytes_base64": base64.b64encode(bomb).decode()}) for bomb in bombs),
            *(line({"task": "prepare", "path": str(folder / "in" / "a.jpg"), "output_folder": out,
                    "relative_path": path, "overwrite": True}) for path in escapes),
            line({"task": "prepare", "path": str(folder / "in" / "a.jpg"), "output_folder": "/proc/nowhere"}),
            line({"task": "prepare", "bytes_base64": "=" * 100_000, "name": "a\0b"}),
            line({"task": "prepare", "bytes_base64": "", "name": "\u202e"}),
            line({"task": "check", "path_base64": "////"}), line({"task": "configure"}),
            line({"task": "configure", "options": {"quality": -1}, "destination": []}),
            line({"id": -1, "task": "\x1b[2J"}), line({"id": "1", "task": "check"}), line({"id": 1}),
        ]

        def good(index):
            return line({"id": index, "task": "estimate", "width": 1920, "height": 1080})

        messages = hostile_cycle(hostile, count, good)
        with Server(product, "worker", cwd=folder) as server:
            answers, samples = server.feed(messages)
        outside = [path for path in snapshot(folder) if path.split("/")[0] not in ("in", "out")]
        result.expect(not outside, f"files outside of the folder for outputs: {outside[:3]}")
        result.expect(not os.path.lexists("/escaped.jpg"), "/escaped.jpg was written")
    # The hello, then one line per line.
    result.expect(len(answers) == 1 + len(messages), f"{len(answers)} answers instead of {1 + len(messages)}")
    got = [answer.get("id") for answer in map(answer_of, answers[2::2]) if "tokens" in answer]
    result.expect(got == list(range(count)), f"{len(got)} of {count} good tasks answered in order")
    result.expect(server.status == 0, f"status {server.status}")
    result.outcome = f"{len(answers) - 1:,} answers, one for each line, in order; " + judge_memory(result, samples)
    return result


def hooks(product, count):
    events = max(count // 25, 1)
    result = Result("hostile events to `hook`", f"{events:,} events", "")
    peak = answered = 0
    with product.scratch() as folder:
        (folder / "in").mkdir()

        def event(path, **others):
            return line({"hook_event_name": "PreToolUse", "tool_name": "Read", "cwd": str(folder / "in"),
                         "tool_input": {"file_path": path}, **others})
        hostile = [
            *NOT_MESSAGES,
            *(event(path) for path in HOSTILE_PATHS),
            *(event(str(path.absolute())) for path in sorted((product.testdata / "bad").rglob("*")) if path.is_file()),
            *(event("a.png", cwd=path) for path in HOSTILE_PATHS), *(event(number) for number in NUMBERS),
            *(event("a.png", tool_input=number) for number in NUMBERS), b"a" * 5_000_000, b"",
        ]
        asked = product.run("hook", stdin=event(str((product.testdata / "photos/lake-4000x3000.jpg").absolute())),
                            environment={"XDG_CACHE_HOME": str(folder / "cache")})
        result.expect(b"updatedInput" in asked.output, f"a good event was answered with {asked.output[:200]}")
        for index in range(events):
            # Spread over all of them, even if few are requested.
            given = hostile[index * len(hostile) // events if events < len(hostile) else index % len(hostile)]
            run = product.run(
                "hook", "--timeout", "10", stdin=given, timeout=60,
                environment={"XDG_CACHE_HOME": str(folder / "cache")})
            label = repr(given[:120])
            result.expect(run.status in (0, 1), f"{label}: status {run.status}")
            result.expect(run.peak_mib <= 1024 + 128, f"{label}: {run.peak_mib:.0f} MiB")
            peak = max(peak, run.peak_mib)
            if run.output:
                answered += 1
                result.expect(answer_of(run.output), f"{label}: answered with {run.output[:100]}")
    result.outcome = (f"none blocks the tool by its status; {answered:,} answered in JSON, the others with silence; "
                      f"peak {peak:.0f} MiB")
    return result
