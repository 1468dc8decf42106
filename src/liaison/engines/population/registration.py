"""What the front desk knows of a person: the Patient and Coverage resources."""

from datetime import date

from liaison.engines.population.families import Household, Person, Policy
from liaison.engines.population.resources import HL7, Chart, Resource, concept, extension, status, us_core_group
from liaison.engines.population.tables.places import PAYER_SYSTEM

SAMPLE_SYSTEM = "urn:liaison:sample"
PARENT_OF = {"female": ("MTH", "mother"), "male": ("FTH", "father")}


def names(person: Person) -> list[Resource]:
    """The official name, and the name someone goes by where it differs."""
    official: Resource = {"use": "official", "text": person.full_name, "family": person.family}
    if person.given:
        official["given"] = list(person.given)
    if person.prefix:
        official["prefix"] = [person.prefix]
    if person.suffix:
        official["suffix"] = [person.suffix]
    if not person.usual:
        return [official]
    usual = {
        "use": "usual",
        "text": f"{person.usual} {person.family}",
        "family": person.family,
        "given": [person.usual],
    }
    return [official, usual]


def telecom(house: Household, person: Person) -> list[Resource]:
    """Telephones, the one to try first ranked 1, and mail."""
    numbers = [("mobile", person.mobile), ("home", house.phone if person.role != "kin" else "")]
    out: list[Resource] = [
        {"system": "phone", "value": value, "use": use, "rank": rank}
        for rank, (use, value) in enumerate(((use, value) for use, value in numbers if value), start=1)
    ]
    if person.email:
        out.append({"system": "email", "value": person.email})
    return out


def address(house: Household) -> list[Resource]:
    """The home address of everyone in the house."""
    lines = [house.street, house.unit] if house.unit else [house.street]
    return [
        {
            "use": "home",
            "type": "both",
            "line": lines,
            "city": house.town.city,
            "state": "IL",
            "postalCode": house.town.postal_code,
            "country": "US",
        }
    ]


def contacts(house: Household, person: Person, today: date) -> list[Resource]:
    """A child's guardians, or the person to call for an adult: somebody of the house."""
    others = [other for other in house.grown_ups(today) if other is not person]
    minor = person.age(today) < 18
    out: list[Resource] = []
    for other in others[: 2 if minor else 1]:
        if minor and other.role in ("spouse", "parent"):
            code, parent = PARENT_OF[other.sex]
            relation = concept(HL7 + "v3-RoleCode", code, parent, text=parent.capitalize())
            kinds = [relation, concept(HL7 + "v2-0131", "C", "Emergency Contact")]
        else:
            kinds = [concept(HL7 + "v2-0131", "C", "Emergency Contact", text=_relation(person, other))]
        contact: Resource = {"relationship": kinds, "name": names(other)[0], "gender": other.sex}
        phones = [entry for entry in telecom(house, other) if entry["system"] == "phone"]
        if phones:
            contact["telecom"] = phones
        out.append(contact)
    return out


def _relation(person: Person, other: Person) -> str:
    if person.role == other.role == "spouse":
        return "Spouse or partner"
    if person.role == "grandparent":
        return "Son or daughter"
    if other.role == "kin" and person.age(other.born) >= 18:
        return "Daughter" if other.sex == "female" else "Son"
    if other.role == "kin":
        return "Sister" if other.sex == "female" else "Brother"
    return "Family member"


def marital(person: Person, today: date) -> Resource | None:
    """Marital status of a grown-up, as far as the household tells."""
    if person.age(today) < 18:
        return None
    code, display = {"spouse": ("M", "Married"), "grandparent": ("W", "Widowed")}.get(
        person.role, ("W", "Widowed") if person.age(today) > 78 else ("S", "Never Married")
    )
    return concept(HL7 + "v3-MaritalStatus", code, display)


def communication(house: Household) -> list[Resource]:
    """The language of the house."""
    return [{"language": concept("urn:ietf:bcp:47", *house.language), "preferred": True}]


