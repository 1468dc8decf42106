"""Many patients at once, on as many processes as there are cores.

What is sent to a process is pure: patients as the engine sees them, and the bytes of schedule files. The processes are
started anew (spawned), not forked: they share no database connection and no lock with this one, and import no model.
"""

import gc
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from multiprocessing import get_context
from typing import NamedTuple

from liaison.engines.cdsi import Patient, Schedule
from liaison.engines.cdsi.changes import Change, Standing, changes_for, touched
from liaison.engines.cdsi.schedule_file import read
from liaison.kernel.errors import Conflict


class Named(NamedTuple):
    """A patient with the name by which the answer tells of them, and how they stand by the old schedule if known."""

    name: str
    patient: Patient
    known: Standing | None = None


Told = list[tuple[str, Change]]

_schedules: tuple[Schedule, Schedule]


def cores() -> int:
    """How many processes can work at once on this machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def differences(
    chunks: Iterable[Sequence[Named]], on: date, old: bytes, new: bytes, processes: int
) -> Iterator[tuple[int, Told]]:
    """For each chunk, in order: how many patients it has, and what changes for whom between two schedule files.

    With one process the work is done here. Raises Conflict when a process dies.
    """
    if processes == 1:
        _begin(old, new)
        for chunk in chunks:
            yield len(chunk), _compared(chunk, on)
        return
    pool = ProcessPoolExecutor(processes, get_context("spawn"), _begin_process, (old, new))
    waiting: deque[tuple[int, Future[Told]]] = deque()
    try:
        for chunk in chunks:
            waiting.append((len(chunk), pool.submit(_compared, chunk, on)))
            # As much as keeps the processes busy while the next patients are read, not the whole practice
            if len(waiting) > 2 * processes:
                number, told = waiting.popleft()
                yield number, told.result()
        while waiting:
            number, told = waiting.popleft()
            yield number, told.result()
    except BrokenProcessPool:
        raise Conflict(
            "process-died", "A process that compared forecasts was stopped. Start the command again."
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(old: bytes, new: bytes) -> None:
    """Read the schedules once a process, down to what differs."""
    global _schedules
    _schedules = touched(read(old), read(new))


def _begin_process(old: bytes, new: bytes) -> None:
    _begin(old, new)
    # What a patient leaves behind is freed as it goes out of use; there is little for the collector to look for
    gc.freeze()
    gc.set_threshold(100_000)


def _compared(chunk: Sequence[Named], on: date) -> Told:
    return [(one.name, change) for one in chunk for change in changes_for(one.patient, on, *_schedules, one.known)]
