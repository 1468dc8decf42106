"""What may be asked of the schedule: free times, a day of a site, a week of a provider, a patient's appointments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from liaison.documents import queries as documents
from liaison.engines.slots import Interval, Option, Requirement, find
from liaison.kernel import clock
from liaison.kernel.errors import Invalid, NotFound
from liaison.people.models import Staff
from liaison.people.queries import may_open
from liaison.places.models import Room, Site
from liaison.record.actor import Actor
from liaison.record.audit import looked
from liaison.record.prepared import Prepared
from liaison.schedule import hours
from liaison.schedule.models import Absence, Appointment, Hold, ProviderSchedule

Busy = dict[UUID, list[tuple[datetime, datetime]]]
Key = tuple[UUID, UUID]
MOST_DAYS = 366


@dataclass(frozen=True)
class FreeTime:
    """A time that can be booked."""

    provider_id: UUID
    provider_name: str
    site_id: UUID
    starts_at: datetime
    ends_at: datetime


@dataclass
class ProviderDay:
    """One provider's day at a site: hours (in UTC), absences, appointments in order with their patients."""

    provider: Staff
    site: Site
    day: date
    open: list[Interval] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    appointments: list[Appointment] = field(default_factory=list)


def free_times(
    actor: Actor,
    *,
    visit_type: str,
    site_id: UUID | None = None,
    provider_id: UUID | None = None,
    from_: date | datetime,
    days: int = 14,
    limit: int = 24,
    per_day: int | None = None,
) -> list[FreeTime]:
    """The soonest free times for a visit type, from a local day or a moment on, never before now.

    `per_day` offers at most so many of one provider on one day. Raises Invalid for an unknown visit type.
    """
    actor.require("schedule.read")
    kind = _visit_type(visit_type)
    schedules = _schedules(site_id, provider_id)
    if not schedules:
        return []
    zone = ZoneInfo(schedules[0].site.zone)
    start = from_ if isinstance(from_, datetime) else datetime.combine(from_, time.min, zone)
    start = max(start, clock.now())
    end = start + timedelta(days=max(1, min(days, MOST_DAYS)))
    busy = _busy(schedules, start, end)
    minutes = int(kind["minutes"])
    requirement = Requirement(
        duration=timedelta(minutes=minutes),
        earliest=start,
        latest=end,
        step=timedelta(minutes=15 if minutes % 15 == 0 else 10),
        limit=limit,
        needs_room=bool(kind.get("holds_room")),
        per_day=per_day,
        tz=zone,
    )
    if not requirement.needs_room:
        return _named(schedules, find(_resources(schedules, busy, start, end), {}, requirement), limit)
    options: list[Option[Key, UUID]] = []
    rooms = _rooms({schedule.site_id for schedule in schedules}, str(kind.get("room_kind", "exam")), start, end)
    for place, free in rooms.items():
        here = [schedule for schedule in schedules if schedule.site_id == place]
        options += find(_resources(here, busy, start, end), free, requirement)
    return _named(schedules, sorted(options, key=lambda option: option.start), limit)


def _visit_type(key: str) -> dict[str, Any]:
    try:
        body: dict[str, Any] = documents.in_force("visit-type", key).body
    except NotFound:
        raise Invalid("no-visit-type", "Choose one of the visit types of the list.", "visit_type")
    return body


def _schedules(site_id: UUID | None, provider_id: UUID | None) -> list[ProviderSchedule]:
    if site_id is None:
        return _of_provider(provider_id) if provider_id else _everywhere()
    return _of_both(site_id, provider_id) if provider_id else _of_site(site_id)


def _in_use() -> QuerySet[ProviderSchedule]:
    found = ProviderSchedule.objects.filter(active=True, provider__active=True, site__active=True)
    return found.select_related("provider", "site").order_by("provider__family", "provider__given", "pk")


_everywhere = Prepared(lambda: _in_use())
_of_site = Prepared(lambda site: _in_use().filter(site_id=site))
_of_provider = Prepared(lambda provider: _in_use().filter(provider_id=provider))
_of_both = Prepared(lambda site, provider: _in_use().filter(site_id=site, provider_id=provider))


def _busy(schedules: Sequence[ProviderSchedule], start: datetime, end: datetime) -> Busy:
    """What takes the providers' time: holds in the schedule proper, and absences. Two queries."""
    providers = list(dict.fromkeys(schedule.provider_id for schedule in schedules))
    busy: Busy = {}
    for resource, starts_at, ends_at in (*_held(start, end, *providers), *_away(start, end, *providers)):
        busy.setdefault(resource, []).append((starts_at, ends_at))
    return busy


_held = Prepared(
    lambda start, end, *providers: Hold.objects.filter(
        resource_id__in=providers, lane=0, starts_at__lt=end, ends_at__gt=start
    ).values_list("resource_id", "starts_at", "ends_at")
)
_away = Prepared(
    lambda start, end, *providers: Absence.objects.filter(
        provider_id__in=providers, starts_at__lt=end, ends_at__gt=start
    ).values_list("provider_id", "starts_at", "ends_at")
)


def _resources(
    schedules: Iterable[ProviderSchedule], busy: Busy, start: datetime, end: datetime
) -> dict[Key, tuple[list[Interval], list[tuple[datetime, datetime]]]]:
    found = {}
    for schedule in schedules:
        zone = ZoneInfo(schedule.site.zone)
        first, last = start.astimezone(zone).date() - timedelta(days=1), end.astimezone(zone).date()
        spans = hours.openings(schedule, zone, first, last)
        found[(schedule.provider_id, schedule.site_id)] = (spans, busy.get(schedule.provider_id, []))
    return found


