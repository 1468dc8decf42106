"""The ledger's own steps, for actions inside their change: stock locked, found or made for goods, entries posted.

Locks are taken in one order everywhere: units, item, lot, stock by its id, vial. Two actions never wait for each other
in a ring.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Sum

from liaison.kernel import ids
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.record.actor import Actor
from liaison.record.change import Change, current
from liaison.record.prepared import Prepared
from liaison.record.rows import locked
from liaison.supplies.models import Funding, Lot, Movement, Stock, StorageUnit, Vial
from liaison.supplies.words import doses as said

_stock = Stock.objects.select_related("lot__item", "unit__site")
_whole = Prepared(lambda key: _stock.select_for_update(of=("self",), no_key=True).filter(pk=key))
_plain = Prepared(
    lambda lot, unit, funding: Stock.objects.filter(
        lot_id=lot, unit_id=unit, funding=funding, excursion=None, use_until=None
    ).values_list("pk", flat=True)
)
_open_vial = Prepared(lambda stock: Vial.objects.select_for_update().filter(stock_id=stock, left__gt=0))


def staff_id(actor: Actor) -> UUID | None:
    """The staff id of an actor who is a person."""
    return UUID(actor.id) if actor.kind == "staff" else None


def positive(doses: int, field: str = "doses") -> int:
    """A number of doses to move. Raises Invalid for none, fewer or more than anybody has."""
    if not 0 < doses <= 100_000:
        raise Invalid("bad-number", "Write how many doses, from 1 to 100,000.", field)
    return doses


def known_funding(funding: str, field: str = "funding") -> str:
    """Raises Invalid for a source that is none."""
    if funding not in Funding.values:
        raise Invalid("unknown-funding", f"Choose who paid for it: {', '.join(Funding.labels)}.", field)
    return funding


def held_unit(unit_id: UUID) -> StorageUnit:
    """A unit in use, locked. Raises NotFound."""
    unit = locked(StorageUnit, unit_id)
    if unit is None or not unit.active:
        raise NotFound("no-unit", "There is no such storage unit. Choose one from the list.", "unit")
    return unit


def held_stock(stock_id: UUID) -> Stock:
    """A stock with its lot, item, unit and site, locked itself. Raises NotFound."""
    this = current()
    assert this is not None, "stock is locked inside a change"
    held = this.held.get((Stock, stock_id))
    if held and held[1] and isinstance(held[0], Stock):
        return held[0]
    stock = _whole.first(stock_id)
    if stock is None:
        raise NotFound("no-stock", "There is no such stock. Look at the list again.", "stock")
    lot = this.held.get((Lot, stock.lot_id))
    if lot and isinstance(lot[0], Lot):
        stock.lot = lot[0]
    this.held[Stock, stock.pk] = stock, True
    return stock


def held_lot(lot_id: UUID) -> Lot:
    """A lot with its item, locked. Raises NotFound."""
    lot = locked(Lot, lot_id, "item")
    if lot is None:
        raise NotFound("no-lot", "There is no such lot. Look at the list again.", "lot")
    return lot


def held_in_order(stock_ids: Iterable[UUID]) -> dict[UUID, Stock]:
    """Several stocks, locked in the order in which everybody locks them."""
    return {pk: held_stock(pk) for pk in sorted(set(stock_ids))}


def plain_stock(this: Change, lot: Lot, unit: StorageUnit, funding: str) -> Stock:
    """The stock of sound goods at a place, locked; a new and empty one where there was none. The lot is locked."""
    found = _plain.first(lot.pk, unit.pk, funding)
    return held_stock(found) if found else this.save(Stock(lot=lot, unit=unit, funding=funding))


def like_stock(this: Change, old: Stock, unit: StorageUnit, funding: str) -> Stock:
    """Where doses of `old` go at another place: what an excursion has touched stays apart from sound goods."""
    if old.excursion_id is None and old.use_until is None:
        return plain_stock(this, old.lot, unit, funding)
    alike = {"status": old.status, "excursion_id": old.excursion_id, "use_until": old.use_until}
    found = Stock.objects.filter(lot_id=old.lot_id, unit=unit, funding=funding, **alike).first()
    return held_stock(found.pk) if found else this.save(Stock(lot=old.lot, unit=unit, funding=funding, **alike))


def post(this: Change, stock: Stock, kind: str, doses: int, **facts: Any) -> Movement:
    """Post an entry and let the (locked) stock hold what it then holds. Raises Conflict when it does not hold as much.

    Event supplies.moved {stock, site, kind}, and supplies.emptied {stock} with the last dose.
    """
    if stock.on_hand + doses < 0:
        item = stock.lot.item
        raise Conflict(
            "too-few",
            f"Only {said(stock.on_hand, item.unit)} of {item.name}, lot {stock.lot.number}, "
            f"{'is' if stock.on_hand == 1 else 'are'} there. Count the unit if the shelf shows more.",
            "doses",
        )
    stock.on_hand += doses
    if doses > 0 and stock.told:
        stock.told = ""
    this.save(stock, "on_hand", "told")
    movement = this.save(
        Movement(
            stock=stock,
            kind=kind,
            doses=doses,
            after=stock.on_hand,
            at=this.at,
            by_id=staff_id(this.actor),
            by_name=this.actor.name[:120],
            **facts,
        )
    )
    this.event("supplies.moved", stock=stock.pk, site=stock.unit.site_id, item=stock.lot.item_id, kind=kind)
    if stock.on_hand == 0:
        this.event("supplies.emptied", stock=stock.pk)
    _watch_level(this, stock, doses)
    return movement


def _watch_level(this: Change, stock: Stock, doses: int) -> None:
    """Events supplies.low and supplies.enough {item, site}, when a site's stock of an item crosses its level."""
    level = stock.lot.item.reorder_level
    if level == 0:
        return
    here = Stock.objects.filter(lot__item_id=stock.lot.item_id, unit__site_id=stock.unit.site_id)
    after = here.aggregate(sum=Sum("on_hand"))["sum"] or 0
    if (after < level) != (after - doses < level):
        name = "supplies.low" if after < level else "supplies.enough"
        this.event(name, item=stock.lot.item_id, site=stock.unit.site_id)


