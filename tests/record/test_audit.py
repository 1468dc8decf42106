"""Who looked: entries are durable before the answer, many of them in one flush."""

import threading
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import OperationalError, connection

from liaison.kernel import clock, ids
from liaison.record import audit
from liaison.record.actor import Actor, machine
from liaison.record.audit import GroupCommit, NotWritten, looked
from liaison.record.models import AuditEntry

ACTOR = Actor("d1", "Dana Whitfield, CMA", "medical-assistant", frozenset(), "staff", "10.0.0.4")


def entry(entities: str = "[]") -> audit.Entry:
    return (ids.new_id(), clock.now(), "d1", "Dana", "nurse", "staff", "", "read", False, None, entities, "", None)


def together(times: int, act: Callable[[int], None]) -> None:
    def run(number: int) -> None:
        try:
            act(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db
def test_a_look_says_who_what_when_from_where_and_why() -> None:
    patient = uuid4()
    looked(ACTOR, patient, [f"Patient/{patient}"], reason="Called about results")
    found = AuditEntry.objects.get()
    assert (found.actor_id, found.actor_name, found.role) == ("d1", "Dana Whitfield, CMA", "medical-assistant")
    assert (found.where, found.action, found.write, found.reason) == ("10.0.0.4", "read", False, "Called about results")
    assert (found.patient_id, found.entities) == (patient, [f"Patient/{patient}"])
    assert found.at.tzinfo is not None


@pytest.mark.usefixtures("own_database")
def test_every_look_of_many_threads_is_on_record_when_it_returns(monkeypatch: pytest.MonkeyPatch) -> None:
    commit = GroupCommit()
    monkeypatch.setattr(audit, "group_commit", commit)
    commit.start()
    commit.start()
    missing: list[int] = []

    def look(number: int) -> None:
        for turn in range(5):
            reference = f"Patient/{number}-{turn}"
            looked(machine("test"), None, [reference])
            # Another connection sees it: it is committed
            if not AuditEntry.objects.filter(entities=[reference]).exists():
                missing.append(number)

    together(24, look)
    assert missing == []
    assert AuditEntry.objects.count() == 120


@pytest.mark.usefixtures("own_database")
def test_a_batch_that_fails_raises_to_each_who_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(model: object, rows: object) -> None:
        raise OperationalError("disk is full")

    commit = GroupCommit()
    monkeypatch.setattr(audit, "insert_values", full)
    refused: list[str] = []

    def write(number: int) -> None:
        try:
            commit.write(entry())
        except NotWritten as problem:
            refused.append(str(problem.__cause__))

    starter = threading.Timer(0.2, commit.start)
    starter.start()
    together(8, write)
    assert refused == ["disk is full"] * 8
    monkeypatch.undo()
    commit.write(entry())
    assert AuditEntry.objects.count() == 1


@pytest.mark.usefixtures("own_database")
def test_an_entry_that_cannot_be_stored_does_not_refuse_its_neighbours() -> None:
    commit = GroupCommit()
    outcome: dict[int, bool] = {}

    def write(number: int) -> None:
        try:
            commit.write(entry("" if number == 3 else "[]"))
            outcome[number] = True
        except NotWritten:
            outcome[number] = False

    starter = threading.Timer(0.2, commit.start)
    starter.start()
    together(8, write)
    assert outcome == {number: number != 3 for number in range(8)}
    assert AuditEntry.objects.count() == 7


@pytest.mark.usefixtures("own_database")
def test_inside_a_transaction_the_entry_shares_its_fate(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import transaction

    commit = GroupCommit()
    monkeypatch.setattr(audit, "group_commit", commit)
    commit.start()
    with transaction.atomic():
        looked(ACTOR, None, ["Patient/1"])
        assert AuditEntry.objects.exists()
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()
