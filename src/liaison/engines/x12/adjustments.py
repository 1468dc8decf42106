"""Why paid differs from charged: CAS segments, alike in a remittance and in a claim to the next payer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from liaison.engines.x12.segments import Segment
from liaison.engines.x12.values import ident, money, quantity, read_money, read_quantity


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Why paid differs from charged: `group` CO, PR, OA or PI, `carc` the reason's number, money in cents."""

    group: str
    carc: str
    cents: int
    quantity: Decimal | int = 0


def read_adjustments(segments: Iterable[Segment], loop: str) -> Iterator[Adjustment]:
    """What the CAS segments of a loop take off, six at most in each."""
    for segment in segments:
        elements = segment.elements
        for position in range(2, min(len(elements), 20), 3):
            if elements[position]:
                yield Adjustment(
                    elements[1],
                    elements[position],
                    read_money(segment, position + 1, loop),
                    read_quantity(segment, position + 2, loop),
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
