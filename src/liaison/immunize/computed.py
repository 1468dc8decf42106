"""ImmunizationEvaluation and ImmunizationRecommendation: the engine's answers in FHIR, worked out when asked for.

An evaluation is of a dose for an antigen of its vaccine, by the id `<dose>.<antigen>`; a recommendation has its
patient's id: the same always have the same. The FHIR face audits what it answers (`interop.fhir`).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from liaison.engines import cdsi
from liaison.engines.cdsi import AntigenEvaluation, EvaluationStatus, SeriesStatus
from liaison.engines.vaccines import facts
from liaison.immunize import schedule
from liaison.immunize.models import CVX, Immunization
from liaison.immunize.queries.due import Due, When, picture, vaccines_of
from liaison.immunize.queries.seen import as_the_engine_sees
from liaison.kernel import clock
from liaison.kernel.errors import Invalid
from liaison.people.models import Patient
from liaison.people.queries import may_open
from liaison.record.actor import Actor
from liaison.record.forms import Computed, Json, SearchParam, told

HL7 = "http://terminology.hl7.org/CodeSystem/"
LOINC = "http://loinc.org"
SCHEDULE = "urn:liaison:immunization-schedule"
_ID = re.compile(r"([0-9a-f-]{36})\.([a-z0-9-]{1,27})", re.ASCII)
# LOINC: the dates of a forecast as registries name them
_DATES = (
    ("30981-5", "Earliest date to give", "earliest"),
    ("30980-7", "Date vaccine due", "recommended"),
    ("59778-1", "Date when overdue for immunization", "past_due"),
)
_STATUS = HL7 + "immunization-recommendation-status"
_STANDING = {
    When.OVERDUE: (_STATUS, "overdue", "Overdue"),
    When.DUE: (_STATUS, "due", "Due"),
    When.POSSIBLE: (LOINC, "LA13422-3", "On schedule"),
    When.LATER: (LOINC, "LA13422-3", "On schedule"),
    When.CONTRAINDICATED: (_STATUS, "contraindicated", "Contraindicated"),
}
_DONE = {
    SeriesStatus.COMPLETE: (_STATUS, "complete", "Complete"),
    SeriesStatus.IMMUNE: (_STATUS, "immune", "Immune"),
    SeriesStatus.AGED_OUT: (LOINC, "LA13424-9", "Too old"),
}
Params = Sequence[tuple[str, str]]


def read_evaluation(actor: Actor, identifier: str) -> Json | None:
    """The evaluation of an id, or None when there is no such dose or its vaccine has no such antigen."""
    match = _ID.fullmatch(identifier)
    key = _uuid(match[1]) if match else None
    dose = Immunization.objects.filter(pk=key, status="completed").first() if key else None
    if dose is None or _patient(actor, dose.patient_id) is None:
        return None
    return next((one for one in _evaluations(_pairs([_event(dose)])) if one["id"] == identifier), None)


def search_evaluations(actor: Actor, params: Params, offset: int, count: int) -> tuple[int, list[Json]]:
    """Each dose with each antigen of its vaccine: of a patient or a dose, or of all that this actor may see."""
    asked = _asked(params, "ImmunizationEvaluation")
    doses = Immunization.objects.filter(status="completed", patient__active=True)
    if "patient" in asked:
        key = _uuid(asked["patient"].rpartition("/")[2])
        if key is None or _patient(actor, key) is None:
            return 0, []
        doses = doses.filter(patient_id=key)
    elif not actor.may("people.restricted"):
        doses = doses.filter(patient__restricted=False)
    if "immunization-event" in asked:
        doses = doses.filter(pk__in=_known(_uuid(asked["immunization-event"].rpartition("/")[2])))
    if "_id" in asked:
        match = _ID.fullmatch(asked["_id"])
        doses = doses.filter(pk__in=_known(_uuid(match[1]) if match else None))
    wanted = asked.get("target-disease", "").casefold()
    slug = asked["_id"].rpartition(".")[2] if "_id" in asked else ""

    def kept(antigen: str) -> bool:
        return wanted in ("", antigen.casefold()) and slug in ("", _slug(antigen))

    by_vaccine = doses.order_by().values_list("cvx").annotate(many=Count("pk"))
    total = sum(many * sum(map(kept, _antigens(cvx))) for cvx, many in by_vaccine)
    events = doses.order_by("patient_id", "occurred_at", "pk").values_list("pk", "patient_id", "cvx", "occurred_at")
    pairs = (pair for pair in _pairs(Event(*row) for row in events.iterator(2000)) if kept(pair[1]))
    return total, _evaluations(islice(pairs, offset, offset + count) if count else ())


def read_recommendation(actor: Actor, identifier: str) -> Json | None:
    """The recommendation of a patient, by the patient's id."""
    key = _uuid(identifier)
    patient = _patient(actor, key) if key else None
    return _recommendation(patient) if patient else None


