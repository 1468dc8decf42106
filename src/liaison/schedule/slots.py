"""FHIR Slots: worked out from hours, absences and holds when they are asked for; nothing of them is stored.

A Slot's id is `<schedule id>.<start in UTC>.<minutes>`, so the same time always has the same id.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from liaison.engines.slots import free_times
from liaison.kernel import clock
from liaison.kernel.errors import Invalid
from liaison.record.actor import Actor
from liaison.record.forms import Computed, Json, SearchParam
from liaison.schedule import hours
from liaison.schedule.models import Absence, Hold, ProviderSchedule

GRID = timedelta(minutes=15)
USUAL_DAYS, MOST_DAYS = 14, 62
_ID = re.compile(r"([0-9a-f-]{36})\.(\d{8}T\d{4})\.(\d{1,3})", re.ASCII)
_MOMENT = re.compile(
    r"(eq|ge|gt|sa|le|lt|eb)?(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d))?", re.ASCII
)
_FIRST, _LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
Spans = list[tuple[datetime, datetime]]


@dataclass
class Asked:
    """What a search of Slots asks for."""

    schedules: set[UUID] | None
    statuses: set[str]
    start: datetime
    end: datetime


def read(actor: Actor, slot_id: str) -> Json | None:
    """The Slot of an id: free while somebody could book it, else busy; None when the schedule has no such time."""
    match = _ID.fullmatch(slot_id)
    if match is None:
        return None
    try:
        schedule_id = UUID(match[1])
        start = datetime.strptime(match[2], "%Y%m%dT%H%M").replace(tzinfo=UTC)
        end = start + timedelta(minutes=int(match[3]))
    except (ValueError, OverflowError):
        return None
    schedule = ProviderSchedule.objects.select_related("site").filter(pk=schedule_id).first()
    if schedule is None or end <= start or str(schedule.pk) != match[1]:
        return None
    held, away = _taken([schedule], start, end)
    if (start, end) in held.get(schedule.provider_id, ()):
        return _slot(schedule, start, end, "busy")
    if not hours.within(schedule, ZoneInfo(schedule.site.zone), start, end):
        return None
    if away.get(schedule.provider_id):
        return _slot(schedule, start, end, "busy-unavailable")
    return _slot(schedule, start, end, "busy" if held.get(schedule.provider_id) else "free")


def search(actor: Actor, params: Sequence[tuple[str, str]], offset: int, count: int) -> tuple[int, list[Json]]:
    """Slots of active schedules in order of time: free ones on a grid of 15 minutes, and the times that are taken.

    Without `start` the next 14 days; at most 62 days. Raises Invalid for a value that cannot be used.
    """
    asked = _asked(params)
    schedules = (
        ProviderSchedule.objects.filter(active=True, provider__active=True).select_related("site").order_by("pk")
    )
    if asked.schedules is not None:
        schedules = schedules.filter(pk__in=asked.schedules)
    found = list(schedules)
    held, away = _taken(found, asked.start, asked.end)
    slots = [
        slot
        for schedule in found
        for slot in _slots(schedule, asked, held.get(schedule.provider_id, []), away.get(schedule.provider_id, []))
    ]
    slots.sort(key=lambda slot: (slot[1], str(slot[0].pk)))
    return len(slots), [_slot(*slot) for slot in slots[offset : offset + count]]


def _slots(
    schedule: ProviderSchedule, asked: Asked, held: Spans, away: Spans
) -> Iterator[tuple[ProviderSchedule, datetime, datetime, str]]:
    zone = ZoneInfo(schedule.site.zone)
    first, last = asked.start.astimezone(zone).date() - timedelta(days=1), asked.end.astimezone(zone).date()
    opened = hours.openings(schedule, zone, first, last)
    if "free" in asked.statuses:
        # A slot belongs to the range by its start, so its end may lie behind it
        for start in free_times(opened, [*held, *away], GRID, GRID, max(asked.start, clock.now()), asked.end + GRID):
            if start < asked.end:
                yield schedule, start, start + GRID, "free"
    for status, spans in (("busy", held), ("busy-unavailable", away)):
        if status in asked.statuses:
            for start, end in spans:
                if asked.start <= start < asked.end and any(start < one.end and one.start < end for one in opened):
                    yield schedule, start, end, status


def _taken(
    schedules: Sequence[ProviderSchedule], start: datetime, end: datetime
) -> tuple[dict[UUID, Spans], dict[UUID, Spans]]:
    """Holds and absences by provider that touch a range."""
    providers = {schedule.provider_id for schedule in schedules}
    holds = Hold.objects.filter(resource_id__in=providers, lane=0, starts_at__lt=end, ends_at__gt=start)
    absences = Absence.objects.filter(provider_id__in=providers, starts_at__lt=end, ends_at__gt=start)
    held: dict[UUID, Spans] = {}
    away: dict[UUID, Spans] = {}
    for resource, starts_at, ends_at in holds.values_list("resource_id", "starts_at", "ends_at"):
        held.setdefault(resource, []).append((starts_at, ends_at))
    for provider, starts_at, ends_at in absences.values_list("provider_id", "starts_at", "ends_at"):
        away.setdefault(provider, []).append((starts_at, ends_at))
    return held, away


def _slot(schedule: ProviderSchedule, start: datetime, end: datetime, status: str) -> Json:
    minutes = int((end - start).total_seconds() // 60)
    return {
        "resourceType": "Slot",
        "id": f"{schedule.pk}.{start.astimezone(UTC):%Y%m%dT%H%M}.{minutes}",
        "schedule": {"reference": f"Schedule/{schedule.pk}"},
        "status": status,
        "start": start,
        "end": end,
    }


def _asked(params: Sequence[tuple[str, str]]) -> Asked:
    asked = Asked(None, {"free", "busy", "busy-unavailable"}, clock.now(), _LAST)
    for name, value in params:
        if name == "schedule":
            wanted = {found for text in value.split(",") if (found := _uuid(text.rpartition("/")[2]))}
            asked.schedules = wanted if asked.schedules is None else asked.schedules & wanted
        elif name == "status":
            asked.statuses &= {text.rpartition("|")[2] for text in value.split(",")}
        elif name == "start":
            _narrow(asked, value)
        elif name == "_id":
            raise Invalid("bad-parameter", "A Slot is read by its id, not searched by it.", name)
        else:
            raise Invalid(
                "bad-parameter", f"Slots are not searched by “{name[:40]}”. They are by: schedule, start, status.", name
            )
    if asked.end == _LAST:
        asked.end = asked.start + timedelta(days=USUAL_DAYS)
    asked.end = min(asked.end, asked.start + timedelta(days=MOST_DAYS))
    return asked


def _narrow(asked: Asked, value: str) -> None:
    """Take in one `start` parameter: a day or a moment, with a prefix or without."""
    match = _MOMENT.fullmatch(value.replace(" ", "+"))
    try:
        if match is None:
            raise ValueError
        begin = datetime.fromisoformat(match[2] + (match[3] or "T00:00:00+00:00")).astimezone(UTC)
        after = begin + (timedelta(microseconds=1) if match[3] else timedelta(days=1))
        if not _FIRST < begin < _LAST:
            raise ValueError
    except (ValueError, OverflowError):
        sentence = "start takes a day like 2026-11-21, or a moment with its zone, with a prefix such as ge."
        raise Invalid("bad-parameter", sentence, "start")
    prefix = match[1] or "eq"
    if prefix in ("eq", "ge", "gt", "sa"):
        asked.start = after if prefix in ("gt", "sa") else begin
    if prefix in ("eq", "le", "lt", "eb"):
        asked.end = min(asked.end, begin if prefix in ("lt", "eb") else after)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


COMPUTED = Computed(
    "Slot",
    read,
    search,
    {
        param.name: param
        for param in (
            SearchParam("schedule", "reference", target="Schedule"),
            SearchParam("start", "date", documentation="A day or moment; without it the next 14 days, at most 62"),
            SearchParam("status", "token", documentation="free, busy or busy-unavailable"),
        )
    },
    "schedule.read",
    order="start",
)
