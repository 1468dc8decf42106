"""Checkout, and what the money tells the visit afterwards."""

from datetime import datetime
from uuid import UUID

from liaison.chart import actions as chart
from liaison.immunize.queries.encounter import planned_doses, watch_of
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.schedule import actions as schedule
from liaison.schedule.models import Appointment
from liaison.visits.actions import booking
from liaison.visits.actions.moving import go, locked, zone
from liaison.visits.machine import Facts, capability, way
from liaison.visits.models import Visit


def check_out(
    actor: Actor,
    visit_id: UUID,
    *,
    follow_up_starts_at: datetime | None = None,
    follow_up_provider_id: UUID | None = None,
    follow_up_declined: bool = False,
) -> Visit:
    """Check a patient out: follow-up booked or declined, encounter finished. Event visits.checked_out.

    Raises Invalid while the follow-up that the provider asked for is neither booked nor declined, Conflict when its
    time is taken.
    """
    with change(actor, capability("check_out")) as this:
        visit = locked(visit_id, "appointment", "encounter")
        settled = follow_up_starts_at is not None or follow_up_declined
        facts = Facts(
            visit,
            this.at,
            follow_up_settled=settled,
            open_doses=planned_doses(visit.encounter_id) if visit.encounter_id else (),
            watched_until=_watched_until(visit),
        )
        way("check_out", facts)
        asked = visit.follow_up
        if follow_up_starts_at is not None:
            following = booking.request(
                actor,
                patient_id=visit.patient_id,
                site_id=visit.site_id,
                visit_type=asked.get("visit_type") or "follow-up",
                reason=asked.get("note") or f"Follow-up: {visit.reason}",
                channel="staff",
            )
            provider = follow_up_provider_id or visit.provider_id
            assert provider is not None
            booking.book(actor, following.pk, provider_id=provider, starts_at=follow_up_starts_at)
            visit.follow_up = {**asked, "visit": str(following.pk), "starts_at": follow_up_starts_at.isoformat()}
        elif follow_up_declined:
            visit.follow_up = {**asked, "declined": True}
        go(this, "check_out", facts, "follow_up")
        if visit.appointment is not None:
            schedule.set_status(this, visit.appointment, Appointment.Status.FULFILLED)
        if visit.encounter is not None:
            chart.finish_encounter(this, visit.encounter, this.at)
        this.event(
            "visits.checked_out",
            visit=visit.pk,
            encounter=visit.encounter_id,
            patient=visit.patient_id,
            visit_type=visit.visit_type,
        )
        return visit


def _watched_until(visit: Visit) -> str:
    watch = watch_of(visit.encounter_id) if visit.encounter_id else None
    return "" if watch is None or watch.ended_at else f"{watch.ends_at.astimezone(zone(visit)):%H:%M}"


def bill(actor: Actor, visit_id: UUID) -> Visit:
    """Note that the visit's charges are posted."""
    with change(actor, capability("bill")) as this:
        return go(this, "bill", Facts(locked(visit_id), this.at))


def close(actor: Actor, visit_id: UUID) -> Visit:
    """Note that nothing of the visit is left to be paid."""
    with change(actor, capability("close")) as this:
        return go(this, "close", Facts(locked(visit_id), this.at))
