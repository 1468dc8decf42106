"""A day of the tests' own, for a process and those that it starts."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from liaison.kernel import clock


@contextmanager
def going_on_from(moment: datetime, folder: Path) -> Iterator[None]:
    """Let it be `moment` now, and time pass: by a clock in the folder, which commands and servers go by too.

    Unlike `clock.at`, where time stands still, and only in this thread.
    """
    shared = clock.SharedClock(folder / "clock")
    shared.set(moment, 1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(clock, "_shared", shared)
        patched.setenv("LIAISON_CLOCK", str(shared.path))
        yield
