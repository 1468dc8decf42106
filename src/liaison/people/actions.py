"""What may be done with patients: register, change, consent, restrict. (Coverage: `coverages`; staff: `staffing`.)"""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from liaison.documents import queries as documents
from liaison.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from liaison.people import names_index
from liaison.people.checks import WRITABLE, check_patient
from liaison.people.coverages import add_coverage, end_coverage, keep_card, reorder_coverages, update_coverage
from liaison.people.models import Consent, GlassBreak, Patient
from liaison.people.queries import possible_duplicates
from liaison.people.staffing import add_role, add_staff, end_staff
from liaison.record.actor import Actor
from liaison.record.audit import looked
from liaison.record.change import change, current
from liaison.record.columns import check, tidy
from liaison.record.numbers import next_number
from liaison.record.rows import row

__all__ = [
    "PossibleDuplicate", "add_coverage", "add_role", "add_staff", "break_glass", "end_coverage", "end_staff",
    "index_names", "keep_card", "register", "reorder_coverages", "restrict", "sign_consent", "update",
    "update_coverage",
]  # fmt: skip
GLASS_STAYS_BROKEN = timedelta(hours=1)


class PossibleDuplicate(Conflict):
    """Somebody like this is registered already: `candidates` are pairs of patient and why."""

    def __init__(self, candidates: list[tuple[Patient, str]]) -> None:
        sentence = (
            "Somebody like this is already registered. Open that record, or register anyway if it is another person."
        )
        super().__init__("possible-duplicate", sentence, "family")
        self.candidates = candidates


def mrn(number: int) -> str:
    """A running number as an MRN is written."""
    return f"{number:06d}"


def register(
    actor: Actor,
    *,
    family: str,
    given: str = "",
    birth_date: date | str,
    sex: str,
    despite_duplicates: bool = False,
    **more: Any,
) -> Patient:
    """Register a patient under the next MRN. `more` are the other columns of Patient; telephones in any usual form.

    Raises Invalid, and PossibleDuplicate unless `despite_duplicates`.
    """
    _only_writable(more)
    with change(actor, "people.write") as this:
        patient = Patient(family=family, given=given, birth_date=birth_date, sex=sex, **more)
        check_patient(patient)
        if not despite_duplicates:
            candidates = possible_duplicates(
                family=patient.family, given=patient.given, birth_date=patient.birth_date, phone=patient.phone
            )
            if candidates:
                raise PossibleDuplicate(candidates)
        patient.mrn = mrn(next_number("mrn"))
        this.save(patient)
        names_index.index(this, [patient])
        this.event("people.registered", patient=patient.pk)
        return patient


def update(actor: Actor, patient_id: UUID, **fields: Any) -> Patient:
    """Change a patient's demographics; only what differs is written. Raises NotFound, Invalid."""
    _only_writable(fields)
    with change(actor, "people.write", patient_id=patient_id) as this:
        patient = _locked(patient_id)
        before = {name: getattr(patient, name) for name in fields}
        for name, value in fields.items():
            setattr(patient, name, value)
        check_patient(patient)
        changed = [name for name, value in before.items() if getattr(patient, name) != value]
        if changed:
            this.save(patient, *changed)
            if not {"family", "given", "preferred", "phone", "phone_alt", "identifiers"}.isdisjoint(changed):
                names_index.index(this, [patient])
            this.event("people.changed", patient=patient.pk)
        return patient


def index_names(patients: list[Patient]) -> None:
    """Make patients that were saved in bulk findable. Call it inside the change that saved them."""
    this = current()
    if this is None:
        raise RuntimeError("Names are indexed inside the change that saves the patients.")
    names_index.index(this, patients)


def _only_writable(fields: dict[str, Any]) -> None:
    if unknown := fields.keys() - WRITABLE:
        raise TypeError(f"A patient has no column to write named {', '.join(sorted(unknown))}.")


def _locked(patient_id: UUID) -> Patient:
    patient = Patient.objects.select_for_update(no_key=True).filter(pk=patient_id).first()
    if patient is None:
        raise NotFound("no-patient", "There is no such patient.")
    return patient


def sign_consent(
    actor: Actor, patient_id: UUID, *, key: str, signed_by: str, relationship: str = "self", witness: str = ""
) -> Consent:
    """Record that a consent form's edition in force was signed. Raises NotFound (no such form), Invalid (no name)."""
    with change(actor, "people.write", patient_id=patient_id) as this:
        document = documents.in_force("consent", key)
        if not tidy(signed_by):
            raise Invalid("no-signature", "Type the name of the person who signed.", "signed_by")
        consent = Consent(
            patient_id=patient_id,
            key=key,
            edition=document.edition,
            signed_at=this.at,
            signed_by=signed_by,
            relationship=relationship,
            witness=witness,
        )
        check(consent)
        if row(Patient, patient_id) is None:
            raise NotFound("no-patient", "There is no such patient.")
        this.save(consent)
        this.event("people.consent_signed", patient=patient_id, consent=consent.pk)
        return consent


def restrict(actor: Actor, patient_id: UUID, on: bool, reason: str) -> Patient:
    """Restrict a chart, or lift it; then only who may open restricted charts sees it, or who breaks the glass."""
    with change(actor, "people.restrict", reason=tidy(reason), patient_id=patient_id) as this:
        if not tidy(reason):
            raise Invalid("no-reason", "Type why the chart is restricted or opened again.", "reason")
        patient = _locked(patient_id)
        if patient.restricted != on:
            patient.restricted = on
            this.save(patient, "restricted")
        return patient


def break_glass(actor: Actor, patient_id: UUID, reason: str) -> GlassBreak:
    """Open a restricted chart for this actor for one hour, with a reason that stays in the audit log."""
    with change(actor, "people.break_glass", reason=tidy(reason), patient_id=patient_id) as this:
        if not tidy(reason):
            raise Invalid("no-reason", "Type why you need this chart now. Your reason is kept.", "reason")
        if not Patient.objects.filter(pk=patient_id).exists():
            raise NotFound("no-patient", "There is no such patient.")
        if actor.kind != "staff":
            raise Forbidden("not-a-person", "Only a person can break the glass.")
        broken = GlassBreak(
            patient_id=patient_id, actor_id=actor.id, reason=tidy(reason), until=this.at + GLASS_STAYS_BROKEN
        )
        looked(actor, patient_id, [f"Patient/{patient_id}"], action="break-glass", reason=tidy(reason))
        return this.save(broken)
