"""What a person does with a part of a payment that fitted nothing: match it, keep it as overpaid, send it back."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from liaison.billing import ledger
from liaison.billing.actions.remittances.judge import REVERSAL
from liaison.billing.actions.remittances.posting import Posting
from liaison.billing.actions.remittances.provider_level import recovered
from liaison.billing.codes import reasons
from liaison.billing.models import Account, Adjudication, Claim, Transfer, Unposted
from liaison.chart.actions import staff_id
from liaison.engines.x12 import RemitClaim, read_835
from liaison.kernel import ids
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.kernel.money import dollars
from liaison.people.queries import may_open
from liaison.record.actor import Actor
from liaison.record.change import Change, change

A, K, S, How = Account, Transfer.Kind, Claim.Status, Unposted.How


@contextmanager
def _settling(actor: Actor, unposted_id: UUID, how: str, note: str = "") -> Iterator[tuple[Change, Unposted]]:
    """An open part of a payment, locked; settled when the block ends well. Event billing.unposted_settled."""
    with change(actor, "billing.post", reason=note) as this:
        rows = Unposted.objects.select_for_update(of=("self",)).select_related("payment__exchange")
        row = rows.filter(pk=unposted_id).first()
        if row is None:
            raise NotFound("no-unposted", "There is no such part of a payment. Look at the list again.")
        if row.settled_at is not None:
            raise Conflict("settled", f"Somebody has dealt with it already: {row.get_how_display()}.")
        yield this, row
        row.settled_at, row.settled_by_id, row.how, row.note = this.at, staff_id(actor), how, note[:300]
        this.save(row)
        if not Unposted.objects.filter(payment_id=row.payment_id, settled_at=None).exclude(pk=row.pk).exists():
            this.event("billing.unposted_settled", payment=row.payment_id)


def match(actor: Actor, unposted_id: UUID, claim_id: UUID) -> Claim:
    """Post a part of a payment to the claim that it is for, as if the payer had named it.

    Raises Conflict where it does not fit the claim even so: then it is an overpayment, or goes back.
    """
    with _settling(actor, unposted_id, How.MATCHED) as (this, row):
        claim = row.claim = _claim(actor, claim_id)
        if row.kind == Unposted.Kind.PROVIDER_LEVEL:
            this.save(recovered(this, row.payment, claim, -row.cents, row.facts.get("reference", "")))
            return claim
        remit = _remit(row)
        posting = Posting(this, row.payment.exchange, [remit], reasons(), to=claim)
        misfit = posting.post(remit, row.payment.paid_on, ids.new_id())
        if misfit is not None:
            raise Conflict("does-not-fit", f"{misfit.why} Keep it as an overpayment, or send it back.", "claim")
        posting.write()
        posting.bill_next()
        return claim


def keep_overpaid(actor: Actor, unposted_id: UUID, claim_id: UUID) -> Claim:
    """Keep a second payment on its claim as paid too much, until the payer takes it back or it is refunded."""
    with _settling(actor, unposted_id, How.OVERPAID) as (this, row):
        claim = row.claim = _claim(actor, claim_id)
        remit = None if row.kind == Unposted.Kind.PROVIDER_LEVEL else _remit(row)
        if remit is None or row.cents <= 0 or remit.status_code == REVERSAL:
            raise Conflict("not-paid", "Only money that came in for a claim is kept as an overpayment.")
        if Adjudication.objects.filter(
            exchange_id=row.payment.exchange_id, claim=claim, status_code=remit.status_code
        ).exists():
            raise Conflict("answered", "This file has answered the claim once already. Send the money back.", "claim")
        made = this.save(
            Adjudication(
                claim=claim,
                patient_id=claim.patient_id,
                exchange=row.payment.exchange,
                payer_id=claim.payer_id,
                provider_id=claim.provider_id,
                coverage_id=claim.coverage_id,
                status_code=remit.status_code[:3],
                charge_cents=remit.charge_cents,
                paid_cents=row.cents,
                adjusted_cents=0,
                patient_cents=0,
                payer_claim_number=row.payer_claim_number,
                adjudicated_on=row.payment.paid_on,
            )
        )
        this.save(
            ledger.entry(
                K.UNAPPLIED,
                A.UNAPPLIED,
                A.PAYER_RECEIVABLE,
                row.cents,
                transaction=ids.new_id(),
                at=this.at,
                claim=claim,
                adjudication=made,
                patient_id=claim.patient_id,
                encounter_id=claim.encounter_id,
                memo="Paid once more",
            )
        )
        claim.answer = f"{claim.answer} Paid {dollars(row.cents)} too much.".strip()[:300]
        return this.save(claim, "answer")


def send_back(actor: Actor, unposted_id: UUID, *, reference: str, reason: str) -> Unposted:
    """Note that money that is not ours went back to the payer, by which check or transfer."""
    if not reference.strip():
        raise Invalid("no-reference", "Write the number of the check or transfer.", "reference")
    with _settling(actor, unposted_id, How.RETURNED, _said(reason)) as (this, row):
        if row.kind == Unposted.Kind.PROVIDER_LEVEL or row.cents <= 0:
            raise Conflict("nothing-to-return", "Only money that came in and is not yet applied can go back.")
        this.save(
            ledger.entry(
                K.REFUND,
                A.UNAPPLIED,
                A.BANK,
                row.cents,
                transaction=ids.new_id(),
                at=this.at,
                exchange=row.payment.exchange,
                reference=reference.strip()[:60],
                memo=reason.strip()[:200],
            )
        )
        return row


def set_aside(actor: Actor, unposted_id: UUID, reason: str) -> Unposted:
    """Note that nothing is to be posted: an answer without money, or an adjustment that stays with the payer's."""
    with _settling(actor, unposted_id, How.SET_ASIDE, _said(reason)) as (_, row):
        if row.cents and row.kind != Unposted.Kind.PROVIDER_LEVEL:
            raise Conflict("money", f"{dollars(abs(row.cents))} must go somewhere: to a claim, or back to the payer.")
        return row


