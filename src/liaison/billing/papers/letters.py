"""Letters to payers about a claim: the words of a letter document with the claim's facts, and their PDF."""

import re
from collections.abc import Mapping
from datetime import date

from liaison.billing.models import Adjudication, Claim
from liaison.billing.papers.compiled import compiled, letterhead, town_of
from liaison.kernel.money import dollars
from liaison.kernel.phones import shown
from liaison.places.models import Organization

_PLACE = re.compile(r"\{([a-z_]+)\}")


def facts_of(claim: Claim, practice: Organization, decided: Adjudication | None, signed: str) -> dict[str, str]:
    """What a letter may speak of, by the name that stands in braces in its document."""
    return {
        "patient": f"{claim.patient.given} {claim.patient.family}".strip(),
        "birth_date": said(claim.patient.birth_date),
        "member_id": claim.coverage.number,
        "number": claim.number,
        "payer": claim.payer.name,
        "payer_claim_number": claim.payer_claim_number or claim.number,
        "service_date": said(claim.service_date),
        "charge": dollars(claim.total_cents),
        "codes": ", ".join(line["code"] for line in claim.lines),
        "diagnoses": ", ".join(claim.diagnoses),
        "answer": claim.answer or "no reason was given",
        "answered_on": said(decided.adjudicated_on) if decided else said(claim.status_at.date()),
        "provider": claim.provider.full,
        "practice": practice.name,
        "phone": shown(practice.phone),
        "signed": signed,
    }


def said(day: date) -> str:
    """`March 2, 2026`."""
    return f"{day:%B} {day.day}, {day.year}"


def filled(text: str, facts: Mapping[str, str]) -> str:
    """A document's words with the facts; a name that is not known stays as it stands."""
    return _PLACE.sub(lambda found: facts.get(found[1], found[0]), text)


def letter_pdf(claim: Claim, practice: Organization, subject: str, text: str, day: date) -> bytes:
    """The letter on the practice's paper."""
    payer = claim.payer
    facts = {
        "practice": letterhead(practice),
        "to": [one for one in (payer.name, "Appeals", payer.line, town_of(payer)) if one],
        "date": said(day),
        "subject": subject,
        "paragraphs": [part.strip() for part in text.split("\n\n") if part.strip()],
    }
    return compiled("letter.typ", facts)
