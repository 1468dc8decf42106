"""Work that nobody waits for: jobs by Django's task interface, timers that enqueue them, and the loop that works."""

import fcntl
import logging
import os
import socket
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import close_old_connections, transaction
from django_tasks.base import Task, TaskResultStatus, task
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from liaison.record import outbox, seals

log = logging.getLogger(__name__)
_timers: list[tuple[Task[..., Any], float]] = []
_held: list[IO[str]] = []


def every(seconds: float, job: Task[..., Any]) -> None:
    """Let `job` (idempotent, without arguments) be enqueued every so many seconds, unless it still waits."""
    _timers.append((job, seconds))


@task()
def seal_audit() -> int:
    """Seal what the audit log has gained."""
    return seals.seal()


every(30, seal_audit)


def _host() -> str:
    return socket.gethostname().replace("/", "-")[:40]


def _signs() -> Path:
    """The folder with the sign of life of each worker: a locked file, which the system unlocks however the worker ends.

    A process number would say little: the next process may get the same one, in a container it always does.
    """
    folder = Path(settings.HOME) / "workers"
    folder.mkdir(exist_ok=True)
    return folder


@lru_cache(maxsize=1)
def process_name() -> str:
    """The name of this process as a worker, for as long as it lives."""
    name = f"{_host()}:{os.getpid()}:{os.urandom(4).hex()}"
    sign = (_signs() / name).open("w")
    fcntl.flock(sign, fcntl.LOCK_EX)
    _held.append(sign)
    return name


def is_alive(worker_id: str) -> bool:
    """Whether a process of such a name still works; one of another machine counts as alive."""
    if worker_id.partition(":")[0] != _host():
        return True  # another machine's: not ours to judge
    sign = _signs() / worker_id
    try:
        with sign.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    sign.unlink(missing_ok=True)
    return False


def release_orphans() -> int:
    """Give the jobs of a worker that died back to the queue. Gives how many there were."""
    released = 0
    with transaction.atomic():
        for result in orphans():
            DBTaskResult.objects.filter(pk=result.pk).update(status=TaskResultStatus.READY, started_at=None)
            released += 1
    return released


def orphans() -> list[DBTaskResult]:
    """Jobs that are marked as running by a worker of this machine that no longer lives."""
    running = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING)
    return [r for r in running if not r.worker_ids or not is_alive(r.worker_ids[-1])]


def _enqueue_due(due: dict[int, float]) -> None:
    for number, (job, seconds) in enumerate(_timers):
        if time.monotonic() < due.get(number, 0):
            continue
        due[number] = time.monotonic() + seconds
        waiting = (TaskResultStatus.READY, TaskResultStatus.RUNNING)
        if not DBTaskResult.objects.filter(task_path=job.module_path, status__in=waiting).exists():
            job.enqueue()


def run_jobs() -> None:
    """Run every job that is ready, then return."""
    Worker(
        queue_names=["default"], interval=0, batch=True, backend_name="default", startup_delay=False, max_tasks=None,
        worker_id=process_name(), excluded_queue_names=[],
    ).run()  # fmt: skip


def work(going_on: Callable[[], bool], pause: float = 0.2) -> None:
    """Deliver events, run timers and jobs until `going_on()` is false.

    A fault of one round is logged, and the next begins.
    """
    due: dict[int, float] = {}
    _sweep()
    release_orphans()
    while going_on():
        try:
            close_old_connections()
            busy = outbox.deliver()
            _enqueue_due(due)
            run_jobs()
            _forget_finished()
        except Exception:
            log.exception("A round of the worker failed; it goes on")
            busy = 0
        if not busy:
            time.sleep(pause)


def _sweep() -> None:
    """Take away the signs of life of workers that are gone."""
    for sign in _signs().iterdir():
        is_alive(sign.name)


def _forget_finished(keep: int = 200) -> None:
    """Finished jobs are of no use to anybody after a while; failed ones stay to be looked at."""
    done = DBTaskResult.objects.filter(status=TaskResultStatus.SUCCESSFUL).order_by("-finished_at")
    old = list(done.values_list("pk", flat=True)[keep : keep + 500])
    if old:
        DBTaskResult.objects.filter(pk__in=old).delete()
