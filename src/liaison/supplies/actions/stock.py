"""What happens to doses: received, moved, wasted, given, put back, opened."""

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from liaison.kernel import clock
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.record.actor import Actor
from liaison.record.change import Change, change
from liaison.record.columns import tidy
from liaison.record.prepared import Prepared
from liaison.record.rows import locked
from liaison.supplies.actions import holding, ledger
from liaison.supplies.models import Borrowing, Excursion, Funding, Item, Lot, Movement, Stock, StorageUnit, Vial
from liaison.supplies.queries.usable import why_not
from liaison.supplies.words import Waste
from liaison.supplies.words import doses as said

K = Movement.Kind
_lot_of = Prepared(lambda item, number: Lot.objects.select_for_update().filter(item_id=item, number=number))
_uses_for = Prepared(
    lambda for_id: Movement.objects.filter(for_id=for_id, kind=K.USED.value, reversed_by=None).order_by("-at", "-id")[
        :1
    ]
)
_out = Prepared(lambda unit: Excursion.objects.filter(unit_id=unit, ended_at=None, decided_at=None)[:1])


def receive(
    actor: Actor,
    *,
    unit_id: UUID,
    item_id: UUID,
    number: str,
    expires_on: date,
    funding: str,
    doses: int,
    note: str = "",
    serial: str = "",
) -> Stock:
    """Take doses of a lot into a storage unit. A lot that is there already is added to. Event supplies.received.

    Raises Invalid for an expired lot or another expiry than the lot is known with, Conflict for a unit that is out of
    its limits, NotFound.
    """
    with change(actor, "supplies.manage") as this:
        unit = ledger.held_unit(unit_id)
        _sound(unit)
        item = locked(Item, item_id)
        if item is None or not item.active:
            raise NotFound("no-item", "There is no such item. Add it to the list of items first.", "item")
        if unit.kind != item.storage:
            raise Invalid(
                "wrong-storage",
                f"{item.name} is kept in a {item.get_storage_display()}, and {unit.name} is a "
                f"{unit.get_kind_display()}. Choose another unit.",
                "unit",
            )
        lot = _lot(this, item, number, expires_on, this.at.astimezone(ZoneInfo(unit.site.zone)).date())
        stock = ledger.plain_stock(this, lot, unit, ledger.known_funding(funding))
        ledger.post(this, stock, K.RECEIVED, ledger.positive(doses), note=tidy(note)[:200], serial=serial[:20])
        this.event("supplies.received", stock=stock.pk, lot=lot.pk, item=item.pk, site=unit.site_id)
        return stock


def _sound(unit: StorageUnit) -> None:
    if _out.first(unit.pk) is not None:
        raise Conflict(
            "unit-out",
            f"{unit.name} is out of its limits or out of use. Put it into another unit until that is settled.",
            "unit",
        )


def _lot(this: Change, item: Item, number: str, expires_on: date, today: date) -> Lot:
    number = tidy(number).upper()
    if not 1 <= len(number) <= 30:
        raise Invalid("no-lot-number", "Write the lot number as the package has it.", "number")
    lot = _lot_of.first(item.pk, number)
    if lot is None:
        lot = this.save(Lot(item=item, number=number, expires_on=expires_on))
    elif lot.expires_on != expires_on:
        raise Invalid(
            "other-expiry",
            f"Lot {number} is known to expire on {clock.told(lot.expires_on)}. Look at the package again; a lot has "
            "one expiry.",
            "expires_on",
        )
    if lot.expires_on < today:
        raise Invalid("expired", f"Lot {number} has expired. Send it back rather than into stock.", "expires_on")
    lot.item = item
    return lot


def transfer(actor: Actor, stock_id: UUID, *, unit_id: UUID, doses: int, note: str = "") -> Movement:
    """Move doses to another unit, of this or another site; quarantined doses stay so. Gives the entry that arrived.

    Event supplies.transferred. Raises Conflict for more than there are, or a unit that is out of its limits.
    """
    with change(actor, "supplies.manage") as this:
        seen = Stock.objects.select_related("lot").filter(pk=stock_id).first()
        if seen is None:
            raise NotFound("no-stock", "There is no such stock. Look at the list again.")
        if seen.unit_id == unit_id:
            raise Invalid("same-unit", "Choose another unit than the one it lies in.", "unit")
        unit = {pk: ledger.held_unit(pk) for pk in sorted((seen.unit_id, unit_id))}[unit_id]
        _sound(unit)
        ledger.held_lot(seen.lot_id)
        stock = ledger.held_stock(stock_id)
        item = stock.lot.item
        if unit.kind != item.storage:
            raise Invalid(
                "wrong-storage",
                f"{item.name} is kept in a {item.get_storage_display()}. Choose a unit of that kind.",
                "unit",
            )
        arrives = ledger.like_stock(this, stock, unit, stock.funding)
        facts = {"transaction": ledger.new_transaction(), "note": tidy(note)[:200]}
        ledger.post(this, stock, K.MOVED, -ledger.positive(doses), **facts)
        ledger.drain_vial(this, stock)
        arrived = ledger.post(this, arrives, K.MOVED, doses, **facts)
        holding.settle(this, stock)
        this.event("supplies.transferred", stock=stock.pk, to=arrives.pk, site=unit.site_id)
        return arrived


