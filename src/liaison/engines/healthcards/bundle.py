"""What a card says: the smallest FHIR Bundle that tells of a person's doses ("Data minimization" of the spec)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

CVX = "http://hl7.org/fhir/sid/cvx"


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose card it is. `given` names stand in their order; a person of one name has a family name alone."""

    family: str
    given: tuple[str, ...]
    birth_date: date


@dataclass(frozen=True, slots=True)
class CardDose:
    """A dose that the issuer answers for: vaccine by CVX code, the day, and lot and performer where they are known."""

    cvx: str
    on: date
    lot: str = ""
    performer: str = ""


def bundle(holder: Holder, doses: Sequence[CardDose]) -> dict[str, Any]:
    """The Bundle of a card: no ids, texts or displays; entries refer to each other as `resource:0`, `resource:1`"""
    resources = [_patient(holder), *(_immunization(dose) for dose in doses)]
    entries = [{"fullUrl": f"resource:{n}", "resource": each} for n, each in enumerate(resources)]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _patient(holder: Holder) -> dict[str, Any]:
    name: dict[str, Any] = {"family": holder.family}
    if holder.given:
        name["given"] = list(holder.given)
    return {"resourceType": "Patient", "name": [name], "birthDate": holder.birth_date.isoformat()}


def _immunization(dose: CardDose) -> dict[str, Any]:
    told: dict[str, Any] = {
        "resourceType": "Immunization",
        "status": "completed",
        "vaccineCode": {"coding": [{"system": CVX, "code": dose.cvx}]},
        "patient": {"reference": "resource:0"},
        "occurrenceDateTime": dose.on.isoformat(),
    }
    if dose.performer:
        told["performer"] = [{"actor": {"display": dose.performer}}]
    if dose.lot:
        told["lotNumber"] = dose.lot
    return told
