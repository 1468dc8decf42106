"""AllergyIntolerance."""

from django.db.models import Q

from liaison.chart.fhir.parts import (
    CODE,
    HL7,
    PATIENT,
    US_CORE,
    Resolve,
    code_columns,
    coded,
    concept,
    constant_clause,
    fitting,
    must,
    onset_of,
    reference,
    status,
    status_code,
    token,
    words_of,
)
from liaison.chart.models import RXNORM, SNOMED, Allergy
from liaison.record.forms import Json, SearchParam, register

CLINICAL, VERIFICATION = HL7 + "allergyintolerance-clinical", HL7 + "allergyintolerance-verification"
_CATEGORIES = ("food", "medication", "environment", "biologic")
_CRITICALITIES = ("low", "high", "unable-to-assess")


def allergy_to_fhir(row: Allergy) -> Json:
    verified = "entered-in-error" if row.error else "confirmed"
    return {
        "clinicalStatus": None if row.error else status("allergyintolerance-clinical", row.status),
        "verificationStatus": status("allergyintolerance-verification", verified),
        "category": [row.category] if row.category else None,
        "criticality": row.criticality,
        "code": coded(row),
        "patient": reference("Patient", row.patient_id),
        "onsetDateTime": row.onset,
        "reaction": [{"manifestation": [concept("", "", row.reaction)]}] if row.reaction else None,
    }


def allergy_from_fhir(resource: Json, resolve: Resolve) -> Json:
    """The columns of an allergy. Raises Invalid for one without a known patient or a name."""
    category = next(iter(resource.get("category") or ()), "")
    criticality = str(resource.get("criticality") or "")
    clinical = status_code(resource.get("clinicalStatus"), "active")
    shown = [words_of(m) for r in resource.get("reaction") or () for m in r.get("manifestation") or ()]
    return {
        "patient_id": must(resolve(resource.get("patient"), "Patient"), "patient"),
        **code_columns(resource.get("code"), "allergy", RXNORM, SNOMED),
        "category": category if category in _CATEGORIES else "",
        "criticality": criticality if criticality in _CRITICALITIES else "",
        "reaction": fitting(", ".join(dict.fromkeys(filter(None, shown))), 200, "reaction"),
        "status": clinical if clinical in ("active", "inactive", "resolved") else "active",
        "onset": onset_of(resource, "onset"),
        "error": status_code(resource.get("verificationStatus"), "") in ("refuted", "entered-in-error"),
    }


def _clinical(value: str) -> Q:
    return constant_clause("status", CLINICAL)(value) & Q(error=False)


def _verification(value: str) -> Q:
    asked, code = token(value)
    if asked not in (None, VERIFICATION) or code not in ("confirmed", "entered-in-error"):
        return Q(pk__in=[])
    return Q(error=code == "entered-in-error")


register(
    Allergy,
    allergy_to_fhir,
    [
        PATIENT[0],
        CODE,
        SearchParam("clinical-status", "token", ("status",), clause=_clinical),
        SearchParam("verification-status", "token", ("error",), clause=_verification),
        SearchParam("category", "token", ("category",)),
        SearchParam("criticality", "token", ("criticality",)),
        SearchParam("onset", "date", ("onset",)),
    ],
    profile=US_CORE + "allergyintolerance",
)
