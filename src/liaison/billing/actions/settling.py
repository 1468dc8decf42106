"""What a person decides about what a payer leaves open of a claim: the patient owes it, or it is given up."""

from uuid import UUID

from liaison.billing import ledger
from liaison.billing.actions.claims import locked_claim
from liaison.billing.actions.denials import GOING_ON, note_denials
from liaison.billing.actions.mending import MENDABLE
from liaison.billing.actions.remittances.judge import REVERSAL
from liaison.billing.models import Account, Claim, Denial, Transfer
from liaison.kernel import ids
from liaison.kernel.errors import Conflict, Invalid
from liaison.record.actor import Actor
from liaison.record.change import change

S = Claim.Status
ANSWERED = (S.REJECTED, S.DENIED, S.PAID)  # what stays open of these is a person's to settle
NOT_THE_PATIENTS = ("CO", "PI")  # groups of what a payer refuses that the practice bears, unless the patient agreed


def write_off(actor: Actor, claim_id: UUID, reason: str) -> Claim:
    """Give up what stays open of a claim, denied whole or in part, and close it.

    Raises Invalid without a reason, Conflict while the payer has it or when nothing of a paid claim is open.
    """
    return _settle(actor, "billing.write_off", claim_id, reason, Transfer.Kind.ADJUSTMENT, Account.WRITE_OFF)


def bill_patient(actor: Actor, claim_id: UUID, reason: str, *, agreed: bool = False) -> Claim:
    """Let the patient owe what stays open of a claim, and close it. Raises as `write_off` does.

    What the payer refused by contract (groups CO and PI) is the patient's only where they `agreed` to it in writing
    before the visit, for Medicare by an ABN (form CMS-R-131); without that Invalid is raised.
    """
    share, owed = Transfer.Kind.PATIENT_SHARE, Account.PATIENT_RECEIVABLE
    return _settle(actor, "billing.post", claim_id, reason, share, owed, needs_agreement=not agreed)


def is_by_contract(denial: Denial) -> bool:
    """Whether a payer refused it by contract, and that is not over: the practice bears it."""
    return denial.group in NOT_THE_PATIENTS and denial.outcome in GOING_ON


def is_taken_back(claim: Claim) -> bool:
    """Whether we took a claim back, or its payer took its answer back and has given no other."""
    if claim.frequency == Claim.Frequency.VOID:
        return claim.status in (S.SENT, S.ACCEPTED)
    back = claim.adjudications.filter(status_code=REVERSAL, created_at__gte=claim.status_at)
    return claim.status == S.ACCEPTED and back.exists()


def _settle(
    actor: Actor,
    capability: str,
    claim_id: UUID,
    reason: str,
    kind: str,
    account: str,
    *,
    needs_agreement: bool = False,
) -> Claim:
    reason = " ".join(reason.split())
    if not reason:
        raise Invalid("no-reason", "Say why.", "reason")
    with change(actor, capability, reason=reason) as this:
        claim = locked_claim(claim_id)
        if claim.status not in (*MENDABLE, S.PAID) and not is_taken_back(claim):
            raise Conflict("not-denied", f"The claim is {claim.get_status_display()}; nothing of it is denied.")
        left = ledger.held(Transfer.objects.filter(claim_id=claim.pk), Account.PAYER_RECEIVABLE)
        if claim.status == S.PAID and left <= 0:
            raise Conflict("nothing-open", "The payer has answered for all of this claim; nothing of it is open.")
        if needs_agreement and any(map(is_by_contract, Denial.objects.filter(claim_id=claim.pk))):
            raise Invalid(
                "by-contract",
                "The payer says that the practice bears this, not the patient. Mend the claim, appeal, or have it "
                "written off; or tick that the patient agreed in writing, before the visit, to pay it.",
                "agreed",
            )
        if left:
            facts = {"transaction": ids.new_id(), "at": this.at, "claim": claim, "memo": reason[:200]}
            facts |= {"patient_id": claim.patient_id, "encounter_id": claim.encounter_id}
            this.save(ledger.entry(kind, account, Account.PAYER_RECEIVABLE, left, **facts))
        claim.status, claim.status_at, claim.answer = S.CLOSED, this.at, reason[:300]
        this.save(claim, "status", "status_at", "answer")
        billed = kind == Transfer.Kind.PATIENT_SHARE
        note_denials(this, claim.pk, Denial.Outcome.BILLED if billed else Denial.Outcome.WRITTEN_OFF)
        this.event("billing.claim_settled", claim=claim.pk)
        if not ledger.by_encounter(Account.PAYER_RECEIVABLE, [claim.encounter_id])[claim.encounter_id]:
            this.event("billing.encounter_settled", encounter=claim.encounter_id)
        return claim
