"""The day sheet: what a day did to what is owed, by provider and site, and what came in, to the cent."""

from collections import defaultdict
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from liaison.billing.books import days
from liaison.billing.ledger import ADJUSTMENTS, MONEY
from liaison.billing.models import Account, Balance, Closing, Transfer
from liaison.kernel import clock
from liaison.people.models import Staff
from liaison.places.models import Site
from liaison.record.actor import Actor

A, K = Account, Transfer.Kind
OWED = (A.PAYER_RECEIVABLE, A.PATIENT_RECEIVABLE)
WRITTEN_OFF = (*ADJUSTMENTS, A.BAD_DEBT)
_RECEIPTS = 5_000
_NEVER = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Day:
    """What entries did to what patients and payers owe, in cents: owed + charges - payments - adjustments + refunds +
    other = owed then. `other` is placed with an agency, advanced by a payer, or applied from what was not yet."""

    charges: int = 0
    payer_payments: int = 0
    patient_payments: int = 0
    adjustments: int = 0
    refunds: int = 0
    other: int = 0

    @property
    def payments(self) -> int:
        return self.payer_payments + self.patient_payments

    @property
    def change(self) -> int:
        """What was added to what is owed."""
        return self.charges - self.payments - self.adjustments + self.refunds + self.other

    def add(self, more: "Day") -> None:
        for one in fields(Day):
            setattr(self, one.name, getattr(self, one.name) + getattr(more, one.name))


@dataclass(frozen=True, slots=True)
class Row:
    """A provider at a site; neither for what belongs to no visit."""

    site: str
    provider: str
    day: Day


@dataclass(frozen=True)
class DaySheet:
    """A day of the books. `opening` and `closing` are what payers and patients owe, in cents; `methods` what patients
    paid, by cash, card and check; `entries` how many there are."""

    on: date
    site: Site | None
    rows: list[Row]
    total: Day
    opening: int
    closing: int
    methods: dict[str, int]
    entries: int
    receipts: list[Transfer] = field(default_factory=list)

    @property
    def taken(self) -> int:
        return sum(self.methods.values())


def day_sheet(actor: Actor, on: date, site_id: UUID | None = None, *, receipts: bool = True) -> DaySheet:
    """The day sheet of a day, at one site or everywhere: six queries. Opening and closing are the whole practice's."""
    actor.require("books.read")
    begin, end = days.begin(on), days.end(on)
    rows = _of(begin, end, site_id)
    groups = (
        rows.order_by()
        .annotate(place=Coalesce("encounter__site_id", "site_id"))
        .values_list("place", "encounter__provider_id", "kind", "debit", "credit", "method")
        .annotate(cents=Sum("cents"), count=Count("pk"))
    )
    by_row: dict[tuple[UUID | None, UUID | None], Day] = defaultdict(Day)
    methods: dict[str, int] = defaultdict(int)
    total, entries = Day(), 0
    for place, provider, kind, debit, credit, method, cents, count in groups:
        moved = _moved(kind, debit, credit, cents)
        by_row[place, provider].add(moved)
        total.add(moved)
        entries += count
        if moved.patient_payments:
            methods[method or "other"] += moved.patient_payments
    opening = owed_at(begin)
    return DaySheet(
        on=on,
        site=Site.objects.filter(pk=site_id).first() if site_id else None,
        rows=_named(by_row),
        total=total,
        opening=opening,
        closing=opening + (total.change if site_id is None else _change(begin, end)),
        methods=dict(sorted(methods.items())),
        entries=entries,
        receipts=_receipts(begin, end, site_id) if receipts else [],
    )


def _of(begin: datetime, end: datetime, site_id: UUID | None) -> QuerySet[Transfer]:
    rows = Transfer.objects.filter(at__gte=begin, at__lt=end)
    if site_id:
        rows = rows.filter(Q(encounter__site_id=site_id) | Q(encounter__isnull=True, site_id=site_id))
    return rows


def _moved(kind: str, debit: str, credit: str, cents: int) -> Day:
    """What some entries of one kind between two accounts did to what is owed."""
    if (debit in OWED) == (credit in OWED):
        return Day()  # from payer to patient, or nothing to do with either
    sign, owed, other = (1, debit, credit) if debit in OWED else (-1, credit, debit)
    if other == A.SERVICES:
        return Day(charges=sign * cents)
    if other in WRITTEN_OFF:
        return Day(adjustments=-sign * cents)
    if other in MONEY and kind == K.REFUND:
        return Day(refunds=sign * cents)
    if other in MONEY and owed == A.PATIENT_RECEIVABLE:
        return Day(patient_payments=-sign * cents)
    if other in MONEY:
        return Day(payer_payments=-sign * cents)
    return Day(other=sign * cents)


def _named(by_row: dict[tuple[UUID | None, UUID | None], Day]) -> list[Row]:
    sites = {site.pk: site.name for site in Site.objects.filter(pk__in={place for place, _ in by_row})}
    staff = {one.pk: one.short for one in Staff.objects.filter(pk__in={provider for _, provider in by_row})}
    rows = [
        Row(sites.get(place, "") if place else "", staff.get(provider, "") if provider else "", day)
        for (place, provider), day in by_row.items()
        if day != Day()
    ]
    return sorted(rows, key=lambda row: (not row.provider, row.site, row.provider))


def _receipts(begin: datetime, end: datetime, site_id: UUID | None) -> list[Transfer]:
    rows = _of(begin, end, site_id).exclude(receipt="").select_related("patient")
    return list(rows.order_by("receipt")[:_RECEIPTS])


def _change(begin: datetime, end: datetime) -> int:
    """What entries of a time added to what payers and patients owe."""
    rows = Transfer.objects.filter(at__gte=begin, at__lt=end).order_by()
    found = rows.values_list("debit", "credit").annotate(cents=Sum("cents"))
    return sum(cents * ((debit in OWED) - (credit in OWED)) for debit, credit, cents in found)


def owed_now() -> int:
    """What payers and patients owe now, less what was paid ahead: from the balances."""
    return Balance.objects.filter(account__in=OWED, cents__isnull=False).aggregate(cents=Sum("cents"))["cents"] or 0


def owed_at(moment: datetime) -> int:
    """What payers and patients owed at a moment: from the nearest closing or from now, and the entries in between."""
    closings = Closing.objects.filter(reopened_at=None)
    anchors = [
        (one.until, sum(one.balances.get(name, 0) for name in OWED))
        for one in (
            closings.filter(until__lte=moment).order_by("-until").first(),
            closings.filter(until__gt=moment).order_by("until").first(),
        )
        if one is not None
    ]
    now = clock.now()
    near = min(anchors, key=lambda anchor: abs(anchor[0] - moment), default=None)
    if near is None or abs(now - moment) <= abs(near[0] - moment):
        # Up to the end of time: nothing that is in the balances may be missed
        return owed_now() - _change(moment, _NEVER)
    until, held = near
    return held + _change(until, moment) if until <= moment else held - _change(moment, until)
