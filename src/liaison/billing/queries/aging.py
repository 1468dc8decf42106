"""Aging: what is owed, by how long it has been owed, by payer and by patient; now, or as a past day ended.

An amount's age is in days of the books, from the oldest entry that made its payer, or its patient, owe something for
the visit. What is owed now stands in the balances; as a day ended, it is that less what the ledger moved since.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db import connection

from liaison.billing.books import days
from liaison.billing.books.guards import about_of
from liaison.billing.models import Account
from liaison.people.models import Patient
from liaison.places.models import Organization
from liaison.record.actor import Actor

A = Account
BANDS = ("0–30", "31–60", "61–90", "91–120", "over 120")
_AFTER = (30, 60, 90, 120)
"""Days after which the next band begins."""
_SUMS = [*(f"band{number}" for number in range(len(BANDS))), "credit"]
_NAMES = ", ".join(_SUMS)
_NOW = "SELECT patient_id, claim_id, cents, since FROM billing_balance WHERE account = %s AND cents IS NOT NULL"
_THEN = (
    "SELECT b.patient_id, b.claim_id, held.cents, b.since FROM (SELECT about, SUM(cents) AS cents FROM ("
    "SELECT about, cents FROM billing_balance WHERE account = %s AND cents IS NOT NULL "
    "UNION ALL SELECT {about}, -cents FROM billing_transfer WHERE debit = %s AND at >= %s "
    "UNION ALL SELECT {about}, cents FROM billing_transfer WHERE credit = %s AND at >= %s"
    ") AS moved GROUP BY about HAVING SUM(cents) <> 0) AS held "
    "JOIN billing_balance AS b ON b.account = %s AND b.about = held.about"
)


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
    """Some rows, the greatest first, from the `first` of `count` on, and the sum of all: as the day `on` ended, or of
    today so far."""

    on: date
    rows: Sequence[Aged]
    first: int
    count: int
    total: Aged


@dataclass(frozen=True, slots=True)
class _Figures:
    """What the database says of one payer or patient: its sums, those of all, and how many there are."""

    key: UUID | None
    sums: Sequence[int]
    all_sums: Sequence[int]
    count: int

    def aged(self, name: str, mrn: str = "") -> Aged:
        return Aged(self.key, name, tuple(self.sums[:-1]), self.sums[-1], mrn)

    def all_aged(self, name: str) -> Aged:
        return Aged(None, name, tuple(self.all_sums[:-1]), self.all_sums[-1])


def by_payer(actor: Actor, on: date | None = None) -> Aging:
    """What each payer owes now, or owed as a day ended: one query of the ledger, and one for the names."""
    actor.require("books.read")
    on, until = _ended(on)
    found = _figures(A.PAYER_RECEIVABLE, "payer_id", on, until)
    names = Organization.objects.in_bulk([one.key for one in found if one.key])
    rows = [one.aged(names[one.key].name if one.key else "no payer") for one in found]
    return Aging(on, rows, 0, len(rows), _all(found, "all payers"))


def by_patient(actor: Actor, on: date | None = None, *, first: int = 0, most: int = 50) -> Aging:
    """What each patient owes now, or owed as a day ended, `most` of them from the `first` on: one query of the ledger,
    and one for the names."""
    actor.require("books.read")
    on, until = _ended(on)
    found = _figures(A.PATIENT_RECEIVABLE, "patient_id", on, until, first=first, most=most)
    if first and not found:
        return by_patient(actor, on, most=most)  # fewer owe by now: from the beginning
    names = Patient.objects.in_bulk([one.key for one in found if one.key])
    rows = [one.aged(names[one.key].listed, names[one.key].mrn) for one in found if one.key]
    return Aging(on, rows, first, found[0].count if found else 0, _all(found, "all patients"))


def aging_of(patient_id: UUID) -> Aged:
    """What one patient owes now by age; for whoever has opened the patient. One query."""
    found = _figures(A.PATIENT_RECEIVABLE, "patient_id", days.today(), None, patient_id=patient_id)
    return _all(found, "")


def _all(found: Sequence[_Figures], name: str) -> Aged:
    return found[0].all_aged(name) if found else Aged(None, name, (0,) * len(BANDS), 0)


def _ended(on: date | None) -> tuple[date, datetime | None]:
    """The day that is meant, and the moment it ended; no moment for today, and for what has not come."""
    today = days.today()
    return (today, None) if on is None or on >= today else (on, days.end(on))


def _figures(
    account: str, key: str, on: date, until: datetime | None, *, first: int = 0, most: int = 1_000_000,
    patient_id: UUID | None = None,
) -> list[_Figures]:  # fmt: skip
    """What is unsettled on an account by payer or patient, the greatest first, each with the sums of all."""
    standing, told = (_NOW, [account]) if until is None else _then(account, until)
    if key == "payer_id":
        whose = "standing LEFT JOIN billing_claim AS claim ON claim.id = standing.claim_id"
    else:
        whose = "standing" if patient_id is None else "standing WHERE patient_id = %s"
    bands, edges = _bands(on)
    all_sums = ", ".join(f"SUM({name}) OVER ()" for name in _SUMS)
    question = (
        f"WITH standing AS ({standing}), "  # noqa: S608  # names of our own
        f"aged AS (SELECT {key} AS who, {bands}, SUM(cents) AS total FROM {whose} GROUP BY {key}) "
        f"SELECT who, {_NAMES}, {all_sums}, COUNT(*) OVER () FROM aged ORDER BY total DESC, who LIMIT %s OFFSET %s"
    )
    known = [] if patient_id is None else [_stored(patient_id)]
    with connection.cursor() as cursor:
        cursor.execute(question, [*told, *edges, *known, most, first])
        return [_read(*row) for row in cursor.fetchall()]


def _then(account: str, until: datetime) -> tuple[str, list[Any]]:
    moment = _stored(until)
    return _THEN.format(about=about_of(account)), [account, account, moment, account, moment, account]


def _bands(on: date) -> tuple[str, list[Any]]:
    """The sums of each band and of what was paid ahead, and the moments between the bands."""
    begin = days.begin(on)
    between = [datetime.combine(on - timedelta(days=after), time.min, begin.tzinfo) for after in _AFTER]
    parts, edges = [], []
    for number, (newest, oldest) in enumerate(pairwise([None, *between, None])):
        within = ["cents > 0"]
        for compared, edge in (("since < %s", newest), ("since >= %s", oldest)):
            if edge is not None:
                within.append(compared)
                edges.append(_stored(edge))
        parts.append(f"SUM(CASE WHEN {' AND '.join(within)} THEN cents ELSE 0 END) AS band{number}")
    return ", ".join([*parts, "SUM(CASE WHEN cents < 0 THEN cents ELSE 0 END) AS credit"]), edges


def _stored(value: UUID | datetime) -> Any:
    """A value as the database holds it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value if connection.features.has_native_uuid_field else value.hex


def _read(who: Any, *figures: Any) -> _Figures:
    key = who if who is None or isinstance(who, UUID) else UUID(who)
    numbers = [int(one) for one in figures]
    wide = len(_SUMS)
    return _Figures(key, numbers[:wide], numbers[wide:-1], numbers[-1])
