"""What has become of a claim: 276 in, 277 out."""

from __future__ import annotations

from datetime import date

from liaison.engines.x12 import ClaimStatus, LineStatus, Party, Status, StatusDetail, StatusInquiry, is_npi
from sandbox_payer.history import History
from sandbox_payer.judged import Judged, day_of, find, is_pending
from sandbox_payer.rules import Rules

NOT_FOUND = Status("A4", "35")
PENDING, PAID, DENIED = Status("P1", "20"), Status("F1", "65"), Status("F2", "585")


def answer_status(inquiry: StatusInquiry, rules: Rules, history: History, day: date) -> ClaimStatus:
    """The answer to one question."""
    payer = rules.payers.get(inquiry.payer.id)
    answer = ClaimStatus(
        trace=inquiry.trace,
        payer=Party(payer.name, payer.id) if payer else inquiry.payer,
        receiver=inquiry.receiver,
        provider=inquiry.provider,
        subscriber=None,
        details=(StatusDetail((Status("E0", "24", "1P"),), day),),
        reference=inquiry.trace,
    )
    if payer is None or not is_npi(inquiry.provider.npi):
        return answer
    judged = find(history, payer.id, inquiry.payer_claim_number, inquiry.control_number)
    details: tuple[StatusDetail, ...]
    lines: tuple[LineStatus, ...] = ()
    if judged is None or judged.member != inquiry.subscriber.member_id:
        details = (StatusDetail((NOT_FOUND,), day, inquiry.charge_cents),)
        judged = None
    elif is_pending(history, judged):
        details = (StatusDetail((PENDING,), day_of(judged), judged.remit.charge_cents),)
    else:
        details, lines = _paid(judged)
    return ClaimStatus(
        trace=inquiry.trace,
        payer=answer.payer,
        receiver=inquiry.receiver,
        provider=inquiry.provider,
        subscriber=inquiry.subscriber,
        details=details,
        patient=inquiry.patient,
        control_number=judged.control if judged else inquiry.control_number,
        payer_claim_number=judged.number if judged else "",
        service_date=(judged.remit.service_date if judged else None) or inquiry.service_date,
        lines=lines,
        reference=inquiry.trace,
    )


def _paid(judged: Judged) -> tuple[tuple[StatusDetail, ...], tuple[LineStatus, ...]]:
    remit, day = judged.remit, day_of(judged)
    status = DENIED if remit.is_denied else PAID
    detail = StatusDetail((status,), day, remit.charge_cents, remit.paid_cents, day, day, judged.check)
    lines = tuple(
        LineStatus(
            line.procedure,
            line.charge_cents,
            line.paid_cents,
            (StatusDetail((PAID if line.allowed_cents is not None else DENIED,), day),),
            line.modifiers,
            line.control,
            line.date or remit.service_date,
            line.units,
        )
        for line in remit.lines
    )
    return (detail,), lines
