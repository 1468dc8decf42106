"""Condition: problems and an encounter's diagnoses."""

from django.db.models import Q

from liaison.chart.fhir.parts import (
    CODE,
    ENCOUNTER,
    HL7,
    PATIENT,
    Resolve,
    code_columns,
    coded,
    coding_of,
    concept,
    constant_clause,
    must,
    onset_of,
    reference,
    status,
    status_code,
    token,
)
from liaison.chart.models import ICD10CM, SNOMED, Condition
from liaison.record.forms import Json, SearchParam, register

CATEGORY = HL7 + "condition-category"
CLINICAL, VERIFICATION = HL7 + "condition-clinical", HL7 + "condition-ver-status"
_CATEGORIES = {"problem-list-item": "Problem List Item", "encounter-diagnosis": "Encounter Diagnosis"}
_CLINICAL = ("active", "recurrence", "relapse", "inactive", "remission", "resolved")
_NOT_SO = ("refuted", "entered-in-error")


def condition_to_fhir(row: Condition) -> Json:
    return {
        "clinicalStatus": None if row.error else status("condition-clinical", row.status),
        "verificationStatus": status("condition-ver-status", "entered-in-error" if row.error else "confirmed"),
        "category": [concept(CATEGORY, row.category, _CATEGORIES.get(row.category, ""))],
        "code": coded(row),
        "subject": reference("Patient", row.patient_id),
        "encounter": reference("Encounter", row.encounter_id),
        "onsetDateTime": row.onset,
        "abatementDateTime": row.abated,
        "recorder": reference("Practitioner", row.recorded_by_id),
    }


def condition_from_fhir(resource: Json, resolve: Resolve) -> Json:
    """The columns of a problem or diagnosis. Raises Invalid for one without a known patient or a name."""
    category = coding_of(next(iter(resource.get("category") or ()), None))[1]
    clinical = status_code(resource.get("clinicalStatus"), "active")
    return {
        "patient_id": must(resolve(resource.get("subject"), "Patient"), "patient"),
        "encounter_id": resolve(resource.get("encounter"), "Encounter"),
        **code_columns(resource.get("code"), "condition", ICD10CM, SNOMED),
        "category": category if category in _CATEGORIES else "problem-list-item",
        "status": clinical if clinical in _CLINICAL else "active",
        "onset": onset_of(resource, "onset"),
        "abated": onset_of(resource, "abatement"),
        "recorded_by_id": resolve(resource.get("recorder"), "Practitioner"),
        "error": status_code(resource.get("verificationStatus"), "") in _NOT_SO,
    }


def _verification(value: str) -> Q:
    asked, code = token(value)
    if asked not in (None, VERIFICATION) or code not in ("confirmed", "entered-in-error"):
        return Q(pk__in=[])
    return Q(error=code == "entered-in-error")


def _clinical(value: str) -> Q:
    return constant_clause("status", CLINICAL)(value) & Q(error=False)


register(
    Condition,
    condition_to_fhir,
    [
        *PATIENT,
        CODE,
        ENCOUNTER,
        SearchParam("category", "token", ("category",), clause=constant_clause("category", CATEGORY)),
        SearchParam("clinical-status", "token", ("status",), clause=_clinical),
        SearchParam("verification-status", "token", ("error",), clause=_verification),
        SearchParam("onset-date", "date", ("onset",)),
        SearchParam("abatement-date", "date", ("abated",)),
        SearchParam("recorded-date", "date", ("created_at",), documentation="The time at which it was recorded here"),
    ],
)
