"""What a 278 asks and decides of a service (loop 2000F), and its decisions (HCR): to segments and back."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from liaison.engines.x12.inquiries import (
    Rejection,
    first_period,
    read_periods,
    write_period,
    write_rejections,
)
from liaison.engines.x12.loops import Loop
from liaison.engines.x12.review_documents import Decision, ReviewedService
from liaison.engines.x12.values import (
    ident,
    lenient_money,
    lenient_quantity,
    money,
    quantity,
    read_modifiers,
    write_procedure,
)

EVENT = "AAH"
_SERVICE = "472"
# DTP01 of what was certified: from, until, on which day it was decided.
_FROM, _UNTIL, _ISSUED = "007", "036", "102"


def write_amount(kind: str, amount: Decimal | int | None) -> list[list[str]]:
    """How much of it."""
    return [] if amount is None else [["HSD", ident(kind, 2, "HSD01"), quantity(amount)]]


def write_decision(decision: Decision | None) -> tuple[list[list[str]], list[list[str]]]:
    """HCR, and the days of what was decided, which stand behind the numbers."""
    if decision is None:
        return [], []
    reasons = "^".join(ident(reason, 2, "HCR03") for reason in decision.reasons[:5])
    days = []
    if decision.issued:
        days.append(write_period(_ISSUED, decision.issued))
    if decision.begin:
        days.append(write_period(_FROM, decision.begin))
    if decision.end:
        days.append(write_period(_UNTIL, decision.end))
    return [["HCR", decision.action, ident(decision.number, 50, "HCR02", required=False), reasons]], days


def write_service(
    service: ReviewedService, parent: int, number: int, kind: str, origin: str, refused: Sequence[Rejection] = ()
) -> list[list[str]]:
    """A level of its own below its event."""
    out = [["HL", str(number), str(parent), "SS", "0"]]
    if service.trace:
        out.append(["TRN", kind, ident(service.trace, 50, "TRN02"), origin])
    out += write_rejections(refused, "service")
    decided, days = write_decision(service.decision)
    out += decided
    if service.date:
        out.append(write_period(_SERVICE, service.date, service.end_date))
    out += days
    charge = "" if service.charge_cents is None else money(service.charge_cents)
    amount = [] if service.quantity is None else [service.unit, quantity(service.quantity)]
    out.append(["SV1", write_procedure(service.procedure, service.modifiers), charge, *amount])
    if service.decision:
        out += write_amount(service.decision.quantity_kind or "VS", service.decision.quantity)
    return out


def read_service(loop: Loop, kind: str) -> ReviewedService:
    """A service, and what was decided of it."""
    head, when = loop.first("SV1"), first_period(loop, _SERVICE)
    other = head if head.get(1) else loop.first("SV2")
    at = 1 if other is head else 2
    return ReviewedService(
        procedure=other.part(at, 2),
        modifiers=read_modifiers(other, at),
        quantity=lenient_quantity(head.get(4)),
        unit=head.get(3) or "UN",
        charge_cents=lenient_money(head.get(2)),
        date=when.begin if when else None,
        end_date=when.end if when else None,
        decision=read_decision(loop),
        trace=loop.first("TRN", kind).get(2),
    )


def read_decision(loop: Loop) -> Decision | None:
    """The HCR of a level; None where there is none."""
    head, amount = loop.first("HCR"), loop.first("HSD")
    if not head.get(1):
        return None
    days = {period.kind: period for period in read_periods(loop)}
    begin, end = days.get(_FROM) or days.get(EVENT), days.get(_UNTIL) or days.get(EVENT)
    return Decision(
        action=head.get(1),
        number=head.get(2),
        reasons=head.repeats(3),
        begin=begin.begin if begin else None,
        end=(end.end or (end.begin if end.kind == _UNTIL else None)) if end else None,
        issued=days[_ISSUED].begin if _ISSUED in days else None,
        quantity=lenient_quantity(amount.get(2)),
        quantity_kind=amount.get(1),
    )
