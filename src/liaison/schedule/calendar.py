"""A day or a week as columns: where each appointment stands, in minutes, and which stand side by side."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from liaison.documents.queries import all_in_force
from liaison.schedule.models import Absence, Appointment
from liaison.schedule.queries import ProviderDay

USUAL_START, USUAL_END = 8, 18


@dataclass(frozen=True, slots=True)
class Block:
    """An appointment in its column: minutes from the top, length, and its place among those at the same time."""

    row: Appointment
    type_title: str
    color: str
    top: int
    length: int
    lane: int
    lanes: int
    over: bool

    @property
    def short(self) -> bool:
        return self.length < 25


@dataclass(frozen=True, slots=True)
class Span:
    """Minutes from the top and a length: open hours, or time away (with the reason)."""

    top: int
    length: int
    words: str = ""


@dataclass
class Column:
    """One provider's day."""

    day: ProviderDay
    blocks: list[Block] = field(default_factory=list)
    open: list[Span] = field(default_factory=list)
    away: list[Span] = field(default_factory=list)
    today: bool = False

    @property
    def booked(self) -> int:
        return sum(block.row.status != Appointment.Status.NO_SHOW for block in self.blocks)


@dataclass
class Calendar:
    """Columns over one axis of full hours; `now` is the minute of the line across today, if it is in sight."""

    columns: list[Column]
    hours: list[str]
    minutes: int
    now: int | None


def calendar(days: Sequence[ProviderDay], now: datetime) -> Calendar:
    """Lay out provider days, each in its site's own zone, over the hours that any of them uses."""
    first, last = _hours(days)
    kinds = {document.key: document for document in all_in_force("visit-type")} if days else {}
    columns = []
    for one in days:
        zone = ZoneInfo(one.site.zone)
        top = datetime.combine(one.day, time(first), zone)
        column = Column(one, today=one.day == now.astimezone(zone).date())
        column.open = [_span(top, o.start, o.end) for o in one.open]
        column.away = [_away(top, absence, last - first) for absence in one.absences]
        places = _side_by_side(one.appointments)
        for row in one.appointments:
            kind = kinds.get(row.visit_type)
            span, (lane, lanes) = _span(top, row.starts_at, row.ends_at), places[row.pk]
            title = kind.title if kind else row.visit_type
            color = str(kind.body.get("color", "gray")) if kind else "gray"
            over = now >= row.ends_at
            column.blocks.append(Block(row, title, color, span.top, span.length, lane, lanes, over))
        columns.append(column)
    minutes = (last - first) * 60
    return Calendar(columns, [f"{hour}:00" for hour in range(first, last)], minutes, _now(columns, now, first, minutes))


def _hours(days: Sequence[ProviderDay]) -> tuple[int, int]:
    starts, ends = [USUAL_START], [USUAL_END]
    for one in days:
        zone = ZoneInfo(one.site.zone)
        midnight = datetime.combine(one.day, time.min, zone)
        for begins, closes in [(o.start, o.end) for o in one.open] + [
            (a.starts_at, a.ends_at) for a in one.appointments
        ]:
            starts.append(max(0, begins.astimezone(zone).hour) if begins >= midnight else 0)
            ends.append(min(24, -int(-(closes.astimezone(zone) - midnight).total_seconds() // 3600)))
    return min(starts), max(ends)


def _span(top: datetime, begins: datetime, ends: datetime, words: str = "") -> Span:
    start = int((begins - top).total_seconds() // 60)
    return Span(start, max(5, int((ends - begins).total_seconds() // 60)), words)


def _away(top: datetime, absence: Absence, hours: int) -> Span:
    begins, ends = max(absence.starts_at, top), min(absence.ends_at, top + timedelta(hours=hours))
    return _span(top, begins, ends, absence.reason or "away")


def _now(columns: Sequence[Column], now: datetime, first: int, minutes: int) -> int | None:
    for column in columns:
        if column.today:
            top = datetime.combine(column.day.day, time(first), ZoneInfo(column.day.site.zone))
            at = int((now - top).total_seconds() // 60)
            return at if 0 <= at <= minutes else None
    return None


def _side_by_side(rows: Sequence[Appointment]) -> dict[object, tuple[int, int]]:
    """For each appointment its lane and how many lanes those that overlap with it need."""
    placed: dict[object, tuple[int, int]] = {}
    group: list[tuple[Appointment, int]] = []
    until: datetime | None = None

    def close() -> None:
        lanes = 1 + max((lane for _, lane in group), default=0)
        placed.update({row.pk: (lane, lanes) for row, lane in group})

    for row in sorted(rows, key=lambda one: (one.starts_at, one.ends_at)):
        if until is not None and row.starts_at >= until:
            close()
            group, until = [], None
        taken = {lane for other, lane in group if other.ends_at > row.starts_at}
        group.append((row, next(n for n in range(len(group) + 1) if n not in taken)))
        until = max(until, row.ends_at) if until else row.ends_at
    close()
    return placed


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())
