"""What the payer allows of a line, and who pays it: deductible, copayment, coinsurance, the payer before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from liaison.engines.x12 import Adjustment, Claim, Person, RemitLine, ServiceLine
from sandbox_payer.history import History, use_visit, visits_used
from sandbox_payer.review import use
from sandbox_payer.rules import Payer, Plan, Rules


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
ENDED = Denial("PR", "27", ("N30",))
USED_UP = Denial("PR", "119", ("N362",))
NOT_COVERED = Denial("CO", "96", ("N130",))


def patient_of(claim: Claim) -> Person:
    return claim.patient or claim.subscriber.person


def denied(line: ServiceLine, denial: Denial) -> RemitLine:
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


def price_claim(claim: Claim, payer: Payer, rules: Rules, history: History) -> Iterator[RemitLine]:
    """Each line with what is paid of it, as the first payer or after another one."""
    member = claim.subscriber.member_id
    plan = rules.plan_of(payer, member, claim.subscriber.group_number, claim.subscriber.group_name)
    copay = plan.copay(patient_of(claim).birth_date, claim.lines[0].date)
    visited: dict[str, Denial | None] = {}
    left = _left_of_claim(claim)
    for line in claim.lines:
        kind = rules.authorized.get(line.procedure, "")
        if kind and kind not in visited:
            visited[kind] = _visit(claim, line, kind, payer, plan, rules, history)
        denial = NOT_COVERED if line.procedure in payer.not_covered else visited.get(kind)
        if denial:
            yield denied(line, denial)
            continue
        allowed = _allowed(line, payer)
        if line.procedure in rules.preventive_codes:
            shares: list[Adjustment] = []
        elif copay and line.procedure in rules.office_visit_codes:
            shares, copay = [Adjustment("PR", "3", min(copay, allowed))], 0
        else:
            shares = list(_member_shares(claim, line.date.year, allowed, payer, plan, history))
        shares = [share for share in shares if share.cents]
        paid = allowed - sum(share.cents for share in shares)
        if is_first(claim):
            written_off = line.charge_cents - allowed
            contract = [Adjustment("CO", "45", written_off)] if written_off else []
            yield _line(line, paid, (*contract, *shares), (), allowed)
        else:
            owed = _left_of_line(line) if line.adjudications else min(left, line.charge_cents)
            left -= owed
            yield _after_another(line, min(paid, owed), owed, allowed, payer)


def is_first(claim: Claim) -> bool:
    return claim.subscriber.sequence == "P"


def names_the_first(claim: Claim) -> bool:
    """Whether a claim to a later payer says what the payer before decided."""
    return any(line.adjudications for line in claim.lines) or any(
        other.paid_cents is not None or other.adjustments for other in claim.others
    )


def _left_of_claim(claim: Claim) -> int:
    """What the payers before left to the patient, where they told it of the claim as a whole."""
    return sum(each.cents for other in claim.others[-1:] for each in other.adjustments if each.group == "PR")


def _left_of_line(line: ServiceLine) -> int:
    decided = line.adjudications[-1]
    owed = sum(each.cents for each in decided.adjustments if each.group == "PR")
    return max(min(owed, line.charge_cents), 0)


def _after_another(line: ServiceLine, paid: int, owed: int, allowed: int, payer: Payer) -> RemitLine:
    """What is left after the first payer: no more than that is paid, and Medicaid leaves nothing to the patient."""
    first, rest = line.charge_cents - owed, owed - paid
    changes = [Adjustment("OA", "23", first)] if first else []
    if rest:
        changes.append(Adjustment("CO", "45", rest) if payer.filing_indicator == "MC" else Adjustment("PR", "2", rest))
    return _line(line, paid, tuple(changes), (), allowed)


def _visit(
    claim: Claim, line: ServiceLine, kind: str, payer: Payer, plan: Plan, rules: Rules, history: History
) -> Denial | None:
    """A visit of a kind that is counted or authorized; why it is not paid."""
    member, year = claim.subscriber.member_id, line.date.year
    limit, book = plan.visit_limits.get(kind), rules.member(payer.id, member)
    used = visits_used(history, payer.id, member, kind, year) + (book.visits_used.get(kind, 0) if book else 0)
    if limit is not None and used >= limit:
        return USED_UP
    if kind in plan.authorization:
        number = line.prior_authorization or claim.prior_authorization
        carc = use(history, number, payer.id, member, kind, line.date)
        if carc:
            return Denial("CO", carc, ("M62",) if carc == "197" else ("N54",))
    use_visit(history, payer.id, member, kind, year)
    return None


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
