"""Letters to payers: written from a letter document, looked over by a person, printed and kept."""

import hashlib
from uuid import UUID

from django.utils import timezone

from liaison.billing.actions.claims import locked_claim
from liaison.billing.actions.denials import note_denials
from liaison.billing.models import Claim, Denial, Letter
from liaison.billing.papers.letters import facts_of, filled, letter_pdf
from liaison.billing.rules import Kind, packaged
from liaison.documents.queries import all_in_force
from liaison.kernel.errors import Conflict, Invalid
from liaison.places.queries import practice as the_practice
from liaison.record.actor import Actor
from liaison.record.change import change

ANSWERED = (Claim.Status.PAID, Claim.Status.DENIED, Claim.Status.REJECTED)
LONGEST = 8000


def letters() -> list[tuple[str, int, str, dict[str, str]]]:
    """The letter documents in force: key, edition, title and body; the packaged appeal where there is none."""
    found = [(one.key, one.edition, one.title, one.body) for one in all_in_force(Kind.LETTER) if "text" in one.body]
    own = packaged(Kind.LETTER)
    return found or [(own["key"], 0, own["title"], own["body"])]


def draft_letter(actor: Actor, claim: Claim, key: str = "appeal") -> tuple[str, str]:
    """Subject and words of a letter with a claim's facts, to be looked over before it is printed."""
    body = next((body for known, _, _, body in letters() if known == key), letters()[0][3])
    decided = claim.adjudications.order_by("-created_at").first()
    facts = facts_of(claim, the_practice(), decided, actor.name)
    return filled(body["subject"], facts), filled(body["text"], facts)


def write_letter(actor: Actor, claim_id: UUID, *, subject: str, text: str, key: str = "appeal") -> Letter:
    """Print a letter about a claim and keep it as it was printed.

    Raises Invalid for words that are missing, too many, or still hold a place to fill in brackets; Conflict for a claim
    that no payer has answered.
    """
    subject, text = " ".join(subject.split()), text.replace("\r\n", "\n").strip()
    if not subject:
        raise Invalid("no-subject", "Say what the letter is about.", "letter_subject")
    if not text or len(text) > LONGEST:
        raise Invalid("bad-text", f"Write the letter, in up to {LONGEST} characters.", "letter_text")
    if "[" in text and "]" in text:
        raise Invalid("unfilled", "Replace what stands in brackets by your reason.", "letter_text")
    with change(actor, "billing.claim") as this:
        claim = locked_claim(claim_id)
        if claim.status not in ANSWERED:
            raise Conflict("not-answered", f"The claim is {claim.get_status_display()}; nothing is to be appealed.")
        edition = next((number for known, number, _, _ in letters() if known == key), 0)
        body = letter_pdf(claim, the_practice(), subject, text, timezone.localdate(this.at))
        letter = Letter(
            claim=claim,
            patient_id=claim.patient_id,
            key=key,
            edition=edition,
            title=subject[:200],
            text=text,
            pdf=body,
            sha256=hashlib.sha256(body).hexdigest(),
            by=actor.name[:120],
        )
        this.save(letter)
        if note_denials(this, claim.pk, Denial.Outcome.APPEALED):
            this.event("billing.claim_appealed", claim=claim.pk)
        return letter
