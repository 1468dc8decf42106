"""Aging: what is owed, by how long it has been owed, by payer and by patient; from the balances of the ledger.

An amount's age begins with the oldest entry that made its payer, or its patient, owe something for the visit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from liaison.billing.models import Account, Balance
from liaison.kernel import clock
from liaison.people.models import Patient
from liaison.places.models import Organization
from liaison.record.actor import Actor

A = Account
BANDS = ("0–30", "31–60", "61–90", "91–120", "over 120")
_AFTER = (30, 60, 90, 120)
"""Days after which the next band begins."""


@dataclass(frozen=True, slots=True)
class Aged:
    """What one payer or patient owes by age, youngest first; `credit_cents` was paid ahead (negative)."""

    key: UUID | None
    name: str
    cents: tuple[int, ...]
    credit_cents: int
    mrn: str = ""

    @property
    def total_cents(self) -> int:
        return sum(self.cents) + self.credit_cents


@dataclass(frozen=True)
class Aging:
    """A page of rows, the greatest first, how many there are in all, and the sum of all."""

    at: datetime
    rows: Sequence[Aged]
    count: int
    total: Aged


def by_payer(actor: Actor) -> Aging:
    """What each payer owes. Three queries."""
    actor.require("books.read")
    now = clock.now()
    rows = _open(A.PAYER_RECEIVABLE)
    found = list(rows.values("claim__payer_id").annotate(**_bands(now), total=Sum("cents")))
    names = Organization.objects.in_bulk({row["claim__payer_id"] for row in found} - {None})
    aged = [
        _aged(row, row["claim__payer_id"], names[key].name if (key := row["claim__payer_id"]) else "no payer")
        for row in found
    ]
    aged.sort(key=lambda one: -one.total_cents)
    return Aging(now, aged, len(aged), added(aged))


def by_patient(actor: Actor, *, first: int = 0, most: int = 50) -> Aging:
    """What each patient owes, `most` of them from the `first` on. Three queries."""
    actor.require("books.read")
    now = clock.now()
    rows = _open(A.PATIENT_RECEIVABLE)
    total = rows.aggregate(**_bands(now), total=Sum("cents"))
    people = rows.values("patient_id").annotate(**_bands(now), total=Sum("cents"))
    found = list(people.order_by(F("total").desc(), "patient_id")[first : first + most])
    names = Patient.objects.in_bulk([row["patient_id"] for row in found])
    aged = [
        _aged(row, key, names[key].listed, names[key].mrn) for row in found if (key := row["patient_id"]) is not None
    ]
    count = rows.values("patient_id").distinct().count()
    return Aging(now, aged, count, _aged(total, None, "all patients"))


def aging_of(patient_id: UUID, now: datetime) -> Aged:
    """What one patient owes by age; for whoever has opened the patient. One query."""
    return _aged(_open(A.PATIENT_RECEIVABLE).filter(patient_id=patient_id).aggregate(**_bands(now)), patient_id, "")


def _open(account: str) -> QuerySet[Balance]:
    return Balance.objects.filter(account=account, cents__isnull=False).order_by()


def _bands(now: datetime) -> dict[str, Any]:
    """The sums of each band, and of what was paid ahead."""
    edges = [None, *(now - timedelta(days=days + 1) for days in _AFTER), None]
    bands: dict[str, Any] = {}
    for number, (newest, oldest) in enumerate(pairwise(edges)):
        within = Q(cents__gt=0)
        if newest is not None:
            within &= Q(since__lte=newest)
        if oldest is not None:
            within &= Q(since__gt=oldest)
        bands[f"band{number}"] = Coalesce(Sum("cents", filter=within), Value(0))
    return bands | {"credit": Coalesce(Sum("cents", filter=Q(cents__lt=0)), Value(0))}


def _aged(row: Mapping[str, Any], key: UUID | None, name: str, mrn: str = "") -> Aged:
    return Aged(key, name, tuple(int(row[f"band{number}"]) for number in range(len(BANDS))), int(row["credit"]), mrn)


def added(rows: Sequence[Aged]) -> Aged:
    """Some rows added up."""
    sums = tuple(sum(row.cents[number] for row in rows) for number in range(len(BANDS)))
    return Aged(None, "all", sums, sum(row.credit_cents for row in rows))
