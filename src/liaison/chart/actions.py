"""What may be done to a chart."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from liaison.chart import vitals
from liaison.chart.models import (
    ICD10CM,
    LOINC,
    Allergy,
    Condition,
    Encounter,
    Medication,
    Note,
    Observation,
    Procedure,
    Review,
)
from liaison.chart.vitals import Reading, Taken
from liaison.engines.codes.icd10cm import Entry, Icd10cm
from liaison.engines.vitals import KINDS, VITAL_SIGNS_CATEGORY, VitalKind, bmi
from liaison.kernel import names
from liaison.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from liaison.people.models import Patient
from liaison.people.queries import may_open
from liaison.record import rows
from liaison.record.actor import Actor
from liaison.record.change import Change, change
from liaison.record.prepared import Prepared

__all__ = ["Reading", "Taken"]

WEIGHT, HEIGHT, BMI = KINDS[VitalKind.WEIGHT], KINDS[VitalKind.HEIGHT], KINDS[VitalKind.BMI]
BMI_FROM_DAYS = 730  # the index has no meaning before the second birthday
MOST_DIAGNOSES = 12  # as many as an 837P claim carries (005010X222A1 loop 2300 HI)
REVIEWED = ("medications", "allergies", "history")
_NOTE_CAPABILITY = {"progress": "chart.note", "history": "chart.review", "handoff": "chart.review"}


def staff_id(actor: Actor) -> UUID | None:
    """The member of staff that an actor is; None for Liaison itself and for other systems."""
    if actor.kind != "staff":
        return None
    try:
        return UUID(actor.id)
    except ValueError:
        return None


def signer(actor: Actor) -> UUID:
    """The member of staff who answers for what is written. Raises Forbidden for a machine."""
    if (found := staff_id(actor)) is None:
        raise Forbidden("not-a-person", "Only a member of staff can sign for this. Sign in as one.")
    return found


def _encounter(actor: Actor, encounter_id: UUID, *, open_only: bool = False) -> Encounter:
    found = rows.row(Encounter, encounter_id, "patient", "site")
    if found is None:
        raise NotFound("no-encounter", "There is no such visit in the record. Open it again from the board.")
    may_open(actor, found.patient)
    if open_only and found.status in (Encounter.Status.FINISHED, Encounter.Status.CANCELLED):
        raise Conflict("encounter-over", "This visit is over. Write a note to it instead.")
    return found


def _patient(actor: Actor, patient_id: UUID) -> Patient:
    found = rows.row(Patient, patient_id)
    if found is None:
        raise NotFound("no-patient", "There is no such patient. Search for the patient again.")
    may_open(actor, found)
    return found


def _day(encounter: Encounter, at: datetime) -> date:
    zone = ZoneInfo(encounter.site.zone) if encounter.site else timezone.get_default_timezone()
    return at.astimezone(zone).date()


def start_encounter(
    this: Change,
    *,
    patient_id: UUID,
    provider_id: UUID | None,
    site_id: UUID,
    type_text: str,
    reason: str,
    appointment_id: UUID | None,
    starts_at: datetime,
) -> Encounter:
    """Begin the encounter of a visit that has arrived, in the change that moves the visit."""
    return this.save(
        Encounter(
            patient_id=patient_id,
            provider_id=provider_id,
            site_id=site_id,
            status=Encounter.Status.IN_PROGRESS,
            type_text=type_text[:200],
            reason=reason[:300],
            appointment_id=appointment_id,
            starts_at=starts_at,
            here=True,
        )
    )


def finish_encounter(this: Change, encounter: Encounter, at: datetime) -> Encounter:
    """Close the encounter of a visit that is over, in the change that moves the visit."""
    encounter.status = Encounter.Status.FINISHED
    encounter.ends_at = max(at, encounter.starts_at) if encounter.starts_at else at
    return this.save(encounter, "status", "ends_at")


def record_vitals(actor: Actor, encounter_id: UUID, readings: Sequence[Reading]) -> list[Taken]:
    """Record measurements in one unit each, marked by age and sex; a repeated one is a row of its own.

    The body mass index follows where weight and height are known. Raises Invalid with field=the reading's kind for
    what is impossible or cannot be read, and then records none of them. Event chart.abnormal_vitals for each that the
    provider must hear of.
    """
    if not readings:
        raise Invalid("nothing-measured", "Write at least one measurement.")
    with change(actor, "chart.vitals") as this:
        encounter = _encounter(actor, encounter_id, open_only=True)
        patient, ranges = encounter.patient, vitals.ranges()
        age = max(0, names.age_days(patient.birth_date, _day(encounter, this.at)))
        observations = [vitals.observed(reading, age) for reading in readings]
        if index := _body_mass(encounter, observations, age, this.at):
            observations.append(index)
        taken = []
        for observation in observations:
            assessment = vitals.assessed(observation, age, patient.sex, ranges)
            assert assessment is not None, "what was just measured is in the unit of storage"
            observation.patient_id, observation.encounter_id = patient.pk, encounter.pk
            observation.category, observation.effective_at = VITAL_SIGNS_CATEGORY, this.at
            observation.performer_id = staff_id(actor)
            observation.interpretation = assessment.interpretation or ""
            taken.append(Taken(observation, assessment))
        this.save_new(observations)
        for one in taken:
            if one.tell_provider:
                this.event(
                    "chart.abnormal_vitals",
                    encounter=encounter.pk,
                    patient=patient.pk,
                    observation=one.observation.pk,
                    code=one.observation.code,
                )
        this.event("chart.vitals_recorded", encounter=encounter.pk, patient=patient.pk)
        return taken


def _body_mass(encounter: Encounter, fresh: list[Observation], age: int, at: datetime) -> Observation | None:
    """The index from a weight or height just measured and the other: of now, this visit or, full-grown, a year."""
    known: dict[str, Decimal | None] = {o.code: o.value for o in fresh if o.code in (WEIGHT.loinc, HEIGHT.loinc)}
    if not known or age < BMI_FROM_DAYS:
        return None
    missing = [spec for spec in (WEIGHT, HEIGHT) if spec.loinc not in known]
    for spec in missing:
        earlier = Observation.objects.filter(
            patient_id=encounter.patient_id, code=spec.loinc, unit=str(spec.unit), effective_at__lte=at
        ).exclude(status="entered-in-error")
        if spec is WEIGHT or age < 18 * 365:
            earlier = earlier.filter(encounter_id=encounter.pk)
        else:
            earlier = earlier.filter(effective_at__gte=at - timedelta(days=365))
        known[spec.loinc] = earlier.order_by("-effective_at").values_list("value", flat=True).first()
    weight, height = known[WEIGHT.loinc], known[HEIGHT.loinc]
    if weight is None or height is None:
        return None
    return Observation(
        system=LOINC, code=BMI.loinc, display=BMI.loinc_display, value=bmi(weight, height), unit=str(BMI.unit)
    )


def add_allergy(
    actor: Actor,
    patient_id: UUID,
    *,
    display: str,
    system: str = "",
    code: str = "",
    category: str = "",
    criticality: str = "",
    reaction: str = "",
    onset: date | None = None,
) -> Allergy:
    """Note an allergy or intolerance. Raises Conflict when an active one of the same name is on file."""
    display = _named(display, "Write what the patient is allergic to.", "display")
    with change(actor, "chart.review") as this:
        patient = _patient(actor, patient_id)
        same = Allergy.objects.filter(patient_id=patient.pk, status="active", error=False, display__iexact=display)
        if same.exists():
            raise Conflict("already-listed", "This allergy is on the list already.", "display")
        this.event("chart.facts_changed", patient=patient.pk)
        return this.save(
            Allergy(
                patient_id=patient.pk,
                display=display,
                system=system,
                code=code,
                category=category,
                criticality=criticality,
                reaction=reaction[:200],
                onset=onset,
            )
        )


def add_medication(
    actor: Actor,
    patient_id: UUID,
    *,
    display: str,
    dosage: str = "",
    system: str = "",
    code: str = "",
    reported: bool = True,
    encounter_id: UUID | None = None,
) -> Medication:
    """Note a medication that the patient takes; `reported` for one that was told, not prescribed here."""
    display = _named(display, "Write the medication's name and strength.", "display")
    with change(actor, "chart.review" if reported else "orders.place") as this:
        patient = _patient(actor, patient_id)
        return this.save(
            Medication(
                patient_id=patient.pk,
                encounter_id=encounter_id,
                display=display,
                dosage=dosage.strip()[:300],
                system=system,
                code=code,
                reported=reported,
                authored_at=this.at,
                prescriber_id=None if reported else staff_id(actor),
            )
        )


def _named(text: str, sentence: str, field: str) -> str:
    if not (found := " ".join(text.split())):
        raise Invalid("no-name", sentence, field)
    if len(found) > 300:
        raise Invalid("too-long", "Keep it under 300 characters.", field)
    return found


def stop_medication(actor: Actor, medication_id: UUID, reason: str = "") -> Medication:
    """Note that the patient takes a medication no longer. Raises Conflict when it is stopped already."""
    with change(actor, "chart.review", reason=reason) as this:
        found = rows.locked(Medication, medication_id, "patient")
        if found is None:
            raise NotFound("no-medication", "This medication is not on the list. Look at the list again.")
        may_open(actor, found.patient)
        if found.status not in ("active", "on-hold"):
            raise Conflict("not-active", "This medication is stopped already.")
        found.status = "stopped"
        return this.save(found, "status")


_FACTS: dict[str, type[Allergy | Medication | Condition | Observation | Procedure]] = {
    "allergy": Allergy,
    "medication": Medication,
    "condition": Condition,
    "observation": Observation,
    "procedure": Procedure,
}
_ERROR_CAPABILITY = {"observation": "chart.vitals", "condition": "chart.diagnose"}


def enter_in_error(
    actor: Actor, what: str, row_id: UUID, reason: str
) -> Allergy | Medication | Condition | Observation | Procedure:
    """Mark a fact as entered in error: it stays in the record and leaves the chart.

    `what` is a key of the chart's facts.

    Raises Invalid without a reason, NotFound, Conflict when it is marked already.
    """
    if what not in _FACTS:
        raise Invalid("unknown-fact", "Choose an allergy, medication, condition, observation or procedure.")
    if not reason.strip():
        raise Invalid("no-reason", "Say why this was wrong.", "reason")
    with change(actor, _ERROR_CAPABILITY.get(what, "chart.review"), reason=reason.strip()) as this:
        found = rows.locked(_FACTS[what], row_id, "patient")
        if found is None:
            raise NotFound("no-fact", "This is not in the chart. Look at the chart again.")
        may_open(actor, found.patient)
        if isinstance(found, (Allergy, Condition)):
            already, found.error, field = found.error, True, "error"
        else:
            already, found.status, field = found.status == "entered-in-error", "entered-in-error", "status"
        if already:
            raise Conflict("already-marked", "This is marked as entered in error already.")
        this.event("chart.facts_changed", patient=found.patient_id)
        return this.save(found, field)


def review(actor: Actor, encounter_id: UUID, what: str, none_known: bool = False) -> Review:
    """Note that medications, allergies or history were gone through with the patient.

    Raises Conflict when `none_known` is said while the list has entries.
    """
    if what not in REVIEWED:
        raise Invalid("unknown-list", f"Choose one of: {', '.join(REVIEWED)}.", "what")
    with change(actor, "chart.review") as this:
        encounter = _encounter(actor, encounter_id)
        if none_known and _LISTED[what](encounter.patient_id):
            raise Conflict(
                "list-not-empty",
                f"The list of {what} has entries. Stop or correct them first, or leave out “none known”.",
            )
        return this.save(
            Review(
                patient_id=encounter.patient_id,
                encounter_id=encounter.pk,
                what=what,
                none_known=none_known,
                reviewed_by_id=staff_id(actor),
                reviewed_at=this.at,
            )
        )


_LISTED: dict[str, Prepared[UUID]] = {
    "allergies": Prepared(
        lambda patient: Allergy.objects.filter(patient_id=patient, status="active", error=False).values_list(
            "pk", flat=True
        )[:1]
    ),
    "medications": Prepared(
        lambda patient: Medication.objects.filter(patient_id=patient, status__in=("active", "on-hold")).values_list(
            "pk", flat=True
        )[:1]
    ),
    "history": Prepared(
        lambda patient: Condition.objects.filter(patient_id=patient, status="active", error=False).values_list(
            "pk", flat=True
        )[:1]
    ),
}
_diagnosed = Prepared(
    lambda encounter: Condition.objects.select_for_update().filter(
        encounter_id=encounter, category="encounter-diagnosis", error=False
    )
)


def write_note(actor: Actor, encounter_id: UUID, kind: str, text: str, sign: bool = True) -> Note:
    """Write a note of kind progress, history or handoff, signed unless said otherwise. Raises Invalid without text."""
    if kind not in _NOTE_CAPABILITY:
        raise Invalid("unknown-note", f"Choose a kind of note: {', '.join(_NOTE_CAPABILITY)}.", "kind")
    if not text.strip():
        raise Invalid("empty-note", "Write the note before you sign it.", "note")
    with change(actor, _NOTE_CAPABILITY[kind]) as this:
        encounter = _encounter(actor, encounter_id)
        return this.save(
            Note(
                patient_id=encounter.patient_id,
                encounter_id=encounter.pk,
                kind=kind,
                text=text.strip(),
                author_id=signer(actor),
                signed_at=this.at if sign else None,
            )
        )


def diagnose(
    actor: Actor, encounter_id: UUID, codes: Sequence[str], *, capability: str = "chart.diagnose"
) -> list[Condition]:
    """Set the encounter's diagnoses to ICD-10-CM `codes`, first the main one.

    What is no longer among them is marked as an error. `capability` is another one where the action that asks has
    bounded the choice itself: codes that the visit type stands for, or a biller's before the claim is made.

    Raises Invalid with field="diagnoses" for a code that is unknown or too general for a claim, and for more than 12.
    """
    wanted = {entry.code: entry for entry in (_billable(code) for code in codes if code.strip())}
    if len(wanted) > MOST_DIAGNOSES:
        raise Invalid(
            "too-many", f"A claim carries {MOST_DIAGNOSES} diagnoses. Leave out the least important.", "diagnoses"
        )
    with change(actor, capability) as this:
        encounter = _encounter(actor, encounter_id)
        before = {row.code: row for row in _diagnosed(encounter.pk) if row.system == ICD10CM}
        for code, row in before.items():
            if code not in wanted:
                row.error = True
                this.save(row, "error")
        fresh, result = [], []
        for rank, (code, entry) in enumerate(wanted.items(), start=1):
            kept = before.get(code)
            if kept is None:
                kept = Condition(
                    patient_id=encounter.patient_id,
                    encounter_id=encounter.pk,
                    category="encounter-diagnosis",
                    system=ICD10CM,
                    code=code,
                    display=entry.description[:300],
                    rank=rank,
                    onset=_day(encounter, this.at),
                    recorded_by_id=staff_id(actor),
                )
                fresh.append(kept)
            elif kept.rank != rank:
                kept.rank = rank
                this.save(kept, "rank")
            result.append(kept)
        this.save_new(fresh)
        if fresh or before.keys() - wanted.keys():
            this.event("chart.facts_changed", patient=encounter.patient_id)
        return result


def _billable(code: str) -> Entry:
    entry = Icd10cm.load().lookup(code)
    if entry is None or not entry.billable:
        sentence = f"{code[:12]} is not an ICD-10-CM code that a claim takes. Search by words and pick one that is."
        raise Invalid("not-billable", sentence, "diagnoses")
    return entry
