"""A claim of ours as the X12 engine writes it (005010X222A1)."""

from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from liaison.billing.models import Claim
from liaison.billing.scrub.rules import rules_for
from liaison.billing.x12 import parties
from liaison.billing.x12.others import Earlier, announced, earlier
from liaison.engines import x12
from liaison.engines.scrubber import Rules
from liaison.kernel.names import age_years
from liaison.kernel.states import usps
from liaison.people.models import Coverage
from liaison.places.models import Organization, Site

MOST_DIAGNOSES = 12
_CAUSES = {"auto": "AA", "employment": "EM", "other": "OA"}
ROLES = ("referring", "ordering", "supervising")
_IN_ORDER = "PSTABCDEFGH"  # who pays when (SBR01)


def batch(
    claims: Sequence[Claim],
    payer: Organization,
    practice: Organization,
    created: datetime,
    control_number: int,
    rules: Rules | None = None,
) -> bytes:
    """The 837P file of some claims to one payer, whose rules are looked up unless given. Raises X12Error."""
    before = earlier(claims) if any(claim.previous_id for claim in claims) else {}
    after = announced(claims)
    clia = (rules or rules_for(payer.code)).clia
    return x12.write_837p(
        x12.ClaimBatch(
            submitter=x12.Party(
                practice.name,
                practice.npi or parties.digits(practice.tax_id),
                contact="Billing",
                phone=parties.phone(practice.phone),
            ),
            receiver=x12.Party(payer.name, payer.code),
            billing=parties.billing_provider(practice),
            claims=tuple(
                claim_document(claim, practice, before.get(claim.pk, ()), clia, after[claim.pk]) for claim in claims
            ),
            created=created.replace(microsecond=0),
            control_number=control_number,
            group_control=control_number,
        )
    )


def claim_document(
    claim: Claim,
    practice: Organization,
    before: Sequence[Earlier] = (),
    laboratory: Container[str] = (),
    after: Sequence[Coverage] = (),
) -> x12.Claim:
    """One claim; its patient, coverage, payer, provider and site are read from the row.

    `before` are the claims to earlier payers, `laboratory` the codes that need the site's CLIA number, `after` the
    coverages that pay when this one has.
    """
    coverage, payer = claim.coverage, claim.payer
    own = coverage.relationship == Coverage.Relationship.SELF
    return x12.Claim(
        control_number=claim.number,
        total_cents=claim.total_cents,
        diagnoses=tuple(claim.diagnoses),
        lines=tuple(_lines(claim, before)),
        subscriber=_holder(claim, coverage, claim.responsibility, before),
        payer=x12.Party(payer.name, payer.code, address=parties.address(payer)),
        patient=None if own else parties.person(claim.patient),
        relationship=parties.RELATIONSHIP[coverage.relationship],
        rendering=x12.Provider(
            claim.provider.family,
            first_name=claim.provider.given,
            npi=claim.provider.npi,
            taxonomy=claim.provider.taxonomy,
        ),
        referring=_named(claim, "referring"),
        supervising=_named(claim, "supervising"),
        facility=_facility(claim.site, practice),
        place_of_service=claim.site.place_of_service,
        frequency=claim.frequency,
        original_claim_number=claim.original_number,
        prior_authorization=claim.authorization,
        referral_number=claim.referral,
        clia_number=claim.site.clia if is_tested(claim, laboratory) else "",
        note=claim.note,
        onset_date=claim.onset_date,
        initial_treatment_date=claim.initial_date,
        accident=_accident(claim),
        property_claim_number=coverage.claim_number if coverage.of_an_injury else "",
        others=(*(_other(each, before) for each in before), *_later(claim, before, after)),
    )


def is_tested(claim: Claim, laboratory: Container[str]) -> bool:
    """Whether something of it was a laboratory test, which needs the site's CLIA number."""
    return any(line["code"] in laboratory or "QW" in line["modifiers"] for line in claim.lines)


def _holder(claim: Claim, coverage: Coverage, sequence: str, before: Sequence[Earlier]) -> x12.Subscriber:
    """Who holds a policy: that of an injury at work is the employer's."""
    own, patient = coverage.relationship == Coverage.Relationship.SELF, claim.patient
    person = parties.person(patient) if own else parties.holder(coverage)
    if coverage.kind == Coverage.Kind.WORKERS_COMP and coverage.employer:
        person = x12.Person(coverage.employer, address=parties.address(patient), is_organization=True)
    return x12.Subscriber(
        member_id=coverage.number,
        person=person,
        group_number=coverage.group_number,
        group_name=coverage.plan if not coverage.group_number else "",
        sequence=sequence,
        filing_indicator=parties.filing(coverage),
        insurance_type=_why_second(claim, coverage, before) if sequence != Claim.Responsibility.PRIMARY else "",
    )


