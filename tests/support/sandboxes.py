"""The programs to practise with, each a process of its own that answers over HTTP."""

import json
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any, TypeVar

# To load them takes longer than most tests of them: a process that has done it once forks them
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["sandbox_payer.__main__", "sandbox_registry.__main__"])


class Sandbox:
    """A running `sandbox_payer` or `sandbox_registry`, listening at `url`, and a client of it."""

    def __init__(self, program: str, *options: str) -> None:
        ours, theirs = _forks.Pipe(duplex=False)
        self._process = _forks.Process(target=_run, args=(program, options, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self._told = os.fdopen(os.dup(ours.fileno()))
        ours.close()
        self.first_line = self._told.readline().strip()
        self.address = self.first_line.removeprefix("listening on ")
        self.url = f"http://{self.address}"

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        connection = HTTPConnection(self.address)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def json(self, method: str, path: str, body: bytes | None = None) -> tuple[int, dict[str, Any]]:
        status, content = self.ask(method, path, body)
        return status, json.loads(content)

    def kill(self) -> None:
        """SIGKILL: nothing is flushed, nothing is closed."""
        self._process.kill()
        self._process.join()
        self._told.close()


Started = TypeVar("Started", bound=Sandbox)


@contextmanager
def starting(make: Callable[..., Started]) -> Iterator[Callable[..., Started]]:
    """`start(…)`, which makes one and as many as needed; at the end they are killed."""
    with ExitStack() as stack:

        def start(*options: str) -> Started:
            one = make(*options)
            stack.callback(one.kill)
            return one

        yield start


def _run(program: str, options: tuple[str, ...], out: Connection) -> int:
    """Be the program; its first line goes to `out`."""
    threading.Thread(target=_end_with_the_tests, daemon=True).start()
    os.dup2(out.fileno(), 1)
    status: int = import_module(f"{program}.__main__").main(["--port", "0", *options])
    return status


def _end_with_the_tests() -> None:
    tests = multiprocessing.parent_process()
    assert tests is not None
    tests.join()
    os._exit(1)
