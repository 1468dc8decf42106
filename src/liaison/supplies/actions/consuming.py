"""Goods other than vaccines, taken from the shelf for a visit, and put back when that was a mistake."""

from uuid import UUID
from zoneinfo import ZoneInfo

from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.record.columns import tidy
from liaison.record.rows import locked
from liaison.supplies.actions import ledger
from liaison.supplies.actions.stock import use
from liaison.supplies.models import Item, Movement, Stock, Vial
from liaison.supplies.queries.usable import why_not
from liaison.supplies.words import doses as said

MOST = 99


def use_goods(actor: Actor, item_id: UUID, *, site_id: UUID, for_id: UUID, quantity: int) -> list[Movement]:
    """Take goods for the encounter `for_id` from what a site holds, the first to expire first.

    Event supplies.goods_used {encounter}. Raises Invalid for a vaccine or a number that is none, Conflict when fewer
    may be used than asked for: nothing is taken then.
    """
    if not 0 < quantity <= MOST:
        raise Invalid("bad-number", f"Write how many, from 1 to {MOST}.", "quantity")
    with change(actor, "supplies.use") as this:
        item = Item.objects.filter(pk=item_id, active=True).first()
        if item is None:
            raise NotFound("no-item", "There is no such item. Search for it again.")
        if item.kind == Item.Kind.VACCINE:
            raise Invalid(
                "a-vaccine", "A vaccine is given, not used up. Give it on the patient’s vaccines.", "quantity"
            )
        rows = Stock.objects.filter(lot__item_id=item_id, unit__site_id=site_id, on_hand__gt=0)
        keys = list(rows.order_by("lot__expires_on", "id").values_list("pk", flat=True))
        held = ledger.held_in_order(keys)
        taken: list[Movement] = []
        left = quantity
        for stock in (held[key] for key in keys):
            today = this.at.astimezone(ZoneInfo(stock.unit.site.zone)).date()
            if left and why_not(stock, today) is None:
                count = min(left, stock.on_hand)
                left -= count
                if item.doses_per_vial > 1:
                    taken += [use(actor, stock.pk, for_id=for_id, funding=stock.funding) for _ in range(count)]
                else:
                    taken.append(ledger.post(this, stock, Movement.Kind.USED, -count, for_id=for_id))
        if left:
            there = said(quantity - left, item.unit)
            raise Conflict(
                "too-few",
                f"Only {there} of {item.name} may be used here. Count the shelf if it holds more.",
                "quantity",
            )
        this.event("supplies.goods_used", encounter=for_id)
        return taken


def put_back_goods(actor: Actor, movement_id: UUID, *, for_id: UUID, reason: str) -> Movement:
    """Post the counter-entry of goods that were not used in the encounter `for_id` after all.

    Event supplies.goods_put_back {encounter}. Raises NotFound, Conflict when they are back already.
    """
    with change(actor, "supplies.use", reason=reason) as this:
        used = Movement.objects.filter(pk=movement_id, for_id=for_id, kind=Movement.Kind.USED).first()
        if used is None:
            raise NotFound("no-use", "Nothing of the kind was used in this visit. Look at the list again.")
        stock = ledger.held_stock(used.stock_id)
        if Movement.objects.filter(reverses=used).exists():
            raise Conflict("back-already", "It is back on the shelf already.")
        if used.vial_id and (vial := locked(Vial, used.vial_id)) and vial.left:
            vial.left = min(vial.doses, vial.left - used.doses)
            this.save(vial, "left")
        back = ledger.post(
            this, stock, Movement.Kind.PUT_BACK, -used.doses, for_id=for_id, reverses=used, note=tidy(reason)[:200]
        )
        this.event("supplies.goods_put_back", encounter=for_id)
        return back
