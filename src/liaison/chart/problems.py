"""The problem list, and what is no longer true of a list: kept up on the chart, outside a visit too."""

from datetime import date
from uuid import UUID

from liaison.chart.actions import staff_id
from liaison.chart.models import ICD10CM, Allergy, Condition
from liaison.engines.codes.icd10cm import Icd10cm
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.people.checks import today
from liaison.people.queries import may_open, patient_for
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.record.rows import locked

ACTIVE = ("active", "recurrence", "relapse")


def add_problem(actor: Actor, patient_id: UUID, *, code: str, onset: date | None = None) -> Condition:
    """Put a problem on the list by its ICD-10-CM code. Raises Invalid for none, Conflict for one that is there."""
    entry = Icd10cm.load().lookup(code.strip())
    if entry is None:
        raise Invalid("no-code", "Search by words or code, and pick the problem from the list.", "code")
    with change(actor, "chart.diagnose") as this:
        patient = patient_for(actor, patient_id, why="problem list")
        if onset and onset > today():
            raise Invalid("in-the-future", "It began today or before.", "onset")
        same = Condition.objects.filter(patient_id=patient.pk, category="problem-list-item", error=False)
        if same.filter(system=ICD10CM, code=entry.code, status__in=ACTIVE).exists():
            raise Conflict("already-listed", f"{entry.code} is on the list already.", "code")
        this.event("chart.facts_changed", patient=patient.pk)
        return this.save(
            Condition(
                patient_id=patient.pk,
                category="problem-list-item",
                system=ICD10CM,
                code=entry.code,
                display=entry.description[:300],
                onset=onset,
                recorded_by_id=staff_id(actor),
            )
        )


def resolve_problem(actor: Actor, condition_id: UUID, reason: str = "") -> list[Condition]:
    """Note that a patient has a problem no longer: it goes to the past, with the same of earlier visits.

    Raises NotFound, Conflict when it is past already.
    """
    with change(actor, "chart.diagnose", reason=reason.strip()) as this:
        found = Condition.objects.select_related("patient").filter(pk=condition_id).first()
        if found is None:
            raise NotFound("no-problem", "This problem is not on the list. Look at the list again.")
        may_open(actor, found.patient)
        same = Condition.objects.select_for_update().filter(
            patient_id=found.patient_id, system=found.system, error=False, status__in=ACTIVE
        )
        rows = list(same.filter(code=found.code) if found.code else same.filter(display=found.display))
        if not rows:
            raise Conflict("not-active", "This problem is past already.")
        for row in rows:
            row.status = "resolved"
            row.abated = max(today(), row.onset or today())
            this.save(row, "status", "abated")
        this.event("chart.facts_changed", patient=found.patient_id)
        return rows


def end_allergy(actor: Actor, allergy_id: UUID, reason: str) -> Allergy:
    """Note that a patient is allergic no longer, and how that is known. Raises Invalid, NotFound, Conflict."""
    if not reason.strip():
        raise Invalid("no-reason", "Say how that is known.", "reason")
    with change(actor, "chart.review", reason=reason.strip()) as this:
        found = locked(Allergy, allergy_id, "patient")
        if found is None:
            raise NotFound("no-allergy", "This allergy is not on the list. Look at the list again.")
        may_open(actor, found.patient)
        if found.status != "active" or found.error:
            raise Conflict("not-active", "This allergy is not on the list any more.")
        found.status = "resolved"
        this.event("chart.facts_changed", patient=found.patient_id)
        return this.save(found, "status")
