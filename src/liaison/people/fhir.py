"""How patients, coverage and staff look in FHIR. (The way back is in `fhir_in`.)"""

from django.db.models import Q

from liaison.kernel.errors import Invalid
from liaison.kernel.names import fold
from liaison.kernel.phones import e164
from liaison.people.beginnings import begins, one_of
from liaison.people.fhir_in import (
    coverage_from_fhir,
    from_fhir,
    patient_from_fhir,
    practitioner_from_fhir,
    role_from_fhir,
)
from liaison.people.groups import CDC_RACE, ETHNICITIES, LANGUAGES, MARITAL, MARITAL_SYSTEM, RACES
from liaison.people.models import Coverage, NameKey, Patient, Staff, StaffRole
from liaison.people.names_index import identifier_key
from liaison.people.roles import ROLES
from liaison.people.search import beginning
from liaison.places.fhir import NPI, address, identifiers
from liaison.record.forms import Json, SearchParam, register

__all__ = ["MRN", "coverage_from_fhir", "from_fhir", "patient_from_fhir", "practitioner_from_fhir", "role_from_fhir"]

MRN = "urn:liaison:mrn"
ROLE = "urn:liaison:role"
US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/"
INTERPRETER = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"
MAIDEN_NAME = "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName"
BIRTH_PLACE = "http://hl7.org/fhir/StructureDefinition/patient-birthPlace"
V2 = "http://terminology.hl7.org/CodeSystem/v2-"


def _patient(row: Patient) -> Json:
    mrn = {
        "use": "usual",
        "type": {"coding": [{"system": V2 + "0203", "code": "MR", "display": "Medical record number"}]},
        "system": MRN,
        "value": row.mrn,
    }
    others = [
        {"system": one["system"], "value": one["value"]}
        for one in row.identifiers
        if one.get("value") and one.get("system")
    ]
    marital = {
        "coding": [{"system": MARITAL_SYSTEM, "code": row.marital, "display": MARITAL.get(row.marital, row.marital)}]
    }
    return {
        "extension": _extensions(row),
        "identifier": [mrn, *others],
        "active": row.active,
        "name": _names(row),
        "telecom": _telecom(row),
        "gender": row.sex,
        "birthDate": row.birth_date,
        "deceasedDateTime": row.deceased_on,
        "address": [{"use": "home", **one} for one in address(row.line, row.city, row.state, row.postal_code)],
        "maritalStatus": marital if row.marital else None,
        "multipleBirthInteger": row.multiple_birth_order,
        "contact": [_contact(one) for one in row.contacts],
        "communication": _communication(row),
    }


def _extensions(row: Patient) -> list[Json]:
    found: list[Json] = []
    for name, code, displays in (("race", row.race, RACES), ("ethnicity", row.ethnicity, ETHNICITIES)):
        if code:
            parts: list[Json] = [{"url": "text", "valueString": displays.get(code, code)}]
            if code in displays:
                parts.insert(
                    0,
                    {
                        "url": "ombCategory",
                        "valueCoding": {"system": CDC_RACE, "code": code, "display": displays[code]},
                    },
                )
            found.append({"url": f"{US_CORE}us-core-{name}", "extension": parts})
    if row.interpreter:
        found.append({"url": INTERPRETER, "valueBoolean": True})
    if row.mother_maiden_name:
        found.append({"url": MAIDEN_NAME, "valueString": row.mother_maiden_name})
    if row.birth_country:
        found.append({"url": BIRTH_PLACE, "valueAddress": {"country": row.birth_country}})
    return found


def _names(row: Patient) -> list[Json]:
    official: Json = {"use": "official", "family": row.family}
    for part, text in (("given", row.given), ("prefix", row.prefix), ("suffix", row.suffix)):
        if text:
            official[part] = text.split() if part == "given" else [text]
    if not row.preferred:
        return [official]
    return [official, {"use": "usual", "family": row.family, "given": [row.preferred]}]


def _telecom(row: Patient) -> list[Json]:
    numbers = [number for number in (row.phone, row.phone_alt) if number]
    points: list[Json] = [
        {"system": "phone", "value": number, "rank": rank} for rank, number in enumerate(numbers, start=1)
    ]
    return points + ([{"system": "email", "value": row.email}] if row.email else [])


