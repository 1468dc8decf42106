"""Procedure."""

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
from liaison.chart.models import SNOMED, Procedure
from liaison.record.forms import Json, SearchParam, register


def procedure_to_fhir(row: Procedure) -> Json:
    performer = reference("Practitioner", row.performer_id)
    return {
        "status": row.status,
        "code": coded(row),
        "subject": reference("Patient", row.patient_id),
        "encounter": reference("Encounter", row.encounter_id),
        "performedDateTime": row.performed_at,
        "performer": [{"actor": performer}] if performer else None,
    }


def procedure_from_fhir(resource: Json, resolve: Resolve) -> Json:
    """The columns of a procedure. Raises Invalid for one without a known patient or a name."""
    period = resource.get("performedPeriod") or {}
    actors = (resolve(p.get("actor"), "Practitioner") for p in resource.get("performer") or ())
    return {
        "patient_id": must(resolve(resource.get("subject"), "Patient"), "patient"),
        "encounter_id": resolve(resource.get("encounter"), "Encounter"),
        **code_columns(resource.get("code"), "procedure", SNOMED),
        "status": fitting(str(resource.get("status") or "completed"), 16, "status"),
        "performed_at": moment(resource.get("performedDateTime") or period.get("start")),
        "performer_id": next(filter(None, actors), None),
    }


register(
    Procedure,
    procedure_to_fhir,
    [
        *PATIENT,
        CODE,
        ENCOUNTER,
        STATUS,
        SearchParam("date", "date", ("performed_at",)),
        SearchParam("performer", "reference", ("performer_id",), target="Practitioner"),
    ],
    profile=US_CORE + "procedure",
)
