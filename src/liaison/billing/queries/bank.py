"""What the bank says beside what the books say: which lines and movements belong together, and what is left of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Case, F, Max, Min, Q, Sum, When

from liaison.billing.books import days
from liaison.billing.models import (
    Account,
    BankLine,
    BankMatch,
    BankStatement,
    Deposit,
    Expense,
    Payment,
    Reconciled,
    Transfer,
)
from liaison.billing.queries.periods import balances_at
from liaison.record.actor import Actor

A = Account
_WITHIN_DAYS = 10
_A_YEAR = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Movement:
    """What one transaction of the books brought into the bank, or took out (negative)."""

    key: UUID
    on: date
    cents: int
    reference: str
    words: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A line of the bank's, and the movement that it seems to be."""

    line: BankLine
    movement: Movement | None
    others: Sequence[Movement]  # of the same amount


@dataclass(frozen=True)
class Reconciliation:
    """The bank beside the books at the end of the newest statement, in cents.

    `begun_cents` (held before the books began) + `books_cents` + what only the bank has - what only the books have is
    what the bank should say; `difference_cents` is what it says beyond that, where it says something.
    """

    statements: Sequence[BankStatement]
    last_on: date | None
    offers: Sequence[Offer]
    outstanding: Sequence[Movement]
    matched: Sequence[BankMatch]
    begun_cents: int
    books_cents: int
    only_bank_cents: int
    only_books_cents: int
    closing_cents: int | None

    @property
    def expected_cents(self) -> int:
        return self.begun_cents + self.books_cents + self.only_bank_cents - self.only_books_cents

    @property
    def difference_cents(self) -> int | None:
        return None if self.closing_cents is None else self.closing_cents - self.expected_cents


def reconciliation(actor: Actor) -> Reconciliation:
    """The bank beside the books, a fixed number of queries."""
    actor.require("books.bank")
    statements = list(BankStatement.objects.defer("body").order_by("-last_on", "-created_at")[:24])
    newest = statements[0] if statements else None
    last_on = newest.last_on if newest else None
    lines = list(BankLine.objects.filter(matches=None, reconciled=None).order_by("on", "pk"))
    begun = Reconciled.objects.filter(reopened_at=None).order_by("through").first()
    open_ = movements(days.end(last_on) if last_on else None)
    return Reconciliation(
        statements=statements,
        last_on=last_on,
        offers=offers(lines, open_),
        outstanding=open_,
        matched=list(BankMatch.objects.select_related("line").order_by("-created_at")[:50]),
        begun_cents=begun.ending_cents if begun else 0,
        books_cents=balances_at(days.end(last_on))[A.BANK] if last_on else 0,
        only_bank_cents=sum(line.cents for line in lines),
        only_books_cents=sum(one.cents for one in open_),
        closing_cents=newest.closing_cents if newest else None,
    )


def movements(until: datetime | None) -> list[Movement]:
    """What moved in the bank's account by the books, before `until`, and is matched to no line of the bank's yet."""
    rows = Transfer.objects.filter(Q(debit=A.BANK) | Q(credit=A.BANK))
    if until is not None:
        rows = rows.filter(at__lt=until, at__gte=until - _A_YEAR)
    rows = rows.exclude(transaction__in=BankMatch.objects.values("movement"))
    found = list(
        rows.order_by()
        .values_list("transaction")
        .annotate(
            cents=Sum(Case(When(debit=A.BANK, then=F("cents")), default=-F("cents"))),
            at=Min("at"),
            reference=Max("reference"),
            memo=Max("memo"),
            kind=Min("kind"),
        )
        .order_by("at", "transaction")
    )
    keys = [key for key, *_ in found]
    payments = {
        key: (name, number)
        for key, name, number in Payment.objects.filter(transaction__in=keys).values_list(
            "transaction", "payer_name", "number"
        )
    }
    deposits = dict(Deposit.objects.filter(transaction__in=keys).values_list("transaction", "kind"))
    spent = dict(Expense.objects.filter(transfer__transaction__in=keys).values_list("transfer__transaction", "vendor"))
    shown, zone = [], days.zone()
    for key, cents, at, reference, memo, kind in found:
        if not cents:
            continue
        words = memo or str(Transfer.Kind(kind).label)
        if key in payments:
            words, reference = payments[key]
        elif key in deposits:
            words = f"Deposit, {Deposit.Kind(deposits[key]).label.lower()}"
        elif key in spent:
            words = spent[key]
        shown.append(Movement(key, at.astimezone(zone).date(), cents, reference, words))
    return shown


def offers(lines: Sequence[BankLine], open_: Sequence[Movement]) -> list[Offer]:
    """For each line the movement of its amount that fits best, by reference, then by day; each movement once.

    Nothing is offered where two fit as well as each other: a person chooses.
    """
    by_cents: dict[int, list[Movement]] = {}
    for one in open_:
        by_cents.setdefault(one.cents, []).append(one)
    near = {
        line.pk: sorted(
            (fit, str(one.key), one) for one in by_cents.get(line.cents, ()) if (fit := _fit(line, one)) is not None
        )
        for line in lines
    }
    taken: set[UUID] = set()
    best: dict[UUID, Movement] = {}
    for line in sorted(lines, key=lambda one: near[one.pk][0][0] if near[one.pk] else (9, 0)):
        free = [(fit, one) for fit, _, one in near[line.pk] if one.key not in taken]
        if free and (len(free) == 1 or free[0][0] < free[1][0]):
            best[line.pk] = free[0][1]
            taken.add(free[0][1].key)
    return [Offer(line, best.get(line.pk), [one for _, _, one in near[line.pk]][:8]) for line in lines]


def _fit(line: BankLine, movement: Movement) -> tuple[int, int] | None:
    """How well they fit, the smaller the better: by reference, then in days apart. None where they do not."""
    said = f"{line.reference} {line.words}".upper()
    reference = movement.reference.strip().upper().lstrip("0")
    named = len(reference) >= 3 and reference in said
    apart = abs((line.on - movement.on).days)
    if apart > _WITHIN_DAYS and not named:
        return None
    return (0 if named else 1, apart)