def _contact(one: dict[str, str]) -> Json:
    contact: Json = {"name": {"text": one["name"]}}
    if one.get("relationship"):
        contact["relationship"] = [{"text": one["relationship"]}]
    if one.get("phone"):
        contact["telecom"] = [{"system": "phone", "value": one["phone"]}]
    return contact


def _communication(row: Patient) -> list[Json]:
    if not row.language:
        return []
    coding = {"system": "urn:ietf:bcp:47", "code": row.language}
    if display := LANGUAGES.get(row.language.split("-")[0]):
        coding["display"] = display
    return [{"language": {"coding": [coding]}, "preferred": True}]


ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_KINDS = {
    "commercial": "EHCPOL",
    "medicare": "PUBLICPOL",
    "medicaid": "PUBLICPOL",
    "tricare": "PUBLICPOL",
    "workers-comp": "WCBPOL",
    "auto": "AUTOPOL",
    "other": "EHCPOL",
}


def _coverage(row: Coverage) -> Json:
    patient: Json = {"reference": f"Patient/{row.patient_id}"}
    own = row.relationship == Coverage.Relationship.SELF
    classes: list[Json] = []
    for kind, value in (("group", row.group_number), ("plan", row.plan)):
        if value:
            classes.append({"type": _coded("coverage-class", kind), "value": value})
    copay: Json = {
        "type": _coded("coverage-copay-type", "copay"),
        "valueMoney": {"value": row.copay_cents / 100, "currency": "USD"},
    }
    subscriber: Json = {"resourceType": "RelatedPerson", "id": "subscriber", "patient": patient}
    if not own:
        subscriber["name"] = [_subscriber_name(row)]
        if row.subscriber_sex:
            subscriber["gender"] = row.subscriber_sex
        if row.subscriber_birth_date:
            subscriber["birthDate"] = row.subscriber_birth_date
    period = {name: day for name, day in (("start", row.starts), ("end", row.ends)) if day}
    return {
        "contained": [] if own else [subscriber],
        "identifier": [
            {
                "type": {"coding": [{"system": V2 + "0203", "code": "MB", "display": "Member Number"}]},
                "value": row.number,
            }
        ],
        "status": "active" if row.active else "cancelled",
        "type": {"coding": [{"system": ACT_CODE, "code": _KINDS[row.kind]}], "text": row.get_kind_display()},
        "subscriber": patient if own else {"reference": "#subscriber"},
        "subscriberId": row.number,
        "beneficiary": patient,
        "relationship": _coded("subscriber-relationship", row.relationship),
        "period": period,
        "payor": [{"reference": f"Organization/{row.payer_id}"}],
        "class": classes,
        "order": row.position,
        "costToBeneficiary": [copay] if row.copay_cents else [],
    }


def _subscriber_name(row: Coverage) -> Json:
    name: Json = {"family": row.subscriber_family}
    if row.subscriber_given:
        name["given"] = row.subscriber_given.split()
    return name


def _coded(system: str, code: str) -> Json:
    return {"coding": [{"system": f"http://terminology.hl7.org/CodeSystem/{system}", "code": code}]}


def _practitioner(row: Staff) -> Json:
    name: Json = {"use": "official", "family": row.family, "given": row.given.split()}
    if row.credential:
        name["suffix"] = [row.credential]
    qualification = {"code": {"coding": [{"system": V2 + "0360", "code": row.credential}], "text": row.credential}}
    return {
        "identifier": identifiers((NPI, row.npi)),
        "active": row.active,
        "name": [name],
        "qualification": [qualification] if row.credential else [],
    }


def _role(row: StaffRole) -> Json:
    title = ROLES[row.role].title if row.role in ROLES else row.role
    return {
        "active": row.active,
        "practitioner": {"reference": f"Practitioner/{row.staff_id}"},
        "code": [{"coding": [{"system": ROLE, "code": row.role, "display": title}], "text": title}],
        "location": [{"reference": f"Location/{row.site_id}"}],
    }


def _by_name(value: str) -> Q:
    """Patients a word of whose name begins with each word of the value; quick among many."""
    found = Q()
    for word in fold(value).split():
        found &= Q(pk__in=NameKey.objects.filter(beginning(word)).values("patient_id"))
    return found if found else Q(pk__in=())


