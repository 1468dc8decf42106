"""Physical counts: what the shelf holds, and what the ledger is told where it says otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from liaison.kernel.errors import Conflict, Invalid
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.record.columns import tidy
from liaison.supplies.actions import holding, ledger
from liaison.supplies.models import Count, Movement
from liaison.supplies.words import Difference


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of a stock. `expected` is what the ledger said on the sheet; `reason` why the shelf differs."""

    stock_id: UUID
    counted: int
    expected: int | None = None
    reason: str = ""
    note: str = ""


def count(actor: Actor, unit_id: UUID, lines: Sequence[Counted]) -> Count:
    """Note what a unit holds; a difference is explained, and posted, so that ledger and shelf agree from then on.

    Raises Invalid (field `reason-<stock>`) for a difference without a reason, Conflict where doses moved since the
    sheet was drawn up. Nothing is posted then. Event supplies.counted.
    """
    with change(actor, "supplies.manage") as this:
        unit = ledger.held_unit(unit_id)
        if not lines:
            raise Invalid("nothing-counted", "Count one lot at least.")
        stocks = ledger.held_in_order(line.stock_id for line in lines)
        if len(stocks) != len(lines):
            raise Invalid("counted-twice", "A lot stands on this sheet twice.")
        told = []
        for line in lines:
            stock = stocks[line.stock_id]
            if stock.unit_id != unit.pk:
                raise Invalid("other-unit", f"Lot {stock.lot.number} does not lie in {unit.name}.", _field(line))
            if not 0 <= line.counted <= 100_000:
                raise Invalid("bad-number", "Write how many doses are there; 0 for none.", f"counted-{line.stock_id}")
            if line.expected is not None and line.expected != stock.on_hand:
                raise Conflict(
                    "moved-meanwhile",
                    f"Doses of lot {stock.lot.number} were moved since this sheet was drawn up. Count that lot again.",
                    f"counted-{line.stock_id}",
                )
            if line.counted != stock.on_hand and line.reason not in Difference.values:
                raise Invalid("no-reason", f"Say why lot {stock.lot.number} differs.", _field(line))
            told.append(
                {
                    "stock": str(stock.pk),
                    "item": stock.lot.item.name,
                    "lot": stock.lot.number,
                    "funding": stock.funding,
                    "expected": stock.on_hand,
                    "counted": line.counted,
                    "reason": line.reason if line.counted != stock.on_hand else "",
                    "note": tidy(line.note)[:200],
                }
            )
        different = [line for line in lines if line.counted != stocks[line.stock_id].on_hand]
        done = this.save(
            Count(unit=unit, at=this.at, by_id=ledger.staff_id(actor), lines=told, differences=len(different))
        )
        for line in different:
            stock = stocks[line.stock_id]
            facts = {"reason": line.reason, "note": tidy(line.note)[:200], "count": done}
            ledger.post(this, stock, Movement.Kind.COUNTED, line.counted - stock.on_hand, **facts)
            ledger.drain_vial(this, stock)
            holding.settle(this, stock)
        this.event("supplies.counted", count=done.pk, unit=unit.pk, site=unit.site_id, differences=len(different))
        return done


def _field(line: Counted) -> str:
    return f"reason-{line.stock_id}"
