"""Good-faith estimates (45 CFR 149.610): made, numbered, kept as they were given, and due in time."""

import hashlib
from collections.abc import Sequence
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from liaison.billing.coverage.estimating import Line, due_on, total
from liaison.billing.models import Estimate
from liaison.billing.papers.estimates import estimate_pdf
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.people.models import Patient, Staff
from liaison.people.queries import coverages_of
from liaison.places.models import Site
from liaison.record import rows
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.record.columns import tidy
from liaison.record.numbers import next_number
from liaison.schedule.models import Appointment

MOST_LINES = 30


def make_estimate(
    actor: Actor,
    patient_id: UUID,
    *,
    service: str,
    lines: Sequence[Line],
    provider_id: UUID,
    site_id: UUID,
    appointment_id: UUID | None = None,
    service_date: date | None = None,
    diagnoses: Sequence[str] = (),
    later: str = "",
) -> Estimate:
    """Make an estimate of a planned visit under a number of its own, as a PDF that is kept.

    Raises Invalid for a line without code, words or price, and for none at all; NotFound.
    """
    service, lines = tidy(service), list(lines)
    _check(service, lines)
    with change(actor, "billing.coverage", patient_id=patient_id) as this:
        patient, provider, site = rows.row(Patient, patient_id), rows.row(Staff, provider_id), rows.row(Site, site_id)
        if patient is None:
            raise NotFound("no-patient", "There is no such patient.")
        if provider is None or not provider.npi:
            raise Invalid("no-provider", "Choose the provider; the staff entry needs an NPI.", "provider")
        if site is None:
            raise Invalid("no-site", "Choose where the visit takes place.", "site")
        appointment = rows.row(Appointment, appointment_id) if appointment_id else None
        if appointment is not None and appointment.patient_id != patient_id:
            raise Conflict("other-patient", "This appointment is another patient’s. Open the estimate again.")
        estimate = Estimate(
            number=f"GFE{next_number('estimate'):06d}",
            patient=patient,
            appointment=appointment,
            provider=provider,
            site=site,
            service=service[:200],
            service_date=service_date,
            diagnoses=list(dict.fromkeys(code.strip().upper() for code in diagnoses if code.strip())),
            lines=[line.as_json() for line in lines],
            later=tidy(later)[:400],
            total_cents=total(lines),
            made_at=this.at,
            made_by=actor.name[:120],
        )
        estimate.pdf = estimate_pdf(estimate)
        estimate.sha256 = hashlib.sha256(estimate.pdf).hexdigest()
        this.save(estimate)
        this.event("billing.estimate_made", estimate=estimate.pk, appointment=appointment_id, patient=patient_id)
        return estimate


def _check(service: str, lines: Sequence[Line]) -> None:
    if not service:
        raise Invalid("no-service", "Say in plain words what the visit is for.", "service")
    if not lines:
        raise Invalid("no-lines", "Add at least one line with its code and price.", "lines")
    if len(lines) > MOST_LINES:
        raise Invalid("too-many", f"An estimate has up to {MOST_LINES} lines.", "lines")
    for line in lines:
        if not (4 <= len(line.code) <= 7 and line.code.isascii() and line.code.isalnum()):
            raise Invalid("bad-code", "Each line has a CPT or HCPCS code, like 99213 or J1100.", "lines")
        if not line.words.strip():
            raise Invalid("no-words", f"Say in plain words what {line.code} is.", "lines")
        if not 0 < line.cents < 100_000_000 or not 0 < line.units < 1000:
            raise Invalid("no-price", f"Type what {line.code} will cost, and how many.", "lines")


def ask_for_estimate(actor: Actor, appointment_id: UUID) -> date | None:
    """Say by when a booked patient without insurance gets an estimate; None where none is due.

    Event billing.estimate_due.
    """
    booked = rows.row(Appointment, appointment_id, "site")
    if booked is None or booked.status != Appointment.Status.BOOKED:
        return None
    zone = ZoneInfo(booked.site.zone)
    visit, scheduled = booked.starts_at.astimezone(zone).date(), booked.created_at.astimezone(zone).date()
    due = due_on(scheduled, visit)
    if due is None or coverages_of(booked.patient_id, visit):
        return None
    with change(actor, "billing.coverage") as this:
        this.event("billing.estimate_due", appointment=booked.pk, patient=booked.patient_id, due=due.isoformat())
    return due
