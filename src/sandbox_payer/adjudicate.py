"""The payer's judgement: which claims it takes, what it allows, who pays what. The same input gives the same answer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from liaison.engines.x12 import (
    Adjustment,
    Claim,
    ClaimAcknowledgment,
    ClaimAnswer,
    ClaimBatch,
    FileAcknowledgment,
    Party,
    Person,
    RemitClaim,
    RemitLine,
    Remittance,
    ServiceLine,
    SetAcknowledgment,
    Status,
)
from sandbox_payer.history import History
from sandbox_payer.rules import Payer, Plan, Rules

VERSION = "005010X222A1"
_ICD10 = re.compile(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?\Z")
_TAKEN = Status("A2", "20")


@dataclass(frozen=True, slots=True)
class Denial:
    """Why a claim or a line is not paid at all."""

    group: str
    carc: str
    remarks: tuple[str, ...] = ()


LATE = Denial("CO", "29")
DUPLICATE = Denial("CO", "18", ("N522",))
INFORMATION = Denial("CO", "16", ("N706",))
OTHER_PAYER_FIRST = Denial("CO", "22", ("MA04",))
NOT_COVERED = Denial("CO", "96", ("N130",))


def adjudicate(
    batch: ClaimBatch, rules: Rules, history: History, today: date | None = None
) -> tuple[FileAcknowledgment, ClaimAcknowledgment, list[Remittance]]:
    """The answers to a batch: 999, 277CA, and for each payer with claims taken a remittance that balances.

    `today` is the payer's day, the batch's own day where it is not given. `history` is read and added to.
    """
    day = today or batch.created.date()
    answers: list[ClaimAnswer] = []
    paid: dict[str, list[RemitClaim]] = {}
    for claim in batch.claims:
        payer = rules.payers.get(claim.payer.id)
        refusal = _refusal(claim, payer)
        if refusal or payer is None:
            answers.append(_answer(claim, refusal or (Status("A3", "116"),), day, ""))
            continue
        number = f"{payer.id}{history.next_number('claim'):08d}"
        answers.append(_answer(claim, (_TAKEN,), day, number))
        paid.setdefault(payer.id, []).append(_judge(claim, batch, payer, number, rules, history, day))
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
    return acknowledgment, claim_acknowledgment, remittances


def _refusal(claim: Claim, payer: Payer | None) -> tuple[Status, ...]:
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
    if claim.frequency != "1":
        return (Status("A3", "535"),)
    return ()


def _answer(claim: Claim, statuses: tuple[Status, ...], day: date, number: str) -> ClaimAnswer:
    patient = _patient(claim)
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


def _patient(claim: Claim) -> Person:
    return claim.patient or claim.subscriber.person


def _judge(
    claim: Claim, batch: ClaimBatch, payer: Payer, number: str, rules: Rules, history: History, day: date
) -> RemitClaim:
    services = _fingerprint(claim, batch)
    denial = _denial(claim, payer, rules, history, services, day)
    if denial is None or denial is INFORMATION:
        history.remember(services if denial is None else f"asked {services}", number)
    if denial is None:
        lines = tuple(_price_claim(claim, payer, rules, history))
    else:
        lines = tuple(_denied(line, denial) for line in claim.lines)
    shares = (change.cents for line in lines for change in line.adjustments if change.group == "PR")
    patient = _patient(claim)
    refused = all(line.paid_cents == 0 and line.allowed_cents is None for line in lines)
    return RemitClaim(
        control_number=claim.control_number,
        status_code="4" if refused else "1",
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


def _fingerprint(claim: Claim, batch: ClaimBatch) -> str:
    """The same services to the same patient by the same provider, whatever number the claim carries."""
    patient = _patient(claim)
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
    if history.seen(services):
        return DUPLICATE
    if claim.subscriber.sequence != "P":
        return OTHER_PAYER_FIRST
    # Who sends the same services again after being asked for information is taken to have sent it.
    if history.seen(f"asked {services}"):
        return None
    chance = hashlib.sha256(f"{rules.seed}:{payer.id}:{claim.control_number}".encode()).digest()
    if int.from_bytes(chance[:4], "big") % 100 < payer.information_percent:
        return INFORMATION
    return None


def _denied(line: ServiceLine, denial: Denial) -> RemitLine:
    adjustments = (Adjustment(denial.group, denial.carc, line.charge_cents),) if line.charge_cents else ()
    return _line(line, 0, adjustments, denial.remarks, None)


def _line(
    line: ServiceLine, paid: int, adjustments: tuple[Adjustment, ...], remarks: tuple[str, ...], allowed: int | None
) -> RemitLine:
    return RemitLine(
        procedure=line.procedure,
        charge_cents=line.charge_cents,
        paid_cents=paid,
        adjustments=adjustments,
        remark_codes=remarks,
        modifiers=line.modifiers,
        units=line.units,
        date=line.date,
        control=line.control,
        allowed_cents=allowed,
    )


def _price_claim(claim: Claim, payer: Payer, rules: Rules, history: History) -> Iterator[RemitLine]:
    plan = payer.plan_of(claim.subscriber.group_number, claim.subscriber.group_name)
    copay = _copay(claim, plan)
    for line in claim.lines:
        if line.procedure in payer.not_covered:
            yield _denied(line, NOT_COVERED)
            continue
        allowed = _allowed(line, payer)
        if line.procedure in rules.preventive_codes:
            shares: list[Adjustment] = []
        elif copay and line.procedure in rules.office_visit_codes:
            shares, copay = [Adjustment("PR", "3", min(copay, allowed))], 0
        else:
            shares = list(_member_shares(claim, line.date.year, allowed, payer, plan, history))
        shares = [share for share in shares if share.cents]
        written_off = line.charge_cents - allowed
        contract = [Adjustment("CO", "45", written_off)] if written_off else []
        paid = allowed - sum(share.cents for share in shares)
        yield _line(line, paid, (*contract, *shares), (), allowed)


def _copay(claim: Claim, plan: Plan) -> int:
    born, served = _patient(claim).birth_date, claim.lines[0].date
    if plan.copay_from_age and born is not None:
        age = served.year - born.year - ((served.month, served.day) < (born.month, born.day))
        if age < plan.copay_from_age:
            return 0
    return plan.copay_cents


def _allowed(line: ServiceLine, payer: Payer) -> int:
    fee = payer.allowed_cents.get(line.procedure)
    limit = _percent(line.charge_cents, payer.allowed_percent) if fee is None else int(fee * line.units)
    return max(min(limit, line.charge_cents), 0)


def _member_shares(
    claim: Claim, year: int, allowed: int, payer: Payer, plan: Plan, history: History
) -> Iterator[Adjustment]:
    """Deductible while it lasts, then the member's percentage of the rest."""
    member = claim.subscriber.member_id
    left = max(plan.deductible_cents - history.deductible_met(payer.id, member, year), 0)
    deductible = min(left, allowed)
    if deductible:
        history.add_deductible(payer.id, member, year, deductible)
        yield Adjustment("PR", "1", deductible)
    yield Adjustment("PR", "2", _percent(allowed - deductible, plan.coinsurance_percent))


def _percent(cents: int, percent: int) -> int:
    return (cents * percent + 50) // 100


def _remittance(payer: Payer, batch: ClaimBatch, claims: list[RemitClaim], history: History, day: date) -> Remittance:
    total = sum(claim.paid_cents for claim in claims)
    billing = batch.billing
    return Remittance(
        payer=Party(payer.name, f"1{payer.tax_id}", "Provider Services", payer.phone, address=payer.address),
        payee=Party(billing.name, billing.npi or billing.tax_id, address=billing.address),
        payment_cents=total,
        method=payer.method if total else "NON",
        trace_number=f"{payer.id}{history.next_number('payment'):07d}",
        date=day,
        claims=tuple(claims),
        handling="I" if total else "H",
        production_date=day,
        payee_id_kind="XX" if billing.npi else "FI",
        payee_tax_id=billing.tax_id if billing.npi else "",
        payer_code=payer.id,
    )
