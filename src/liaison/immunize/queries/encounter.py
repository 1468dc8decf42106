"""What may be asked of an encounter's vaccines: the plan, the preparation, what is still missing before the needle."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from liaison.chart.models import Encounter, Observation
from liaison.engines.vaccines import Vis
from liaison.immunize.models import PlannedDose, Preparation, Reaction, Watch
from liaison.immunize.queries.leaflets import statements
from liaison.immunize.rules import Age
from liaison.immunize.screening import Finding, Question, findings, questions, unanswered
from liaison.kernel import clock
from liaison.people.models import Patient
from liaison.record.prepared import Prepared

BODY_WEIGHT = "29463-7"  # LOINC
GONE = (Encounter.Status.FINISHED, Encounter.Status.CANCELLED)

_open_of = Prepared(
    lambda patient: (
        Encounter.objects.filter(patient_id=patient, here=True)
        .exclude(status__in=[Encounter.Status.PLANNED, *GONE])
        .select_related("site", "provider")
        .order_by("-starts_at")[:1]
    )
)
_plan_of = Prepared(
    lambda encounter: (
        PlannedDose.objects.filter(encounter_id=encounter)
        .exclude(status=PlannedDose.Status.CANCELLED)
        .select_related("ordered_by", "standing_order", "immunization")
        .order_by("planned_at", "id")
    )
)
_prepared = Prepared(lambda encounter: Preparation.objects.filter(encounter_id=encounter))
_to_give = Prepared(
    lambda encounter: PlannedDose.objects.filter(encounter_id=encounter, status=PlannedDose.Status.PLANNED).values_list(
        "display", flat=True
    )
)
_watch = Prepared(lambda encounter: Watch.objects.filter(encounter_id=encounter))


def encounter_now(patient_id: UUID) -> Encounter | None:
    """The encounter that a patient is in now, if any. For rooms that have opened the chart already."""
    return _open_of.first(patient_id)


def planned_doses(encounter_id: UUID) -> list[str]:
    """The names of the planned doses of an encounter that are neither given nor settled otherwise."""
    return _to_give(encounter_id)


def watch_of(encounter_id: UUID) -> Watch | None:
    """The observation after an encounter's vaccines."""
    return _watch.first(encounter_id)


def site_day(encounter: Encounter) -> date:
    """The calendar day at the site of an encounter."""
    return clock.today(ZoneInfo(encounter.site.zone)) if encounter.site else clock.now().date()


@dataclass(frozen=True, slots=True)
class Day:
    """An encounter's vaccines as they stand: `to_give` are those still planned."""

    encounter: Encounter
    patient: Patient
    on: date
    age: Age
    weight_kg: float | None
    plan: list[PlannedDose]
    preparation: Preparation | None
    watch: Watch | None
    reactions: list[Reaction]

    @property
    def to_give(self) -> list[PlannedDose]:
        return [one for one in self.plan if one.status == PlannedDose.Status.PLANNED]

    @property
    def given(self) -> list[PlannedDose]:
        return [one for one in self.plan if one.status == PlannedDose.Status.GIVEN]

    @property
    def cvxs(self) -> list[str]:
        """The vaccines of the plan, given ones too: what was asked before stays asked."""
        return [one.cvx for one in self.plan if one.status != PlannedDose.Status.NOT_GIVEN]

    @property
    def answers(self) -> dict[str, str]:
        return self.preparation.answers if self.preparation else {}

    @property
    def questions(self) -> list[Question]:
        return questions(self.cvxs, self.age, self.patient.sex)

    @property
    def open_questions(self) -> list[Question]:
        return unanswered(self.questions, self.answers)

    @property
    def findings(self) -> list[Finding]:
        return findings(self.questions, self.answers, self.cvxs)

    def consented(self, planned: PlannedDose) -> bool:
        """Whether the consent is to this dose too: what was planned after it was not spoken of."""
        given_at = self.preparation.consent_at if self.preparation else None
        return given_at is not None and planned.planned_at <= given_at

    def vis_missing(self, cvx: str = "") -> list[Vis]:
        """The current information statements that nobody has handed over, for one vaccine or for all of the plan."""
        handed = {(one["title"], one["edition"]) for one in (self.preparation.vis if self.preparation else ())}
        wanted = statements([cvx] if cvx else [one.cvx for one in self.to_give])
        return [one for one in wanted if (one.title, one.edition.isoformat()) not in handed]


def day_of(encounter: Encounter, patient: Patient) -> Day:
    """An encounter's vaccines. In five queries, for rooms that have opened the chart already."""
    on = site_day(encounter)
    return Day(
        encounter,
        patient,
        on,
        Age.on(patient.birth_date, on),
        weight_kg(patient.pk),
        _plan_of(encounter.pk),
        _prepared.first(encounter.pk),
        _watch.first(encounter.pk),
        list(Reaction.objects.filter(encounter_id=encounter.pk).order_by("-onset_at")),
    )


_weighed = Prepared(
    lambda patient: Observation.objects.filter(
        patient_id=patient, code=BODY_WEIGHT, unit="kg", status="final"
    ).order_by("-effective_at")[:1]
)


def weight_kg(patient_id: UUID) -> float | None:
    """The last weight on the chart."""
    row = _weighed.first(patient_id)
    return float(row.value) if row is not None and row.value is not None else None
