"""What may be asked of charts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.utils import timezone

from liaison.chart import vitals
from liaison.chart.models import Allergy, Condition, Encounter, Medication, Note, Observation, Procedure, Review
from liaison.chart.vitals import Taken
from liaison.engines.vitals import VITAL_SIGNS_CATEGORY, Assessment
from liaison.immunize.models import Immunization
from liaison.immunize.queries import history_of
from liaison.kernel import clock, names
from liaison.kernel.errors import NotFound
from liaison.people.models import Patient
from liaison.people.queries import may_open
from liaison.record import audit
from liaison.record.actor import Actor

# As many rows as a screen can hold; older ones are in the FHIR interface and the record
MOST_MEASURES, MOST_RESULTS, MOST_ROWS = 600, 600, 200


@dataclass(frozen=True)
class Trend:
    """One kind of measurement over time, newest first; `latest` is the first of them."""

    code: str
    display: str
    points: Sequence[Observation]
    assessment: Assessment | None = None

    @property
    def latest(self) -> Observation:
        return self.points[0]


@dataclass(frozen=True)
class Chart:
    """Everything a clinician opens a chart for, entered-in-error left out."""

    patient: Patient
    problems: list[Condition]
    past_problems: list[Condition]
    allergies: list[Allergy]
    medications: list[Medication]
    past_medications: list[Medication]
    vitals: list[Trend]
    labs: list[Trend]
    immunizations: list[Immunization]
    procedures: list[Procedure]
    encounters: list[Encounter]
    reviews: dict[str, Review]

    @property
    def none_known(self) -> dict[str, bool]:
        """Which lists were said to be empty at their last review."""
        return {what: row.none_known for what, row in self.reviews.items()}


@dataclass(frozen=True)
class Handoff:
    """One screen for the provider: why the patient is here, what was measured, what has changed."""

    encounter: Encounter
    patient: Patient
    vitals: list[Taken]
    problems: list[Condition]
    allergies: list[Allergy]
    medications: list[Medication]
    reviews: dict[str, Review]
    notes: list[Note]
    before: Encounter | None = None
    abnormal: list[Taken] = field(default_factory=list)


def chart_for(actor: Actor, patient_id: UUID, *, why: str = "") -> Chart:
    """Open a patient's chart: audited, in a fixed number of queries. Raises Forbidden, NotFound."""
    actor.require("chart.read")
    patient = Patient.objects.filter(pk=patient_id).first()
    if patient is None:
        raise NotFound("no-patient", "There is no such patient. Search for the patient again.")
    may_open(actor, patient)
    audit.looked(actor, patient.pk, [f"Patient/{patient.pk}", "chart"], reason=why)
    conditions = list(
        Condition.objects.filter(patient=patient, error=False).order_by("-onset", "display")[: 2 * MOST_ROWS]
    )
    medications = _medications(patient.pk)
    good = (
        Observation.objects.filter(patient=patient).exclude(status="entered-in-error").order_by("-effective_at", "-id")
    )
    # Synthea of 2019 writes some of its vital signs under a misspelt category
    measures = list(good.filter(category__in=(VITAL_SIGNS_CATEGORY, "vital-sign"))[:MOST_MEASURES])
    results = list(good.filter(category="laboratory")[:MOST_RESULTS])
    return Chart(
        patient=patient,
        problems=_once(c for c in conditions if c.status in ("active", "recurrence", "relapse")),
        past_problems=[c for c in conditions if c.status not in ("active", "recurrence", "relapse")],
        allergies=_allergies(patient.pk),
        medications=[m for m in medications if m.status in ("active", "on-hold")],
        past_medications=[m for m in medications if m.status not in ("active", "on-hold")],
        vitals=_trends(measures, patient),
        labs=_trends(results, None),
        immunizations=history_of(patient.pk),
        procedures=list(
            Procedure.objects.filter(patient=patient)
            .exclude(status="entered-in-error")
            .order_by("-performed_at")[:MOST_ROWS]
        ),
        encounters=list(
            Encounter.objects.filter(patient=patient)
            .exclude(status="cancelled")
            .select_related("provider", "site")
            .order_by("-starts_at")[:MOST_ROWS]
        ),
        reviews=_reviews(patient.pk),
    )


def _medications(patient_id: UUID) -> list[Medication]:
    rows = Medication.objects.filter(patient_id=patient_id).exclude(status="entered-in-error")
    return list(rows.select_related("prescriber").order_by("-authored_at", "display")[: 2 * MOST_ROWS])


