"""Child processes that never outlive the tests, not even tests that are killed."""

import http.client
import pwd
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

# Only so that a hung process does not hang the tests for ever; no promise is made about time.
PATIENCE_SECONDS = 300


def free_port() -> int:
    """A TCP port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Child:
    """A long-running process in a session of its own, with its output in a file.

    A small shell holds the other end of a pipe to the tests and ends the child when the tests are gone,
    so that nothing stays behind after Ctrl-C or SIGKILL.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        cwd: Path | None = None,
    ) -> None:
        self.log = log
        self.stop_signal = stop_signal
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                env=env,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=user,
                group=pwd.getpwnam(user).pw_gid if user else None,
                extra_groups=[] if user else None,
            )
        self._guard = subprocess.Popen(
            ["/bin/sh", "-c", f"cat >/dev/null; kill -{stop_signal.name[3:]} {self.pid} 2>/dev/null"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def output(self) -> str:
        """What it has written so far, stdout and stderr together."""
        return self.log.read_text(errors="replace")

    def stop(self) -> int:
        """Ask it to end, wait until it and its children have, and return its exit status."""
        family = self._family()
        if self.running:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
                raise AssertionError(f"process {self.pid} did not end when asked to:\n{self.output()}") from None
        _, left = psutil.wait_procs(family, timeout=10)
        for process in left:
            _kill(process)
        self._release()
        return self.process.returncode

    def kill(self) -> None:
        """SIGKILL, to it and all that it has started, as a power cut would."""
        family = self._family()
        if self.running:
            self.process.kill()
        for process in family:
            _kill(process)
        self.process.wait()
        psutil.wait_procs(family)
        self._release()

    def wait_for_http(self, url: str) -> None:
        """Wait until a GET of the address answers 200; fail with the output when the process ends before."""
        self.wait_until(lambda: _answers(url))

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds; fail with the output when the process ends before."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            if not self.running:
                raise AssertionError(f"the process ended with {self.process.returncode}:\n{self.output()}")
            if time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"what is waited for never came:\n{self.output()}")
            time.sleep(0.05)

    def _family(self) -> list[psutil.Process]:
        try:
            return psutil.Process(self.pid).children(recursive=True) if self.running else []
        except psutil.NoSuchProcess:
            return []

    def _release(self) -> None:
        if self._guard.stdin is not None:
            self._guard.kill()
            self._guard.stdin.close()
            self._guard.wait()


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return


def _answers(url: str) -> bool:
    try:
        # A server that is just starting may take the connection and lose it
        with urllib.request.urlopen(url, timeout=10) as answer:
            return bool(answer.status == 200)
    except (OSError, http.client.HTTPException):
        return False
