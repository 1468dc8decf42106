"""What is kept in stock and where: items and the codes on their packages, storage units."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from liaison.engines.vaccines import facts
from liaison.engines.vaccines.ndc import candidates, hyphened
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.places.models import Site
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.record.columns import check
from liaison.record.rows import locked, row
from liaison.supplies.models import Code, Item, Stock, Storage, StorageUnit

# CDC Vaccine Storage and Handling Toolkit: what each kind of unit must keep, in °C
LIMITS = {
    Storage.REFRIGERATOR: (Decimal(2), Decimal(8)),
    Storage.FREEZER: (Decimal(-50), Decimal(-15)),
    Storage.ULTRA_COLD: (Decimal(-90), Decimal(-60)),
    Storage.ROOM: (Decimal(20), Decimal(25)),
}


def add_item(actor: Actor, *, name: str = "", ndc: str = "", **more: Any) -> Item:
    """Add something to keep in stock. For an NDC of the CDC's crosswalk, what is not named is taken from there.

    Raises Invalid for an unknown CVX or MVX, Conflict for a name or NDC that is there already.
    """
    with change(actor, "supplies.manage") as this:
        known = facts().product(ndc) if ndc else None
        if known is not None:
            # What is noted is the package that is sold; its unit of use is found by it
            ndc = known.ndc
            name = name or known.name.title()
            found = {"cvx": known.cvx, "mvx": known.mvx, "doses_per_package": known.doses or 1}
            more = {**found, **{key: value for key, value in more.items() if value not in ("", None)}}
        return this.save(_checked(Item(name=name, ndc=ndc, **more)))


def change_item(actor: Actor, item_id: UUID, **fields: Any) -> Item:
    """Change what is known of an item; the same once more changes nothing. Its CVX stays once it was in stock."""
    with change(actor, "supplies.manage") as this:
        item = locked(Item, item_id)
        if item is None:
            raise NotFound("no-item", "There is no such item.", "item")
        before = {name: getattr(item, name) for name in fields}
        for name, value in fields.items():
            setattr(item, name, value)
        _checked(item)
        if item.cvx != before.get("cvx", item.cvx) and Stock.objects.filter(lot__item=item).exists():
            raise Conflict("in-stock", "This item has been in stock under another CVX. Add another item.", "cvx")
        if not item.active and Stock.objects.filter(lot__item=item, on_hand__gt=0).exists():
            raise Conflict("in-stock", f"There is still {item.name} in stock. Use, move or waste it first.", "active")
        changed = [name for name, value in before.items() if getattr(item, name) != value]
        return this.save(item, *changed) if changed else item


def _checked(item: Item) -> Item:
    if item.ndc:
        codes = candidates(item.ndc)
        if not codes:
            raise Invalid("bad-ndc", "An NDC has ten or eleven digits, like 49281-0425-50.", "ndc")
        known = next((each for each in facts().spelled(item.ndc)), None)
        if known is None and len(codes) > 1:
            raise Invalid("bad-ndc", "Write this NDC with its hyphens: without, it may be one of three.", "ndc")
        item.ndc = known.ndc if known else hyphened(codes[0])
    if item.cvx:
        vaccine = facts().vaccine(item.cvx)
        if vaccine is None:
            raise Invalid("unknown-cvx", f"{item.cvx} is no CVX code of the CDC's table.", "cvx")
        item.cvx = vaccine.cvx
    elif item.kind == Item.Kind.VACCINE:
        raise Invalid("no-cvx", "A vaccine needs its CVX code. Its NDC tells it, when the CDC's table has it.", "cvx")
    if item.mvx:
        maker = facts().manufacturer(item.mvx)
        if maker is None:
            raise Invalid("unknown-mvx", f"{item.mvx} is no MVX code of the CDC's table.", "mvx")
        item.mvx = maker.mvx
    check(item)
    if item.doses_per_package < 1 or item.doses_per_vial < 1:
        raise Invalid("bad-number", "A package and a vial hold one dose at least.", "doses_per_package")
    others = Item.objects.filter(active=True).exclude(pk=item.pk)
    if item.active and others.filter(name=item.name).exists():
        raise Conflict("item-exists", f"There is already an item {item.name}.", "name")
    if item.active and item.ndc and (other := others.filter(ndc=item.ndc).first()):
        raise Conflict("item-exists", f"NDC {item.ndc} is the item {other.name} already.", "ndc")
    return item


def tie_code(actor: Actor, gtin: str, item_id: UUID) -> Code:
    """Remember that packages with a GTIN are an item: for those that the CDC's crosswalk does not know."""
    digits = gtin.strip()
    if not (digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 14):
        raise Invalid("bad-gtin", "A GTIN has 8 to 14 digits.", "gtin")
    with change(actor, "supplies.manage") as this:
        item = row(Item, item_id)
        if item is None or not item.active:
            raise NotFound("no-item", "There is no such item. Choose one from the list.", "item")
        code = Code.objects.select_for_update().filter(gtin=digits.zfill(14)).first()
        if code is None:
            return this.save(Code(gtin=digits.zfill(14), item=item))
        code.item = item
        return this.save(code, "item")


def add_unit(actor: Actor, *, site_id: UUID, name: str, kind: str, **more: Any) -> StorageUnit:
    """Add a refrigerator, freezer or shelf; its limits are the CDC's for its kind unless `low_c`, `high_c` are named.

    A shelf at room temperature needs no twice-daily readings unless `twice_daily` says so.
    """
    with change(actor, "supplies.manage") as this:
        if row(Site, site_id) is None:
            raise NotFound("no-site", "There is no such site.", "site")
        if kind not in Storage.values:
            raise Invalid("unknown-kind", f"A unit is one of: {', '.join(Storage.labels)}.", "kind")
        low, high = LIMITS[Storage(kind)]
        given = {"low_c": low, "high_c": high, "twice_daily": kind != Storage.ROOM, **more}
        return this.save(_checked_unit(StorageUnit(site_id=site_id, name=name, kind=kind, **given)))


def change_unit(actor: Actor, unit_id: UUID, **fields: Any) -> StorageUnit:
    """Change what is known of a unit; the same once more changes nothing. A unit goes out of use when it is empty."""
    with change(actor, "supplies.manage") as this:
        unit = locked(StorageUnit, unit_id)
        if unit is None:
            raise NotFound("no-unit", "There is no such storage unit.", "unit")
        before = {name: getattr(unit, name) for name in fields}
        for name, value in fields.items():
            setattr(unit, name, value)
        _checked_unit(unit)
        if before.get("active") and not unit.active and Stock.objects.filter(unit=unit, on_hand__gt=0).exists():
            raise Conflict("in-stock", f"There is still stock in {unit.name}. Move it first.", "active")
        changed = [name for name, value in before.items() if getattr(unit, name) != value]
        return this.save(unit, *changed) if changed else unit


def _checked_unit(unit: StorageUnit) -> StorageUnit:
    check(unit)
    if unit.low_c >= unit.high_c:
        raise Invalid("bad-limits", "The lower limit is below the upper one.", "low_c")
    same = StorageUnit.objects.filter(site_id=unit.site_id, name=unit.name, active=True).exclude(pk=unit.pk)
    if unit.active and same.exists():
        raise Conflict("unit-exists", f"This site already has a unit {unit.name}.", "name")
    return unit
