"""Why paid differs from charged: CAS segments, alike in a remittance and in a claim to the next payer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from liaison.engines.x12.loops import Loop
from liaison.engines.x12.values import ident, money, quantity, read_money, read_quantity


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Why paid differs from charged: `group` CO, PR, OA or PI, `carc` the reason's number, money in cents."""

    group: str
    carc: str
    cents: int
    quantity: Decimal | int = 0


def read_adjustments(loop: Loop) -> Iterator[Adjustment]:
    for segment in loop.all("CAS"):
        for position in range(2, min(len(segment.elements), 20), 3):
            if segment.get(position):
                yield Adjustment(
                    segment.get(1),
                    segment.get(position),
                    read_money(segment, position + 1, loop.id),
                    read_quantity(segment, position + 2, loop.id),
                )


def write_adjustments(adjustments: Sequence[Adjustment]) -> Iterator[list[str]]:
    """CAS segments: neighbours of one group share a segment, six at most."""
    current: list[str] = []
    for change in adjustments:
        if not current or current[1] != change.group or len(current) >= 20:
            if current:
                yield current
            current = ["CAS", change.group]
        amount = quantity(change.quantity)
        current += [ident(change.carc, 5, "CAS02"), money(change.cents), "" if amount == "0" else amount]
    if current:
        yield current
