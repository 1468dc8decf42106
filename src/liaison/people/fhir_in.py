"""From FHIR R4 to columns: Patient, Coverage, Practitioner, PractitionerRole as other systems write them.

Each gives the columns that the resource tells, and leaves out what it does not; `resolve(reference, type)`
takes a FHIR Reference (a dict with `reference`, `identifier` or `display`) and gives the id that the row has here, or
None. What cannot be taken raises Invalid with a sentence.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from liaison.engines.x12 import is_npi
from liaison.kernel.countries import COUNTRIES
from liaison.kernel.errors import Invalid
from liaison.kernel.phones import e164
from liaison.people.checks import birth_date
from liaison.people.coverages import likely_kind
from liaison.people.groups import ETHNICITIES, MARITAL, RACES
from liaison.people.models import Coverage, Sex
from liaison.people.roles import ROLES
from liaison.record.columns import tidy
from liaison.record.forms import Json

Resolve = Callable[[Json | None, str], UUID | None]
NPI = "http://hl7.org/fhir/sid/us-npi"
_BY_NAME = {name: code for code, name in COUNTRIES.items()}
_ABSENT = ("unknown", "asked-unknown", "masked", "unsupported")


def from_fhir(resource: Json, resolve: Resolve) -> dict[str, Any]:
    """The columns of any resource of this room. Raises Invalid."""
    reader = _READERS.get(str(resource.get("resourceType")))
    if reader is None:
        raise Invalid(
            "unknown-type", "People are Patient, Coverage, Practitioner and PractitionerRole resources.", "resourceType"
        )
    return reader(resource, resolve)


def patient_from_fhir(resource: Json, resolve: Resolve) -> dict[str, Any]:
    """The columns of a Patient (never the MRN: that is given here). Raises Invalid without a name or a birth date."""
    name = _name(resource, ("official", "usual", ""))
    usual = next((one for one in _dicts(resource.get("name")) if one.get("use") in ("usual", "nickname")), None)
    family, given = _family_and_given(name)
    if not family:
        raise Invalid("no-name", "The Patient has no name.", "name")
    columns: dict[str, Any] = {
        "family": family,
        "given": given,
        "birth_date": _born(resource),
        "sex": resource["gender"] if resource.get("gender") in Sex.values else Sex.UNKNOWN,
        "prefix": _text(name.get("prefix"), 20),
        "suffix": _text(name.get("suffix"), 20),
        "active": resource.get("active") is not False,
        "contacts": [one for contact in _dicts(resource.get("contact")) if (one := _contact(contact))],
        "identifiers": _identifiers(resource),
    }
    preferred = _family_and_given(usual)[1] if usual is not None and usual is not name else ""
    if preferred and preferred != given:
        columns["preferred"] = preferred[:60]
    deceased = _day(resource.get("deceasedDateTime"))
    if deceased:
        columns["deceased_on"] = deceased
    order = resource.get("multipleBirthInteger")
    if isinstance(order, int) and 0 < order < 20:
        columns["multiple_birth_order"] = order
    columns |= _telecom(resource) | _address(resource) | _extensions(resource) | _language(resource)
    marital = next((code for code in _codes(resource.get("maritalStatus")) if code in MARITAL), "")
    return _known(columns | {"marital": marital})


def coverage_from_fhir(resource: Json, resolve: Resolve) -> dict[str, Any]:
    """The columns of a Coverage. Raises Invalid when its patient or payer is not known here."""
    patient_id = resolve(resource.get("beneficiary"), "Patient")
    if patient_id is None:
        raise Invalid("no-patient", "The Coverage's beneficiary is not a patient here.", "beneficiary")
    payer_id = next((found for one in _dicts(resource.get("payor")) if (found := resolve(one, "Organization"))), None)
    if payer_id is None:
        raise Invalid("no-payer", "The Coverage's payor is not known here.", "payor")
    values = [str(one["value"]) for one in _dicts(resource.get("identifier")) if one.get("value")]
    member = tidy(str(resource.get("subscriberId") or "")) or (tidy(values[0]) if values else "")
    if not member:
        raise Invalid("no-member-id", "The Coverage has no subscriberId and no identifier.", "subscriberId")
    order = resource.get("order")
    period = _dict(resource.get("period"))
    known = Coverage.Relationship.values
    relationship = next((code for code in _codes(resource.get("relationship")) if code in known), "")
    if not relationship and _codes(resource.get("relationship")):
        relationship = Coverage.Relationship.OTHER
    return _known(
        {
            "patient_id": patient_id,
            "payer_id": payer_id,
            "kind": _coverage_kind(resource),
            "member_id": member[:60],
            "position": order if isinstance(order, int) and 0 < order < 100 else 1,
            "group_number": _class(resource, "group")[:60],
            "plan": _class(resource, "plan")[:100],
            "relationship": relationship,
            "starts": _day(period.get("start")),
            "ends": _day(period.get("end")),
            "active": resource.get("status") == "active",
            "copay_cents": _copay_cents(resource),
        }
        | (_subscriber(resource) if relationship not in ("", Coverage.Relationship.SELF) else {})
    )


def _coverage_kind(resource: Json) -> str:
    """Whose coverage it is, by its type and by what its payor and plan are called."""
    codes = _codes(resource.get("type"))
    if "WCBPOL" in codes:
        return Coverage.Kind.WORKERS_COMP
    if "AUTOPOL" in codes:
        return Coverage.Kind.AUTO
    words = [str(_dict(resource.get("type")).get("text") or ""), _class(resource, "plan")]
    words += [str(one.get("display") or "") for one in _dicts(resource.get("payor"))]
    return likely_kind(" ".join(words))


def _copay_cents(resource: Json) -> int:
    """The copayment of an office visit, 0 where none is told."""
    for cost in _dicts(resource.get("costToBeneficiary")):
        amount = _dict(cost.get("valueMoney")).get("value")
        if {"copay", "gpvisit"} & set(_codes(cost.get("type"))) and isinstance(amount, int | float):
            return round(amount * 100) if 0 <= amount < 10_000 else 0
    return 0


def practitioner_from_fhir(resource: Json, resolve: Resolve) -> dict[str, Any]:
    """The columns of a Staff row from a Practitioner; `role` is provider, for who signs in is never imported."""
    name = _name(resource, ("official", "usual", ""))
    family, given = _family_and_given(name)
    if not family:
        raise Invalid("no-name", "The Practitioner has no name.", "name")
    npi = next((str(one.get("value")) for one in _dicts(resource.get("identifier")) if one.get("system") == NPI), "")
    return _known(
        {
            "role": "provider",
            "family": family,
            "given": given,
            "credential": _text(name.get("suffix"), 30),
            "npi": npi if is_npi(npi) else "",
            "active": resource.get("active") is not False,
        }
    )


def role_from_fhir(resource: Json, resolve: Resolve) -> dict[str, Any]:
    """The columns of a PractitionerRole. Raises Invalid when its practitioner or location is not known here."""
    staff_id = resolve(resource.get("practitioner"), "Practitioner")
    if staff_id is None:
        raise Invalid("no-practitioner", "The PractitionerRole's practitioner is not known here.", "practitioner")
    site_id = next((found for one in _dicts(resource.get("location")) if (found := resolve(one, "Location"))), None)
    if site_id is None:
        raise Invalid("no-location", "The PractitionerRole's location is not a site here.", "location")
    codes = [code for one in _dicts(resource.get("code")) for code in _codes(one)]
    role = next((code for code in codes if code in ROLES), "provider")
    return {"staff_id": staff_id, "site_id": site_id, "role": role, "active": resource.get("active") is not False}


def _known(columns: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in columns.items() if value not in (None, "", [])}


def _dict(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _dicts(value: object) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: object, most: int) -> str:
    """A string, or strings as one, tidied and no longer than the column."""
    parts: Iterable[object] = value if isinstance(value, list) else [value]
    return tidy(" ".join(part for part in parts if isinstance(part, str)))[:most].strip()


def _codes(concept: object) -> list[str]:
    return [str(one["code"]) for one in _dicts(_dict(concept).get("coding")) if one.get("code")]


def _name(resource: Json, uses: tuple[str, ...]) -> Json:
    """The name of the first of the uses that is there, else the first that is not an old one."""
    names = [one for one in _dicts(resource.get("name")) if one.get("use") not in ("old", "maiden")] or _dicts(
        resource.get("name")
    )
    for use in uses:
        for one in names:
            if one.get("use", "") == use:
                return one
    return names[0] if names else {}


def _family_and_given(name: Json | None) -> tuple[str, str]:
    """Family and given names; a name that has but one part, or only its text, is the family name."""
    if name is None:
        return "", ""
    family, given = _text(name.get("family"), 100), _text(name.get("given"), 100)
    if not family:
        text = _text(name.get("text"), 100)
        family, given = (given, "") if given else (text, "")
    return family, given


def _born(resource: Json) -> date:
    text = resource.get("birthDate")
    if not isinstance(text, str) or len(text) != 10:
        raise Invalid("no-birth-date", "The Patient has no full birth date.", "birthDate")
    return birth_date(text, "birthDate")


def _day(value: object) -> date | None:
    """The day of a FHIR date or dateTime; None where it is less exact or not one."""
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def _phone(value: object) -> str:
    """A telephone in E.164; empty for what is none, for a bad number must not cost a patient's record."""
    try:
        return e164(str(value or ""))
    except Invalid:
        return ""


