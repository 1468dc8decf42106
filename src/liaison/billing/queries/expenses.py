"""What the office has paid for, by what for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Prefetch, QuerySet, Sum

from liaison.billing.models import Account, Expense, ExpensePaper
from liaison.kernel.errors import NotFound
from liaison.record.actor import Actor


@dataclass(frozen=True)
class Expenses:
    """The expenses of a year, newest first, and their sums in cents by what for."""

    year: int
    years: Sequence[int]
    rows: QuerySet[Expense]
    sums: Sequence[tuple[str, int]]


def expenses(actor: Actor, year: int) -> Expenses:
    """The expenses of a year. Four queries."""
    actor.require("books.bank")
    rows = Expense.objects.filter(paid_on__gte=date(year, 1, 1), paid_on__lte=date(year, 12, 31))
    sums = rows.filter(cancelled="").order_by().values_list("account").annotate(cents=Sum("cents"))
    years = Expense.objects.dates("paid_on", "year", order="DESC")
    papers = Prefetch("papers", ExpensePaper.objects.defer("body").order_by("created_at"))
    return Expenses(
        year=year,
        years=sorted({year, *(one.year for one in years)}, reverse=True),
        rows=rows.order_by("-paid_on", "-number").prefetch_related(papers),
        sums=sorted(((str(Account(name).label), cents) for name, cents in sums), key=lambda one: -one[1]),
    )


def paper(actor: Actor, paper_id: UUID) -> ExpensePaper:
    """A receipt. Raises NotFound."""
    actor.require("books.bank")
    found = ExpensePaper.objects.select_related("expense").filter(pk=paper_id).first()
    if found is None:
        raise NotFound("no-paper", "There is no such receipt.")
    return found
