"""At the front desk: the patient checked in, or gone without being seen."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from liaison.billing import actions as billing
from liaison.chart import actions as chart
from liaison.chart.models import Encounter
from liaison.documents.queries import in_force
from liaison.immunize import actions as vaccines
from liaison.kernel.errors import Invalid
from liaison.people import actions as people
from liaison.people.models import Coverage
from liaison.people.queries import coverages_of, missing_consents
from liaison.record.actor import Actor, machine
from liaison.record.change import Change, change
from liaison.schedule import actions as schedule
from liaison.schedule.models import Appointment
from liaison.visits.actions.moving import go, locked, zone
from liaison.visits.machine import IDENTIFIERS, Facts, capability, way
from liaison.visits.models import Visit


def check_in(
    actor: Actor,
    visit_id: UUID,
    *,
    identifiers: list[str],
    demographics_confirmed: bool,
    coverage_id: UUID | None,
    consents: Sequence[dict[str, Any]] = (),
    copay_cents: int = 0,
    copay_method: str = "",
    copay_waived_reason: str = "",
    self_pay: bool = False,
    no_address_reason: str = "",
) -> Visit:
    """Check a patient in: identity, demographics, coverage, consents and copayment, each of them settled.

    `consents` are {key, signed_by, relationship} of what is signed now. Without `coverage_id` a patient who has a
    coverage on file must have said that they pay themselves (`self_pay`). A copayment due and not taken needs
    `copay_waived_reason`; a coverage is billed by the whole address, so that a patient without one needs
    `no_address_reason`. Both reasons are kept with the visit.
    """
    copay_waived_reason, no_address_reason = copay_waived_reason.strip(), no_address_reason.strip()
    reasons = "; ".join(filter(None, (copay_waived_reason, no_address_reason)))
    with change(actor, capability("check_in"), reason=reasons) as this:
        visit = locked(visit_id, "site", "appointment", "patient")
        today = this.at.astimezone(zone(visit)).date()
        on_file = coverages_of(visit.patient_id, today)
        coverage = _coverage(on_file, coverage_id)
        signed = {c["key"]: c for c in consents}
        missing = missing_consents(visit.patient_id)
        settled = coverage is not None or self_pay or not on_file
        due = coverage.copay_cents if coverage else 0
        facts = Facts(
            visit,
            this.at,
            today=today,
            identifiers=identifiers,
            demographics_confirmed=demographics_confirmed,
            coverage_settled=settled,
            address_gap=visit.patient.address_gap if coverage else "",
            no_address_reason=no_address_reason,
            unsigned=[d.title for d in missing if d.key not in signed],
            copay_due_cents=due,
            copay_settled=copay_cents >= due or bool(copay_waived_reason),
        )
        visit.coverage, visit.arrived_at = coverage, this.at
        visit.day = visit.day or today
        visit.protocol = in_force("visit-type", visit.visit_type)
        visit.checkin = {
            "identifiers": [i for i in identifiers if i in IDENTIFIERS],
            "demographics": demographics_confirmed,
            "self_pay": coverage is None,
            "consents": [d.key for d in missing],
            "copay_cents": copay_cents,
            **({"copay_waived": copay_waived_reason} if copay_waived_reason else {}),
            **({"no_address": no_address_reason} if facts.address_gap else {}),
        }
        way("check_in", facts)
        visit.encounter = _encounter(this, visit)
        go(this, "check_in", facts, "coverage", "arrived_at", "day", "protocol", "checkin", "encounter")
        if visit.appointment is not None:
            schedule.set_status(this, visit.appointment, Appointment.Status.ARRIVED)
        for document in missing:
            said = signed[document.key]
            people.sign_consent(
                actor,
                visit.patient_id,
                key=document.key,
                signed_by=said.get("signed_by", ""),
                relationship=said.get("relationship") or "self",
                witness=said.get("witness", ""),
            )
        if copay_cents:
            billing.take_payment(
                actor,
                visit.patient_id,
                cents=copay_cents,
                method=copay_method or "card",
                kind="copay",
                encounter_id=visit.encounter_id,
            )
        return visit


def _coverage(on_file: list[Coverage], coverage_id: UUID | None) -> Coverage | None:
    if coverage_id is None:
        return None
    found = next((coverage for coverage in on_file if coverage.pk == coverage_id), None)
    if found is None:
        raise Invalid("coverage", "This coverage is not in force for the patient. Choose another.", field="coverage_id")
    return found


def _encounter(this: Change, visit: Visit) -> Encounter:
    return chart.start_encounter(
        this,
        patient_id=visit.patient_id,
        provider_id=visit.provider_id,
        site_id=visit.site_id,
        type_text=visit.protocol.title if visit.protocol else visit.visit_type,
        reason=visit.reason,
        appointment_id=visit.appointment_id,
        starts_at=this.at,
    )


def left(actor: Actor, visit_id: UUID, reason: str) -> Visit:
    """Note that a patient left before the provider saw them, and why. The room becomes dirty."""
    with change(actor, capability("left"), reason=reason) as this:
        visit = go(this, "left", Facts(locked(visit_id, "appointment", "encounter"), this.at, reason=reason))
        if visit.appointment is not None:
            schedule.set_status(this, visit.appointment, Appointment.Status.FULFILLED)
        if visit.encounter is not None:
            vaccines.let_go(machine("visits"), visit.encounter.pk, reason.strip())
            chart.finish_encounter(this, visit.encounter, this.at)
        return visit
