"""What was done and is not charged, and visits that wait too long to be coded: by visit, for a day or a period."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from liaison.billing.models import Charge
from liaison.billing.queries.done import BY_SYSTEM, LATE, Done, done_in
from liaison.billing.rules import Kind, rule
from liaison.chart.models import Encounter
from liaison.kernel import clock
from liaison.kernel.errors import Invalid
from liaison.record.actor import Actor

KINDS = {
    "order": "Orders",
    "vaccine": "Vaccines",
    "procedure": "Procedures",
    "supply": "Supplies",
    "waiting": "Waiting",
}
_KIND_OF = {"order": "order", "specimens": "order", "dose": "vaccine", "vaccines": "vaccine", "procedure": "procedure"}
MOST_DAYS = 93
MOST_VISITS = 5000


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One thing that was done and is not charged; `code` is empty where nobody knows one."""

    kind: str
    source: str
    code: str
    display: str
    units: int
    why: str


@dataclass(frozen=True, slots=True)
class Uncharged:
    """A visit with what is left out, or that waits to be coded since `waiting_days`, where that is too long."""

    encounter: Encounter
    left_out: Sequence[LeftOut]
    waiting_days: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """The days of the report, both included, and whom it is about; empty is everybody."""

    since: date
    until: date
    site_id: UUID | None = None
    provider_id: UUID | None = None
    kind: str = ""


def left_out_of(encounters: Sequence[Encounter]) -> dict[UUID, list[LeftOut]]:
    """What was done in each visit without a charge that a person has not voided; visits without any are missing."""
    if not encounters:
        return {}
    charges: dict[UUID, list[Charge]] = defaultdict(list)
    for charge in Charge.objects.filter(encounter_id__in=[one.pk for one in encounters]):
        charges[charge.encounter_id].append(charge)
    found = {pk: _left_out(done, charges[pk]) for pk, done in done_in(encounters).items()}
    return {pk: missing for pk, missing in found.items() if missing}


def _left_out(done: Done, charges: Iterable[Charge]) -> list[LeftOut]:
    known: Mapping[tuple[str, str], list[Charge]] = _by_thing(charges)
    missing = []
    for service in done.services:
        of_it = known.get((service.source, service.code), [])
        if any(charge.status == Charge.Status.VOID or charge.by_hand for charge in of_it):
            continue
        units = service.units - sum(charge.units for charge in of_it)
        if units > 0:
            why = f"{units} of {service.units} not charged" if of_it else "Not charged"
            kind = _kind(service.source)
            missing.append(LeftOut(kind, service.source, service.code, service.display, units, why))
    missing += [
        LeftOut(_kind(one.source), one.source, "", one.display, 1, one.why)
        for one in done.uncoded
        if (one.source, "") not in known
    ]
    return missing


def _by_thing(charges: Iterable[Charge]) -> dict[tuple[str, str], list[Charge]]:
    known: dict[tuple[str, str], list[Charge]] = defaultdict(list)
    for charge in charges:
        if charge.status != Charge.Status.VOID or charge.voided_by != BY_SYSTEM:
            known[charge.source.removesuffix(LATE), charge.code].append(charge)
    return known


def _kind(source: str) -> str:
    return _KIND_OF.get(source.partition(":")[0], "supply")


def uncharged(actor: Actor, period: Period) -> list[Uncharged]:
    """The visits of a period with something left out, and those that wait too long to be coded; the oldest first.

    The same few queries however many visits. Raises Invalid for a period that is none, or longer than three months.
    """
    actor.require("billing.read")
    if period.until < period.since:
        raise Invalid("bad-period", "The last day is before the first one.", "until")
    if (period.until - period.since).days >= MOST_DAYS:
        raise Invalid("too-long", f"Choose at most {MOST_DAYS} days.", "until")
    encounters = list(_visits(actor, period))
    waiting = _waiting(encounters)
    left_out = {} if period.kind == "waiting" else left_out_of(encounters)
    found = []
    for encounter in encounters:
        of_kind = [one for one in left_out.get(encounter.pk, ()) if period.kind in ("", one.kind)]
        days = waiting.get(encounter.pk, 0) if period.kind in ("", "waiting") else 0
        if of_kind or days:
            found.append(Uncharged(encounter, of_kind, days))
    return found


def _visits(actor: Actor, period: Period) -> Iterable[Encounter]:
    # A day more on either side: the day is that of the site
    rows = Encounter.objects.filter(
        visit__isnull=False,  # what came with a record was charged elsewhere, or long ago
        status=Encounter.Status.FINISHED,
        starts_at__gte=datetime.combine(period.since, time(), ZoneInfo("UTC")) - timedelta(days=1),
        starts_at__lt=datetime.combine(period.until, time(), ZoneInfo("UTC")) + timedelta(days=2),
        site__isnull=False,
    )
    if period.site_id:
        rows = rows.filter(site_id=period.site_id)
    if period.provider_id:
        rows = rows.filter(provider_id=period.provider_id)
    if not actor.may("people.restricted"):
        rows = rows.filter(patient__restricted=False)
    rows = rows.select_related("patient", "provider", "site").order_by("starts_at", "pk")
    return [one for one in rows[:MOST_VISITS] if period.since <= _day(one) <= period.until]


def _day(encounter: Encounter) -> date:
    assert encounter.starts_at is not None
    assert encounter.site is not None
    return encounter.starts_at.astimezone(ZoneInfo(encounter.site.zone)).date()


def _waiting(encounters: Sequence[Encounter]) -> dict[UUID, int]:
    """How many days visits have been waiting to be coded, those that wait longer than the practice's rules allow."""
    most = int(rule(Kind.CHARGE_RULES)["days_to_code"])
    now = clock.now()
    since = Encounter.objects.filter(
        Q(visit__stage="coding"), pk__in=[one.pk for one in encounters],
        visit__stage_since__lte=now - timedelta(days=most),
    )  # fmt: skip
    return {pk: (now - at).days for pk, at in since.values_list("pk", "visit__stage_since")}
