"""From the request to the day of the visit: request, book, move, confirm, cancel, missed."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from liaison.documents.queries import in_force
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.people.models import Patient
from liaison.places.models import Site
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.record.rows import row
from liaison.schedule import actions as schedule
from liaison.schedule.models import Appointment
from liaison.visits.actions.moving import begin, go, locked
from liaison.visits.machine import Facts, capability, way
from liaison.visits.models import Visit

PRIORITIES = ("routine", "soon", "urgent")
CHANNELS = ("phone", "message", "walk-in", "staff")


def request(
    actor: Actor,
    *,
    patient_id: UUID,
    site_id: UUID,
    visit_type: str,
    reason: str,
    priority: str = "routine",
    channel: str = "phone",
) -> Visit:
    """Take a request for an appointment. Raises Invalid or NotFound, Conflict for a patient who has died."""
    if priority not in PRIORITIES:
        raise Invalid("priority", "Choose routine, soon or urgent.", field="priority")
    if channel not in CHANNELS:
        raise Invalid("channel", "Choose phone, message, walk-in or staff.", field="channel")
    if not reason.strip():
        raise Invalid("no-reason", "Write in a few words what the patient comes for.", field="reason")
    with change(actor, capability("request"), patient_id=patient_id) as this:
        patient = row(Patient, patient_id)
        if patient is None:
            raise NotFound("no-such-patient", "There is no such patient. Search again.", field="patient_id")
        if patient.deceased_on is not None:
            raise Conflict("deceased", "This patient is recorded as deceased. Open the chart to correct it.")
        site = row(Site, site_id)
        if site is None or not site.active:
            raise Invalid("no-such-site", "Choose a site of the practice.", field="site_id")
        visit = Visit(
            patient_id=patient_id,
            site_id=site_id,
            visit_type=visit_type,
            protocol=in_force("visit-type", visit_type),
            reason=reason.strip()[:300],
            priority=priority,
            channel=channel,
        )
        return begin(this, visit)


def book(
    actor: Actor,
    visit_id: UUID,
    *,
    provider_id: UUID,
    starts_at: datetime,
    overbook: bool = False,
    minutes: int | None = None,
) -> Visit:
    """Book a requested visit with a provider. Raises Conflict "time-taken" when somebody else holds the time."""
    with change(actor, capability("book")) as this:
        visit = locked(visit_id, "site")
        facts = Facts(visit, this.at)
        way("book", facts)
        visit.appointment = schedule.book(
            actor,
            patient_id=visit.patient_id,
            provider_id=provider_id,
            site_id=visit.site_id,
            visit_type=visit.visit_type,
            starts_at=starts_at,
            minutes=minutes,
            reason=visit.reason,
            overbook=overbook,
        )
        _take_time(visit, visit.appointment)
        return go(this, "book", facts, "appointment", "provider", "starts_at", "day")


def move(
    actor: Actor, visit_id: UUID, *, starts_at: datetime, provider_id: UUID | None = None, overbook: bool = False
) -> Visit:
    """Move a booked visit to another time or provider; it is to be confirmed again."""
    with change(actor, capability("move")) as this:
        visit = locked(visit_id, "site")
        facts = Facts(visit, this.at)
        go(this, "move", facts)
        assert visit.appointment_id is not None
        moved = schedule.move(
            actor, visit.appointment_id, starts_at=starts_at, provider_id=provider_id, overbook=overbook
        )
        visit.appointment = moved
        _take_time(visit, moved)
        return this.save(visit, "provider", "starts_at", "day")


def follow_appointment(actor: Actor, visit_id: UUID) -> Visit:
    """Take over the time of the visit's appointment after it was moved on the schedule itself."""
    with change(actor, capability("move")) as this:
        visit = locked(visit_id, "site", "appointment")
        moved = visit.appointment
        if moved is None or (moved.starts_at, moved.provider_id) == (visit.starts_at, visit.provider_id):
            return visit
        go(this, "move", Facts(visit, this.at))
        _take_time(visit, moved)
        return this.save(visit, "provider", "starts_at", "day")


def _take_time(visit: Visit, appointment: Appointment) -> None:
    visit.provider_id = appointment.provider_id
    visit.starts_at = appointment.starts_at
    visit.day = appointment.starts_at.astimezone(ZoneInfo(visit.site.zone)).date()


def confirm(actor: Actor, visit_id: UUID) -> Visit:
    """Note that the patient has said they will come."""
    with change(actor, capability("confirm")) as this:
        return go(this, "confirm", Facts(locked(visit_id), this.at))


def cancel(actor: Actor, visit_id: UUID, reason: str) -> Visit:
    """Cancel a visit that has not begun, with a reason, and free its time."""
    with change(actor, capability("cancel"), reason=reason) as this:
        visit = go(this, "cancel", Facts(locked(visit_id, "appointment"), this.at, reason=reason))
        if visit.appointment is not None and visit.appointment.status == Appointment.Status.BOOKED:
            visit.appointment = schedule.cancel(actor, visit.appointment.pk, reason)
        return visit


def no_show(actor: Actor, visit_id: UUID) -> Visit:
    """Note that the patient did not come. Raises Conflict before the booked time."""
    with change(actor, capability("no_show")) as this:
        visit = go(this, "no_show", Facts(locked(visit_id, "appointment"), this.at))
        if visit.appointment is not None:
            schedule.set_status(this, visit.appointment, Appointment.Status.NO_SHOW)
        return visit