def refund_payer(
    actor: Actor, claim_id: UUID, *, cents: int, reference: str, reason: str, once: UUID | None = None
) -> Transfer:
    """Pay back to a payer what it has paid too much for a claim.

    Raises Conflict for more than that, or where the form of the key `once` was sent before.
    """
    if not reference.strip():
        raise Invalid("no-reference", "Write the number of the check or transfer.", "reference")
    with change(actor, "billing.post", reason=_said(reason)) as this:
        claim = _claim(actor, claim_id)
        transaction = ledger.transaction_of(once)
        over = -ledger.held(Transfer.objects.filter(claim_id=claim.pk), A.PAYER_RECEIVABLE)
        if not 0 < cents <= over:
            raise Conflict("not-overpaid", f"The payer has paid {dollars(max(0, over))} too much.", "cents")
        return this.save(
            ledger.entry(
                K.REFUND,
                A.PAYER_RECEIVABLE,
                A.BANK,
                cents,
                transaction=transaction,
                at=this.at,
                claim=claim,
                patient_id=claim.patient_id,
                encounter_id=claim.encounter_id,
                reference=reference.strip()[:60],
                memo=reason.strip()[:200],
            )
        )


def _said(reason: str) -> str:
    if not reason.strip():
        raise Invalid("no-reason", "Say why.", "reason")
    return " ".join(reason.split())


def _claim(actor: Actor, claim_id: UUID) -> Claim:
    rows = Claim.objects.select_for_update(of=("self",)).select_related("patient", "payer", "provider", "site")
    claim = rows.filter(pk=claim_id).first()
    if claim is None:
        raise NotFound("no-claim", "There is no such claim. Choose one from the list.", "claim")
    may_open(actor, claim.patient)
    return claim


def _remit(row: Unposted) -> RemitClaim:
    """The answer as it stands in the payer's file, which is kept unchanged."""
    remittances = read_835(bytes(row.payment.exchange.body), strict=False)
    return remittances[row.payment.position].claims[row.place]
