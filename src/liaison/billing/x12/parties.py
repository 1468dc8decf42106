"""People, payers and places of ours as X12 names them: what claims and questions to payers share."""

from liaison.engines import x12
from liaison.kernel.states import usps
from liaison.people.models import Coverage, Patient
from liaison.places.models import Organization, Site

_SEX = {"female": "F", "male": "M"}
RELATIONSHIP = {"self": "18", "spouse": "01", "child": "19", "other": "G8"}
# SBR09 as it follows from whose plan it is, where the coverage itself says nothing
_FILING = {
    "commercial": "CI",
    "medicare": "MB",
    "medicaid": "MC",
    "tricare": "CH",
    "workers-comp": "WC",
    "auto": "AM",
    "other": "ZZ",
}


def digits(text: str) -> str:
    return "".join(c for c in text if c.isascii() and c.isdigit())


def phone(stored: str) -> str:
    """E.164 as a PER segment carries a number of the United States: ten digits."""
    number = digits(stored)
    return number[1:] if len(number) == 11 and number.startswith("1") else number


def address(row: Patient | Organization | Site) -> x12.Address | None:
    """A whole address, or none."""
    if not (row.line and row.city and row.state and row.postal_code):
        return None
    return x12.Address(row.line, row.city, usps(row.state), digits(row.postal_code))


def person(patient: Patient) -> x12.Person:
    return x12.Person(
        last_name=patient.family,
        first_name=patient.given,
        suffix=patient.suffix,
        birth_date=patient.birth_date,
        sex=_SEX.get(patient.sex, "U"),
        address=address(patient),
    )


def holder(coverage: Coverage) -> x12.Person:
    """The subscriber of a coverage that is not the patient's own."""
    return x12.Person(
        last_name=coverage.subscriber_family,
        first_name=coverage.subscriber_given,
        birth_date=coverage.subscriber_birth_date,
        sex=_SEX.get(coverage.subscriber_sex, "U"),
    )


def filing(coverage: Coverage) -> str:
    """What kind of plan it is, as payers tell them apart (SBR09)."""
    return coverage.filing or _FILING[coverage.kind]


def subscriber(coverage: Coverage, patient: Patient) -> x12.Subscriber:
    """Who holds the policy, with its numbers."""
    own = coverage.relationship == Coverage.Relationship.SELF
    return x12.Subscriber(
        member_id=coverage.member_id,
        person=person(patient) if own else holder(coverage),
        group_number=coverage.group_number,
        group_name=coverage.plan,
        filing_indicator=filing(coverage),
    )


def dependent(coverage: Coverage, patient: Patient) -> x12.Person | None:
    """The patient where somebody else holds the policy."""
    return None if coverage.relationship == Coverage.Relationship.SELF else person(patient)


def payer(organization: Organization) -> x12.Party:
    return x12.Party(organization.name, organization.code, address=address(organization))


def billing_provider(practice: Organization) -> x12.Provider:
    return x12.Provider(
        practice.name,
        npi=practice.npi,
        taxonomy=practice.taxonomy,
        tax_id=digits(practice.tax_id),
        address=address(practice),
        phone=phone(practice.phone),
    )
