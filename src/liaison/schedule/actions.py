"""What may be done with the schedule: book, move, cancel; hours and absences. The database itself holds a time."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError

from liaison.documents import queries as documents
from liaison.kernel import clock
from liaison.kernel.errors import Conflict, Invalid, NotFound, Refused
from liaison.people.models import Patient, Staff
from liaison.places.models import Room, Site
from liaison.record.actor import Actor
from liaison.record.change import Change, change
from liaison.record.columns import check, tidy
from liaison.record.prepared import Prepared
from liaison.record.rows import locked, row
from liaison.schedule import hours
from liaison.schedule.models import Absence, Appointment, Hold, ProviderSchedule

GRACE = timedelta(minutes=15)  # somebody who walks in is booked at the time that has just begun
LONGEST_MINUTES = 8 * 60
_SETTLED = (Appointment.Status.FULFILLED, Appointment.Status.CANCELLED, Appointment.Status.NO_SHOW)


def book(
    actor: Actor,
    *,
    patient_id: UUID,
    provider_id: UUID,
    site_id: UUID,
    visit_type: str,
    starts_at: datetime,
    minutes: int | None = None,
    reason: str = "",
    overbook: bool = False,
) -> Appointment:
    """Book a time for a patient and hold the provider (and a room, where the visit type wants one) for it.

    Raises Conflict `time-taken` when somebody else has the time; Invalid for a past time, one outside the provider's
    hours, or in an absence. `overbook` (capability `schedule.overbook`) books over all but the past.
    """
    with change(actor, "schedule.book", patient_id=patient_id) as this:
        kind = _visit_type(visit_type)
        patient = row(Patient, patient_id)
        if patient is None:
            raise NotFound("no-patient", "There is no such patient.", "patient")
        if patient.deceased_on is not None:
            raise Invalid(
                "deceased", "This patient is recorded as deceased. Check that it is the right one.", "patient"
            )
        appointment = Appointment(
            patient_id=patient_id,
            provider_id=provider_id,
            site_id=site_id,
            visit_type=visit_type,
            reason=reason,
        )
        _set_time(appointment, starts_at, int(kind["minutes"]) if minutes is None else minutes)
        _check_time(actor, appointment, overbook)
        check(appointment, ("reason",))
        _take(this, appointment, kind, overbook)
        this.event("schedule.booked", appointment=appointment.pk, patient=patient_id, site=site_id)
        return appointment


def move(
    actor: Actor,
    appointment_id: UUID,
    *,
    starts_at: datetime,
    provider_id: UUID | None = None,
    site_id: UUID | None = None,
    overbook: bool = False,
) -> Appointment:
    """Move a booked appointment to another time (and provider or site), as long as before. Refuses as `book` does."""
    with change(actor, "schedule.book") as this:
        appointment = _locked(appointment_id)
        _still_booked(appointment)
        length = appointment.ends_at - appointment.starts_at
        appointment.provider_id = provider_id or appointment.provider_id
        appointment.site_id = site_id or appointment.site_id
        _set_time(appointment, starts_at, int(length.total_seconds() // 60))
        _check_time(actor, appointment, overbook)
        _release(this, appointment)
        _take(this, appointment, _visit_type(appointment.visit_type), overbook)
        this.event(
            "schedule.moved", appointment=appointment.pk, patient=appointment.patient_id, site=appointment.site_id
        )
        return appointment


def cancel(actor: Actor, appointment_id: UUID, reason: str) -> Appointment:
    """Cancel an appointment and free its time. Raises Invalid without a reason, Conflict when begun or over."""
    with change(actor, "schedule.book", reason=tidy(reason)) as this:
        appointment = _locked(appointment_id)
        if not tidy(reason):
            raise Invalid("no-reason", "Say why the appointment is cancelled.", "reason")
        _still_booked(appointment)
        appointment.status, appointment.cancel_reason = Appointment.Status.CANCELLED, reason
        check(appointment, ("cancel_reason",))
        _release(this, appointment)
        this.save(appointment, "status", "cancel_reason")
        this.event(
            "schedule.cancelled", appointment=appointment.pk, patient=appointment.patient_id, site=appointment.site_id
        )
        return appointment


def set_status(this: Change, appointment: Appointment, status: str) -> Appointment:
    """Take an appointment along as its visit moves on; a missed or cancelled one gives its time free.

    Raises Conflict for one that is over: fulfilled, cancelled or missed.
    """
    if appointment.status == status:
        return appointment
    if appointment.status in _SETTLED:
        raise Conflict("already-over", f"This appointment is {appointment.get_status_display()} already.", "status")
    if status not in Appointment.Status.values:
        raise Invalid("bad-status", f"An appointment is one of: {', '.join(Appointment.Status.values)}.", "status")
    appointment.status = status
    if status in (Appointment.Status.CANCELLED, Appointment.Status.NO_SHOW):
        _release(this, appointment)
    return this.save(appointment, "status")


def set_hours(actor: Actor, provider_id: UUID, site_id: UUID, weekly: Mapping[Any, Any]) -> ProviderSchedule:
    """Set a provider's weekly hours at a site: {"0": [["08:00", "12:00"], …], …}, local, 0 is Monday; bookings stay."""
    with change(actor, "schedule.manage") as this:
        stored = hours.checked(weekly)
        schedule = ProviderSchedule.objects.select_for_update().filter(provider_id=provider_id, site_id=site_id).first()
        if schedule is None:
            if not Staff.objects.filter(pk=provider_id, active=True).exists():
                raise NotFound("no-provider", "There is no such provider.", "provider")
            if not Site.objects.filter(pk=site_id, active=True).exists():
                raise NotFound("no-site", "There is no such site.", "site")
            schedule = ProviderSchedule(provider_id=provider_id, site_id=site_id)
        elif schedule.weekly == stored and schedule.active:
            return schedule
        schedule.weekly, schedule.active = stored, True
        this.save(schedule)
        this.event("schedule.hours_changed", schedule=schedule.pk, provider=provider_id, site=site_id)
        return schedule


