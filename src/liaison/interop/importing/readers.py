"""Which resource becomes which row, and how: the rooms' own `from_fhir`, with what an import adds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from liaison.chart import fhir as chart
from liaison.chart.models import Allergy, Condition, Encounter, Medication, Observation, Procedure
from liaison.immunize.fhir import immunization_from_fhir
from liaison.immunize.models import Immunization
from liaison.interop.importing.incoming import Incoming, here
from liaison.interop.importing.references import MRN, References, target_of
from liaison.people import fhir_in as people
from liaison.people.models import Coverage, Patient, Staff, StaffRole
from liaison.places import fhir_in as places
from liaison.places.models import Organization, Site
from liaison.record.forms import Json
from liaison.record.models import Recorded

Columns = dict[str, Any]
Payers = Callable[[Incoming, Json], UUID | None]
EXTERNAL = "external"  # the role of people who work elsewhere: no capability, no sign-in


@dataclass(frozen=True)
class Context:
    """What reading a resource needs beside itself."""

    references: References
    payers: Payers
    practice_npi: str = ""


def _location(item: Incoming, context: Context) -> Columns:
    # Somebody else's place: never offered when a visit is booked
    return places.location_from_fhir(item.resource, _resolve(item, context)) | {"active": False}


def _practitioner(item: Incoming, context: Context) -> Columns:
    columns = people.practitioner_from_fhir(item.resource, _resolve(item, context))
    return columns | {"role": EXTERNAL, "active": False}


def _role(item: Incoming, context: Context) -> Columns:
    return people.role_from_fhir(item.resource, _resolve(item, context)) | {"role": EXTERNAL, "active": False}


def _patient(item: Incoming, context: Context) -> Columns:
    columns = people.patient_from_fhir(item.resource, _resolve(item, context))
    # An MRN of ours is a column of its own
    others = [one for one in columns.get("identifiers", []) if one["system"] != MRN]
    return columns | {"identifiers": others}


def _coverage(item: Incoming, context: Context) -> Columns:
    def resolve(ref: Json | None, wanted: str) -> UUID | None:
        if wanted == "Organization":
            return context.payers(item, ref) if ref else None
        return context.references.resolve(item, ref, wanted)

    return people.coverage_from_fhir(item.resource, resolve)


def _encounter(item: Incoming, context: Context) -> Columns:
    """An encounter whose service provider is this practice, by its NPI, took place here."""
    columns = chart.encounter_from_fhir(item.resource, _resolve(item, context))
    provider = item.resource.get("serviceProvider") or {}
    identifier = provider.get("identifier") or {}
    ours = bool(context.practice_npi) and identifier.get("value") == context.practice_npi
    return columns | {"here": ours and identifier.get("system") == people.NPI}


def _medication(item: Incoming, context: Context) -> Columns:
    name = context.references.medication(item)
    return chart.medication_from_fhir(item.resource, _resolve(item, context), name)


def _resolve(item: Incoming, context: Context) -> Callable[[Json | None, str], UUID | None]:
    return lambda ref, wanted: context.references.resolve(item, ref, wanted)


def _by(reader: Callable[[Json, Any], Columns]) -> Callable[[Incoming, Context], Columns]:
    return lambda item, context: reader(item.resource, _resolve(item, context))


# In the order in which they must be written
READERS: dict[str, tuple[type[Recorded], Callable[[Incoming, Context], Columns]]] = {
    "Organization": (Organization, _by(places.organization_from_fhir)),
    "Location": (Site, _location),
    "Practitioner": (Staff, _practitioner),
    "PractitionerRole": (StaffRole, _role),
    "Patient": (Patient, _patient),
    "Coverage": (Coverage, _coverage),
    "Encounter": (Encounter, _encounter),
    "Condition": (Condition, _by(chart.condition_from_fhir)),
    "AllergyIntolerance": (Allergy, _by(chart.allergy_from_fhir)),
    "MedicationRequest": (Medication, _medication),
    "MedicationStatement": (Medication, _medication),
    "Observation": (Observation, _by(chart.observation_from_fhir)),
    "Immunization": (Immunization, _by(immunization_from_fhir)),
    "Procedure": (Procedure, _by(chart.procedure_from_fhir)),
}
RANK = {name: rank for rank, name in enumerate(READERS)}
SHARED = ("Organization", "Location", "Practitioner", "PractitionerRole")
SUBJECT = {"Coverage": "beneficiary", "AllergyIntolerance": "patient", "Immunization": "patient"}


def patient_of(item: Incoming) -> UUID | None:
    """Whose an item is: the id that the patient has here, or would have."""
    if item.type in SHARED or item.type not in READERS:
        return None
    if item.type == "Patient":
        return item.id
    reference = item.resource.get(SUBJECT.get(item.type, "subject"))
    text = reference.get("reference") if isinstance(reference, dict) else None
    target = target_of(item, text, "Patient") if isinstance(text, str) and text else None
    return here(*target) if target else None
