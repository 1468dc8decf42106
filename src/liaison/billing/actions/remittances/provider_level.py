"""What a payer adds to or takes from a payment for no claim (PLB): interest, capitation, balances, recoveries."""

from django.db.models import Q

from liaison.billing import ledger
from liaison.billing.codes import Reasons
from liaison.billing.models import Account, Claim, Exchange, Payment, Transfer
from liaison.engines.x12 import ProviderAdjustment
from liaison.kernel.money import dollars
from liaison.record.change import Change

A, K = Account, Transfer.Kind
_KINDS = {A.INTEREST: K.INTEREST, A.CAPITATION: K.CAPITATION, A.PAYER_OFFSET: K.PROVIDER_ADJUSTMENT, A.FEES: K.EXPENSE}
CARRIED = "FB"  # a balance carried forward comes back in a later payment by itself
TAKEN = ("WO", "WU", "72")


def entry(
    this: Change, exchange: Exchange, payment: Payment, one: ProviderAdjustment, reasons: Reasons
) -> Transfer | None:
    """What an adjustment moves between the bank and its account; None for one of nothing. Positive takes away."""
    if not one.cents:
        return None
    account, words = reasons.provider_level(one.reason)
    account = A(account) if account in _KINDS else A.PAYER_OFFSET
    facts = {
        "transaction": payment.transaction,
        "at": this.at,
        "exchange": exchange,
        "code": one.reason[:12],
        "reference": one.reference[:60],
        "memo": words[:200],
    }
    if account == A.FEES:
        return ledger.entry(K.EXPENSE, A.FEES, A.BANK, one.cents, **facts)
    return ledger.entry(_KINDS[account], A.BANK, account, -one.cents, **facts)


def asks(one: ProviderAdjustment, reasons: Reasons) -> str:
    """The question that an adjustment leaves to a person; empty for one that explains itself."""
    account, words = reasons.provider_level(one.reason)
    if not one.cents or one.reason == CARRIED or account in (A.INTEREST, A.CAPITATION, A.FEES):
        return ""
    verb = "takes" if one.cents > 0 else "adds"
    words = words or "a reason not known here"
    return f"The payer {verb} {dollars(abs(one.cents))} ({one.reason}, {words}). For which claim?"


def overpaid_claim(one: ProviderAdjustment) -> Claim | None:
    """The claim that a recovery names and that is paid too much by at least as much, if there is one."""
    if one.reason not in TAKEN or one.cents <= 0 or not one.reference:
        return None
    named = Q(number=one.reference) | Q(payer_claim_number=one.reference)
    for claim in Claim.objects.select_for_update().filter(named).order_by("-created_at")[:3]:
        if ledger.held(Transfer.objects.filter(claim_id=claim.pk), A.PAYER_RECEIVABLE) <= -one.cents:
            return claim
    return None


def recovered(this: Change, payment: Payment, claim: Claim, cents: int, reference: str) -> Transfer:
    """The entry by which a recovery is that of a claim: what was withheld is no longer paid on it."""
    return ledger.entry(
        K.PROVIDER_ADJUSTMENT,
        A.PAYER_OFFSET,
        A.PAYER_RECEIVABLE,
        -cents,
        transaction=payment.transaction,
        at=this.at,
        claim=claim,
        patient_id=claim.patient_id,
        encounter_id=claim.encounter_id,
        exchange_id=payment.exchange_id,
        reference=reference[:60],
        memo="Taken back by the payer from another payment",
    )