def search_recommendations(actor: Actor, params: Params, offset: int, count: int) -> tuple[int, list[Json]]:
    """What each patient needs: of one, or of all active patients in the order of their ids."""
    asked = _asked(params, "ImmunizationRecommendation")
    if "patient" in asked or "_id" in asked:
        key = _uuid(asked.get("patient", asked.get("_id", "")).rpartition("/")[2])
        patient = _patient(actor, key) if key else None
        if patient is None or ("_id" in asked and asked["_id"] != str(patient.pk)):
            return 0, []
        return 1, [_recommendation(patient)][offset : offset + count]
    patients = Patient.objects.filter(active=True, deceased_on=None).order_by("pk")
    if not actor.may("people.restricted"):
        patients = patients.filter(restricted=False)
    page = list(patients[offset : offset + count])
    return patients.count(), [
        _told(patient, seen) for patient, seen in zip(page, as_the_engine_sees(page), strict=True)
    ]


def _asked(params: Params, kind: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in params:
        plain, _, modifier = name.partition(":")
        if modifier not in ("", "Patient", "Immunization"):
            raise Invalid("bad-modifier", f"“:{modifier[:20]}” is not answered for {plain}.", plain)
        if plain in found and found[plain] != value:
            raise Invalid("asked-twice", f"{kind} is searched by one {plain} at a time.", plain)
        found[plain] = value
    return found


def _patient(actor: Actor, patient_id: UUID) -> Patient | None:
    """A patient whose chart this actor may open. Raises Forbidden; the face audits the look."""
    patient = Patient.objects.filter(pk=patient_id).first()
    if patient is not None:
        may_open(actor, patient)
    return patient


def _today() -> date:
    return clock.today(timezone.get_default_timezone())


class Event(NamedTuple):
    """A dose that is evaluated."""

    pk: UUID
    patient_id: UUID
    cvx: str
    occurred_at: datetime


def _event(row: Immunization) -> Event:
    return Event(row.pk, row.patient_id, row.cvx, row.occurred_at)


def _antigens(cvx: str) -> list[str]:
    """The antigens of a vaccine, each once; none for one that the schedule does not know."""
    return list(dict.fromkeys(part.antigen for part in schedule.in_force().vaccines.get(cvx.zfill(2), ())))


def _pairs(events: Iterable[Event]) -> Iterator[tuple[Event, str]]:
    return ((event, antigen) for event in events for antigen in _antigens(event.cvx))


def _evaluations(pairs: Iterable[tuple[Event, str]]) -> list[Json]:
    """The evaluations of doses for antigens, each patient evaluated once."""
    wanted = list(pairs)
    patients = list(Patient.objects.filter(pk__in={event.patient_id for event, _ in wanted}))
    said: dict[tuple[UUID, date, str], tuple[AntigenEvaluation, ...]] = {}
    for patient, seen in zip(patients, as_the_engine_sees(patients), strict=True):
        for dose in cdsi.forecast(seen, _today(), schedule.in_force()).doses:
            said[patient.pk, dose.dose.date, dose.dose.cvx.zfill(2)] = dose.by_antigen
    found = []
    for event, antigen in wanted:
        day = event.occurred_at.astimezone(timezone.get_default_timezone()).date()
        of_dose = said.get((event.patient_id, day, event.cvx.zfill(2)), ())
        found.append(_evaluation(event, antigen, [one for one in of_dose if one.antigen == antigen]))
    return found


def _evaluation(event: Event, antigen: str, said: Sequence[AntigenEvaluation]) -> Json:
    """How a dose counts for an antigen: the series that holds it valid speaks, else the first of them."""
    one = next((one for one in said if one.status is EvaluationStatus.VALID), said[0] if said else None)
    status = one.status if one else None
    reasons = [{"text": f"{found.reason.words} ({found.reason.rule})"} for found in one.findings] if one else []
    code = "valid" if status is EvaluationStatus.VALID else "notvalid"
    return told(
        {
            "resourceType": "ImmunizationEvaluation",
            "id": f"{event.pk}.{_slug(antigen)}",
            "status": "completed",
            "patient": {"reference": f"Patient/{event.patient_id}"},
            "date": _today().isoformat(),
            "targetDisease": {"text": antigen},
            "immunizationEvent": {"reference": f"Immunization/{event.pk}"},
            "doseStatus": {
                "coding": [{"system": HL7 + "immunization-evaluation-dose-status", "code": code}],
                "text": status.value if status else "No series asks for it",
            },
            "doseStatusReason": reasons,
            "series": one.series if one else "",
            "doseNumberPositiveInt": one.target_dose if one else None,
        }
    )


def _recommendation(patient: Patient) -> Json:
    return _told(patient, as_the_engine_sees([patient])[0])


def _told(patient: Patient, seen: cdsi.Patient) -> Json:
    on, in_force = _today(), schedule.in_force()
    process = cdsi.Process(seen, on, in_force)
    found = picture(process, on)
    return {
        "resourceType": "ImmunizationRecommendation",
        "id": str(patient.pk),
        "identifier": [{"system": SCHEDULE, "value": in_force.version}],
        "patient": {"reference": f"Patient/{patient.pk}"},
        "date": on.isoformat(),
        "recommendation": [_group(one) for one in found.groups],
    }


def _group(due: Due) -> Json:
    system, code, display = _STANDING.get(due.when) or _DONE.get(due.status, ("", "", ""))
    dates = [
        {"code": {"coding": [{"system": LOINC, "code": code, "display": words}]}, "value": day.isoformat()}
        for code, words, name in _DATES
        if (day := getattr(due, name)) is not None
    ]
    barred = sorted(vaccines_of(due.vaccine_group)) if due.when is When.CONTRAINDICATED else []
    return told(
        {
            "vaccineCode": [_vaccine(cvx) for cvx in due.cvxs] or [{"text": due.vaccine_group}],
            "targetDisease": {"text": due.vaccine_group},
            "contraindicatedVaccineCode": [_vaccine(cvx) for cvx in barred],
            "forecastStatus": {
                **({"coding": [{"system": system, "code": code, "display": display}]} if code else {}),
                "text": due.status.value,
            },
            "forecastReason": [{"text": due.reason}],
            "dateCriterion": dates,
            "doseNumberPositiveInt": due.number,
        }
    )


def _vaccine(cvx: str) -> Json:
    known = facts().vaccine(cvx)
    return {"coding": [told({"system": CVX, "code": cvx, "display": known.short if known else ""})]}


def _slug(antigen: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", antigen.casefold()).strip("-")[:27]


def _known(key: UUID | None) -> list[UUID]:
    return [key] if key else []


def _uuid(text: str) -> UUID | None:
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text.lower() else None


_SHARED = {
    "_id": SearchParam("_id", "token"),
    "patient": SearchParam("patient", "reference", target="Patient"),
}
EVALUATION = Computed(
    "ImmunizationEvaluation",
    read_evaluation,
    search_evaluations,
    _SHARED
    | {
        "immunization-event": SearchParam("immunization-event", "reference", target="Immunization"),
        "target-disease": SearchParam("target-disease", "token", documentation="By the antigen's name"),
    },
    "immunize.read",
)
RECOMMENDATION = Computed(
    "ImmunizationRecommendation", read_recommendation, search_recommendations, _SHARED, "immunize.read"
)
