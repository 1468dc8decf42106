"""What an answer of a payer comes to: which lines it denies, and what it moves in the ledger."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from liaison.billing.codes import GRANTED, Reasons
from liaison.billing.models import Account, Claim, Transfer
from liaison.billing.x12.claims import line_control
from liaison.engines.x12 import Adjustment, RemitClaim, RemitLine

A, K = Account, Transfer.Kind
DENIED, REVERSAL, OTHER_PAYER, PREDETERMINATION = "4", "22", "23", "25"
EARLIER_PAYER = "23"  # CARC: what an earlier payer paid or adjusted
# A patient's share for one of these reasons is looked at by a person before the patient is asked for it
_ASK_FIRST = frozenset({"coverage", "other-payer", "authorization", "mend"})
_ACCOUNTS = {"CO": A.CONTRACTUAL, "PR": A.PATIENT_RECEIVABLE}


def denies(adjustment: Adjustment, reasons: Reasons) -> bool:
    """Whether an adjustment refuses payment, rather than lowering it by contract or moving it to the patient."""
    if adjustment.cents <= 0:
        return False
    kind = reasons.of(adjustment.carc).kind
    return kind in _ASK_FIRST if adjustment.group == "PR" else kind not in GRANTED


def line_denied(remit: RemitClaim, line: RemitLine, reasons: Reasons) -> bool:
    """Whether nothing of a line is paid for a reason that a person should look at."""
    return remit.status_code == DENIED or (line.paid_cents == 0 and any(denies(a, reasons) for a in line.adjustments))


@dataclass(frozen=True, slots=True)
class Refused:
    """A line (from 1; 0: the claim as a whole) that a payer refused: the reason that weighs most, and its remarks."""

    line: int
    code: str
    group: str
    carc: str
    rarcs: tuple[str, ...]
    cents: int


def refused(remit: RemitClaim, reasons: Reasons) -> list[Refused]:
    """What an answer denies, line by line."""
    found = []
    for number, line in enumerate(remit.lines, 1):
        if line_denied(remit, line, reasons):
            why = _weightiest(line.adjustments or remit.adjustments, reasons)
            rarcs = line.remark_codes or remit.remark_codes
            found.append(Refused(number, line.procedure, *why, tuple(rarcs), line.charge_cents))
    if remit.status_code == DENIED and not found:
        why = _weightiest(remit.adjustments, reasons)
        found.append(Refused(0, "", *why, tuple(remit.remark_codes), remit.charge_cents))
    return found


def _weightiest(adjustments: Iterable[Adjustment], reasons: Reasons) -> tuple[str, str]:
    every = sorted(adjustments, key=lambda one: (denies(one, reasons), one.cents), reverse=True)
    return (every[0].group, every[0].carc) if every else ("", "")


def moves(claim: Claim, remit: RemitClaim, reasons: Reasons, settled_before: int = 0) -> list[dict[str, Any]]:
    """What an answer moves, as keywords of ledger entries. Nothing is moved for what is denied.

    Payments are by line, unless the claim as a whole is adjusted: then only their sum is what was paid. Of what a later
    payer adjusts, `settled_before` (cents) is what earlier payers have settled: that much is in the ledger already.
    """
    if remit.status_code == DENIED:
        return []
    charges = {line_control(claim, n): UUID(line["charge"]) for n, line in enumerate(claim.lines, 1)}
    by_line = bool(remit.lines) and not remit.adjustments
    found: list[dict[str, Any]] = []
    adjusted: list[tuple[Adjustment, UUID | None]] = [(one, None) for one in remit.adjustments]
    if not by_line and remit.paid_cents:
        found.append(_move(K.PAYMENT, A.BANK, remit.paid_cents))
    for line in remit.lines:
        if line_denied(remit, line, reasons):
            continue
        charge_id = charges.get(line.control)
        if by_line and line.paid_cents:
            found.append(_move(K.PAYMENT, A.BANK, line.paid_cents, charge_id=charge_id))
        adjusted += [(one, charge_id) for one in line.adjustments]
    for adjustment, charge_id, cents in _beyond(adjusted, settled_before):
        kind = K.PATIENT_SHARE if adjustment.group == "PR" else K.ADJUSTMENT
        account = _ACCOUNTS.get(adjustment.group, A.OTHER_ADJUSTMENT)
        code = f"{adjustment.group}-{adjustment.carc}"[:12]
        found.append(_move(kind, account, cents, charge_id=charge_id, code=code))
    return found


def _beyond(
    adjusted: list[tuple[Adjustment, UUID | None]], settled: int
) -> Iterator[tuple[Adjustment, UUID | None, int]]:
    """The adjustments less what was settled before, which the payer names as OA-23, or else takes off its own way."""
    order = sorted(range(len(adjusted)), key=lambda at: adjusted[at][0].carc != EARLIER_PAYER)
    left = {}
    for at in order:
        adjustment = adjusted[at][0]
        known = min(settled, adjustment.cents) if adjustment.group != "PR" and adjustment.cents > 0 else 0
        settled -= known
        left[at] = adjustment.cents - known
    for at, (adjustment, charge_id) in enumerate(adjusted):
        if left[at]:
            yield adjustment, charge_id, left[at]


def _move(kind: str, debit: str, cents: int, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "debit": debit, "credit": A.PAYER_RECEIVABLE, "cents": cents, **more}


def kept_lines(remit: RemitClaim, reasons: Reasons) -> list[dict[str, Any]]:
    """What an adjudication keeps of the lines; adjustments of the claim as a whole stand on a line of their own."""
    lines = [
        {
            "code": line.procedure,
            "modifiers": list(line.modifiers),
            "control": line.control,
            "charge": line.charge_cents,
            "paid": line.paid_cents,
            "adjustments": _kept(line.adjustments),
            "remarks": list(line.remark_codes),
            "denied": line_denied(remit, line, reasons),
        }
        for line in remit.lines
    ]
    if remit.adjustments:
        whole = {
            "code": "",
            "charge": 0,
            "paid": 0,
            "adjustments": _kept(remit.adjustments),
            "remarks": list(remit.remark_codes),
        }
        lines.append({**whole, "modifiers": [], "control": "", "denied": remit.status_code == DENIED})
    return lines


def _kept(adjustments: Iterable[Adjustment]) -> list[dict[str, Any]]:
    return [{"group": a.group, "carc": a.carc, "cents": a.cents} for a in adjustments]