def _allergies(patient_id: UUID) -> list[Allergy]:
    rows = Allergy.objects.filter(patient_id=patient_id, status="active", error=False)
    # The dangerous ones first: "high" sorts before "low" and "unable-to-assess"
    return sorted(rows, key=lambda a: (a.criticality or "z", a.display.casefold()))


def _reviews(patient_id: UUID) -> dict[str, Review]:
    newest: dict[str, Review] = {}
    rows = Review.objects.filter(patient_id=patient_id).select_related("reviewed_by").order_by("-reviewed_at")
    for row in rows[:MOST_ROWS]:
        newest.setdefault(row.what, row)
    return newest


def _once(conditions: Iterable[Condition]) -> list[Condition]:
    """A problem of the list and the same as a visit's diagnosis are one line; the one of the list stands for it."""
    found: dict[tuple[str, str], Condition] = {}
    for row in sorted(conditions, key=lambda c: c.category != "problem-list-item"):
        found.setdefault((row.system, row.code or row.display), row)
    return list(found.values())


def _trends(rows: list[Observation], patient: Patient | None) -> list[Trend]:
    by_code: dict[str, list[Observation]] = {}
    for row in rows:
        by_code.setdefault(vitals.alike(row), []).append(row)
    limits = vitals.ranges() if patient else None
    found = []
    for code, points in by_code.items():
        verdict = None
        if patient and limits:
            age = max(0, names.age_days(patient.birth_date, _local_day(points[0])))
            verdict = vitals.assessed(points[0], age, patient.sex, limits)
        found.append(Trend(code, points[0].display, points, verdict))
    return found


def _local_day(observation: Observation) -> date:
    return observation.effective_at.astimezone(timezone.get_default_timezone()).date()


def vitals_of(encounter_id: UUID) -> list[Observation]:
    """The vital signs of an encounter as they were taken, each time in the clinic's usual order.

    For rooms that have opened the visit already.
    """
    rows = Observation.objects.filter(encounter_id=encounter_id, category=VITAL_SIGNS_CATEGORY)
    found = rows.exclude(status="entered-in-error").order_by("effective_at", "id")
    return sorted(found, key=lambda row: (row.effective_at, vitals.place_of(row.code)))


def taken_of(encounter: Encounter, patient: Patient) -> list[Taken]:
    """The vital signs of an encounter with the sentences that pages show."""
    limits = vitals.ranges()
    found = []
    for row in vitals_of(encounter.pk):
        age = max(0, names.age_days(patient.birth_date, _local_day(row)))
        if verdict := vitals.assessed(row, age, patient.sex, limits):
            found.append(Taken(row, verdict))
    return found


def encounter_for(actor: Actor, encounter_id: UUID) -> Encounter:
    """Open an encounter with its patient, provider and site: audited. Raises Forbidden, NotFound."""
    actor.require("chart.read")
    found = Encounter.objects.select_related("patient", "provider", "site").filter(pk=encounter_id).first()
    if found is None:
        raise NotFound("no-encounter", "There is no such visit in the record. Open it again from the board.")
    may_open(actor, found.patient)
    audit.looked(actor, found.patient_id, [f"Encounter/{found.pk}"])
    return found


def diagnoses_of(encounter_id: UUID) -> list[Condition]:
    """The encounter's diagnoses, the main one first."""
    rows = Condition.objects.filter(encounter_id=encounter_id, category="encounter-diagnosis", error=False)
    return list(rows.order_by("rank", "id"))


def handoff_for(actor: Actor, encounter_id: UUID) -> Handoff:
    """What the assistant hands the provider, in a fixed number of queries; audited."""
    encounter = encounter_for(actor, encounter_id)
    patient = encounter.patient
    taken = taken_of(encounter, patient)
    conditions = Condition.objects.filter(patient=patient, error=False, status__in=("active", "recurrence", "relapse"))
    until = encounter.starts_at or clock.now()
    return Handoff(
        encounter=encounter,
        patient=patient,
        vitals=taken,
        abnormal=[one for one in taken if one.assessment.abnormal],
        problems=_once(conditions.order_by("-onset", "display")[:MOST_ROWS]),
        allergies=_allergies(patient.pk),
        medications=[m for m in _medications(patient.pk) if m.status in ("active", "on-hold")],
        reviews=_reviews(patient.pk),
        notes=list(Note.objects.filter(encounter=encounter).select_related("author").order_by("created_at")),
        before=Encounter.objects.filter(patient=patient, starts_at__lt=until, status="finished")
        .exclude(pk=encounter.pk)
        .order_by("-starts_at")
        .first(),
    )
