"""How an order looks in FHIR R4."""

from django.db.models import Q

from liaison.chart.fhir.parts import (
    CODE,
    ENCOUNTER,
    PATIENT,
    STATUS,
    US_CORE,
    coded,
    concept,
    constant_clause,
    reference,
)
from liaison.chart.models import SNOMED
from liaison.orders.models import Order
from liaison.record.forms import Json, SearchParam, register

# SNOMED CT, as the US Core category value set has them; a referral is "referral"
_CATEGORIES = {
    "lab": ("108252007", "Laboratory procedure"),
    "point-of-care": ("108252007", "Laboratory procedure"),
    "imaging": ("363679005", "Imaging"),
    "procedure": ("387713003", "Surgical procedure"),
    "referral": ("3457005", "Patient referral"),
}
_CODE_OF = {code: key for key, (code, _) in reversed(_CATEGORIES.items())}


def order_to_fhir(row: Order) -> Json:
    category = _CATEGORIES.get(row.category)
    return {
        "status": row.status,
        "intent": "order",
        "category": [concept(SNOMED, *category)] if category else [{"text": row.category}],
        "priority": row.priority,
        "code": coded(row),
        "subject": reference("Patient", row.patient_id),
        "encounter": reference("Encounter", row.encounter_id),
        "authoredOn": row.ordered_at,
        "requester": reference("Practitioner", row.ordered_by_id),
        "patientInstruction": row.instructions,
        "note": [{"text": f"Result: {row.result}"}] if row.result else None,
    }


def _intended(value: str) -> Q:
    return Q() if value == "order" else Q(pk__in=[])


register(
    Order,
    order_to_fhir,
    [
        *PATIENT,
        CODE,
        ENCOUNTER,
        STATUS,
        SearchParam("category", "token", ("category",), clause=constant_clause("category", SNOMED, _CODE_OF)),
        SearchParam("authored", "date", ("ordered_at",)),
        SearchParam("intent", "token", clause=_intended),
        SearchParam("priority", "token", ("priority",)),
        SearchParam("requester", "reference", ("ordered_by_id",), target="Practitioner"),
    ],
    profile=US_CORE + "servicerequest",
)
