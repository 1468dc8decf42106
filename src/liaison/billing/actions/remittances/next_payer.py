"""What the first payer leaves to the patient goes to the next payer first, where there is one."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count

from liaison.billing import ledger
from liaison.billing.actions.claims import next_claim
from liaison.billing.codes import FORWARDED
from liaison.billing.models import Account, Adjudication, Claim, Transfer
from liaison.billing.x12.others import paying_after
from liaison.people.models import Coverage
from liaison.people.queries import coverages_of
from liaison.record.change import Change

A, K, S = Account, Transfer.Kind, Claim.Status


def bill_next(this: Change, claim: Claim, made: Adjudication, transaction: UUID) -> Claim | None:
    """The claim to the next payer for the patient's share, or None. Event billing.claim_made.

    Where the payer has sent the claim on itself, ours only waits for the answer.
    """
    coverage = following(claim)
    if coverage is None:
        return None
    later = next_claim(this, claim, coverage)
    if made.status_code in FORWARDED:
        later.status, later.findings, later.answer = S.SENT, [], "Sent on by the payer before."
        this.save(later, "status", "findings", "answer")
    this.save(
        ledger.entry(
            K.NEXT_PAYER,
            A.PAYER_RECEIVABLE,
            A.PATIENT_RECEIVABLE,
            made.patient_cents,
            transaction=transaction,
            at=this.at,
            claim=later,
            patient_id=claim.patient_id,
            encounter_id=claim.encounter_id,
            memo=f"What {claim.number} left to the patient",
        )
    )
    this.event("billing.claim_made", claim=later.pk, encounter=claim.encounter_id)
    if later.status == S.DRAFT:
        this.event("billing.claim_to_fix", claim=later.pk, encounter=claim.encounter_id)
    return later


def covered_twice(patient_ids: Iterable[UUID]) -> set[UUID]:
    """Those of some patients who have several coverages. One query for each few hundred."""
    found: set[UUID] = set()
    ids = sorted(set(patient_ids))
    for some in (ids[at : at + 500] for at in range(0, len(ids), 500)):
        rows = Coverage.objects.filter(patient_id__in=some, active=True).order_by().values("patient_id")
        found.update(row["patient_id"] for row in rows.annotate(many=Count("pk")).filter(many__gt=1))
    return found


def following(claim: Claim) -> Coverage | None:
    """The coverage in force on the day that comes after the claim's own."""
    after = paying_after(coverages_of(claim.patient_id, claim.service_date), claim.coverage)
    return after[0] if after else None
