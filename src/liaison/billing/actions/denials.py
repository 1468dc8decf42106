"""What becomes of denials: sent again, appealed, given up."""

from uuid import UUID

from liaison.billing.models import Claim, Denial
from liaison.kernel.errors import Conflict, NotFound
from liaison.record.actor import Actor
from liaison.record.change import Change, change

Outcome = Denial.Outcome
GOING_ON = ("", Outcome.SENT_AGAIN, Outcome.APPEALED)


def note_denials(this: Change, claim_id: UUID, outcome: str) -> int:
    """Note in a change what became of a claim's denials that are not over. Gives how many."""
    rows = list(Denial.objects.select_for_update().filter(claim_id=claim_id, outcome__in=GOING_ON).order_by("id"))
    for row in rows:
        row.outcome, row.outcome_at = outcome, this.at
        this.save(row, "outcome", "outcome_at")
    return len(rows)


def note_appealed(actor: Actor, claim_id: UUID) -> int:
    """Note that a claim's denials were appealed; they wait for the payer. Raises NotFound, Conflict without any."""
    with change(actor, "billing.claim") as this:
        if not Claim.objects.filter(pk=claim_id).exists():
            raise NotFound("no-claim", "There is no such claim. Look at the list of denials again.")
        count = note_denials(this, claim_id, Outcome.APPEALED)
        if not count:
            raise Conflict("nothing-denied", "Nothing of this claim is denied and open.")
        this.event("billing.claim_appealed", claim=claim_id)
        return count
