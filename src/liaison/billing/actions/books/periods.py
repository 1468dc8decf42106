"""Periods close: from then on the database takes no entry dated inside, and a correction is an entry of today."""

from datetime import date, datetime
from uuid import UUID

from django.db import connection

from liaison.billing.books import days
from liaison.billing.books.guards import LOCK
from liaison.billing.models import Closing
from liaison.billing.queries.periods import balances_at, closed_until
from liaison.kernel.clock import told
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.record.actor import Actor
from liaison.record.change import change


def close_books(actor: Actor, through: date, note: str = "") -> Closing:
    """Close the books through a day. Event billing.books_closed.

    Raises Invalid for a day that is not over, Conflict when they are closed through it already.
    """
    if through >= days.today():
        raise Invalid("not-over", "Close through a day that is over, yesterday at the latest.", "through")
    with change(actor, "books.close", reason=note.strip()) as this:
        _alone()
        until = days.end(through)
        if (closed := closed_until()) is not None and closed >= until:
            raise Conflict(
                "closed-already", f"The books are closed through {told(days.before(closed))} already.", "through"
            )
        closing = this.save(
            Closing(
                through=through,
                until=until,
                closed_by=actor.name[:120],
                balances={name: cents for name, cents in balances_at(until).items() if cents},
                note=" ".join(note.split())[:200],
            )
        )
        this.event("billing.books_closed", closing=closing.pk)
        return closing


def reopen_books(actor: Actor, closing_id: UUID, reason: str) -> Closing:
    """Reopen what was closed last, with a reason. Event billing.books_reopened.

    Raises Invalid without a reason, Conflict for a closing that is not the last one in force.
    """
    if not reason.strip():
        raise Invalid("no-reason", "Say why the period is reopened. It stays in the audit log.", "reason")
    with change(actor, "books.close", reason=reason.strip()) as this:
        _alone()
        closing = Closing.objects.select_for_update().filter(pk=closing_id).first()
        if closing is None:
            raise NotFound("no-closing", "There is no such closing. Look at the periods again.")
        if closing.reopened_at is not None or closing.until != closed_until():
            raise Conflict("not-the-last", "Only what was closed last can be reopened. Reopen the later period first.")
        closing.reopened_at, closing.reopened_by = this.at, actor.name[:120]
        closing.reopen_reason = " ".join(reason.split())[:200]
        this.save(closing, "reopened_at", "reopened_by", "reopen_reason")
        this.event("billing.books_reopened", closing=closing.pk)
        return closing


def moment_of(day: date, at: datetime, field: str = "on") -> datetime:
    """When an entry of a day is dated: now for today, else noon of the day. Raises Invalid, Conflict when it is closed.

    The database refuses it all the same; this says so in words.
    """
    today = days.today()
    if day > today:
        raise Invalid("in-the-future", "Choose today or a day before.", field)
    moment = at if day == today else days.noon(day)
    closed = closed_until()
    if closed is not None and moment < closed:
        raise Conflict(
            "period-closed",
            f"The books are closed through {told(days.before(closed))}. Date it later, or let the period be reopened.",
            field,
        )
    return moment


def _alone() -> None:
    """Wait for the entries that are being written, and let the next ones wait (see `billing.guards`)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
