"""MedicationRequest; a MedicationStatement that comes in becomes one that was told."""

from django.db.models import Q

from liaison.chart.fhir.parts import (
    CODE,
    ENCOUNTER,
    PATIENT,
    STATUS,
    US_CORE,
    Resolve,
    code_columns,
    coded,
    fitting,
    moment,
    must,
    reference,
)
from liaison.chart.models import RXNORM, Medication
from liaison.record.forms import Json, SearchParam, register

# Both resources' statuses in the chart's words
_STATUS = {
    "cancelled": "stopped",
    "draft": "on-hold",
    "unknown": "active",
    "intended": "active",
    "not-taken": "stopped",
}
_KNOWN = ("active", "stopped", "completed", "on-hold", "entered-in-error")


def medication_to_fhir(row: Medication) -> Json:
    return {
        "status": row.status,
        "intent": _intent(row.reported),
        "reportedBoolean": row.reported,
        "medicationCodeableConcept": coded(row),
        "subject": reference("Patient", row.patient_id),
        "encounter": reference("Encounter", row.encounter_id),
        "authoredOn": row.authored_at,
        "requester": reference("Practitioner", row.prescriber_id),
        "dosageInstruction": [{"text": row.dosage}] if row.dosage else None,
    }


def _intent(reported: bool) -> str:
    return "plan" if reported else "order"


def medication_from_fhir(resource: Json, resolve: Resolve, medication: Json | None = None) -> Json:
    """The columns of a MedicationRequest or MedicationStatement; `medication` is the concept that its reference led to.

    Raises Invalid for one without a known patient or a name.
    """
    told = resource["resourceType"] == "MedicationStatement"
    dosages = resource.get("dosage" if told else "dosageInstruction") or ()
    period = resource.get("effectivePeriod") or {}
    authored = resource.get("authoredOn") or resource.get("effectiveDateTime") or period.get("start")
    said = str(resource.get("status"))
    concept = resource.get("medicationCodeableConcept") or medication
    text = "; ".join(filter(None, map(_dosage, dosages)))
    return {
        "patient_id": must(resolve(resource.get("subject"), "Patient"), "patient"),
        "encounter_id": resolve(resource.get("encounter") or resource.get("context"), "Encounter"),
        **code_columns(concept, "medication", RXNORM),
        "dosage": fitting(text, 300, "dosage"),
        "status": _STATUS.get(said, said if said in _KNOWN else "active"),
        "reported": told or bool(resource.get("reportedBoolean")) or "reportedReference" in resource,
        "authored_at": moment(authored or resource.get("dateAsserted")),
        "prescriber_id": resolve(resource.get("requester"), "Practitioner"),
    }


_EVERY = {"h": "hour", "d": "day", "wk": "week", "mo": "month"}


def _dosage(dosage: Json) -> str:
    """The words of a dosage; where there are none, what its timing says (2 times every day)."""
    if dosage.get("text"):
        return str(dosage["text"])
    repeat = (dosage.get("timing") or {}).get("repeat") or {}
    parts = []
    rates = dosage.get("doseAndRate") or ()
    quantity = rates[0].get("doseQuantity") if rates else None
    if quantity and quantity.get("value") is not None:
        parts.append(f"{quantity['value']:g} {quantity.get('unit') or 'dose'}")
    if repeat.get("frequency") and repeat.get("period") and repeat.get("periodUnit") in _EVERY:
        times = "once" if repeat["frequency"] == 1 else f"{repeat['frequency']} times"
        unit = _EVERY[repeat["periodUnit"]]
        parts.append(f"{times} a {unit}" if repeat["period"] == 1 else f"{times} every {repeat['period']:g} {unit}s")
    if dosage.get("asNeededBoolean"):
        parts.append("as needed")
    return ", ".join(parts)


def _intended(value: str) -> Q:
    return {"order": Q(reported=False), "plan": Q(reported=True)}.get(value, Q(pk__in=[]))


register(
    Medication,
    medication_to_fhir,
    [
        *PATIENT,
        CODE,
        ENCOUNTER,
        STATUS,
        SearchParam("intent", "token", ("reported",), clause=_intended),
        SearchParam("authoredon", "date", ("authored_at",)),
        SearchParam("requester", "reference", ("prescriber_id",), target="Practitioner"),
    ],
    profile=US_CORE + "medicationrequest",
)
