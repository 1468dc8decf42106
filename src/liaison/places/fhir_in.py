"""From FHIR R4 to columns: Organization and Location, in the manner of `people.fhir_in`."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from liaison.engines.x12 import is_npi
from liaison.kernel.errors import Invalid
from liaison.kernel.phones import e164
from liaison.places.models import Organization
from liaison.record.columns import tidy
from liaison.record.forms import Json

Resolve = Callable[[Json | None, str], UUID | None]
NPI = "http://hl7.org/fhir/sid/us-npi"
_KINDS = {"pay": Organization.Kind.PAYER, "ins": Organization.Kind.PAYER}


def organization_from_fhir(resource: Json, resolve: Resolve) -> dict[str, Any]:
    """The columns of an Organization: a payer by its type, else another organization. Raises Invalid without a name."""
    name = _text(resource.get("name"), 200)
    if not name:
        raise Invalid("no-name", "The Organization has no name.", "name")
    codes = [str(one.get("code")) for kind in _dicts(resource.get("type")) for one in _dicts(kind.get("coding"))]
    npi = next((str(one.get("value")) for one in _dicts(resource.get("identifier")) if one.get("system") == NPI), "")
    columns = {
        "kind": next((_KINDS[code] for code in codes if code in _KINDS), Organization.Kind.OTHER),
        "name": name,
        "npi": npi if is_npi(npi) else "",
        "active": resource.get("active") is not False,
    }
    return _known(columns | _where(resource))


def location_from_fhir(resource: Json, resolve: Resolve) -> dict[str, Any]:
    """The columns of a Site. Raises Invalid without a name, or when the managing organization is not known here."""
    name = _text(resource.get("name"), 100)
    if not name:
        raise Invalid("no-name", "The Location has no name.", "name")
    organization_id = resolve(resource.get("managingOrganization"), "Organization")
    if organization_id is None:
        raise Invalid(
            "no-organization", "The Location's managing organization is not known here.", "managingOrganization"
        )
    columns = {"organization_id": organization_id, "name": name, "active": resource.get("status") != "inactive"}
    return _known(columns | _where(resource))


def from_fhir(resource: Json, resolve: Resolve) -> dict[str, Any]:
    """The columns of an Organization or a Location. Raises Invalid."""
    if resource.get("resourceType") == "Organization":
        return organization_from_fhir(resource, resolve)
    if resource.get("resourceType") == "Location":
        return location_from_fhir(resource, resolve)
    raise Invalid("unknown-type", "Places are Organization and Location resources.", "resourceType")


def _where(resource: Json) -> dict[str, Any]:
    """Telephone and address; Location has one address, Organization a list."""
    given = resource.get("address")
    first = given if isinstance(given, dict) else next(iter(_dicts(given)), {})
    lines = first.get("line")
    phones = [str(one.get("value") or "") for one in _dicts(resource.get("telecom")) if one.get("system") == "phone"]
    return {
        "phone": _phone(phones[0]) if phones else "",
        "line": _text(", ".join(one for one in lines if isinstance(one, str)), 120) if isinstance(lines, list) else "",
        "city": _text(first.get("city"), 60),
        "state": _text(first.get("state"), 30),
        "postal_code": _text(first.get("postalCode"), 15),
    }


def _phone(text: str) -> str:
    try:
        return e164(text)
    except Invalid:
        return ""


def _known(columns: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in columns.items() if value not in (None, "")}


def _dicts(value: object) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: object, most: int) -> str:
    return tidy(value)[:most].strip() if isinstance(value, str) else ""
