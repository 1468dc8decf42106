"""A practice of the test's own, and the sandbox payer as a real process."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.billing.clinic import Practice


@pytest.fixture
def practice(db: None) -> "Practice":
    # Not above: this file is read before Django is set up.
    from tests.billing.clinic import open_practice

    return open_practice()


class Payer:
    """The sandbox payer, listening at `url`."""

    def __init__(self, *options: str) -> None:
        command = [sys.executable, "-m", "sandbox_payer", "--port", "0", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = f"http://{self.process.stdout.readline().strip().removeprefix('listening on ')}"

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def start_payer() -> Iterator[Callable[..., Payer]]:
    with ExitStack() as stack:

        def start(*options: str) -> Payer:
            payer = Payer(*options)
            stack.callback(payer.close)
            return payer

        yield start


@pytest.fixture
def payer(start_payer: Callable[..., Payer]) -> Payer:
    return start_payer("--today", "2026-03-03")
