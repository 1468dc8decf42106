"""What payers refuse: the work list by money and deadline, and how often by payer and by reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from liaison.billing.codes import Reasons, reasons
from liaison.billing.models import Adjudication, Denial
from liaison.places.models import Organization
from liaison.record.actor import Actor

WAITING = (Denial.Outcome.SENT_AGAIN, Denial.Outcome.APPEALED)
SHOWN = {"": "To work", "waiting": "Waiting for the payer", "over": "Over"}
ORDERS = {"": ("deadline", "-cents", "id"), "money": ("-cents", "deadline", "id")}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A denial as a biller reads it. `days_left` is below 0 once its deadline is over."""

    row: Denial
    words: str
    remarks: Sequence[str]
    kind: str
    do: str
    days_left: int

    @property
    def is_open(self) -> bool:
        """Whether it is to be worked, or waits for the payer."""
        return self.row.outcome in ("", *WAITING)


def denials(
    actor: Actor, on: date, *, show: str = "", payer_id: UUID | None = None, kind: str = "", order: str = ""
) -> list[Refusal]:
    """Denials to work (or `waiting`, `over`), the nearest deadline first, or by `money`. One query."""
    return told(chosen(actor, show=show, payer_id=payer_id, kind=kind, order=order), on)


def chosen(
    actor: Actor, *, show: str = "", payer_id: UUID | None = None, kind: str = "", order: str = ""
) -> QuerySet[Denial]:
    """The rows of `denials`, in their order, to be paged.

    Restricted charts are left out for whoever may not open them without a reason.
    """
    actor.require("billing.read")
    rows = Denial.objects.select_related("claim", "payer", "patient")
    if show == "over":
        rows = rows.exclude(outcome__in=("", *WAITING))
    else:
        rows = rows.filter(outcome__in=WAITING) if show == "waiting" else rows.filter(outcome="")
    if payer_id:
        rows = rows.filter(payer_id=payer_id)
    if kind:
        rows = rows.filter(kind=kind)
    if not actor.may("people.restricted"):
        rows = rows.filter(patient__restricted=False)
    return rows.order_by(*ORDERS.get(order, ORDERS[""]))


def told(rows: Iterable[Denial], on: date) -> list[Refusal]:
    """Some denials as a biller reads them on a day."""
    book = reasons()
    return [_told(row, book, on) for row in rows]


@dataclass(frozen=True, slots=True)
class Worth:
    """How many denials, worth how much, and how many of them past their deadline."""

    many: int
    cents: int
    late: int


def worth(rows: QuerySet[Denial], on: date) -> Worth:
    """What some denials come to. One query."""
    sums = rows.order_by().aggregate(
        many=Count("pk"), cents=Sum("cents"), late=Count("pk", filter=Q(deadline__lt=on, outcome=""))
    )
    return Worth(sums["many"], sums["cents"] or 0, sums["late"])


def of_claim(actor: Actor, claim_id: UUID, on: date) -> list[Refusal]:
    """What was denied of one claim, the newest first. One query."""
    actor.require("billing.read")
    rows = Denial.objects.filter(claim_id=claim_id).select_related("claim", "payer", "patient")
    return told(rows.order_by("-denied_on", "line"), on)


def _told(row: Denial, book: Reasons, on: date) -> Refusal:
    return Refusal(
        row=row,
        words=book.told(row.group, row.carc) if row.carc else "no reason given",
        remarks=[book.remark(one) for one in row.rarcs],
        kind=book.title(row.kind),
        do=book.of(row.carc).do or book.unknown.do,
        days_left=(row.deadline - on).days,
    )


@dataclass(frozen=True, slots=True)
class Rate:
    """How much of what one payer answered it refused; or how much was refused for one reason. Money in cents."""

    name: str
    denials: int
    cents: int
    answered_cents: int  # charged on what was answered
    won: int  # denials that were paid after all
    over: int  # denials that have come to an end

    @property
    def percent(self) -> float:
        """Of what was charged, in percent."""
        return 100 * self.cents / self.answered_cents if self.answered_cents else 0.0

    @property
    def won_percent(self) -> float:
        """Of what came to an end, in percent."""
        return 100 * self.won / self.over if self.over else 0.0


def _summed(since: date, *by: str) -> list[tuple[Any, ...]]:
    """Denials since a day: the fields, how many, worth how much, paid after all, come to an end. One query."""
    over = ~Q(outcome__in=("", *WAITING))
    rows = Denial.objects.filter(denied_on__gte=since).order_by().values_list(*by)
    return list(
        rows.annotate(
            many=Count("pk"),
            worth=Sum("cents"),
            won=Count("pk", filter=Q(outcome=Denial.Outcome.PAID)),
            over=Count("pk", filter=over),
        )
    )


def rates_by_payer(actor: Actor, since: date) -> list[Rate]:
    """Denials of payers since a day, the highest rate first. Three queries."""
    actor.require("billing.read")
    answered = Adjudication.objects.filter(adjudicated_on__gte=since, charge_cents__gt=0).order_by()
    charged = dict(answered.values_list("payer").annotate(sum=Sum("charge_cents")))
    found = {payer: figures for payer, *figures in _summed(since, "payer")}
    names = Organization.objects.filter(pk__in=charged).values_list("pk", "name")
    rates = []
    for pk, name in names:
        many, worth, won, over = found.get(pk, (0, 0, 0, 0))
        rates.append(Rate(name, many, worth, charged[pk] or 0, won, over))
    return sorted(rates, key=lambda rate: (-rate.percent, rate.name))


def rates_by_reason(actor: Actor, since: date, most: int = 12) -> list[Rate]:
    """The reasons for which most was refused since a day. Two queries."""
    actor.require("billing.read")
    answered = Adjudication.objects.filter(adjudicated_on__gte=since, charge_cents__gt=0)
    charged = answered.aggregate(sum=Sum("charge_cents"))["sum"] or 0
    book = reasons()
    rates = [
        Rate(book.told(group, carc), many, worth, charged, won, over)
        for group, carc, many, worth, won, over in _summed(since, "group", "carc")
    ]
    return sorted(rates, key=lambda rate: (-rate.cents, rate.name))[:most]
