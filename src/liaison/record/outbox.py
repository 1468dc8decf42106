"""What follows from what happened: rooms react to each other's events here, each reaction once, in order, none lost."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from liaison.kernel import clock
from liaison.record.models import OutboxEvent
from liaison.record.prepared import Prepared

log = logging.getLogger(__name__)
Reaction = Callable[[OutboxEvent], None]
_reactions: dict[str, list[Reaction]] = {}
ATTEMPTS = 5
BATCH = 50
FAILED = "record.reaction_failed"
_LOCK = 0x6C696169736F6E  # any number that nobody else uses


def reaction(*names: str) -> Callable[[Reaction], Reaction]:
    """Let a function follow the events `names`, in a transaction with the event. Run twice it must do nothing new."""

    def register(function: Reaction) -> Reaction:
        for name in names:
            _reactions.setdefault(name, []).append(function)
        return function

    return register


def followed(name: str) -> bool:
    """Whether any room reacts to events of a name."""
    return name in _reactions


def deliver(limit: int = 500) -> int:
    """Let the rooms react to up to `limit` waiting events, in order. Gives how many it dealt with.

    An event with a failing reaction waits, longer each time, and is tried again; others go on without it. After five
    attempts it is closed with its error, and `record.reaction_failed` makes it a person's task.
    """
    handled = 0
    while handled < limit and (batch := _deliver_batch()):
        handled += batch
    return handled


def _deliver_batch() -> int:
    """React to a batch of events in one transaction, each event under a savepoint of its own."""
    with transaction.atomic():
        _alone()
        events = _next()
        done = [event.pk for event in events if _react(event)]
        if done:
            OutboxEvent.objects.filter(pk__in=done).update(handled_at=clock.now())
        return len(events)


def _alone() -> None:
    """Let nobody else deliver to the end of the transaction, so that order holds. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _next() -> list[OutboxEvent]:
    # Whether it is time to try again is the machine's affair: a rehearsed day's clock does not count
    return _due(timezone.now())


_due = Prepared(
    lambda now: OutboxEvent.objects.filter(Q(retry_at=None) | Q(retry_at__lte=now), handled_at=None).order_by("seq")[
        :BATCH
    ]
)


def _react(event: OutboxEvent) -> bool:
    """Whether every reaction to the event went well."""
    reactions = _reactions.get(event.name, ())
    try:
        if reactions:
            with transaction.atomic():
                for react in reactions:
                    react(event)
    except Exception as exc:  # noqa: BLE001  # whatever it is becomes a later attempt, then a person's task
        _failed(event, exc)
        return False
    return True


def _failed(event: OutboxEvent, exc: Exception) -> None:
    attempts = event.attempts + 1
    changed: dict[str, Any] = {"attempts": attempts, "error": f"{type(exc).__name__}: {exc}"[:500]}
    log.error("Reaction to %s (event %s) failed, attempt %s: %s", event.name, event.seq, attempts, type(exc).__name__)
    if attempts >= ATTEMPTS:
        changed["handled_at"] = clock.now()
        if event.name != FAILED:
            OutboxEvent.objects.create(
                name=FAILED, at=clock.now(), change_id=event.change_id, payload={"event": event.name, "seq": event.seq}
            )
    else:
        changed["retry_at"] = timezone.now() + timedelta(seconds=2**attempts)
    OutboxEvent.objects.filter(pk=event.pk).update(**changed)


def waiting() -> int:
    """How many events nobody has reacted to yet."""
    return OutboxEvent.objects.filter(handled_at=None).count()
