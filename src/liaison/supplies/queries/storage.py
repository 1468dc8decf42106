"""Storage units: how warm they are and were, what is in them, their excursions, and a month's log."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, OuterRef, Q, Subquery, Sum

from liaison.kernel import clock
from liaison.kernel.errors import NotFound
from liaison.places.models import Site
from liaison.record.actor import Actor
from liaison.supplies.models import Decision, Excursion, Reading, Stock, StorageUnit

DAYS_SHOWN = 7
LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit on the list: its latest reading, what it holds, and its excursion that is not decided about."""

    unit: StorageUnit
    latest: Reading | None
    excursion: Excursion | None
    doses: int
    lots: int
    asked: bool  # today's reading was due and is not there


def unit_lines(actor: Actor, site: Site | None) -> list[UnitLine]:
    """The units in use of a site (everywhere without one). Three queries."""
    actor.require("supplies.read")
    here = Q(site=site) if site is not None else Q(site__active=True)
    newest = Reading.objects.filter(unit=OuterRef("pk")).order_by("-at").values("pk")[:1]
    rows = (
        StorageUnit.objects.filter(here, active=True)
        .select_related("site")
        .annotate(
            newest=Subquery(newest),
            doses=Sum("stock__on_hand"),
            lots=Count("stock__lot", filter=Q(stock__on_hand__gt=0), distinct=True),
        )
        .order_by("site__name", "name")
    )
    found = list(rows)
    readings = {r.unit_id: r for r in Reading.objects.filter(pk__in=[u.newest for u in found if u.newest])}
    open_now = Excursion.objects.filter(unit__in=found, decided_at=None).order_by("began_at")
    excursions = {e.unit_id: e for e in open_now}
    return [
        UnitLine(
            unit, readings.get(unit.pk), excursions.get(unit.pk), unit.doses or 0, unit.lots,
            _asked(unit, readings.get(unit.pk)),
        )
        for unit in found
    ]  # fmt: skip


def _asked(unit: StorageUnit, latest: Reading | None) -> bool:
    """Whether the last reading that was asked for is one of today, and is still missing."""
    if not unit.missed:
        return False
    zone = ZoneInfo(unit.site.zone)
    day, half = unit.missed.split(" ")
    if day != f"{clock.today(zone)}":
        return False
    since = datetime.fromisoformat(day).replace(hour=0 if half == "am" else 12, tzinfo=zone)
    return latest is None or latest.at < since


@dataclass(frozen=True, slots=True)
class UnitWhole:
    """A unit with its stock, its readings of the last days (oldest first) and its excursions (latest first)."""

    unit: StorageUnit
    stock: list[Stock]
    readings: list[Reading]
    excursions: list[Excursion]
    open: Excursion | None
    asked: bool


def unit_whole(actor: Actor, unit_id: UUID, days: int = DAYS_SHOWN) -> UnitWhole:
    """A storage unit as its page shows it. Raises NotFound. Four queries."""
    actor.require("supplies.read")
    unit = _unit(unit_id)
    stock = Stock.objects.filter(unit=unit, on_hand__gt=0).select_related("lot__item")
    since = clock.now() - timedelta(days=days)
    readings = list(Reading.objects.filter(unit=unit, at__gte=since).select_related("by").order_by("at"))
    excursions = list(Excursion.objects.filter(unit=unit).order_by("-began_at")[:30])
    for excursion in excursions:
        excursion.unit = unit
    latest = readings[-1] if readings else None
    return UnitWhole(
        unit=unit,
        stock=list(stock.order_by("lot__item__name", "lot__expires_on", "lot__number", "funding")),
        readings=readings,
        excursions=excursions,
        open=next((e for e in excursions if e.ended_at is None), None),
        asked=_asked(unit, latest),
    )


def _unit(unit_id: UUID) -> StorageUnit:
    found = StorageUnit.objects.select_related("site").filter(pk=unit_id).first()
    if found is None:
        raise NotFound("no-unit", "There is no such storage unit. Look at the list again.")
    return found


def unit(actor: Actor, unit_id: UUID) -> StorageUnit:
    """One storage unit. Raises NotFound."""
    actor.require("supplies.read")
    return _unit(unit_id)


