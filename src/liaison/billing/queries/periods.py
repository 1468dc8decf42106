"""What may be asked of periods: until when the books are closed, and what accounts held at a moment."""

from datetime import datetime

from django.db.models import Max

from liaison.billing import ledger
from liaison.billing.models import Account, Closing, Transfer
from liaison.record.actor import Actor


def closed_until() -> datetime | None:
    """The first moment that is open; None while nothing is closed."""
    return Closing.objects.filter(reopened_at=None).aggregate(until=Max("until"))["until"]


def closings(actor: Actor, limit: int = 60) -> list[Closing]:
    """Every closing, newest first, reopened ones with the reason."""
    actor.require("books.read")
    return list(Closing.objects.order_by("-until", "-created_at")[:limit])


def balances_at(moment: datetime) -> dict[str, int]:
    """What every account held at a moment (debits less credits), brought forward from the last closing before it."""
    last = Closing.objects.filter(reopened_at=None, until__lte=moment).order_by("-until").first()
    rows = Transfer.objects.filter(at__lt=moment)
    if last is not None:
        rows = rows.filter(at__gte=last.until)
    found = ledger.flows(rows)
    brought = last.balances if last is not None else {}
    return {account.value: brought.get(account.value, 0) + ledger.balance(found, account) for account in Account}
