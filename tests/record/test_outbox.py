"""What follows from what happened: each reaction once, in order, tried again when it fails, never lost in silence."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from liaison.kernel import clock
from liaison.places.models import Organization
from liaison.record import outbox, promises
from liaison.record.actor import machine
from liaison.record.change import change
from liaison.record.models import AuditEntry, OutboxEvent, Revision

ACTOR = machine("test")


class Crash(BaseException):
    """The process ends here: nothing catches it."""


@pytest.fixture
def react(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`react("a.b", function)`: the only reactions there are in this test."""
    reactions: dict[str, list[outbox.Reaction]] = {}
    monkeypatch.setattr(outbox, "_reactions", reactions)
    return lambda name, function: outbox.reaction(name)(function)


def happen(*names: str) -> None:
    with change(ACTOR, "places.manage") as this:
        for name in names:
            this.event(name)


def let_time_pass() -> None:
    OutboxEvent.objects.filter(handled_at=None).update(retry_at=timezone.now() - timedelta(seconds=1))


@pytest.mark.django_db
def test_each_reaction_once_and_in_order(react: Callable[..., None]) -> None:
    seen: list[str] = []
    react("a.one", lambda event: seen.append("one"))
    react("a.two", lambda event: seen.append("two"))
    react("a.two", lambda event: seen.append("two again"))
    happen("a.two", "a.one", "a.nobody_listens")
    happen("a.one")
    assert outbox.waiting() == 3  # what nobody follows waits for nobody
    assert outbox.deliver() == 3
    assert seen == ["two", "two again", "one", "one"]
    assert (outbox.deliver(), outbox.waiting()) == (0, 0)
    assert len(seen) == 4


@pytest.mark.django_db
def test_more_than_a_batch(react: Callable[..., None]) -> None:
    seen: list[int] = []
    react("a.one", lambda event: seen.append(event.seq))
    happen(*["a.one"] * (2 * outbox.BATCH + 3))
    assert outbox.deliver() == len(seen) == 2 * outbox.BATCH + 3
    assert seen == sorted(seen)


@pytest.mark.django_db
def test_what_a_reaction_causes_is_followed_too(react: Callable[..., None]) -> None:
    seen: list[str] = []
    react("a.first", lambda event: happen("a.then"))
    react("a.then", lambda event: seen.append(event.name))
    happen("a.first")
    outbox.deliver()
    assert seen == ["a.then"]


@pytest.mark.django_db
def test_a_failing_reaction_is_undone_and_tried_again_while_others_go_on(react: Callable[..., None]) -> None:
    troubles = [ValueError("not yet"), ValueError("still not")]
    seen: list[str] = []

    def shaky(event: OutboxEvent) -> None:
        with change(ACTOR, "places.manage") as this:
            this.save(Organization(kind="payer", name="Half done"))
        if troubles:
            raise troubles.pop()

    react("a.shaky", shaky)
    react("a.steady", lambda event: seen.append(event.name))
    happen("a.shaky", "a.steady")
    outbox.deliver()
    assert seen == ["a.steady"]
    assert not Organization.objects.exists()
    assert not Revision.objects.exists()
    waiting = OutboxEvent.objects.get(handled_at=None)
    assert (waiting.name, waiting.attempts) == ("a.shaky", 1)
    assert waiting.retry_at is not None
    assert waiting.retry_at > timezone.now()
    assert outbox.deliver() == 0
    for _ in range(2):
        let_time_pass()
        outbox.deliver()
    assert outbox.waiting() == 0
    assert Organization.objects.count() == 1


@pytest.mark.django_db
def test_after_five_attempts_a_person_is_told(react: Callable[..., None]) -> None:
    told: list[dict[str, object]] = []

    def broken(event: OutboxEvent) -> None:
        raise KeyError("fee")

    react("a.broken", broken)
    react(outbox.FAILED, lambda event: told.append(event.payload))
    happen("a.broken")
    for attempt in range(1, 6):
        assert outbox.waiting() == 1, attempt
        let_time_pass()
        outbox.deliver()
    event = OutboxEvent.objects.get(name="a.broken")
    assert (event.attempts, outbox.waiting()) == (5, 0)
    assert event.error.startswith("KeyError")
    assert told == [{"event": "a.broken", "seq": event.seq}]
    assert list(promises.no_orphan_jobs()) == []


@pytest.mark.django_db
def test_when_even_telling_fails_the_check_says_so(react: Callable[..., None]) -> None:
    def broken(event: OutboxEvent) -> None:
        raise KeyError("fee")

    react("a.broken", broken)
    react(outbox.FAILED, broken)
    happen("a.broken")
    for _ in range(11):
        let_time_pass()
        outbox.deliver()
    assert outbox.waiting() == 0
    assert OutboxEvent.objects.count() == 2
    assert "nobody was told" in next(iter(promises.no_orphan_jobs()))


@pytest.mark.django_db
def test_a_rehearsed_day_in_the_future_does_not_put_off_the_next_attempt(react: Callable[..., None]) -> None:
    def broken(event: OutboxEvent) -> None:
        raise KeyError("fee")

    react("a.broken", broken)
    happen("a.broken")
    with clock.at(datetime(2099, 1, 1, tzinfo=UTC)):
        outbox.deliver()
    waiting = OutboxEvent.objects.get(name="a.broken")
    assert waiting.retry_at is not None
    assert waiting.retry_at < timezone.now() + timedelta(minutes=1)


@pytest.mark.django_db
def test_a_reaction_may_be_refused_like_any_action(react: Callable[..., None]) -> None:
    from liaison.kernel.errors import Conflict

    def refused(event: OutboxEvent) -> None:
        with change(ACTOR, "places.manage") as this:
            this.save(Organization(kind="payer", name="Half done"))
            raise Conflict("taken", "Somebody was first.")

    react("a.refused", refused)
    happen("a.refused")
    outbox.deliver()
    assert OutboxEvent.objects.get(name="a.refused").attempts == 1
    assert not Organization.objects.exists()


@pytest.mark.usefixtures("own_database")
def test_after_a_crash_the_reaction_runs_again(react: Callable[..., None]) -> None:
    crashes = [Crash()]

    def shaky(event: OutboxEvent) -> None:
        with change(ACTOR, "places.manage") as this:
            this.save(Organization(kind="payer", name="Once"))
        if crashes:
            raise crashes.pop()

    react("a.shaky", shaky)
    happen("a.shaky")
    with pytest.raises(Crash):
        outbox.deliver()
    assert (outbox.waiting(), Organization.objects.count()) == (1, 0)
    assert OutboxEvent.objects.get().attempts == 0
    outbox.deliver()
    assert (outbox.waiting(), Organization.objects.count()) == (0, 1)


@pytest.mark.usefixtures("own_database")
def test_several_workers_react_once_and_in_order(react: Callable[..., None]) -> None:
    seen: list[int] = []
    react("a.one", lambda event: seen.append(event.seq))
    for _ in range(40):
        happen(*["a.one"] * 5)

    def worker() -> None:
        try:
            outbox.deliver()
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 200
    assert seen == sorted(seen)
    assert AuditEntry.objects.count() == 40
