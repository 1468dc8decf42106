"""A question about a claim's status (276), and what its answer (277) means for a person."""

from collections.abc import Sequence
from datetime import datetime

from liaison.billing.codes import rejection
from liaison.billing.models import Claim
from liaison.billing.x12 import parties
from liaison.billing.x12.eligibility import envelope
from liaison.engines import x12
from liaison.engines.x12.words import STATUS_CATEGORIES, says
from liaison.kernel.money import dollars
from liaison.places.models import Organization

UNKNOWN = ("A4", "D0")  # the payer finds no such claim
_REFUSED = ("A3", "A6", "A7", "A8", "E0", "E1", "E2", "E3", "E4", "R0", "R1", "R3", "R4", "R5", "R6", "R7")


def question(claims: Sequence[Claim], practice: Organization, created: datetime, control: int) -> bytes:
    """The 276 about claims to one payer, each under its own number. Raises X12Error."""
    inquiries = [_inquiry(claim, practice) for claim in claims]
    return x12.write_276(inquiries, envelope(practice, claims[0].payer, created, control))


def _inquiry(claim: Claim, practice: Organization) -> x12.StatusInquiry:
    return x12.StatusInquiry(
        trace=claim.number,
        payer=parties.payer(claim.payer),
        receiver=x12.Party(practice.name, practice.npi or parties.digits(practice.tax_id)),
        provider=parties.billing_provider(practice),
        subscriber=parties.subscriber(claim.coverage, claim.patient),
        patient=parties.dependent(claim.coverage, claim.patient),
        control_number=claim.number,
        payer_claim_number=claim.payer_claim_number,
        charge_cents=claim.total_cents,
        service_date=claim.service_date,
    )


def sentence(answer: x12.ClaimStatus) -> str:
    """What a payer says of a claim, in our words."""
    status = answer.statuses[0] if answer.statuses else None
    if status is None:
        return "The payer did not say where the claim stands."
    if status.category in UNKNOWN:
        return "The payer does not find the claim. Send it once more, or call."
    if status.category in _REFUSED:
        return rejection(status.category, status.code)
    words = says(STATUS_CATEGORIES, status.category)
    latest = answer.latest
    more = f", {dollars(latest.paid_cents)} paid" if latest.paid_cents else ""
    check = f", check {latest.check_number}" if latest.check_number else ""
    return f"{words[:1].upper()}{words[1:]}{more}{check}."
