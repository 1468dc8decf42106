"""The payer's judgement: which claims it takes, what it allows, who pays what. The same input gives the same answer."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import date

from liaison.engines.x12 import (
    Claim,
    ClaimAcknowledgment,
    ClaimAnswer,
    ClaimBatch,
    FileAcknowledgment,
    Party,
    ProviderAdjustment,
    RemitClaim,
    Remittance,
    SetAcknowledgment,
    Status,
)
from sandbox_payer.history import History
from sandbox_payer.judged import find, keep
from sandbox_payer.pricing import (
    DUPLICATE,
    ENDED,
    INFORMATION,
    LATE,
    OTHER_PAYER_FIRST,
    Denial,
    denied,
    is_first,
    names_the_first,
    patient_of,
    price_claim,
)
from sandbox_payer.rules import Payer, Rules

VERSION = "005010X222A1"
_ICD10 = re.compile(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?\Z")
_TAKEN = Status("A2", "20")
REPLACEMENT, VOID = "7", "8"
_CORRECTIONS = (REPLACEMENT, VOID)
_PLACES = {"P": "1", "S": "2"}


def adjudicate(
    batch: ClaimBatch, rules: Rules, history: History, today: date | None = None
) -> tuple[FileAcknowledgment, ClaimAcknowledgment, list[Remittance]]:
    """The answers to a batch: 999, 277CA, and for each payer with claims taken a remittance that balances.

    `today` is the payer's day, the batch's own day where it is not given. `history` is read and added to.
    """
    day = today or batch.created.date()
    answers: list[ClaimAnswer] = []
    paid: dict[str, list[RemitClaim]] = {}
    members: dict[str, str] = {}
    for claim in batch.claims:
        payer = rules.payers.get(claim.payer.id)
        refusal = _refusal(claim, payer, history)
        if refusal or payer is None:
            answers.append(_answer(claim, refusal or (Status("A3", "116"),), day, ""))
            continue
        number = f"{payer.id}{history.next_number('claim'):08d}"
        answers.append(_answer(claim, (_TAKEN,), day, number))
        members[number] = claim.subscriber.member_id
        remits = paid.setdefault(payer.id, [])
        if claim.frequency in _CORRECTIONS:
            remits.append(_reverse(claim, payer, history))
        if claim.frequency == VOID:
            history.remember(_fingerprint(claim, batch), "")
        else:
            remits.append(_judge(claim, batch, payer, number, rules, history, day))
    accepted = SetAcknowledgment("837", f"{batch.transaction_control:04d}", "A", version=VERSION)
    acknowledgment = FileAcknowledgment("HC", str(batch.group_control), "A", (accepted,), VERSION, 1, 1)
    claim_acknowledgment = ClaimAcknowledgment(
        payer=Party(batch.receiver.name, batch.receiver.id),
        submitter=Party(batch.submitter.name, batch.submitter.id),
        provider=Party(batch.billing.name, batch.billing.npi or batch.billing.tax_id),
        reference=batch.reference or str(batch.control_number),
        received=day,
        processed=day,
        claims=tuple(answers),
        trace=str(history.next_number("trace")),
    )
    remittances = [_remittance(rules.payers[id], batch, claims, history, day) for id, claims in sorted(paid.items())]
    for remittance in remittances:
        keep(history, remittance, members)
    return acknowledgment, claim_acknowledgment, remittances


def _refusal(claim: Claim, payer: Payer | None, history: History) -> tuple[Status, ...]:
    """Why the claim does not enter adjudication at all; empty where it does."""
    if payer is None:
        return (Status("A3", "116"),)
    if not re.fullmatch(payer.member_ids, claim.subscriber.member_id):
        return (Status("A3", "33", "IL"),)
    if not claim.diagnoses or not _ICD10.match(claim.diagnoses[0]):
        return (Status("A7", "254"),)
    if not all(_ICD10.match(code) for code in claim.diagnoses):
        return (Status("A7", "255"),)
    charges = [line.charge_cents for line in claim.lines]
    if not charges or min(charges) < 0 or sum(charges) != claim.total_cents:
        return (Status("A7", "178"),)
    if claim.frequency in _CORRECTIONS:
        # The claim that is corrected must be known, and be the same member's.
        known = find(history, payer.id, claim.original_claim_number)
        if known is None or known.member != claim.subscriber.member_id:
            return (Status("A3", "464"),)
    elif claim.frequency != "1":
        return (Status("A3", "535"),)
    return ()


def _answer(claim: Claim, statuses: tuple[Status, ...], day: date, number: str) -> ClaimAnswer:
    patient = patient_of(claim)
    return ClaimAnswer(
        control_number=claim.control_number,
        statuses=statuses,
        effective=day,
        charge_cents=claim.total_cents,
        payer_claim_number=number,
        last_name=patient.last_name,
        first_name=patient.first_name,
        member_id=claim.subscriber.member_id,
        service_date=min(line.date for line in claim.lines) if claim.lines else None,
    )


def _judge(
    claim: Claim, batch: ClaimBatch, payer: Payer, number: str, rules: Rules, history: History, day: date
) -> RemitClaim:
    services = _fingerprint(claim, batch)
    denial = _denial(claim, payer, rules, history, services, day)
    if denial is INFORMATION:
        history.remember(f"asked {services}", number)
    if denial is None:
        lines = tuple(price_claim(claim, payer, rules, history))
    else:
        lines = tuple(denied(line, denial) for line in claim.lines)
    shares = (change.cents for line in lines for change in line.adjustments if change.group == "PR")
    patient = patient_of(claim)
    refused = all(line.paid_cents == 0 and line.allowed_cents is None for line in lines)
    if not refused:
        history.remember(services, number)
    return RemitClaim(
        control_number=claim.control_number,
        status_code="4" if refused else _PLACES.get(claim.subscriber.sequence, "3"),
        charge_cents=claim.total_cents,
        paid_cents=sum(line.paid_cents for line in lines),
        patient_responsibility_cents=sum(shares),
        payer_claim_number=number,
        lines=lines,
        filing_indicator=payer.filing_indicator,
        place_of_service=claim.place_of_service,
        frequency=claim.frequency,
        patient_last_name=patient.last_name,
        patient_first_name=patient.first_name,
        member_id=claim.subscriber.member_id,
        rendering_npi=claim.rendering.npi if claim.rendering else "",
        received=day,
        service_date=min(line.date for line in claim.lines),
    )


def _reverse(claim: Claim, payer: Payer, history: History) -> RemitClaim:
    """The first decision taken back, line by line; the deductible that it met is open again."""
    judged = find(history, payer.id, claim.original_claim_number)
    assert judged is not None  # _refusal has looked
    first = judged.remit
    met = sum(each.cents for each in first.all_adjustments() if (each.group, each.carc) == ("PR", "1"))
    served = first.lines[0].date or first.service_date
    if met and served:
        history.add_deductible(payer.id, judged.member, served.year, -met)
    lines = tuple(
        replace(
            line,
            charge_cents=-line.charge_cents,
            paid_cents=-line.paid_cents,
            adjustments=tuple(replace(each, cents=-each.cents) for each in line.adjustments),
            allowed_cents=None,
        )
        for line in first.lines
    )
    return replace(
        first,
        status_code="22",
        charge_cents=-first.charge_cents,
        paid_cents=-first.paid_cents,
        patient_responsibility_cents=0,
        lines=lines,
    )


def _fingerprint(claim: Claim, batch: ClaimBatch) -> str:
    """The same services to the same patient by the same provider, whatever number the claim carries."""
    patient = patient_of(claim)
    provider = claim.rendering.npi if claim.rendering else batch.billing.npi
    facts = [
        claim.payer.id,
        claim.subscriber.member_id,
        patient.first_name.casefold(),
        str(patient.birth_date),
        provider,
    ]
    facts += sorted(f"{line.date}|{line.procedure}|{','.join(line.modifiers)}|{line.units}" for line in claim.lines)
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def _denial(claim: Claim, payer: Payer, rules: Rules, history: History, services: str, day: date) -> Denial | None:
    last = max(line.end_date or line.date for line in claim.lines)
    if (day - last).days > payer.timely_filing_days:
        return LATE
    if history.seen(services) and claim.frequency == "1":
        return DUPLICATE
    member = rules.member(payer.id, claim.subscriber.member_id)
    if not is_first(claim) and not names_the_first(claim):
        return OTHER_PAYER_FIRST
    if is_first(claim) and member is not None and member.other:
        return OTHER_PAYER_FIRST
    if not rules.is_active(payer.id, claim.subscriber.member_id, last):
        return ENDED
    # Who sends the same services again after being asked for information is taken to have sent it.
    if history.seen(f"asked {services}"):
        return None
    chance = hashlib.sha256(f"{rules.seed}:{payer.id}:{claim.control_number}".encode()).digest()
    if int.from_bytes(chance[:4], "big") % 100 < payer.information_percent:
        return INFORMATION
    return None


def _remittance(payer: Payer, batch: ClaimBatch, claims: list[RemitClaim], history: History, day: date) -> Remittance:
    """What is paid to the provider; less than nothing is carried forward to the next payment (PLB FB, then WO)."""
    paid = sum(claim.paid_cents for claim in claims)
    key = f"{payer.id}/{batch.billing.npi or batch.billing.tax_id}"
    owed = int(history.recall("forward", key) or 0)
    total = max(paid - owed, 0)
    provider, end = batch.billing.npi or batch.billing.tax_id, date(day.year, 12, 31)
    changes = [ProviderAdjustment(provider, end, "WO", owed)] if owed else []
    if paid - owed < 0:
        changes.append(ProviderAdjustment(provider, end, "FB", paid - owed))
    history.note("forward", key, str(max(owed - paid, 0)))
    billing = batch.billing
    return Remittance(
        payer=Party(payer.name, f"1{payer.tax_id}", "Provider Services", payer.phone, address=payer.address),
        payee=Party(billing.name, billing.npi or billing.tax_id, address=billing.address),
        payment_cents=total,
        method=payer.method if total else "NON",
        trace_number=f"{payer.id}{history.next_number('payment'):07d}",
        date=day,
        claims=tuple(claims),
        provider_adjustments=tuple(changes),
        handling="I" if total else "H",
        production_date=day,
        payee_id_kind="XX" if billing.npi else "FI",
        payee_tax_id=billing.tax_id if billing.npi else "",
        payer_code=payer.id,
    )
