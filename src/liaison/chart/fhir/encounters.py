"""Encounter."""

from liaison.chart.fhir.parts import (
    HL7,
    PATIENT,
    STATUS,
    US_CORE,
    Resolve,
    concept,
    constant_clause,
    fitting,
    moment,
    must,
    reference,
    words_of,
)
from liaison.chart.models import Encounter
from liaison.record.forms import Json, SearchParam, register

ACT_CODE = HL7 + "v3-ActCode"
_CLASSES = {
    "AMB": "ambulatory",
    "EMER": "emergency",
    "IMP": "inpatient encounter",
    "VR": "virtual",
    "HH": "home health",
}
# What R4 tells apart and the chart does not
_STATUS = {"triaged": "arrived", "onleave": "in-progress", "unknown": "finished", "entered-in-error": "cancelled"}


def encounter_to_fhir(row: Encounter) -> Json:
    provider = reference("Practitioner", row.provider_id)
    site = reference("Location", row.site_id)
    klass: Json = {"system": ACT_CODE, "code": row.klass}
    if row.klass in _CLASSES:
        klass["display"] = _CLASSES[row.klass]
    period = {"start": row.starts_at, "end": row.ends_at}
    kind = {"coding": [{"system": HL7 + "v3-ParticipationType", "code": "PPRF", "display": "primary performer"}]}
    return {
        "status": row.status,
        "class": klass,
        "type": [{"text": row.type_text or "Encounter"}],
        "subject": reference("Patient", row.patient_id),
        "appointment": [{"reference": f"Appointment/{row.appointment_id}"}] if row.appointment_id else None,
        "participant": [{"type": [kind], "individual": provider}] if provider else None,
        "period": {name: at for name, at in period.items() if at},
        "reasonCode": [concept("", "", row.reason)] if row.reason else None,
        "location": [{"location": site}] if site else None,
    }


def encounter_from_fhir(resource: Json, resolve: Resolve) -> Json:
    """The columns of an encounter that took place elsewhere. Raises Invalid when it belongs to no known patient."""
    period = resource.get("period") or {}
    kinds, reasons = resource.get("type") or (), resource.get("reasonCode") or ()
    people = (resolve(p.get("individual"), "Practitioner") for p in resource.get("participant") or ())
    said = str(resource.get("status"))
    status = _STATUS.get(said, said)
    return {
        "patient_id": must(resolve(resource.get("subject"), "Patient"), "patient"),
        "status": status if status in Encounter.Status.values else "finished",
        "klass": fitting(str((resource.get("class") or {}).get("code") or "AMB"), 10, "class"),
        "type_text": fitting(words_of(kinds[0]) if kinds else "", 200, "type"),
        "reason": fitting("; ".join(filter(None, map(words_of, reasons))), 300, "reason"),
        "provider_id": next(filter(None, people), None),
        "starts_at": moment(period.get("start")),
        "ends_at": moment(period.get("end")),
    }


register(
    Encounter,
    encounter_to_fhir,
    [
        *PATIENT,
        STATUS,
        SearchParam("class", "token", ("klass",), clause=constant_clause("klass", ACT_CODE)),
        SearchParam("date", "date", ("starts_at",)),
        SearchParam("type", "string", ("type_text",)),
        SearchParam("participant", "reference", ("provider_id",), target="Practitioner"),
        SearchParam("practitioner", "reference", ("provider_id",), target="Practitioner"),
        SearchParam("location", "reference", ("site_id",), target="Location"),
        SearchParam("appointment", "reference", ("appointment_id",), target="Appointment"),
    ],
    profile=US_CORE + "encounter",
)
