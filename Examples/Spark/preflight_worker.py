"""Talks to `image-preflight worker`: tasks in, rows out, in order.

Needs only Python's standard library, so it works in any program that has many images to process.
"""

import collections
import json
import os
import queue
import select
import signal
import subprocess
import threading

PROTOCOL = {"protocol": "image-preflight-worker", "version": 1}
#: How many tasks may await their answers, and how many bytes: enough to keep a worker busy, little
#: enough to hold and to resend.
MAX_WAITING = 64
MAX_WAITING_BYTES = 64 << 20


class WorkerError(Exception):
    """The worker cannot be started, or is not a worker."""


class _Process:
    """One worker. A separate thread writes the tasks, so that full pipes never block both ends."""

    def __init__(self, command):
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        except OSError as error:
            raise WorkerError(f"{command[0]}: {error.strerror}") from error
        self._output = self._process.stdout.fileno()
        self._read = bytearray()
        self._lines = queue.SimpleQueue()
        threading.Thread(target=self._write, daemon=True).start()
        try:
            hello = json.loads(self.line(timeout=60))
        except (EOFError, TimeoutError, ValueError) as error:
            raise WorkerError(f"{command[0]} is not a worker: it {self.end(kill=True)}") from error
        if {key: hello.get(key) for key in PROTOCOL} != PROTOCOL:
            self.end(kill=True)
            raise WorkerError(f"{command[0]} speaks another protocol: {hello}")

    def _write(self):
        while (line := self._lines.get()) is not None:
            rest = memoryview(line)
            try:
                while rest:
                    rest = rest[self._process.stdin.write(rest):]
            except OSError:
                # It is dead; the thread that waits for its answer will notice.
                return
        self._process.stdin.close()

    def send(self, line):
        self._lines.put(line)

    def line(self, timeout):
        """The next line without its line feed; EOFError at the end, TimeoutError if it is late."""
        start = 0
        while (end := self._read.find(b"\n", start)) < 0:
            start = len(self._read)
            if not select.select([self._output], [], [], timeout)[0]:
                raise TimeoutError
            piece = os.read(self._output, 1 << 16)
            if not piece:
                raise EOFError
            self._read += piece
        line = bytes(self._read[:end])
        del self._read[: end + 1]
        return line

    def end(self, kill=False):
        """Ends the process and reports how it ended."""
        self._lines.put(None)
        if kill:
            self._process.kill()
        status = self._process.wait()
        self._process.stdout.close()
        if status < 0:
            return f"was killed by {signal.Signals(-status).name}"
        return f"ended with status {status}"


def answers(command, tasks, timeout=120):
    """Has a worker answer tasks and yields (task, line) for each, in order.

    A task is a dict of the protocol without `id`; a line is the JSON text of its answer, also without `id`. A
    worker that dies is replaced, and its unanswered tasks are retried. A task that kills two workers, or takes
    longer than `timeout` seconds, is answered here: such an image affects only itself.
    """
    worker = None
    waiting = collections.deque()
    waiting_bytes = 0
    tasks = iter(tasks)
    task = next(tasks, None)
    number = 0
    deaths = 0
    try:
        while task is not None or waiting:
            if worker is None:
                worker = _Process(command)
                for _, _, line in waiting:
                    worker.send(line)
            while task is not None and (
                not waiting or len(waiting) < MAX_WAITING and waiting_bytes < MAX_WAITING_BYTES
            ):
                number += 1
                line = json.dumps({"id": number, **task}).encode() + b"\n"
                waiting.append((number, task, line))
                waiting_bytes += len(line)
                worker.send(line)
                task = next(tasks, None)
            first, asked, line = waiting[0]
            prefix = b'{"id":%d,' % first
            try:
                answer = worker.line(timeout)
                if not answer.startswith(prefix):
                    raise EOFError
                answer = b"{" + answer[len(prefix):]
            except (EOFError, TimeoutError) as error:
                is_late = isinstance(error, TimeoutError)
                reason = worker.end(kill=True)
                worker = None
                deaths += 1
                # It may have died of something other than this image, so there is a second try, but no third.
                # One that hangs is not retried.
                if deaths < 2 and not is_late:
                    continue
                reason = f"took longer than {timeout} s and was stopped" if is_late else reason
                answer = _failure(asked, f"the decoder {reason}")
            deaths = 0
            waiting.popleft()
            waiting_bytes -= len(line)
            yield asked, answer.decode()
    finally:
        if worker is not None:
            # Killed if nobody wants the rest: its current task is redone or not needed.
            worker.end(kill=bool(waiting))


def _failure(task, message):
    """The answer to a task that kills workers, in the worker's own format."""
    path = task.get("path", task.get("name", ""))
    if task["task"] != "prepare":
        return json.dumps({"path": path, "error": message, "problem": True}).encode()
    finding = {"code": "I107", "name": "decoder-failed", "severity": "error", "message": message}
    return json.dumps(
        {"source": {"path": path}, "action": "failed", "findings": [finding], "error": message}).encode()
