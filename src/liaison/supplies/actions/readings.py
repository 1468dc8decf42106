"""Temperatures of storage units, read by hand or taken over from loggers; out of the limits, they hold goods back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from liaison.kernel.errors import Conflict, Invalid
from liaison.kernel.names import initials
from liaison.people.models import Staff
from liaison.record.actor import Actor
from liaison.record.change import Change, change
from liaison.record.columns import tidy
from liaison.record.rows import row
from liaison.supplies.actions import holding, ledger
from liaison.supplies.loggers import Unread, read_log
from liaison.supplies.models import Excursion, Reading, StorageUnit
from liaison.supplies.temperatures import COLDEST, WARMEST

# A reading is noted when it is read; somebody may catch up with the paper sheet of the week
_LATEST = timedelta(minutes=5)
# Of a logger's file of months, only the last week's readings can be what somebody is asked for
_MOST_HALVES = 14


def record_reading(
    actor: Actor,
    unit_id: UUID,
    *,
    current_c: Decimal,
    low_c: Decimal | None = None,
    high_c: Decimal | None = None,
    at: datetime | None = None,
    note: str = "",
) -> Reading:
    """Note what a unit's display shows, with the lowest and highest since the last time where it tells them (°C).

    One out of the limits quarantines everything inside in the same change (event supplies.excursion). Event
    supplies.reading. Raises Invalid for what cannot be, Conflict for a second reading of the same minute.
    """
    for name, value in (("current", current_c), ("low", low_c), ("high", high_c)):
        if value is not None and not COLDEST <= value <= WARMEST:
            raise Invalid("impossible-temperature", "This temperature cannot be. Read the display again.", name)
    if low_c is not None and high_c is not None and low_c > high_c:
        raise Invalid("low-above-high", "The lowest is above the highest. Look which is which.", "low")
    with change(actor, "supplies.use") as this:
        unit = ledger.held_unit(unit_id)
        moment = (at or this.at).replace(second=0, microsecond=0)
        if moment > this.at + _LATEST:
            raise Invalid("in-future", "This reading would be in the future.", "at")
        if Reading.objects.filter(unit=unit, at=moment, source=Reading.Source.HAND).exists():
            raise Conflict("read-already", "There is a reading of this minute already.", "at")
        staff = row(Staff, UUID(actor.id)) if actor.kind == "staff" else None
        reading = Reading(
            unit=unit, at=moment, current_c=current_c, low_c=low_c, high_c=high_c,
            by=staff, initials=initials(staff.family, staff.given)[:4] if staff else "", note=tidy(note)[:200],
        )  # fmt: skip
        reading.out = is_out(unit, reading)
        this.save(reading)
        follow(this, unit, [reading])
        this.event("supplies.reading", unit=unit.pk, site=unit.site_id, half=half_day(unit, moment))
        return reading


def is_out(unit: StorageUnit, reading: Reading) -> bool:
    """Whether a reading, or what it tells of the time before it, is out of the unit's limits."""
    return reading.lowest_c < unit.low_c or reading.highest_c > unit.high_c


def half_day(unit: StorageUnit, moment: datetime) -> str:
    """The half day of a moment at the unit's site: `2026-11-23 am`."""
    local = moment.astimezone(ZoneInfo(unit.site.zone))
    return f"{local:%Y-%m-%d} {'am' if local.hour < 12 else 'pm'}"


def follow(this: Change, unit: StorageUnit, readings: Sequence[Reading]) -> list[Excursion]:
    """Let excursions begin, widen and end by new readings, in their order. Gives those that grew."""
    if not readings:
        return []
    current = holding.open_excursion(unit)
    good = Reading.objects.filter(unit=unit, at__lt=readings[0].at, out=False).order_by("-at")
    last_good = good.values_list("at", flat=True).first()
    grown: dict[UUID, Excursion] = {}
    for reading in readings:
        if reading.out:
            current = current or holding.covering(unit, reading.at) or _begun(unit, reading, last_good)
            if holding.widen(this, current, reading.at, reading.lowest_c, reading.highest_c):
                grown[current.pk] = current
        if not unit.low_c <= reading.current_c <= unit.high_c:
            continue
        last_good = reading.at
        if current is None or current.reason or not (reading.out or reading.at > current.last_out_at):
            continue
        if current.ended_at is None and current.pk in grown:
            holding.well_again(this, current, reading.at)
        elif current.ended_at is None:
            holding.end(this, current, reading.at)
        current = None
    for excursion in grown.values():
        holding.hold(this, excursion)
    return list(grown.values())


def _begun(unit: StorageUnit, reading: Reading, last_good: datetime | None) -> Excursion:
    """A new excursion. Where only the extremes tell of it, it may have begun right after the last good reading."""
    seen_out = not unit.low_c <= reading.current_c <= unit.high_c
    since = reading.at if seen_out else last_good or reading.at
    return Excursion(unit=unit, last_good_at=last_good, began_at=since, last_out_at=reading.at)


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a logger's file: readings new and known already, lines not read, excursions found."""

    new: int
    known: int
    unread: tuple[Unread, ...]
    excursions: tuple[Excursion, ...]


def import_readings(actor: Actor, unit_id: UUID, body: bytes, *, scale: str = "") -> Imported:
    """Take a logger's file over (CSV in any of its usual shapes). The same file once more adds nothing.

    Lines that cannot be read are told one by one; the rest goes on. `scale` is the unit of bare numbers, the unit's own
    when not named. Raises Invalid for a file in which nothing can be read.
    """
    with change(actor, "supplies.use") as this:
        unit = ledger.held_unit(unit_id)
        log = read_log(body, scale or unit.scale, ZoneInfo(unit.site.zone), this.at + _LATEST)
        points = {point.at: point for point in log.points}
        if not points:
            told = f" {log.unread[0]}" if log.unread else ""
            raise Invalid("nothing-read", f"No reading was found in this file.{told}", "file")
        span = (min(points), max(points))
        known = set(
            Reading.objects.filter(unit=unit, source=Reading.Source.LOGGER, at__range=span).values_list("at", flat=True)
        )
        fresh = []
        for at in sorted(points.keys() - known):
            point = points[at]
            reading = Reading(
                unit=unit, at=at, current_c=point.current_c, low_c=point.low_c, high_c=point.high_c,
                source=Reading.Source.LOGGER, by_id=ledger.staff_id(actor),
            )  # fmt: skip
            reading.out = is_out(unit, reading)
            fresh.append(reading)
        this.save_new(fresh)
        excursions = follow(this, unit, fresh)
        halves = sorted({half_day(unit, reading.at) for reading in fresh})
        for half in halves[-_MOST_HALVES:]:
            this.event("supplies.reading", unit=unit.pk, site=unit.site_id, half=half)
        return Imported(len(fresh), len(points) - len(fresh), log.unread, tuple(excursions))
