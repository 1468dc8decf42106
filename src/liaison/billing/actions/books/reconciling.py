"""The bank is reconciled: what it held before, and its lines that are matched to the books, come to what it says."""

from datetime import date
from uuid import UUID

from liaison.billing.books import days
from liaison.billing.models import BankLine, BankMatch, Reconciled
from liaison.billing.queries.reconciling import last_reconciled, standing_of
from liaison.kernel.clock import told
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.record.actor import Actor
from liaison.record.change import Change, change
from liaison.record.numbers import next_number

MOST_CENTS = 10**12


def begin_bank(actor: Actor, on: date, cents: int) -> Reconciled:
    """Say what the bank held as a day ended, before its first line that the books know; lines up to then are in it.

    Raises Invalid for a day that has not come, Conflict when it was said before or such a line is matched already.
    """
    _over(on, "begun_on")
    _bounded(cents, "begun_cents")
    with change(actor, "books.bank") as this:
        _in_line()
        if last_reconciled() is not None:
            raise Conflict("begun-already", "What the bank held before is known already. Reopen it to change it.")
        lines = BankLine.objects.select_for_update().filter(reconciled=None, on__lte=on).order_by("pk")
        if BankMatch.objects.filter(line__on__lte=on).exists():
            raise Conflict(
                "matched-already",
                f"Lines up to {told(on)} are matched to the books. Choose the day before the first of them.",
                "begun_on",
            )
        begun = Reconciled(
            through=on, opening_cents=cents, matched_cents=0, ending_cents=cents, closed_by=actor.name[:120]
        )
        return _kept(this, begun, list(lines))


def reconcile(actor: Actor, through: date, ending_cents: int) -> Reconciled:
    """Close the bank through a day: what it ended with must be what it held before and its matched lines since.

    Event billing.bank_reconciled. Raises Invalid for a day that has not come, Conflict with the difference in words.
    """
    _over(through, "through")
    _bounded(ending_cents, "ending_cents")
    with change(actor, "books.bank") as this:
        _in_line()
        before = last_reconciled()
        if before is None:
            raise Conflict("not-begun", "Say first what the bank held before the books began.", "through")
        if through <= before.through:
            raise Conflict(
                "reconciled-already", f"The bank is reconciled through {told(before.through)} already.", "through"
            )
        # Who matches a line or undoes it waits from here on
        rows = list(BankLine.objects.select_for_update().filter(reconciled=None, on__lte=through).order_by("pk"))
        standing = standing_of(before, through, ending_cents)
        if standing.difference_cents:
            raise Conflict("differs", standing.sentence, "ending_cents")
        matched = set(BankMatch.objects.filter(line__in=rows).values_list("line", flat=True))
        lines = [line for line in rows if line.pk in matched]
        made = Reconciled(
            through=through, opening_cents=before.ending_cents, matched_cents=standing.matched_cents,
            ending_cents=ending_cents, closed_by=actor.name[:120],
        )  # fmt: skip
        _kept(this, made, lines)
        this.event("billing.bank_reconciled", reconciled=made.pk)
        return made


def reopen_bank(actor: Actor, reconciled_id: UUID, reason: str) -> Reconciled:
    """Reopen what was reconciled last, with a reason: its lines are open again. Event billing.bank_reopened.

    Raises Invalid without a reason, Conflict for one that is not the last in force.
    """
    if not reason.strip():
        raise Invalid("no-reason", "Say why it is reopened. It stays in the audit log.", "reopen_reason")
    with change(actor, "books.bank", reason=reason.strip()) as this:
        _in_line()
        found = Reconciled.objects.select_for_update().filter(pk=reconciled_id).first()
        if found is None:
            raise NotFound("no-reconciliation", "There is no such reconciliation. Look at the bank again.")
        last = last_reconciled()
        if last is None or last.pk != found.pk:
            raise Conflict("not-the-last", "Only what was reconciled last can be reopened.", "reopen_reason")
        for line in BankLine.objects.select_for_update().filter(reconciled=found).order_by("pk"):
            line.reconciled = None
            this.save(line, "reconciled")
        found.reopened_at, found.reopened_by = this.at, actor.name[:120]
        found.reopen_reason = " ".join(reason.split())[:200]
        this.event("billing.bank_reopened", reconciled=found.pk)
        return this.save(found, "reopened_at", "reopened_by", "reopen_reason")


def _in_line() -> None:
    """Two who reconcile at once: the second waits here, and sees what the first did."""
    next_number("reconciled")


def _kept(this: Change, made: Reconciled, lines: list[BankLine]) -> Reconciled:
    this.save(made)
    for line in lines:
        line.reconciled = made
        this.save(line, "reconciled")
    return made


def _over(day: date, field: str) -> None:
    if not day.year >= 2000 or day > days.today():
        raise Invalid("not-over", "Choose a day from 2000 on, today at the latest.", field)


def _bounded(cents: int, field: str) -> None:
    if abs(cents) >= MOST_CENTS:
        raise Invalid("bad-amount", "Type what the bank's statement says, in dollars and cents.", field)
