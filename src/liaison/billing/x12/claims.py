"""A claim of ours as the X12 engine writes it (005010X222A1), and what must be mended before it can be written."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from liaison.billing.models import Claim
from liaison.engines import x12
from liaison.kernel.states import usps
from liaison.people.models import Coverage, Patient
from liaison.places.models import Organization, Site

MOST_DIAGNOSES = 12
_SEX = {"female": "F", "male": "M"}
_RELATIONSHIP = {"self": "18", "spouse": "01", "child": "19", "other": "G8"}
_NO_CONTROL = 1


def batch(
    claims: Sequence[Claim], payer: Organization, practice: Organization, created: datetime, control_number: int
) -> bytes:
    """The 837P file of some claims to one payer. Raises X12Error."""
    return x12.write_837p(
        x12.ClaimBatch(
            submitter=x12.Party(
                practice.name, practice.npi or _digits(practice.tax_id), contact="Billing", phone=_phone(practice.phone)
            ),
            receiver=x12.Party(payer.name, payer.code),
            billing=_billing(practice),
            claims=tuple(claim_document(claim, practice) for claim in claims),
            created=created.replace(microsecond=0),
            control_number=control_number,
            group_control=control_number,
        )
    )


def _billing(practice: Organization) -> x12.Provider:
    return x12.Provider(
        practice.name,
        npi=practice.npi,
        taxonomy=practice.taxonomy,
        tax_id=_digits(practice.tax_id),
        address=_address(practice),
        phone=_phone(practice.phone),
    )


def claim_document(claim: Claim, practice: Organization) -> x12.Claim:
    """One claim; its patient, coverage, payer, provider and site are read from the row."""
    coverage, patient, payer = claim.coverage, claim.patient, claim.payer
    own = coverage.relationship == Coverage.Relationship.SELF
    person = _person(patient)
    return x12.Claim(
        control_number=claim.number,
        total_cents=claim.total_cents,
        diagnoses=tuple(claim.diagnoses),
        lines=tuple(_lines(claim)),
        subscriber=x12.Subscriber(
            member_id=coverage.member_id,
            person=person if own else _subscriber(coverage),
            group_number=coverage.group_number,
            group_name=coverage.plan,
            filing_indicator=_filing(payer),
        ),
        payer=x12.Party(payer.name, payer.code, address=_address(payer)),
        patient=None if own else person,
        relationship=_RELATIONSHIP[coverage.relationship],
        rendering=x12.Provider(
            claim.provider.family,
            first_name=claim.provider.given,
            npi=claim.provider.npi,
            taxonomy=claim.provider.taxonomy,
        ),
        facility=_facility(claim.site, practice),
        place_of_service=claim.site.place_of_service,
    )


def line_control(claim: Claim, number: int) -> str:
    """The number of a line (from 1) that goes out as REF 6R and comes back on the 835."""
    return f"{claim.number}-{number}"


def _lines(claim: Claim) -> Iterator[x12.ServiceLine]:
    for number, line in enumerate(claim.lines, 1):
        yield x12.ServiceLine(
            procedure=line["code"],
            charge_cents=line["cents"],
            date=claim.service_date,
            pointers=tuple(line["pointers"]),
            modifiers=tuple(line["modifiers"]),
            units=line["units"],
            control=line_control(claim, number),
        )


def _person(patient: Patient) -> x12.Person:
    return x12.Person(
        last_name=patient.family,
        first_name=patient.given,
        suffix=patient.suffix,
        birth_date=patient.birth_date,
        sex=_SEX.get(patient.sex, "U"),
        address=_address(patient),
    )


def _subscriber(coverage: Coverage) -> x12.Person:
    return x12.Person(
        last_name=coverage.subscriber_family,
        first_name=coverage.subscriber_given,
        birth_date=coverage.subscriber_birth_date,
        sex=_SEX.get(coverage.subscriber_sex, "U"),
    )


def _facility(site: Site, practice: Organization) -> x12.Provider | None:
    """The service facility, which is named where it is not the billing provider's own address (loop 2310C)."""
    address = _address(site)
    if address is None or address == _address(practice):
        return None
    return x12.Provider(site.name, address=address)


def _address(row: Patient | Organization | Site) -> x12.Address | None:
    if not (row.line and row.city and row.state and row.postal_code):
        return None
    return x12.Address(row.line, row.city, usps(row.state), _digits(row.postal_code))


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isascii() and c.isdigit())


def _phone(stored: str) -> str:
    """E.164 as a PER segment carries a number of the United States: ten digits."""
    digits = _digits(stored)
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits


def _filing(payer: Organization) -> str:
    """SBR09, which follows from whose plan it is."""
    name = payer.name.casefold()
    return "MB" if "medicare" in name else "MC" if "medicaid" in name else "CI"


def findings(claim: Claim, practice: Organization) -> list[str]:
    """What must be mended before the claim can be sent, a sentence each; empty when it is ready."""
    found = [*_patient_findings(claim), *_provider_findings(claim, practice), *_line_findings(claim)]
    if not found:
        try:
            batch([claim], claim.payer, practice, claim.status_at, _NO_CONTROL)
        except x12.X12Error as problem:
            found.append(f"The claim cannot be written to a file: {problem.message}")
    return found


def _patient_findings(claim: Claim) -> Iterator[str]:
    coverage = claim.coverage
    if not coverage.member_id:
        yield "The coverage has no member ID. Add it from the insurance card."
    if not claim.payer.code:
        yield f"{claim.payer.name} has no electronic payer ID. Add it to the payer's entry."
    if _address(claim.patient) is None:
        yield "The patient's address is not complete. Add street, city, state and ZIP code to the demographics."
    if coverage.relationship != Coverage.Relationship.SELF:
        if not coverage.subscriber_family:
            yield "The coverage does not say who the subscriber is. Add the subscriber's name."
        if coverage.subscriber_birth_date is None:
            yield "The subscriber's birth date is missing. Add it to the coverage."


def _provider_findings(claim: Claim, practice: Organization) -> Iterator[str]:
    provider = claim.provider
    if not provider.npi:
        yield f"{provider.short} has no NPI. Add it to the staff entry."
    if not provider.taxonomy:
        yield f"{provider.short} has no taxonomy code. Add it to the staff entry."
    if not practice.npi or not practice.tax_id:
        yield "The practice's NPI or tax ID is missing. Add it to the practice's entry."
    if _address(practice) is None or not _phone(practice.phone):
        yield "The practice's address or telephone number is missing. Add it to the practice's entry."


def _line_findings(claim: Claim) -> Iterator[str]:
    if not claim.diagnoses:
        yield "There is no diagnosis. Ask the provider to add one to the visit."
    elif len(claim.diagnoses) > MOST_DIAGNOSES:
        yield f"A claim carries {MOST_DIAGNOSES} diagnoses. Choose the most important ones."
    for line in claim.lines:
        if not line["cents"]:
            yield f"{line['code']} has no price. Add it to the fee schedule, or set the charge."
        if not line["pointers"]:
            yield f"{line['code']} points to no diagnosis. Say which one it was done for."