def _why_second(claim: Claim, coverage: Coverage, before: Sequence[Earlier]) -> str:
    """Why Medicare pays after another (SBR05): as the coverage says, else as it follows.

    It is an injury at work or by car, else that somebody works at 65, or is disabled.
    """
    if coverage.kind != Coverage.Kind.MEDICARE:
        return ""
    if coverage.second_reason:
        return coverage.second_reason
    first = (before[0].claim if before else claim).coverage.kind
    if first in (Coverage.Kind.WORKERS_COMP, Coverage.Kind.AUTO):
        return "15" if first == Coverage.Kind.WORKERS_COMP else "14"
    return "12" if age_years(claim.patient.birth_date, claim.service_date) >= 65 else "43"


def _named(claim: Claim, role: str) -> x12.Provider | None:
    facts: Mapping[str, str] | None = claim.providers.get(role)
    if not facts or not facts.get("family"):
        return None
    return x12.Provider(facts["family"], first_name=facts.get("given", ""), npi=facts.get("npi", ""))


def _accident(claim: Claim) -> x12.Accident | None:
    causes = [_CAUSES[cause] for cause in claim.accident.get("causes", ()) if cause in _CAUSES]
    injured = claim.coverage.injured_on
    if not causes and claim.coverage.of_an_injury:
        causes = ["EM" if claim.coverage.kind == Coverage.Kind.WORKERS_COMP else "AA"]
    if not causes:
        return None
    day = claim.accident.get("date")
    state = claim.accident.get("state", "") or ("AA" in causes and usps(claim.patient.state)) or ""
    return x12.Accident(tuple(causes), date.fromisoformat(day) if day else injured, state)


def _other(one: Earlier, before: Sequence[Earlier]) -> x12.OtherCoverage:
    """The coverage of an earlier payer with what it decided (loops 2320 and 2330)."""
    claim, decided = one.claim, one.decided
    by_line = decided is not None and any(line["code"] for line in decided.lines)
    return x12.OtherCoverage(
        subscriber=_holder(claim, claim.coverage, claim.responsibility, before),
        payer=x12.Party(claim.payer.name, claim.payer.code),
        relationship=parties.RELATIONSHIP[claim.coverage.relationship],
        paid_cents=decided.paid_cents if decided else None,
        patient_owes_cents=one.patient_cents if decided else None,
        adjustments=tuple(one.claim_adjustments),
        adjudicated=decided.adjudicated_on if decided and not by_line else None,
        claim_number=claim.payer_claim_number,
    )


def _later(claim: Claim, before: Sequence[Earlier], after: Sequence[Coverage]) -> Iterator[x12.OtherCoverage]:
    """The coverages that pay after this one: named, with nothing decided yet."""
    named = {each.claim.coverage_id for each in before}
    places = _IN_ORDER[_IN_ORDER.index(claim.responsibility) + 1 :]
    for place, coverage in zip(places, (one for one in after if one.pk not in named), strict=False):
        yield x12.OtherCoverage(
            subscriber=_holder(claim, coverage, place, before),
            payer=x12.Party(coverage.payer.name, coverage.payer.code),
            relationship=parties.RELATIONSHIP[coverage.relationship],
        )


def line_control(claim: Claim, number: int) -> str:
    """The number of a line (from 1) that goes out as REF 6R and comes back on the 835."""
    return f"{claim.number}-{number}"


def _lines(claim: Claim, before: Sequence[Earlier]) -> Iterator[x12.ServiceLine]:
    ordering = _named(claim, "ordering")
    for number, line in enumerate(claim.lines, 1):
        decided = (each.of_line(line["charge"], each.claim.payer.code) for each in before)
        yield x12.ServiceLine(
            procedure=line["code"],
            charge_cents=line["cents"],
            date=claim.service_date,
            pointers=tuple(line["pointers"]),
            modifiers=tuple(line["modifiers"]),
            units=line["units"],
            control=line_control(claim, number),
            note=line.get("note", ""),
            drug=_drug(line.get("drug") or {}),
            ordering=ordering,
            adjudications=tuple(one for one in decided if one is not None),
        )


def _drug(drug: Mapping[str, str]) -> x12.Drug | None:
    if not drug.get("ndc"):
        return None
    return x12.Drug(parties.digits(drug["ndc"]), Decimal(drug["quantity"]), drug["unit"])


def _facility(site: Site, practice: Organization) -> x12.Provider | None:
    """The service facility, which is named where it is not the billing provider's own address (loop 2310C)."""
    address = parties.address(site)
    if address is None or address == parties.address(practice):
        return None
    return x12.Provider(site.name, npi=site.npi, address=address)