def waste(
    actor: Actor, stock_id: UUID, *, doses: int, reason: str, note: str = "", for_id: UUID | None = None
) -> Movement:
    """Note doses as wasted, with the reason that a funding program asks for. Event supplies.wasted.

    `for_id` is the immunization that was not given after all. Raises Invalid for no known reason, Conflict for more
    doses than there are.
    """
    if reason not in Waste.values:
        raise Invalid("no-reason", f"Choose why it is wasted: {', '.join(Waste.labels)}.", "reason")
    if reason == Waste.OTHER and not note.strip():
        raise Invalid("no-note", "Say in a few words what happened.", "note")
    with change(actor, "supplies.use", reason=reason) as this:
        stock = ledger.held_stock(stock_id)
        vial = ledger.open_vial_of(stock.pk) if reason in (Waste.DRAWN, Waste.LEFT_OVER) else None
        if vial is not None:
            vial.left -= min(vial.left, ledger.positive(doses))
            this.save(vial, "left")
        facts = {"reason": reason, "note": tidy(note)[:200], "for_id": for_id, "vial": vial}
        movement = ledger.post(this, stock, K.WASTED, -ledger.positive(doses), **facts)
        ledger.drain_vial(this, stock)
        holding.settle(this, stock)
        this.event("supplies.wasted", stock=stock.pk, site=stock.unit.site_id, reason=reason)
        return movement


def use(actor: Actor, stock_id: UUID, *, for_id: UUID, funding: str, borrow_reason: str = "") -> Movement:
    """Take one dose for a patient's immunization `for_id`, whose doses come from `funding`. Event supplies.used.

    Refuses what `why_not` refuses. With a `borrow_reason` a dose of another source is taken all the same, and a
    borrowing recorded that must be returned; event supplies.borrowed.
    """
    with change(actor, "supplies.use", reason=borrow_reason.strip()) as this:
        ledger.known_funding(funding)
        stock = ledger.held_stock(stock_id)
        today = this.at.astimezone(ZoneInfo(_zone(stock))).date()
        reason = tidy(borrow_reason)[:200]
        borrows = bool(reason) and stock.funding != funding
        if refusal := why_not(stock, today, "" if borrows else funding):
            raise refusal
        vial = ledger.take_from_vial(this, stock)
        borrowing = None
        if borrows:
            borrowing = _borrowed(this, stock, funding, 1, reason, for_id)
        movement = ledger.post(this, stock, K.USED, -1, for_id=for_id, vial=vial, borrowing=borrowing)
        this.event("supplies.used", stock=stock.pk, site=stock.unit.site_id, immunization=for_id)
        return movement


def _zone(stock: Stock) -> str:
    return stock.unit.site.zone


def _borrowed(this: Change, stock: Stock, borrower: str, doses: int, reason: str, for_id: UUID | None) -> Borrowing:
    borrowing = this.save(
        Borrowing(
            item_id=stock.lot.item_id,
            lot_id=stock.lot_id,
            site_id=stock.unit.site_id,
            lender=stock.funding,
            borrower=borrower,
            doses=doses,
            reason=reason,
            for_id=for_id,
            at=this.at,
            by_id=ledger.staff_id(this.actor),
        )
    )
    this.event("supplies.borrowed", borrowing=borrowing.pk, site=borrowing.site_id)
    return borrowing


def put_back(actor: Actor, for_id: UUID, reason: str) -> Movement | None:
    """Post the counter-entry of a dose whose use was entered in error; None when none was taken for `for_id`.

    A borrowing that it caused is cancelled; where the dose was returned already, this one belongs to who returned it.
    """
    with change(actor, "supplies.use", reason=reason) as this:
        used = _uses_for.first(for_id)
        if used is None:
            return None
        stock = ledger.held_stock(used.stock_id)
        borrowing = locked(Borrowing, used.borrowing_id) if used.borrowing_id else None
        if borrowing is not None and borrowing.owed == 0:
            lot = ledger.held_lot(stock.lot_id)
            stock = ledger.plain_stock(this, lot, stock.unit, borrowing.borrower)
        elif borrowing is not None:
            borrowing.cancelled, borrowing.settled_at = True, this.at
            this.save(borrowing, "cancelled", "settled_at")
            this.event("supplies.returned", borrowing=borrowing.pk, site=borrowing.site_id)
        if used.vial_id and (vial := locked(Vial, used.vial_id)) and vial.left:
            vial.left = min(vial.doses, vial.left + 1)
            this.save(vial, "left")
        return ledger.post(
            this, stock, K.PUT_BACK, 1, for_id=for_id, reverses=used, borrowing=borrowing, note=tidy(reason)[:200]
        )