def add_absence(
    actor: Actor, provider_id: UUID, *, starts_at: datetime, ends_at: datetime, reason: str = ""
) -> Absence:
    """Say that a provider takes no appointments for a while. What is booked there stays until somebody moves it."""
    with change(actor, "schedule.manage") as this:
        if starts_at.tzinfo is None or ends_at.tzinfo is None or ends_at <= starts_at:
            raise Invalid("bad-absence", "An absence ends after it starts.", "ends_at")
        if not Staff.objects.filter(pk=provider_id).exists():
            raise NotFound("no-provider", "There is no such provider.", "provider")
        absence = Absence(provider_id=provider_id, starts_at=starts_at, ends_at=ends_at, reason=tidy(reason)[:100])
        this.save(absence)
        this.event("schedule.absence_added", provider=provider_id, absence=absence.pk)
        return absence


def remove_absence(actor: Actor, absence_id: UUID) -> None:
    """Open the time of an absence again."""
    with change(actor, "schedule.manage") as this:
        absence = Absence.objects.select_for_update().filter(pk=absence_id).first()
        if absence is None:
            raise NotFound("no-absence", "There is no such absence.")
        this.event("schedule.absence_removed", provider=absence.provider_id, absence=absence.pk)
        this.remove(absence)


def _visit_type(key: str) -> dict[str, Any]:
    try:
        body: dict[str, Any] = documents.in_force("visit-type", key).body
    except NotFound:
        raise Invalid("no-visit-type", "Choose one of the visit types of the list.", "visit_type")
    return body


def _locked(appointment_id: UUID) -> Appointment:
    appointment = locked(Appointment, appointment_id)
    if appointment is None:
        raise NotFound("no-appointment", "There is no such appointment.")
    return appointment


def _still_booked(appointment: Appointment) -> None:
    if appointment.status == Appointment.Status.ARRIVED:
        raise Conflict("already-begun", "The visit has begun. End it on the visit's page instead.", "status")
    if appointment.status in _SETTLED:
        raise Conflict("already-over", f"This appointment is {appointment.get_status_display()} already.", "status")


def _set_time(appointment: Appointment, starts_at: datetime, minutes: int) -> None:
    if starts_at.tzinfo is None:
        raise Invalid("no-zone", "The time must say its time zone.", "starts_at")
    if not 0 < minutes <= LONGEST_MINUTES:
        raise Invalid("bad-length", f"An appointment lasts from 1 to {LONGEST_MINUTES} minutes.", "minutes")
    # As the database gives it back: a revision written from another zone's words would differ from its row
    appointment.starts_at = starts_at = starts_at.astimezone(UTC)
    appointment.ends_at = starts_at + timedelta(minutes=minutes)


