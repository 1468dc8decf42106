"""How organizations, sites and rooms look in FHIR. (The way back is in `fhir_in`.)"""

from django.db.models import Q

from liaison.places.fhir_in import from_fhir, location_from_fhir, organization_from_fhir
from liaison.places.models import Organization, Room, Site
from liaison.record.forms import Json, SearchParam, register

__all__ = ["from_fhir", "location_from_fhir", "organization_from_fhir"]

NPI = "http://hl7.org/fhir/sid/us-npi"
TAX_ID = "urn:oid:2.16.840.1.113883.4.4"
PAYER_ID = "urn:liaison:payer-id"
SITE_CODE = "urn:liaison:site"
CLIA = "urn:oid:2.16.840.1.113883.4.7"
ORGANIZATION_TYPE = "http://terminology.hl7.org/CodeSystem/organization-type"
PHYSICAL_TYPE = "http://terminology.hl7.org/CodeSystem/location-physical-type"
ROLE_CODE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"


def _organization(row: Organization) -> Json:
    code, display = {"practice": ("prov", "Healthcare Provider"), "payer": ("pay", "Payer")}.get(
        row.kind, ("other", "Other")
    )
    return {
        "identifier": identifiers((NPI, row.npi), (TAX_ID, row.tax_id), (PAYER_ID, row.code)),
        "active": row.active,
        "type": [{"coding": [{"system": ORGANIZATION_TYPE, "code": code, "display": display}]}],
        "name": row.name,
        "telecom": phone(row.phone),
        "address": address(row.line, row.city, row.state, row.postal_code),
    }


def _site(row: Site) -> Json:
    where = address(row.line, row.city, row.state, row.postal_code)
    return {
        "identifier": identifiers((SITE_CODE, row.code), (CLIA, row.clia)),
        "status": "active" if row.active else "inactive",
        "name": row.name,
        "mode": "instance",
        "type": [{"coding": [{"system": ROLE_CODE, "code": "OF", "display": "Outpatient facility"}]}],
        "telecom": phone(row.phone),
        "address": where[0] if where else None,
        "physicalType": {"coding": [{"system": PHYSICAL_TYPE, "code": "si", "display": "Site"}]},
        "managingOrganization": {"reference": f"Organization/{row.organization_id}"},
    }


def _room(row: Room) -> Json:
    active = row.active and row.state != Room.State.CLOSED
    return {
        "status": "active" if active else "suspended" if row.active else "inactive",
        "operationalStatus": _operational(row) if active else None,
        "name": row.name,
        "mode": "instance",
        "physicalType": {"coding": [{"system": PHYSICAL_TYPE, "code": "ro", "display": "Room"}]},
        "partOf": {"reference": f"Location/{row.site_id}"},
    }


def _room_status(value: str) -> Q:
    closed = Q(state=Room.State.CLOSED)
    known = {"active": Q(active=True) & ~closed, "suspended": Q(active=True) & closed, "inactive": Q(active=False)}
    return known.get(value, Q(pk__in=()))


def _operational(row: Room) -> Json:
    code, display = {"ready": ("U", "Unoccupied"), "occupied": ("O", "Occupied"), "dirty": ("K", "Contaminated")}[
        row.state
    ]
    return {"system": "http://terminology.hl7.org/CodeSystem/v2-0116", "code": code, "display": display}


def identifiers(*pairs: tuple[str, str]) -> list[Json]:
    """FHIR Identifiers of those pairs of system and value that have a value."""
    return [{"system": system, "value": value} for system, value in pairs if value]


def phone(number: str) -> list[Json]:
    """A work telephone as FHIR ContactPoints."""
    return [{"system": "phone", "value": number, "use": "work"}] if number else []


def address(line: str, city: str, state: str, postal_code: str) -> list[Json]:
    """An address as FHIR Addresses, of what there is of it."""
    parts: Json = {"line": [line] if line else [], "city": city, "state": state, "postalCode": postal_code}
    given = {name: value for name, value in parts.items() if value}
    return [given] if given else []


_ADDRESS = ("line", "city", "state", "postal_code")
register(
    Organization,
    _organization,
    [
        SearchParam("identifier", "token", ("npi", "code", "tax_id"), documentation="NPI, payer ID or tax ID"),
        SearchParam("name", "string", ("name",)),
        SearchParam("active", "token", ("active",)),
        SearchParam("address", "string", _ADDRESS),
        SearchParam("address-city", "string", ("city",)),
        SearchParam("address-state", "string", ("state",)),
        SearchParam("address-postalcode", "string", ("postal_code",)),
    ],
    patient_path="",
    profile="http://hl7.org/fhir/us/core/StructureDefinition/us-core-organization",
)
_NONE = Q(pk__in=())


def _never(name: str, kind: str, target: str = "") -> SearchParam:
    """A parameter of Location that one of its two kinds never answers: rooms have no address, sites no whole."""
    return SearchParam(name, kind, target=target, clause=lambda value: _NONE)


register(
    Site,
    _site,
    [
        SearchParam("name", "string", ("name",)),
        SearchParam("identifier", "token", ("code",), system=SITE_CODE),
        SearchParam(
            "status",
            "token",
            clause=lambda value: (
                Q(active=True) if value == "active" else Q(active=False) if value == "inactive" else _NONE
            ),
        ),
        SearchParam("organization", "reference", ("organization_id",), target="Organization"),
        _never("partof", "reference", "Location"),
        SearchParam("address", "string", _ADDRESS),
        SearchParam("address-city", "string", ("city",)),
        SearchParam("address-state", "string", ("state",)),
        SearchParam("address-postalcode", "string", ("postal_code",)),
    ],
    patient_path="",
    profile="http://hl7.org/fhir/us/core/StructureDefinition/us-core-location",
)
register(
    Room,
    _room,
    [
        SearchParam("name", "string", ("name",)),
        _never("identifier", "token"),
        SearchParam("status", "token", clause=_room_status),
        _never("organization", "reference", "Organization"),
        SearchParam("partof", "reference", ("site_id",), target="Location"),
        *(_never(name, "string") for name in ("address", "address-city", "address-state", "address-postalcode")),
    ],
    patient_path="",
    profile="http://hl7.org/fhir/us/core/StructureDefinition/us-core-location",
)