def _ranked(points: object, system: str) -> list[str]:
    found = [
        one for one in _dicts(points) if one.get("system") == system and one.get("use") != "old" and one.get("value")
    ]
    found.sort(key=lambda one: one["rank"] if isinstance(one.get("rank"), int) else 99)
    return [str(one["value"]) for one in found]


def _telecom(resource: Json) -> dict[str, Any]:
    numbers = [number for text in _ranked(resource.get("telecom"), "phone") if (number := _phone(text))]
    numbers = list(dict.fromkeys(numbers))[:2]
    mails = [tidy(text) for text in _ranked(resource.get("telecom"), "email") if "@" in text and len(text) <= 254]
    columns: dict[str, Any] = dict(zip(("phone", "phone_alt"), numbers, strict=False))
    return columns | ({"email": mails[0]} if mails else {})


def _address(resource: Json) -> dict[str, Any]:
    found = [one for one in _dicts(resource.get("address")) if one.get("use") not in ("old", "billing")]
    found.sort(key=lambda one: one.get("use") != "home")
    if not found:
        return {}
    lines = found[0].get("line")
    line = ", ".join(one for one in lines if isinstance(one, str)) if isinstance(lines, list) else ""
    sizes = (("city", "city", 60), ("state", "state", 30), ("postal_code", "postalCode", 15))
    return {"line": _text(line, 120)} | {column: _text(found[0].get(name), size) for column, name, size in sizes}