def _rooms(
    site_ids: set[UUID], kind: str, start: datetime, end: datetime
) -> dict[UUID, dict[UUID, tuple[list[Interval], list[tuple[datetime, datetime]]]]]:
    rooms = Room.objects.filter(site_id__in=site_ids, kind=kind, active=True).exclude(state=Room.State.CLOSED)
    found: dict[UUID, dict[UUID, tuple[list[Interval], list[tuple[datetime, datetime]]]]] = {}
    for room in rooms.order_by("position", "name"):
        found.setdefault(room.site_id, {})[room.pk] = ([Interval(start, end)], [])
    holds = Hold.objects.filter(kind=Hold.Kind.ROOM, lane=0, starts_at__lt=end, ends_at__gt=start)
    for resource, starts_at, ends_at in holds.values_list("resource_id", "starts_at", "ends_at"):
        for here in found.values():
            if resource in here:
                here[resource][1].append((starts_at, ends_at))
    return found


def _named(schedules: Iterable[ProviderSchedule], options: Iterable[Option[Key, UUID]], limit: int) -> list[FreeTime]:
    names = {schedule.provider_id: schedule.provider.short for schedule in schedules}
    times = [FreeTime(o.provider[0], names[o.provider[0]], o.provider[1], o.start, o.end) for o in options]
    return times[:limit]


def day(actor: Actor, day: date, site_id: UUID) -> list[ProviderDay]:
    """A site's day: each provider with hours or appointments, by name. Five queries, however full."""
    actor.require("schedule.read")
    site = Site.objects.filter(pk=site_id).first()
    if site is None:
        raise NotFound("no-site", "There is no such site.", "site")
    days = _days(_schedules(site_id, None), [day], site_id=site_id)
    return [one for one in days if one.open or one.appointments]


def week(actor: Actor, monday: date, provider_id: UUID) -> list[ProviderDay]:
    """A provider's seven days from `monday` on, by site; a day without hours stands there empty."""
    actor.require("schedule.read")
    schedules = _schedules(None, provider_id)
    if not schedules:
        raise NotFound("no-schedule", "This provider has no hours anywhere yet.", "provider")
    days = _days(schedules, [monday + timedelta(days=n) for n in range(7)], provider_id=provider_id)
    shown, seen = [], set()
    for one in sorted(days, key=lambda one: (one.day, not (one.open or one.appointments))):
        if one.open or one.appointments or one.day not in seen:
            shown.append(one)
        seen.add(one.day)
    return shown


def _days(schedules: Sequence[ProviderSchedule], days: Sequence[date], **which: UUID) -> list[ProviderDay]:
    if not schedules:
        return []
    zones = {schedule.site_id: ZoneInfo(schedule.site.zone) for schedule in schedules}
    first = min(datetime.combine(days[0], time.min, zone) for zone in zones.values())
    last = max(datetime.combine(days[-1] + timedelta(days=1), time.min, zone) for zone in zones.values())
    booked = Appointment.objects.filter(**which, starts_at__gte=first, starts_at__lt=last)
    booked = (
        booked.exclude(status=Appointment.Status.CANCELLED)
        .select_related("patient", "room")
        .order_by("starts_at", "pk")
    )
    providers = {schedule.provider_id for schedule in schedules}
    away = Absence.objects.filter(provider_id__in=providers, starts_at__lt=last, ends_at__gt=first).order_by(
        "starts_at"
    )
    found: dict[tuple[UUID, UUID, date], ProviderDay] = {}
    for schedule in schedules:
        zone = zones[schedule.site_id]
        for one in days:
            begins, ends = (datetime.combine(one + timedelta(days=n), time.min, zone) for n in (0, 1))
            found[(schedule.provider_id, schedule.site_id, one)] = ProviderDay(
                schedule.provider,
                schedule.site,
                one,
                hours.openings(schedule, zone, one, one),
                [
                    a
                    for a in away
                    if a.provider_id == schedule.provider_id and a.starts_at < ends and a.ends_at > begins
                ],
            )
    for appointment in booked:
        local = appointment.starts_at.astimezone(zones.get(appointment.site_id, next(iter(zones.values()))))
        place = found.get((appointment.provider_id, appointment.site_id, local.date()))
        if place is not None:
            place.appointments.append(appointment)
    return list(found.values())


def appointment_for(actor: Actor, appointment_id: UUID) -> Appointment:
    """An appointment with patient, provider and site; the look is audited. Raises NotFound, Forbidden."""
    actor.require("schedule.read")
    found = Appointment.objects.select_related("patient", "provider", "site", "room").filter(pk=appointment_id).first()
    if found is None:
        raise NotFound("no-appointment", "There is no such appointment.")
    may_open(actor, found.patient)
    looked(actor, found.patient_id, [f"Appointment/{found.pk}/_history/{found.version}"])
    return found


def upcoming_of(patient_id: UUID, limit: int = 20) -> list[Appointment]:
    """A patient's booked appointments from now on, for a page that has opened the patient already."""
    found = Appointment.objects.filter(
        patient_id=patient_id, status=Appointment.Status.BOOKED, starts_at__gte=clock.now()
    )
    return list(found.select_related("provider", "site").order_by("starts_at")[:limit])