def birth_country(house: Household, person: Person, today: date) -> str:
    """Where somebody was born: children here, and grown-ups of a house that speaks English."""
    here = house.language[0] == "en" or person.age(today) < 18
    return "US" if here else house.origin.country


def add_patient(chart: Chart, house: Household, person: Person, number: int, seed: int, today: date) -> None:
    """Add the Patient to the chart."""
    core = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"
    birth_place = "http://hl7.org/fhir/StructureDefinition/patient-birthPlace"
    extensions = [
        us_core_group("race", house.origin.race),
        us_core_group("ethnicity", house.origin.ethnicity),
        extension(core, valueCode="F" if person.sex == "female" else "M"),
        extension(birth_place, valueAddress={"country": birth_country(house, person, today)}),
    ]
    if person.interpreter:
        url = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"
        extensions.append(extension(url, valueBoolean=True))
    chart.add(
        "Patient",
        extension=extensions,
        identifier=[{"system": SAMPLE_SYSTEM, "value": f"{seed}-{number:05d}"}],
        active=True,
        name=names(person),
        telecom=telecom(house, person),
        gender=person.sex,
        birthDate=person.born.isoformat(),
        address=address(house),
        maritalStatus=marital(person, today),
        contact=contacts(house, person, today),
        communication=communication(house),
    )


def _relationship(person: Person, policy: Policy) -> str:
    if policy.holder is person:
        return "self"
    return {"spouse": "spouse", "child": "child"}.get(person.role, "other")


def _subscriber(chart: Chart, house: Household, person: Person, policy: Policy) -> tuple[Resource, list[Resource]]:
    """The reference to the subscriber, and what it refers to where that is somebody else."""
    if policy.holder is person:
        return chart.patient, []
    holder = policy.holder
    related = {
        "resourceType": "RelatedPerson",
        "id": "subscriber",
        "patient": chart.patient,
        "name": names(holder)[:1],
        "gender": holder.sex,
        "birthDate": holder.born.isoformat(),
        "address": address(house),
    }
    return {"reference": "#subscriber", "display": holder.full_name}, [related]


def add_coverages(chart: Chart, house: Household, person: Person, today: date) -> None:
    """Add a Coverage for each policy; a dependent's holds the subscriber as a contained RelatedPerson."""
    for order, policy in enumerate(person.policies, start=1):
        plan = policy.plan
        copay = plan.copay if person.age(today) >= plan.copay_from_age else 0
        subscriber, contained = _subscriber(chart, house, person, policy)
        relationship = _relationship(person, policy)
        members = [member for member in house.people if policy in member.policies and member is not policy.holder]
        dependent = "01" if relationship == "self" else f"{members.index(person) + 2:02d}"
        classes = [{"type": status("coverage-class", "plan"), "value": plan.plan, "name": plan.plan_name}]
        if policy.group:
            classes.append({"type": status("coverage-class", "group"), "value": policy.group, "name": policy.employer})
        chart.add(
            "Coverage",
            contained=contained,
            identifier=[
                {
                    "system": f"{PAYER_SYSTEM}:{plan.payer.lower()}:member",
                    "value": f"{policy.subscriber_id}-{dependent}",
                }
            ],
            status="active",
            type=concept(HL7 + "v3-ActCode", *plan.kind),
            subscriber=subscriber,
            subscriberId=policy.subscriber_id,
            beneficiary=chart.patient,
            dependent=dependent,
            relationship=concept(HL7 + "subscriber-relationship", relationship, relationship.capitalize()),
            period={"start": max(policy.start, person.born).isoformat()},
            payor=[{"identifier": {"system": PAYER_SYSTEM, "value": plan.payer}, "display": plan.payer_name}],
            order=order,
            costToBeneficiary=[
                {
                    "type": status("coverage-copay-type", "gpvisit"),
                    "valueMoney": {"value": copay, "currency": "USD"},
                }
            ],
            **{"class": classes},
        )