def _contact(contact: Json) -> dict[str, str] | None:
    name = _dict(contact.get("name"))
    family, given = _family_and_given(name)
    shown = _text(name.get("text"), 200) or f"{given} {family}".strip()
    if not shown:
        return None
    kinds = [text for one in _dicts(contact.get("relationship")) if (text := _relation(one))]
    numbers = [number for text in _ranked(contact.get("telecom"), "phone") if (number := _phone(text))]
    return {"name": shown, "relationship": kinds[0] if kinds else "", "phone": numbers[0] if numbers else ""}


def _relation(concept: Json) -> str:
    displays = [str(one["display"]) for one in _dicts(concept.get("coding")) if one.get("display")]
    return _text(concept.get("text"), 60) or (_text(displays[0], 60) if displays else "")


def _identifiers(resource: Json) -> list[dict[str, str]]:
    found = []
    for one in _dicts(resource.get("identifier")):
        system, value = _text(one.get("system"), 200), _text(one.get("value"), 200)
        if system and value and not _absent(value):
            found.append({"system": system, "value": value})
    return found


def _absent(value: str) -> bool:
    return value.lower() in _ABSENT


def _extensions(resource: Json) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for one in _dicts(resource.get("extension")):
        url = str(one.get("url") or "").rpartition("/")[2]
        if url == "us-core-race":
            columns["race"] = _group(one, RACES)
        elif url == "us-core-ethnicity":
            columns["ethnicity"] = _group(one, ETHNICITIES)
        elif url == "patient-interpreterRequired":
            columns["interpreter"] = one.get("valueBoolean") is True
        elif url == "patient-mothersMaidenName":
            columns["mother_maiden_name"] = _text(one.get("valueString"), 60)
        elif url == "patient-birthPlace":
            country = _text(_dict(one.get("valueAddress")).get("country"), 60)
            columns["birth_country"] = country.upper() if country.upper() in COUNTRIES else _BY_NAME.get(country, "")
    return columns


def _group(extension: Json, known: dict[str, str]) -> str:
    """The OMB category's code, else the words that stand there."""
    parts = _dicts(extension.get("extension"))
    code = next(
        (str(_dict(part.get("valueCoding")).get("code")) for part in parts if part.get("url") == "ombCategory"), ""
    )
    text = next((_text(part.get("valueString"), 40) for part in parts if part.get("url") == "text"), "")
    return code if code in known else text


def _language(resource: Json) -> dict[str, Any]:
    spoken = _dicts(resource.get("communication"))
    spoken.sort(key=lambda one: one.get("preferred") is not True)
    codes = [code for one in spoken for code in _codes(one.get("language")) if len(code) <= 10]
    return {"language": codes[0]} if codes else {}


def _class(resource: Json, kind: str) -> str:
    for one in _dicts(resource.get("class")):
        if kind in _codes(one.get("type")):
            named = one.get("name") if kind == "plan" else None
            return _text(named or one.get("value"), 100)
    return ""


def _subscriber(resource: Json) -> dict[str, Any]:
    """Who holds the policy, where the Coverage carries that person inside."""
    reference = str(_dict(resource.get("subscriber")).get("reference") or "")
    inside = next((one for one in _dicts(resource.get("contained")) if f"#{one.get('id')}" == reference), None)
    if inside is None:
        display = _text(_dict(resource.get("subscriber")).get("display"), 100)
        given, _, family = display.rpartition(" ")
        return {"subscriber_family": family, "subscriber_given": given}
    family, given = _family_and_given(_name(inside, ("official", "usual", "")))
    return {
        "subscriber_family": family,
        "subscriber_given": given,
        "subscriber_birth_date": _day(inside.get("birthDate")),
        "subscriber_sex": inside["gender"] if inside.get("gender") in Sex.values else "",
    }


_READERS: dict[str, Callable[[Json, Resolve], dict[str, Any]]] = {
    "Patient": patient_from_fhir,
    "Coverage": coverage_from_fhir,
    "Practitioner": practitioner_from_fhir,
    "PractitionerRole": role_from_fhir,
}