def _by_family(value: str) -> Q:
    """The words find the candidates, the column decides."""
    return _by_name(value) & begins("family", value)


def _by_given(value: str) -> Q:
    either = begins("given", value, any_word=True) | begins("preferred", value)
    return _by_name(value) & either


def _exactly_given(value: str) -> Q:
    return one_of("given", value) | Q(preferred=value)


def _by_phone(value: str) -> Q:
    try:
        number = e164(value)
    except Invalid:
        return Q(pk__in=())
    return Q(phone=number) | Q(phone_alt=number)


def _by_telecom(value: str) -> Q:
    _, bar, rest = value.rpartition("|")
    mail = Q(email__iexact=rest if bar else value)
    return mail if "@" in value else _by_phone(rest if bar else value)


def _by_identifier(value: str) -> Q:
    """An MRN by its system or bare, or an identifier of another system."""
    system, bar, code = value.rpartition("|")
    if system == MRN:
        return Q(mrn=code)
    key = identifier_key(system, code)
    elsewhere = Q(pk__in=NameKey.objects.filter(Q(word=key) if system else beginning(key)).values("patient_id"))
    return elsewhere if bar else Q(mrn=code) | elsewhere


_ADDRESS = ("line", "city", "state", "postal_code")
register(
    Patient,
    _patient,
    [
        SearchParam(
            "identifier", "token", ("mrn",), clause=_by_identifier, documentation="MRN (system urn:liaison:mrn)"
        ),
        SearchParam(
            "name", "string", ("family", "given", "preferred"), clause=_by_name, documentation="A beginning of any name"
        ),
        SearchParam("family", "string", ("family",), clause=_by_family),
        SearchParam("given", "string", ("given", "preferred"), clause=_by_given, exact=_exactly_given),
        SearchParam("birthdate", "date", ("birth_date",)),
        SearchParam("gender", "token", ("sex",)),
        SearchParam("phone", "token", ("phone", "phone_alt"), clause=_by_phone),
        SearchParam("email", "token", ("email",)),
        SearchParam("telecom", "token", ("phone", "phone_alt", "email"), clause=_by_telecom),
        SearchParam("active", "token", ("active",)),
        SearchParam("death-date", "date", ("deceased_on",)),
        SearchParam("address", "string", _ADDRESS),
        SearchParam("address-city", "string", ("city",)),
        SearchParam("address-state", "string", ("state",)),
        SearchParam("address-postalcode", "string", ("postal_code",)),
        SearchParam("language", "token", ("language",), system="urn:ietf:bcp:47"),
    ],
    patient_path="pk",
    profile=US_CORE + "us-core-patient",
)
register(
    Coverage,
    _coverage,
    [
        SearchParam("patient", "reference", ("patient_id",), target="Patient"),
        SearchParam("beneficiary", "reference", ("patient_id",), target="Patient"),
        SearchParam("payor", "reference", ("payer_id",), target="Organization"),
        SearchParam("identifier", "token", ("member_id",)),
        SearchParam("status", "token", clause=lambda value: Q(active=value.rpartition("|")[2] == "active")),
    ],
    profile=US_CORE + "us-core-coverage",
)
register(
    Staff,
    _practitioner,
    [
        SearchParam("identifier", "token", ("npi",), system=NPI),
        SearchParam("name", "string", ("family", "given")),
        SearchParam("family", "string", ("family",), clause=lambda value: begins("family", value)),
        SearchParam("given", "string", ("given",), clause=lambda value: begins("given", value, any_word=True)),
        SearchParam("active", "token", ("active",)),
    ],
    patient_path="",
    profile=US_CORE + "us-core-practitioner",
)
register(
    StaffRole,
    _role,
    [
        SearchParam("practitioner", "reference", ("staff_id",), target="Practitioner"),
        SearchParam("location", "reference", ("site_id",), target="Location"),
        SearchParam("role", "token", ("role",), system=ROLE),
        SearchParam("active", "token", ("active",)),
    ],
    patient_path="",
    profile=US_CORE + "us-core-practitionerrole",
)
