"""How a dose looks in FHIR R4, both ways."""

from liaison.chart.fhir.parts import (
    PATIENT,
    STATUS,
    US_CORE,
    Resolve,
    coding_of,
    concept,
    constant_clause,
    fitting,
    moment,
    must,
    reference,
    words_of,
)
from liaison.immunize.models import CVX, Immunization
from liaison.kernel.errors import Invalid
from liaison.record.forms import Json, SearchParam, register


def immunization_to_fhir(row: Immunization) -> Json:
    performer = reference("Practitioner", row.performer_id)
    return {
        "status": row.status,
        "vaccineCode": concept(CVX, row.cvx, row.display),
        "patient": reference("Patient", row.patient_id),
        "encounter": reference("Encounter", row.encounter_id),
        "occurrenceDateTime": row.occurred_at,
        "primarySource": row.here,
        "lotNumber": row.lot_number,
        "performer": [{"actor": performer}] if performer else None,
    }


def immunization_from_fhir(resource: Json, resolve: Resolve) -> Json:
    """The columns of a dose given elsewhere. Raises Invalid for one without a known patient, a CVX code or a time."""
    concept_in = resource.get("vaccineCode")
    system, cvx = coding_of(concept_in, CVX)
    if system != CVX or len(cvx) > 5:
        raise Invalid("no-cvx", "Its vaccine has no CVX code.")
    when = moment(resource.get("occurrenceDateTime"))
    if when is None:
        raise Invalid("no-time", "It does not say when the dose was given.")
    actors = (resolve(p.get("actor"), "Practitioner") for p in resource.get("performer") or ())
    return {
        "patient_id": must(resolve(resource.get("patient"), "Patient"), "patient"),
        "encounter_id": resolve(resource.get("encounter"), "Encounter"),
        "cvx": cvx,
        "display": fitting(words_of(concept_in), 200, "vaccine’s name"),
        "status": fitting(str(resource.get("status") or "completed"), 16, "status"),
        "occurred_at": when,
        "lot_number": fitting(str(resource.get("lotNumber") or ""), 40, "lot number"),
        "performer_id": next(filter(None, actors), None),
    }


register(
    Immunization,
    immunization_to_fhir,
    [
        PATIENT[0],
        STATUS,
        SearchParam("date", "date", ("occurred_at",)),
        SearchParam("vaccine-code", "token", ("cvx",), clause=constant_clause("cvx", CVX)),
        SearchParam("lot-number", "string", ("lot_number",)),
        SearchParam("performer", "reference", ("performer_id",), target="Practitioner"),
    ],
    profile=US_CORE + "immunization",
)