def borrow(actor: Actor, stock_id: UUID, *, doses: int, funding: str, reason: str) -> Borrowing:
    """Let `funding` have doses that another source paid for: a debt until returned. Event supplies.borrowed."""
    if not reason.strip():
        raise Invalid("no-reason", "Say why the doses are borrowed.", "reason")
    with change(actor, "supplies.manage", reason=reason.strip()) as this:
        ledger.known_funding(funding)
        seen = Stock.objects.filter(pk=stock_id).first()
        if seen is None:
            raise NotFound("no-stock", "There is no such stock. Look at the list again.")
        ledger.held_lot(seen.lot_id)
        stock = ledger.held_stock(stock_id)
        if stock.funding == funding:
            raise Invalid("same-funding", "These doses are of that source already.", "funding")
        gets = ledger.like_stock(this, stock, stock.unit, funding)
        borrowing = _borrowed(this, stock, funding, ledger.positive(doses), tidy(reason)[:200], None)
        facts = {"transaction": ledger.new_transaction(), "borrowing": borrowing, "note": borrowing.reason}
        ledger.post(this, stock, K.BORROWED, -doses, **facts)
        ledger.drain_vial(this, stock)
        ledger.post(this, gets, K.BORROWED, doses, **facts)
        return borrowing


def give_back(actor: Actor, borrowing_id: UUID, *, stock_id: UUID, doses: int) -> Borrowing:
    """Return borrowed doses from a stock of the borrower, of the same vaccine. Event supplies.returned when all are.

    Raises Conflict for more than are owed, or doses that may not be used: a debt is paid with good ones.
    """
    with change(actor, "supplies.manage") as this:
        borrowing = locked(Borrowing, borrowing_id, "item")
        if borrowing is None:
            raise NotFound("no-borrowing", "There is no such borrowing. Look at the list again.")
        if ledger.positive(doses) > borrowing.owed:
            owed = said(borrowing.owed)
            raise Conflict("not-owed", f"Only {owed} of this are still owed. Return as many or fewer.", "doses")
        seen = Stock.objects.filter(pk=stock_id).first()
        if seen is None:
            raise NotFound("no-stock", "There is no such stock. Look at the list again.", "stock")
        lot = ledger.held_lot(seen.lot_id)
        stock = ledger.held_stock(stock_id)
        if lot.item.cvx != borrowing.item.cvx or (not lot.item.cvx and lot.item_id != borrowing.item_id):
            raise Invalid("other-vaccine", f"Return the same vaccine: {borrowing.item.name}.", "stock")
        today = this.at.astimezone(ZoneInfo(_zone(stock))).date()
        refusal = why_not(stock, today, borrowing.borrower)
        if refusal is not None and refusal.code == "other-funding":
            label = Funding(borrowing.borrower).label
            raise Invalid("other-funding", f"Return it from {label} stock: {label} owes it.", "stock")
        if refusal is not None:
            raise refusal
        gets = ledger.like_stock(this, stock, stock.unit, borrowing.lender)
        facts = {"transaction": ledger.new_transaction(), "borrowing": borrowing}
        ledger.post(this, stock, K.RETURNED, -doses, **facts)
        ledger.drain_vial(this, stock)
        ledger.post(this, gets, K.RETURNED, doses, **facts)
        borrowing.returned += doses
        if borrowing.owed == 0:
            borrowing.settled_at = this.at
            this.event("supplies.returned", borrowing=borrowing.pk, site=borrowing.site_id)
        return this.save(borrowing, "returned", "settled_at")


def open_vial(actor: Actor, stock_id: UUID, *, use_by: date | None = None) -> Vial:
    """Open a multi-dose vial; it may be used until `use_by`, or as long as its item says, never past its expiry.

    Raises Conflict while another vial of the stock is open, Invalid for goods in single doses.
    """
    with change(actor, "supplies.use") as this:
        stock = ledger.held_stock(stock_id)
        if stock.lot.item.doses_per_vial == 1:
            raise Invalid("single-dose", f"{stock.lot.item.name} comes in single doses. Nothing is opened.")
        today = this.at.astimezone(ZoneInfo(_zone(stock))).date()
        if refusal := why_not(stock, today):
            raise refusal
        if ledger.open_vial_of(stock.pk) is not None:
            raise Conflict(
                "vial-open", "A vial of this lot is open already. Use it first, or waste what is left in it."
            )
        vial = ledger.new_vial(this, stock)
        if use_by is not None:
            if not today <= use_by <= stock.last_day:
                raise Invalid(
                    "bad-use-by", f"Choose a day from today to its expiry, {clock.told(stock.last_day)}.", "use_by"
                )
            vial.use_by = use_by
        this.save(vial)
        this.event("supplies.vial_opened", stock=stock.pk, site=stock.unit.site_id)
        return vial