def take_from_vial(this: Change, stock: Stock) -> Vial | None:
    """Take a dose out of the opened vial, and open one when none is; None for goods in single doses."""
    item = stock.lot.item
    if item.doses_per_vial == 1:
        return None
    vial = _open_vial.first(stock.pk) or new_vial(this, stock)
    vial.left -= 1
    return this.save(vial)


def new_vial(this: Change, stock: Stock) -> Vial:
    """An opened vial of a stock, not yet saved: as many doses as a vial holds, or as the stock still has."""
    item = stock.lot.item
    day = this.at.astimezone(ZoneInfo(stock.unit.site.zone)).date()
    use_by = stock.last_day
    if item.beyond_use_days is not None:
        use_by = min(use_by, day + timedelta(days=item.beyond_use_days))
    holds = min(item.doses_per_vial, stock.on_hand)
    return Vial(stock=stock, opened_at=this.at, use_by=use_by, doses=holds, left=holds)


def open_vial_of(stock_id: UUID) -> Vial | None:
    """The opened vial of a stock, locked."""
    return _open_vial.first(stock_id)


def drain_vial(this: Change, stock: Stock) -> None:
    """After doses left a stock otherwise than to a patient: an opened vial holds no more than the stock."""
    if stock.lot.item.doses_per_vial == 1:
        return
    vial = _open_vial.first(stock.pk)
    if vial is not None and vial.left > stock.on_hand:
        vial.left = stock.on_hand
        this.save(vial, "left")


def new_transaction() -> UUID:
    """What the two sides of a move share."""
    return ids.new_id()
