"""Jobs and timers: what a dead worker held goes back to the queue."""

import fcntl
import os
import socket
from pathlib import Path

import pytest
from django.conf import settings
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from liaison.record import jobs, promises
from liaison.record.actor import machine
from liaison.record.audit import looked
from liaison.record.models import AuditEntry, AuditSeal

# Django's worker closes its connections, and with them the transaction that other tests are rolled back by
pytestmark = pytest.mark.usefixtures("own_database")
HOST = socket.gethostname()[:40]


def running_for(worker: str) -> DBTaskResult:
    job = jobs.seal_audit.enqueue()
    DBTaskResult.objects.filter(pk=job.id).update(status=TaskResultStatus.RUNNING, worker_ids=[worker])
    return DBTaskResult.objects.get(pk=job.id)


def sign_of(worker: str) -> Path:
    folder = Path(settings.HOME) / "workers"
    folder.mkdir(exist_ok=True)
    return folder / worker


def test_a_job_runs_once() -> None:
    looked(machine("test"), None, ["Patient/1"])
    jobs.seal_audit.enqueue()
    jobs.run_jobs()
    assert AuditSeal.objects.get().last_seq == AuditEntry.objects.get().seq
    assert DBTaskResult.objects.get().status == TaskResultStatus.SUCCESSFUL


def test_the_job_of_a_dead_worker_is_found_and_run_by_the_next() -> None:
    # The dead worker had the number of a process that lives: this one
    running_for(f"{HOST}:{os.getpid()}:0badcafe")
    assert "dead" in next(iter(promises.no_orphan_jobs()))
    rounds = iter([True])
    jobs.work(lambda: next(rounds, False), pause=0)
    assert not list(promises.no_orphan_jobs())
    assert not DBTaskResult.objects.exclude(status=TaskResultStatus.SUCCESSFUL).exists()


def test_the_job_of_a_worker_that_lives_is_left_to_it() -> None:
    worker = f"{HOST}:12345:00000001"
    job = running_for(worker)
    with sign_of(worker).open("w") as sign:
        fcntl.flock(sign, fcntl.LOCK_EX)
        assert jobs.release_orphans() == 0
    # The file is closed, as the system does when a process ends
    assert jobs.release_orphans() == 1
    job.refresh_from_db()
    assert job.status == TaskResultStatus.READY
    assert not sign_of(worker).exists()


def test_the_job_of_another_machine_is_not_ours_to_judge() -> None:
    running_for("another-machine:1:00000001")
    assert jobs.release_orphans() == 0
    assert not list(promises.no_orphan_jobs())


def test_a_timer_does_not_heap_up_jobs() -> None:
    for _ in range(3):
        jobs._enqueue_due({})
    paths = list(DBTaskResult.objects.values_list("task_path", flat=True))
    assert len(paths) == len(set(paths)) == len(jobs._timers)


def test_finished_jobs_are_forgotten_after_a_while_failed_ones_are_kept() -> None:
    for _ in range(5):
        jobs.seal_audit.enqueue()
    jobs.run_jobs()
    first = DBTaskResult.objects.order_by("finished_at").first()
    assert first is not None
    DBTaskResult.objects.filter(pk=first.pk).update(status=TaskResultStatus.FAILED)
    jobs._forget_finished(keep=2)
    assert DBTaskResult.objects.filter(status=TaskResultStatus.SUCCESSFUL).count() == 2
    assert DBTaskResult.objects.filter(status=TaskResultStatus.FAILED).count() == 1


def test_a_round_that_fails_does_not_end_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = iter([True, True])
    calls: list[int] = []

    def deliver() -> int:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("the database went away")
        return 0

    monkeypatch.setattr(jobs.outbox, "deliver", deliver)
    jobs.work(lambda: next(rounds, False), pause=0)
    assert len(calls) == 2
