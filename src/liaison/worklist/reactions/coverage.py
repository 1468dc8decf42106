"""Coverage that has a problem, authorizations that run out, estimates that are due."""

from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from liaison.billing.models import Authorization, EligibilityCheck
from liaison.kernel import clock
from liaison.people.models import Coverage
from liaison.record.models import OutboxEvent
from liaison.record.outbox import reaction
from liaison.record.rows import row
from liaison.schedule.models import Appointment
from liaison.worklist import actions
from liaison.worklist.reactions.common import WORKLIST, of_source, open_tasks, settle

_TITLES = {
    "inactive": "Coverage not active: ask the patient for another",
    "refused": "The payer refused the question about coverage",
    "failed": "Coverage could not be checked",
    "differs": "Coverage differs from what the payer has",
    "authorization": "Get an authorization",
    "referral": "Get a referral",
}


@reaction("billing.coverage_checked")
def coverage_is_checked(event: OutboxEvent) -> None:
    """A problem is the front desk's; an answer without one settles what was open."""
    source, problem = f"coverage:{event.payload['coverage']}", event.payload.get("problem", "")
    if not problem:
        settle(of_source(source))
        return
    check = row(EligibilityCheck, UUID(event.payload["check"]), "patient")
    if check is None or not check.latest or check.problem != problem:
        return
    actions.add(
        WORKLIST,
        source=source,
        kind="coverage",
        title=_TITLES[problem],
        detail=", ".join(filter(None, (check.patient.listed, check.note))),
        for_role="front-desk",
        patient_id=check.patient_id,
        priority=26 if problem == "inactive" else 42,
        link=f"/patients/{check.patient_id}/insurance/",
        again=True,
    )


_DECIDED = {
    "pended": ("Ask after the request that the payer has", 48),
    "denied": ("The payer denied what was asked for", 28),
    "failed": ("The request to the payer could not be made", 30),
}


@reaction("billing.authorization_decided")
def authorization_is_decided(event: OutboxEvent) -> None:
    """What waits, was denied or never left is somebody's; what is certified needs nobody."""
    row_id, status = UUID(event.payload["authorization"]), event.payload["status"]
    source = f"authorization:{row_id}"
    if status not in _DECIDED:
        settle(of_source(source))
        return
    found = row(Authorization, row_id, "patient")
    if found is None or found.status != status:
        return
    words, priority = _DECIDED[status]
    actions.add(
        WORKLIST,
        source=source,
        kind="authorization",
        title=f"{words}: {found.get_kind_display().lower()}",
        detail=", ".join(filter(None, (found.patient.listed, found.service, found.note))),
        for_role="front-desk",
        patient_id=found.patient_id,
        priority=priority,
        link=f"/authorizations/{found.pk}/",
        again=True,
    )


@reaction("billing.authorization_low")
def authorization_runs_out(event: OutboxEvent) -> None:
    """Before the last visits are used, or it ends, somebody asks for more."""
    source, why = f"authorization-low:{event.payload['authorization']}", event.payload.get("why", "")
    if not why:
        settle(of_source(source))
        return
    found = row(Authorization, UUID(event.payload["authorization"]), "patient")
    if found is None or found.low_told != why:
        return
    kind = found.get_kind_display()
    if why == "used-up":
        said = f"{kind} {found.number} is used up"
    elif why == "ends" and found.ends:
        said = f"{kind} {found.number} ends {clock.told(found.ends)}"
    else:
        said = f"{kind} {found.number}: {found.left} {found.counted} left"
    actions.add(
        WORKLIST,
        source=source,
        kind="authorization-low",
        title=f"{said}. Ask for more if it is needed",
        detail=f"{found.patient.listed}, {found.service}",
        for_role="front-desk",
        patient_id=found.patient_id,
        priority=44,
        link=f"/authorizations/{found.pk}/",
        again=True,
    )


@reaction("billing.estimate_due")
def estimate_is_due(event: OutboxEvent) -> None:
    """45 CFR 149.610: in writing, before the end of the business day that is named."""
    booked = row(Appointment, UUID(event.payload["appointment"]), "patient", "site")
    if booked is None:
        return
    zone = ZoneInfo(booked.site.zone)
    due = datetime.combine(date.fromisoformat(event.payload["due"]), time(17), zone)
    actions.add(
        WORKLIST,
        source=f"estimate:{booked.pk}",
        kind="estimate",
        title="Give a good-faith estimate",
        detail=f"{booked.patient.listed}, who pays, on {clock.told(booked.starts_at.astimezone(zone).date())}; "
        f"by {clock.told(due.date())}",
        for_role="front-desk",
        patient_id=booked.patient_id,
        site_id=booked.site_id,
        priority=32,
        due_at=due,
        link=f"/patients/{booked.patient_id}/estimate/?appointment={booked.pk}",
    )


@reaction("billing.estimate_made")
def estimate_is_made(event: OutboxEvent) -> None:
    if appointment := event.payload.get("appointment"):
        settle(of_source(f"estimate:{appointment}"))


@reaction("schedule.cancelled")
def visit_will_not_be(event: OutboxEvent) -> None:
    for task in of_source(f"estimate:{event.payload['appointment']}"):
        actions.cancel(WORKLIST, task, "The visit was cancelled")


@reaction("people.coverage_changed")
def patient_is_insured_now(event: OutboxEvent) -> None:
    """Who has coverage in force needs no estimate; one that ended asks for none anew."""
    held = row(Coverage, UUID(event.payload["coverage"]))
    if held is not None and held.active:
        for task in open_tasks(kind="estimate", patient_id=held.patient_id):
            actions.cancel(WORKLIST, task, "The patient is insured now")