def _check_time(actor: Actor, appointment: Appointment, overbook: bool) -> None:
    """Refuse a time that has passed or that the provider does not offer. Locks the provider: bookings take turns."""
    if overbook:
        actor.require("schedule.overbook")
    if appointment.starts_at < clock.now() - GRACE and actor.kind != "machine":
        raise Invalid("past", "That time has passed. Choose one from now on.", "starts_at")
    # Two inserts that exclude each other could wait for each other in PostgreSQL; one at a time cannot
    schedule = _hours.first(appointment.provider_id, appointment.site_id)
    if schedule is None:
        raise _no_schedule(appointment)
    provider = schedule.provider
    if overbook:
        return
    if not hours.within(schedule, ZoneInfo(schedule.site.zone), appointment.starts_at, appointment.ends_at):
        raise Invalid(
            "outside-hours", f"{provider.short} sees nobody at that time. Choose one of the free times.", "starts_at"
        )
    if _away(provider.pk, appointment.starts_at, appointment.ends_at):
        raise Invalid("absent", f"{provider.short} is away at that time. Choose one of the free times.", "starts_at")


def _no_schedule(appointment: Appointment) -> Refused:
    provider = Staff.objects.filter(pk=appointment.provider_id, active=True).first()
    if provider is None:
        return NotFound("no-provider", "There is no such provider.", "provider")
    return Invalid(
        "not-here", f"{provider.short} has no hours at this site. Choose another site or provider.", "provider"
    )


_hours = Prepared(
    lambda provider, site: (
        ProviderSchedule.objects.select_related("site", "provider")
        .select_for_update(of=("provider",), no_key=True)
        .filter(provider_id=provider, site_id=site, active=True, provider__active=True)
    )
)
_away = Prepared(
    lambda provider, starts, ends: Absence.objects.filter(
        provider_id=provider, starts_at__lt=ends, ends_at__gt=starts
    ).values_list("pk", flat=True)[:1]
)


def _take(this: Change, appointment: Appointment, kind: Mapping[str, Any], overbook: bool) -> None:
    """Save the appointment with its holds."""
    lane = _lane(appointment) if overbook else 0
    appointment.overbooked = lane > 0
    appointment.room = None
    room = _free_room(appointment, str(kind.get("room_kind", "exam"))) if kind.get("holds_room") else None
    if room is not None:
        appointment.room = room
    this.save(appointment)
    holds = [_hold(appointment, Hold.Kind.PROVIDER, appointment.provider_id, lane)]
    if room is not None:
        holds.append(_hold(appointment, Hold.Kind.ROOM, room.pk, 0))
    try:
        this.save_new(holds)
    except IntegrityError:
        # No savepoint: the refusal takes the whole change back
        raise Conflict("time-taken", "Somebody else has just taken this time. Choose another one.", "starts_at")


def _hold(appointment: Appointment, kind: str, resource_id: UUID, lane: int) -> Hold:
    return Hold(
        kind=kind,
        resource_id=resource_id,
        lane=lane,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        appointment=appointment,
    )


def _lane(appointment: Appointment) -> int:
    """The lowest lane in which the provider is free."""
    beside = Hold.objects.filter(
        resource_id=appointment.provider_id, starts_at__lt=appointment.ends_at, ends_at__gt=appointment.starts_at
    )
    taken = set(beside.values_list("lane", flat=True))
    return next(lane for lane in range(len(taken) + 1) if lane not in taken)


def _free_room(appointment: Appointment, kind: str) -> Room:
    """The first room of a kind that nobody holds then. Raises Conflict when all are taken."""
    rooms = list(
        Room.objects.select_for_update(no_key=True)
        .filter(site_id=appointment.site_id, kind=kind, active=True)
        .exclude(state=Room.State.CLOSED)
        .order_by("pk")
    )
    beside = Hold.objects.filter(kind=Hold.Kind.ROOM, resource_id__in=[room.pk for room in rooms])
    beside = beside.filter(starts_at__lt=appointment.ends_at, ends_at__gt=appointment.starts_at)
    taken = set(beside.values_list("resource_id", flat=True))
    for room in sorted(rooms, key=lambda room: (room.position, room.name)):
        if room.pk not in taken:
            return room
    raise Conflict("no-room", "No room of the kind is free then. Choose another time.", "starts_at")


_holds = Prepared(lambda appointment: Hold.objects.filter(appointment=appointment))


def _release(this: Change, appointment: Appointment) -> None:
    for hold in _holds(appointment.pk):
        this.remove(hold)
