"""Who may see which resources, and the charts that are closed to them."""

from uuid import UUID

from django.db import connection

from liaison.interop.fhir.answers import NotSupported
from liaison.kernel import clock
from liaison.people.models import GlassBreak
from liaison.record.actor import Actor
from liaison.record.forms import registry

# The capability that reading a type takes; a type that stands here but in no registry is not there yet
CAPABILITY: dict[str, str] = {
    "Patient": "people.read",
    "Coverage": "people.read",
    "Practitioner": "schedule.read",
    "PractitionerRole": "schedule.read",
    "Organization": "schedule.read",
    "Location": "schedule.read",
    "Schedule": "schedule.read",
    "Slot": "schedule.read",
    "Appointment": "schedule.read",
    "Encounter": "chart.read",
    "Condition": "chart.read",
    "AllergyIntolerance": "chart.read",
    "MedicationRequest": "chart.read",
    "Observation": "chart.read",
    "Procedure": "chart.read",
    "Immunization": "immunize.read",
    "ImmunizationEvaluation": "immunize.read",
    "ImmunizationRecommendation": "immunize.read",
    "ServiceRequest": "orders.read",
    "Task": "worklist.read",
    "Claim": "billing.read",
    "ExplanationOfBenefit": "billing.read",
    "AuditEvent": "record.audit",
    "Provenance": "record.audit",
}


def types() -> list[str]:
    """The resource types that are answered."""
    return sorted(t for t in CAPABILITY if t in registry.by_type or t in registry.computed)


def require(actor: Actor, resource_type: str) -> None:
    """Raises NotSupported for a type that is not answered here, Forbidden when the actor may not read it."""
    if resource_type not in CAPABILITY or (
        resource_type not in registry.by_type and resource_type not in registry.computed
    ):
        raise NotSupported(
            "unknown-type", f"“{resource_type[:60]}” is not answered here. See /fhir/metadata for what is."
        )
    actor.require("interop.read") if actor.kind == "client" else None
    actor.require(CAPABILITY[resource_type])


def closed_charts(actor: Actor) -> set[UUID]:
    """The restricted patients whose charts this actor may not open now."""
    if actor.may("people.restricted"):
        return set()
    # Asked with every search: by hand it costs little
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM people_patient WHERE restricted")
        rows = cursor.fetchall()
    if not rows:
        return set()
    restricted = {UUID(hex=key) if isinstance(key, str) else key for (key,) in rows}
    broken = GlassBreak.objects.filter(actor_id=actor.id, until__gt=clock.now()).values_list("patient_id", flat=True)
    return restricted - set(broken)
