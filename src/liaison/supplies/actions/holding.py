"""Goods held back: a recalled lot, a unit out of its limits or out of order, and what is decided about its goods."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from liaison.kernel import clock
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.record.actor import Actor
from liaison.record.change import Change, change
from liaison.record.columns import tidy
from liaison.record.rows import locked
from liaison.supplies.actions import ledger
from liaison.supplies.models import Decision, Excursion, Lot, Movement, Stock, StorageUnit
from liaison.supplies.words import Waste

V = Decision.Verdict


def quarantine_lot(actor: Actor, lot_id: UUID, reason: str) -> Lot:
    """Hold a recalled lot back wherever it lies: none of it can be given. Event supplies.lot_quarantined."""
    if not reason.strip():
        raise Invalid("no-reason", "Say why the lot is held back, and who says so.", "reason")
    with change(actor, "supplies.manage", reason=reason.strip()) as this:
        lot = ledger.held_lot(lot_id)
        lot.status, lot.reason = Lot.Status.QUARANTINED, tidy(reason)[:200]
        this.save(lot, "status", "reason")
        this.event("supplies.lot_quarantined", lot=lot.pk)
        return lot


def release_lot(actor: Actor, lot_id: UUID, reason: str) -> Lot:
    """Let a lot be used again; what an excursion holds back stays held. Event supplies.lot_released."""
    if not reason.strip():
        raise Invalid("no-reason", "Say why the lot may be used again, and who says so.", "reason")
    with change(actor, "supplies.decide", reason=reason.strip()) as this:
        lot = ledger.held_lot(lot_id)
        if lot.status != Lot.Status.QUARANTINED:
            raise Conflict("not-held", "This lot is not held back.")
        lot.status, lot.reason = Lot.Status.USABLE, ""
        this.save(lot, "status", "reason")
        this.event("supplies.lot_released", lot=lot.pk)
        return lot


def quarantine_unit(actor: Actor, unit_id: UUID, reason: str) -> Excursion:
    """Hold back everything in a unit: it stood open, the power failed. Ends as an excursion does, by a decision."""
    if not reason.strip():
        raise Invalid("no-reason", "Say what happened to the unit.", "reason")
    with change(actor, "supplies.manage", reason=reason.strip()) as this:
        unit = ledger.held_unit(unit_id)
        found = open_excursion(unit)
        if found is not None and found.reason:
            raise Conflict("held-already", f"{unit.name} is quarantined already.")
        excursion = found or Excursion(unit=unit, began_at=this.at, last_out_at=this.at)
        excursion.reason = tidy(reason)[:200]
        this.save(excursion)
        hold(this, excursion)
        return excursion


def open_excursion(unit: StorageUnit) -> Excursion | None:
    """The excursion that a unit is in now, locked: out of its limits, or quarantined by hand."""
    rows = Excursion.objects.select_for_update().filter(unit=unit, ended_at=None, decided_at=None)
    return rows.order_by("-began_at").first()


def hold(this: Change, excursion: Excursion) -> int:
    """Quarantine everything in the unit of an excursion, in this change; how many lots. Event supplies.excursion."""
    inside = Stock.objects.filter(unit_id=excursion.unit_id, on_hand__gt=0, status=Stock.Status.USABLE)
    if excursion.ended_at is not None:
        # What came after it was over has not been through it
        inside = inside.filter(created_at__lte=excursion.ended_at)
    held = ledger.held_in_order(inside.values_list("pk", flat=True))
    for stock in held.values():
        stock.status, stock.excursion = Stock.Status.QUARANTINED, excursion
        this.save(stock, "status", "excursion")
    this.event("supplies.excursion", excursion=excursion.pk, unit=excursion.unit_id, site=excursion.unit.site_id)
    if not held and excursion.ended_at is not None:
        _close_if_settled(this, excursion)
    return len(held)


def covering(unit: StorageUnit, at: datetime) -> Excursion | None:
    """The excursion of a unit, over by now, that a reading found later belongs to."""
    rows = Excursion.objects.select_for_update().filter(unit=unit, ended_at__gte=at)
    return rows.filter(Q(began_at__lte=at) | Q(last_good_at__lte=at)).order_by("began_at").first()


def widen(this: Change, excursion: Excursion, at: datetime, low: Decimal, high: Decimal) -> bool:
    """Let an excursion reach to another reading that was out of the limits; whether goods are to be looked at again.

    They are not when it has been decided about, and the reading tells nothing worse than what was known then.
    """
    worse = excursion.low_c is None or excursion.high_c is None or low < excursion.low_c or high > excursion.high_c
    decided = excursion.decided_at is not None
    excursion.last_out_at = max(excursion.last_out_at, at)
    excursion.began_at = min(excursion.began_at, at)
    excursion.low_c = low if excursion.low_c is None else min(excursion.low_c, low)
    excursion.high_c = high if excursion.high_c is None else max(excursion.high_c, high)
    if worse:
        excursion.decided_at = None
    this.save(excursion)
    return worse or not decided


def well_again(this: Change, excursion: Excursion, at: datetime) -> None:
    """Note when the unit was within its limits again. Event supplies.excursion_ended."""
    excursion.ended_at = at
    this.save(excursion, "ended_at")
    this.event("supplies.excursion_ended", excursion=excursion.pk, unit=excursion.unit_id)


def end(this: Change, excursion: Excursion, at: datetime) -> None:
    """The unit is within its limits again; what was inside stays held until it is decided about."""
    well_again(this, excursion, at)
    _close_if_settled(this, excursion)


def decide(
    actor: Actor, excursion_id: UUID, stock_id: UUID, *, verdict: str, asked: str, why: str, until: date | None = None
) -> Decision:
    """Decide what happens to a stock that an excursion holds: use as usual, use until a new date, or discard.

    `asked` names who at the manufacturer was asked. What is discarded leaves the ledger as wasted. When every stock is
    decided about, so is the excursion: event supplies.excursion_decided.
    """
    if verdict not in V.values:
        raise Invalid("no-verdict", f"Choose one of: {', '.join(V.labels)}.", "verdict")
    if not asked.strip():
        raise Invalid("nobody-asked", "Name who was asked at the manufacturer, with the case number.", "asked")
    if not why.strip():
        raise Invalid("no-reason", "Say what they answered, or why this is right.", "why")
    with change(actor, "supplies.decide", reason=why.strip()) as this:
        excursion = locked(Excursion, excursion_id, "unit")
        if excursion is None:
            raise NotFound("no-excursion", "There is no such excursion. Look at the unit's page again.")
        stock = ledger.held_stock(stock_id)
        if stock.excursion_id != excursion.pk or stock.status != Stock.Status.QUARANTINED:
            raise Conflict("decided-already", f"Lot {stock.lot.number} is not held by this excursion any more.")
        lies_out = excursion.ended_at is None and not excursion.reason and stock.unit_id == excursion.unit_id
        if lies_out and verdict != V.DISCARD:
            raise Conflict(
                "still-out",
                f"{excursion.unit.name} is still out of its limits. Move lot {stock.lot.number} into another unit "
                "first, or wait until a reading is well again.",
            )
        decision = this.save(
            Decision(
                excursion=excursion, stock=stock, verdict=verdict, until=_until(this, stock, verdict, until),
                asked=tidy(asked)[:120], why=tidy(why)[:300], doses=stock.on_hand, at=this.at,
                by_id=ledger.staff_id(actor),
            )
        )  # fmt: skip
        _carry_out(this, stock, decision)
        _close_if_settled(this, excursion)
        return decision


def _until(this: Change, stock: Stock, verdict: str, until: date | None) -> date | None:
    if verdict != V.UNTIL:
        return None
    today = this.at.astimezone(ZoneInfo(stock.unit.site.zone)).date()
    if until is None or not today <= until <= stock.last_day:
        raise Invalid(
            "bad-until", f"Choose a day from today to {clock.told(stock.last_day)}, when it expires anyway.", "until"
        )
    return until


def _carry_out(this: Change, stock: Stock, decision: Decision) -> None:
    # What is discarded stays held: a dose of it that turns up later is not given by mistake
    stock.status = Stock.Status.QUARANTINED if decision.verdict == V.DISCARD else Stock.Status.USABLE
    if decision.verdict == V.UNTIL:
        stock.use_until = decision.until
    elif decision.verdict == V.USE and stock.use_until is None and not _plain_beside(stock):
        # Sound as before: it need not be kept apart
        stock.excursion = None
    this.save(stock, "status", "use_until", "excursion")
    if decision.verdict == V.DISCARD and stock.on_hand:
        facts = {"reason": Waste.SPOILED, "note": decision.why[:200]}
        ledger.post(this, stock, Movement.Kind.WASTED, -stock.on_hand, **facts)
        ledger.drain_vial(this, stock)


def _plain_beside(stock: Stock) -> bool:
    same = Stock.objects.filter(lot_id=stock.lot_id, unit_id=stock.unit_id, funding=stock.funding)
    return same.filter(excursion=None, use_until=None).exclude(pk=stock.pk).exists()


def settle(this: Change, stock: Stock) -> None:
    """After doses left a stock: when it was the last that its excursion held, that is over too."""
    if stock.on_hand == 0 and stock.excursion_id and stock.status == Stock.Status.QUARANTINED:
        excursion = locked(Excursion, stock.excursion_id)
        assert excursion is not None, "excursions are never deleted"
        _close_if_settled(this, excursion)


def _close_if_settled(this: Change, excursion: Excursion) -> None:
    """An excursion is over when nothing is held by it; one by hand lets go of its unit then."""
    if excursion.decided_at is not None or (excursion.ended_at is None and not excursion.reason):
        return
    waiting = Stock.objects.filter(excursion=excursion, status=Stock.Status.QUARANTINED, on_hand__gt=0)
    if waiting.exists():
        return
    excursion.decided_at, excursion.ended_at = this.at, excursion.ended_at or this.at
    this.save(excursion, "decided_at", "ended_at")
    this.event("supplies.excursion_decided", excursion=excursion.pk, unit=excursion.unit_id)


def release_unit(actor: Actor, unit_id: UUID, reason: str) -> Excursion:
    """Let a unit be used again after a quarantine by hand; what it held still waits for its decision."""
    if not reason.strip():
        raise Invalid("no-reason", "Say why the unit may be used again.", "reason")
    with change(actor, "supplies.decide", reason=reason.strip()) as this:
        unit = ledger.held_unit(unit_id)
        found = open_excursion(unit)
        if found is None or not found.reason:
            raise Conflict("not-held", f"{unit.name} is not quarantined by hand.")
        end(this, found, this.at)
        return found
