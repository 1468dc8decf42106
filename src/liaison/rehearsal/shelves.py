"""What the sample clinic keeps: vaccines in units with temperatures of the last days, and the goods of its cabinets."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from liaison.engines.vaccines import facts
from liaison.kernel import names
from liaison.people.models import Staff
from liaison.places.models import Site
from liaison.record.actor import Actor
from liaison.record.change import Change, change
from liaison.supplies import actions
from liaison.supplies.actions.goods import LIMITS
from liaison.supplies.models import (
    Decision,
    Excursion,
    Funding,
    Item,
    Lot,
    Movement,
    Reading,
    Stock,
    Storage,
    StorageUnit,
)

DAYS = 14
# An afternoon on which somebody left the freezer open: what was inside was asked about, and may be used
_LEFT_OPEN_DAYS_AGO = 9
_SOON = timedelta(days=19)
# None that is taken for a number
_LETTERS = "ABCDEFHKLMNPRTUWXY"
# As a refrigerator and a freezer that are well swing, in °C: middle and width
_SWINGS = {Storage.REFRIGERATOR: (4.3, 1.1), Storage.FREEZER: (-20.5, 2.0)}


def stock_up(actor: Actor, sample: dict[str, Any]) -> None:
    """Set up what the clinic keeps, and where, in one change and few statements."""
    sites = {site.code: site for site in Site.objects.filter(code__in=[code for code, *_ in sample["units"]])}
    rng = Random("shelves")
    with change(actor, "supplies.manage", reason="sample clinic") as this:
        units = _units(this, sites, sample["units"])
        today = this.at.astimezone(ZoneInfo(next(iter(sites.values())).zone)).date()
        vaccines = this.save_new([_vaccine(*row[:6]) for row in sample["items"]])
        goods = this.save_new([_goods(*row[:6]) for row in sample["goods"]])
        held = [(item, *row[6:]) for item, row in zip(vaccines, sample["items"], strict=True)]
        held += [(item, row[6], 0) for item, row in zip(goods, sample["goods"], strict=True)]
        stock = _stock(this, held, units, today, rng)
        for unit in (one for one in units if one.twice_daily):
            _readings(this, unit, rng)
        _left_open(this, next(u for u in units if u.kind == Storage.FREEZER), stock)
    lent = next(s for s in stock if s.funding == Funding.PRIVATE)
    actions.borrow(actor, lent.pk, doses=2, funding=Funding.VFC, reason="The VFC delivery was a week late")


def _units(this: Change, sites: dict[str, Site], rows: list[list[str]]) -> list[StorageUnit]:
    made = []
    for code, name, kind in rows:
        low, high = LIMITS[Storage(kind)]
        twice_daily = kind != Storage.ROOM
        made.append(
            StorageUnit(site=sites[code], name=name, kind=kind, low_c=low, high_c=high, twice_daily=twice_daily)
        )
    return this.save_new(made)


def _goods(name: str, kind: str, ndc: str, unit: str, package: int, level: int) -> Item:
    return Item(
        name=name, kind=kind, ndc=ndc, unit=unit, storage=Storage.ROOM, doses_per_package=package, reorder_level=level
    )


def _vaccine(name: str, ndc: str, storage: str, package: int, vial: int, level: int) -> Item:
    product = facts().product(ndc)
    assert product is not None, ndc
    days = 28 if vial > 1 else None
    return Item(
        name=name, ndc=product.ndc, cvx=product.cvx, mvx=product.mvx, storage=storage, doses_per_package=package,
        doses_per_vial=vial, beyond_use_days=days, reorder_level=level,
    )  # fmt: skip


def _stock(
    this: Change, held: list[tuple[Item, int, int]], units: list[StorageUnit], today: date, rng: Random
) -> list[Stock]:
    lots, rows, moves = [], [], []
    keepers = {staff.site_id: staff for staff in Staff.objects.filter(role="medical-assistant", active=True)}
    for number, (item, private, vfc) in enumerate(held):
        for funding, doses in ((Funding.PRIVATE, private), (Funding.VFC, vfc)):
            if not doses:
                continue
            # One lot of the shelf is to be used up soon
            soon = number == 1 and funding == Funding.PRIVATE
            expires = today + (_SOON if soon else timedelta(days=rng.randint(150, 640)))
            lot = Lot(item=item, number=_lot_number(rng), expires_on=_month_end(expires) if not soon else expires)
            lots.append(lot)
            for unit in units:
                if unit.kind != item.storage:
                    continue
                there = doses if unit.site_id == units[0].site_id else (doses + 1) // 2
                stock = Stock(lot=lot, unit=unit, funding=funding, on_hand=there)
                rows.append(stock)
                moves.append(_received(this, stock, rng.randint(15, 40), keepers.get(unit.site_id)))
    this.save_new(lots)
    this.save_new(rows)
    this.save_new(moves)
    return rows


def _lot_number(rng: Random) -> str:
    return f"{rng.choice(_LETTERS)}{rng.randint(0, 9)}{rng.choice(_LETTERS)}{rng.randint(100, 999)}"


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _received(this: Change, stock: Stock, days_ago: int, by: Staff | None) -> Movement:
    at = (this.at - timedelta(days=days_ago)).astimezone(ZoneInfo(stock.unit.site.zone))
    return Movement(
        stock=stock, kind=Movement.Kind.RECEIVED, doses=stock.on_hand, after=stock.on_hand, by=by,
        by_name=by.short if by else this.actor.name,
        at=at.replace(hour=10, minute=5 + days_ago, second=0, microsecond=0),
    )  # fmt: skip


def _readings(this: Change, unit: StorageUnit, rng: Random) -> None:
    """Twice a day until now, by the assistants of the site."""
    middle, width = _SWINGS[Storage(unit.kind)]
    assistants = list(
        Staff.objects.filter(site_id=unit.site_id, role="medical-assistant", active=True).order_by("family")
    )
    rows = []
    for at in _twice_daily(this.at, ZoneInfo(unit.site.zone), rng):
        by = rng.choice(assistants) if assistants else None
        current = middle + rng.uniform(-width, width) * 0.6
        rows.append(
            Reading(
                unit=unit,
                at=at,
                current_c=_degrees(current),
                low_c=_degrees(min(current, middle - width * rng.uniform(0.5, 1))),
                high_c=_degrees(max(current, middle + width * rng.uniform(0.5, 1))),
                by=by,
                initials=names.initials(by.family, by.given) if by else "",
            )
        )
    this.save_new(rows)


def _twice_daily(now: datetime, zone: ZoneInfo, rng: Random) -> Iterator[datetime]:
    today = now.astimezone(zone).date()
    for ago in range(DAYS, -1, -1):
        for hour, minute in ((7, 35), (17, 5)):
            day = today - timedelta(days=ago)
            at = datetime.combine(day, time(hour, minute + rng.randint(0, 20)), tzinfo=zone)
            if at < now:
                yield at


def _degrees(value: float) -> Decimal:
    return Decimal(f"{value:.2f}")


def _left_open(this: Change, freezer: StorageUnit, stock: list[Stock]) -> None:
    """An excursion of last week, long decided about."""
    day = (this.at - timedelta(days=_LEFT_OPEN_DAYS_AGO)).astimezone(ZoneInfo(freezer.site.zone))
    began = day.replace(hour=13, minute=10, second=0, microsecond=0)
    ended = began + timedelta(minutes=50)
    warm = Decimal("-11.40")
    by = Staff.objects.filter(site_id=freezer.site_id, role="medical-assistant", active=True).first()
    seen = {"unit": freezer, "out": True, "by": by, "initials": names.initials(by.family, by.given) if by else ""}
    cold = Decimal("-16.80")
    this.save_new(
        [
            Reading(at=began, current_c=Decimal("-12.20"), note="Door stood open", **seen),
            Reading(at=ended, current_c=cold, low_c=cold, high_c=warm, **seen),
        ]
    )
    excursion = Excursion(
        unit=freezer, last_good_at=began - timedelta(hours=5), began_at=began, last_out_at=ended, ended_at=ended,
        low_c=cold, high_c=warm, decided_at=ended + timedelta(hours=2),
    )  # fmt: skip
    this.save_new([excursion])
    nurse: UUID | None = Staff.objects.filter(role="nurse", active=True).values_list("pk", flat=True).first()
    this.save_new(
        [
            Decision(
                excursion=excursion,
                stock=each,
                verdict=Decision.Verdict.USE,
                asked="Merck medical information, case 26-4471",
                why="Stable for 72 hours up to 8 °C; may be used as usual.",
                doses=each.on_hand,
                at=ended + timedelta(hours=2),
                by_id=nurse,
            )
            for each in stock
            if each.unit_id == freezer.pk
        ]
    )
