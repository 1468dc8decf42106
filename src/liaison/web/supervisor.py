"""Keeps the processes of one Liaison running: starts them, restarts what died, stops all of them together."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

_PR_SET_PDEATHSIG = 1


@dataclass
class Part:
    """One process: its command, more environment, and whether it is started again when it ends."""

    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)
    keep: bool = True
    quiet: bool = False  # what it prints is for programs


def web(host: str, port: int, workers: int = 1, environment: dict[str, str] | None = None) -> Part:
    """The web server: granian over WSGI. A stream of events holds a thread, so there are many."""
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "128", "--backpressure", "256", "--no-ws",
        "--log-level", "error", "--workers-kill-timeout", "3",
        "liaison.web.wsgi:application",
    ]  # fmt: skip
    return Part("web", command, environment or {})


def worker(environment: dict[str, str] | None = None) -> Part:
    """The job worker."""
    return Part("worker", [sys.executable, "-m", "liaison", "work"], environment or {})


def with_parent(how: signal.Signals = signal.SIGTERM) -> None:
    """In the child: end when its parent ends, even if that was killed (Linux; elsewhere the worker looks itself)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, how)


class Supervisor:
    """Starts `parts` in order and watches them until it is told to stop."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = list(parts)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._died: dict[str, list[float]] = {}
        self._stopping = False

    def start(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        for part in self.parts:
            self._start(part)

    def add(self, part: Part) -> None:
        """Start one more, unless all are to stop."""
        if not self._stopping:
            self.parts.append(part)
            self._start(part)

    def _start(self, part: Part) -> None:
        self._running[part.name] = subprocess.Popen(  # the commands are our own
            part.command,
            env={**os.environ, "LIAISON_SUPERVISED": "1", **part.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if part.quiet else None,
            preexec_fn=with_parent,
        )

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def watch(self) -> None:
        """Return when told to stop, after every process has ended. Exits with status 1 when one keeps dying."""
        failed = ""
        while not self._stopping and not failed:
            time.sleep(0.2)
            for part in self.parts:
                process = self._running.get(part.name)
                if process is not None and process.poll() is not None:
                    failed = failed or self._ended(part)
        self._end_all()
        if failed:
            sys.exit(f"liaison: {failed} keeps ending; see the messages above.")

    def _ended(self, part: Part) -> str:
        del self._running[part.name]
        if not part.keep:
            return ""
        now = time.monotonic()
        deaths = [t for t in self._died.get(part.name, []) if now - t < 30] + [now]
        self._died[part.name] = deaths
        if len(deaths) >= 5:
            return part.name
        self._start(part)
        return ""

    def _end_all(self) -> None:
        for process in self._running.values():
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + 8
        for process in self._running.values():
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