def to_count(actor: Actor, unit_id: UUID) -> tuple[StorageUnit, list[Stock]]:
    """A unit and what the ledger says is in it, as one walks along the shelf: by item, expiry and source.

    What was used up of late is there too: a dose of it may turn up.
    """
    actor.require("supplies.manage")
    found = _unit(unit_id)
    there = Q(on_hand__gt=0) | Q(updated_at__gte=clock.now() - LATELY)
    rows = Stock.objects.filter(there, unit=found).select_related("lot__item")
    return found, list(rows.order_by("lot__item__name", "lot__expires_on", "lot__number", "funding", "id"))


@dataclass(frozen=True, slots=True)
class ExcursionWhole:
    """An excursion with what still waits for a decision, and what was decided."""

    excursion: Excursion
    waiting: list[Stock]
    decisions: list[Decision]
    readings: list[Reading]


def excursion_whole(actor: Actor, excursion_id: UUID) -> ExcursionWhole:
    """An excursion as its page shows it, with the readings a day around it. Raises NotFound. Four queries."""
    actor.require("supplies.read")
    found = Excursion.objects.select_related("unit__site").filter(pk=excursion_id).first()
    if found is None:
        raise NotFound("no-excursion", "There is no such excursion. Look at the list of storage units.")
    waiting = Stock.objects.filter(excursion=found, status=Stock.Status.QUARANTINED, on_hand__gt=0)
    around = timedelta(hours=12)
    span = (found.began_at - around, (found.ended_at or clock.now()) + around)
    decisions = Decision.objects.filter(excursion=found).select_related("stock__lot__item", "by")
    return ExcursionWhole(
        excursion=found,
        waiting=list(waiting.select_related("lot__item", "unit").order_by("lot__item__name", "lot__number", "funding")),
        decisions=list(decisions.order_by("at")),
        readings=list(Reading.objects.filter(unit_id=found.unit_id, at__range=span).order_by("at")),
    )


def lasted(excursion: Excursion) -> timedelta:
    """How long a unit was out of its limits: from the first reading that was, to the first that was well again."""
    return (excursion.ended_at or max(excursion.last_out_at, clock.now())) - excursion.began_at


@dataclass(frozen=True, slots=True)
class HalfDay:
    """What the log shows of half a day: the first reading by hand, else of the logger, and the extremes of all."""

    at: datetime | None = None
    current_c: Decimal | None = None
    low_c: Decimal | None = None
    high_c: Decimal | None = None
    initials: str = ""
    out: bool = False
    logger: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """A month's log of a unit: a morning and an afternoon for each day, and the excursions that touch it."""

    unit: StorageUnit
    first: date
    days: list[tuple[date, HalfDay, HalfDay]]
    excursions: list[Excursion]


def month(actor: Actor, unit_id: UUID, year: int, number: int) -> Month:
    """The log of a unit for a month, by the clock of its site. Raises NotFound for what is no month or unit."""
    actor.require("supplies.read")
    unit = _unit(unit_id)
    if not (2000 <= year <= 2200 and 1 <= number <= 12):
        raise NotFound("no-month", "There is no such month.")
    zone = ZoneInfo(unit.site.zone)
    length = monthrange(year, number)[1]
    start = datetime(year, number, 1, tzinfo=zone)
    end = datetime.combine(date(year, number, length) + timedelta(days=1), start.time(), tzinfo=zone)
    halves: dict[tuple[int, bool], list[Reading]] = {}
    for reading in Reading.objects.filter(unit=unit, at__gte=start, at__lt=end).order_by("at"):
        local = reading.at.astimezone(zone)
        halves.setdefault((local.day, local.hour >= 12), []).append(reading)
    touching = Excursion.objects.filter(unit=unit, began_at__lt=end).filter(
        Q(ended_at__gte=start) | Q(ended_at=None, last_out_at__gte=start)
    )
    days = [
        (date(year, number, day), _half(halves.get((day, False), ())), _half(halves.get((day, True), ())))
        for day in range(1, length + 1)
    ]
    excursions = list(touching.prefetch_related("decisions__stock__lot__item", "decisions__by").order_by("began_at"))
    for excursion in excursions:
        excursion.unit = unit
    return Month(unit, start.date(), days, excursions)


def _half(readings: Iterable[Reading]) -> HalfDay:
    found = list(readings)
    if not found:
        return HalfDay()
    shown = next((r for r in found if r.source == Reading.Source.HAND), found[0])
    return HalfDay(
        at=shown.at,
        current_c=shown.current_c,
        low_c=min(r.lowest_c for r in found),
        high_c=max(r.highest_c for r in found),
        initials=shown.initials,
        out=any(r.out for r in found),
        logger=shown.source == Reading.Source.LOGGER,
    )
