"""What lies where: the list of stock, a lot with its ledger, what is owed, the ledger as a table."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q, QuerySet, Sum

from liaison.engines.vaccines import facts
from liaison.kernel import clock
from liaison.kernel.errors import NotFound
from liaison.places.models import Site
from liaison.record.actor import Actor
from liaison.supplies.models import Borrowing, Excursion, Funding, Item, Lot, Movement, Stock, StorageUnit, Vial
from liaison.supplies.queries.usable import open_vial, stage_of, why_not

_USUALLY_REFUSED = ("quarantined", "lot-quarantined")


@dataclass(frozen=True, slots=True)
class Line:
    """A stock on the list: `stage` is `expired`, `soon` or nothing, `held` whether it is quarantined."""

    stock: Stock
    stage: str
    held: bool
    vial: Vial | None
    refused: str


@dataclass(slots=True)
class Shelf:
    """An item at a site: its stock, the first to expire first; `usable` doses, and whether that is below its level."""

    item: Item
    lines: list[Line] = field(default_factory=list)
    usable: int = 0
    low: bool = False

    @property
    def on_hand(self) -> int:
        return sum(line.stock.on_hand for line in self.lines)


@dataclass(frozen=True, slots=True)
class Overview:
    """The list of stock, and how many things on it want somebody."""

    shelves: list[Shelf]
    expired: int
    soon: int
    held: int
    low: int
    owed: int
    open_excursions: list[Excursion]


def _in_sites(site: Site | None, name: str = "unit__site") -> Q:
    return Q(**{name: site}) if site is not None else Q(**{f"{name}__active": True})


def overview(actor: Actor, site: Site | None, *, funding: str = "", text: str = "", only: str = "") -> Overview:
    """What is in stock at a site (everywhere without one) by item. Six queries however long the list.

    `funding` and `text` (of a name, lot or CVX) narrow it; `only` is `expired`, `soon`, `held` or `low`. The figures
    are of the whole site.
    """
    actor.require("supplies.read")
    rows = (
        Stock.objects.filter(_in_sites(site), on_hand__gt=0)
        .select_related("lot__item", "unit__site")
        .prefetch_related(Prefetch("vials", Vial.objects.filter(left__gt=0)))
        .order_by("lot__expires_on", "lot__number", "unit__name", "funding", "id")
    )
    shelves = {item.pk: Shelf(item) for item in Item.objects.filter(active=True).order_by("name")}
    local: dict[UUID, datetime] = {}
    for stock in rows:
        at = local.setdefault(stock.unit.site_id, clock.now().astimezone(ZoneInfo(stock.unit.site.zone)))
        stock.refused = why_not(stock, at.date())
        held = stock.refused is not None and stock.refused.code in _USUALLY_REFUSED
        stage = stage_of(stock, at)
        refused = stock.refused.sentence if stock.refused else ""
        shelf = shelves.setdefault(stock.lot.item_id, Shelf(stock.lot.item))
        shelf.lines.append(Line(stock, stage, held, open_vial(stock), refused))
        shelf.usable += 0 if stock.refused else stock.on_hand
    for shelf in shelves.values():
        shelf.low = shelf.usable < shelf.item.reorder_level
        shelf.lines.sort(key=lambda line: line.stock.last_day)
    lines = [line for shelf in shelves.values() for line in shelf.lines]
    open_now = Excursion.objects.filter(_in_sites(site), decided_at=None).select_related("unit")
    return Overview(
        shelves=_narrowed(shelves.values(), funding, text.strip().casefold(), only),
        expired=sum(line.stage == "expired" for line in lines),
        soon=sum(line.stage == "soon" for line in lines),
        held=sum(line.held for line in lines),
        low=sum(shelf.low for shelf in shelves.values()),
        owed=sum(debt.owed for debt in _owed(site)),
        open_excursions=list(open_now.order_by("-began_at")[:10]),
    )


def _narrowed(shelves: Iterable[Shelf], funding: str, text: str, only: str) -> list[Shelf]:
    kept = []
    for shelf in shelves:
        item = shelf.item
        if only == "low" and not shelf.low:
            continue
        named = text in f"{item.name} {item.cvx} {item.ndc} {item.ndc.replace('-', '')}".casefold()
        lines = [
            line
            for line in shelf.lines
            if (not funding or line.stock.funding == funding)
            and (named or text in line.stock.lot.number.casefold())
            and (only in ("", "low") or (only == "held" and line.held) or line.stage == only)
        ]
        if lines or (named and not funding and only in ("", "low")):
            kept.append(Shelf(item, lines, shelf.usable, shelf.low))
    # What is there comes before what is not
    return sorted(kept, key=lambda shelf: (not shelf.lines, shelf.item.name.casefold()))


def _owed(site: Site | None) -> QuerySet[Borrowing]:
    rows = Borrowing.objects.filter(_in_sites(site, "site"), settled_at=None)
    return rows.select_related("item", "lot", "site", "by").order_by("at")


@dataclass(frozen=True, slots=True)
class Debts:
    """Doses that one source owes another: those still owed, and those settled of late."""

    owed: list[Borrowing]
    settled: list[Borrowing]


def debts(actor: Actor, site: Site | None) -> Debts:
    """What was borrowed at a site, oldest first; of what is settled the last fifty."""
    actor.require("supplies.read")
    rows = Borrowing.objects.filter(_in_sites(site, "site"), settled_at__isnull=False)
    settled = rows.select_related("item", "lot", "site", "by").order_by("-settled_at")[:50]
    return Debts(list(_owed(site)), list(settled))


def borrowing(actor: Actor, borrowing_id: UUID) -> Borrowing:
    """One borrowing. Raises NotFound."""
    actor.require("supplies.read")
    found = Borrowing.objects.select_related("item", "lot", "site", "by").filter(pk=borrowing_id).first()
    if found is None:
        raise NotFound("no-borrowing", "There is no such borrowing. Look at the list again.")
    return found


def may_return(actor: Actor, owed: Borrowing) -> list[Stock]:
    """The stock of the borrower at the site from which a debt may be paid, the last to expire first."""
    actor.require("supplies.manage")
    rows = Stock.objects.filter(unit__site_id=owed.site_id, funding=owed.borrower, on_hand__gt=0)
    rows = rows.filter(lot__item__cvx=owed.item.cvx) if owed.item.cvx else rows.filter(lot__item=owed.item)
    today = clock.today(ZoneInfo(owed.site.zone))
    found = rows.select_related("lot__item", "unit__site").prefetch_related("vials").order_by("-lot__expires_on", "id")
    return [stock for stock in found if why_not(stock, today) is None]


@dataclass(frozen=True, slots=True)
class LotWhole:
    """A lot, where it lies, and everything that happened to it, the latest first."""

    lot: Lot
    lines: list[Line]
    movements: list[Movement]
    more: bool


def lot_whole(actor: Actor, lot_id: UUID, most: int = 200) -> LotWhole:
    """A lot with its stock and its ledger. Raises NotFound. Five queries."""
    actor.require("supplies.read")
    lot = Lot.objects.select_related("item").filter(pk=lot_id).first()
    if lot is None:
        raise NotFound("no-lot", "There is no such lot. Look at the list again.")
    rows = Stock.objects.filter(lot=lot).select_related("unit__site", "excursion")
    lines = []
    for stock in rows.prefetch_related(Prefetch("vials", Vial.objects.filter(left__gt=0))).order_by("created_at"):
        stock.lot = lot
        at = clock.now().astimezone(ZoneInfo(stock.unit.site.zone))
        refusal = why_not(stock, at.date())
        held = refusal is not None and refusal.code in _USUALLY_REFUSED
        sentence = refusal.sentence if refusal else ""
        lines.append(Line(stock, stage_of(stock, at), held, open_vial(stock), sentence))
    moves = Movement.objects.filter(stock__lot=lot).select_related("stock__unit__site", "by").order_by("-at", "-id")
    found = list(moves[: most + 1])
    return LotWhole(lot, lines, found[:most], len(found) > most)


def stock_whole(actor: Actor, stock_id: UUID) -> Stock:
    """A stock with its lot, item, unit and site. Raises NotFound."""
    actor.require("supplies.read")
    found = Stock.objects.select_related("lot__item", "unit__site").filter(pk=stock_id).first()
    if found is None:
        raise NotFound("no-stock", "There is no such stock. Look at the list again.")
    return found


def items(actor: Actor) -> list[Item]:
    """Everything that is or was kept in stock, with `on_hand` doses of each; those in use first."""
    actor.require("supplies.read")
    rows = Item.objects.annotate(on_hand=Sum("lots__stock__on_hand")).order_by("-active", "name")
    return list(rows)


def item(actor: Actor, item_id: UUID) -> Item:
    """One item with the GTINs tied to it. Raises NotFound."""
    actor.require("supplies.read")
    found = Item.objects.prefetch_related("codes").filter(pk=item_id).first()
    if found is None:
        raise NotFound("no-item", "There is no such item.")
    return found


COLUMNS = (
    "date", "time", "site", "unit", "item", "cvx", "cvx_name", "mvx", "ndc", "lot", "expires", "funding", "what",
    "doses", "after", "reason", "note", "by", "borrowed_from", "immunization",
)  # fmt: skip


def ledger(actor: Actor, site: Site | None, start: date, end: date, funding: str = "") -> Iterator[tuple[str, ...]]:
    """Every entry of the ledger from a day to another, oldest first, as rows of text under `COLUMNS`.

    Without names of patients: `immunization` is its id in the record.
    """
    actor.require("supplies.read")
    zone = ZoneInfo(site.zone) if site is not None else clock.now().tzinfo
    first = datetime(start.year, start.month, start.day, tzinfo=zone)
    rows = Movement.objects.filter(_in_sites(site, "stock__unit__site"), at__gte=first)
    if funding in Funding.values:
        rows = rows.filter(stock__funding=funding)
    known = facts()
    for row in rows.select_related("stock__lot__item", "stock__unit__site", "by", "borrowing").order_by("at", "id"):
        at = row.at.astimezone(ZoneInfo(row.stock.unit.site.zone))
        if at.date() > end:
            break
        goods, vaccine = row.stock.lot.item, known.vaccine(row.stock.lot.item.cvx)
        yield (
            f"{at:%Y-%m-%d}", f"{at:%H:%M}", row.stock.unit.site.name, row.stock.unit.name, goods.name, goods.cvx,
            vaccine.short if vaccine else "", goods.mvx, goods.ndc, row.stock.lot.number,
            row.stock.lot.expires_on.isoformat(), row.stock.funding, row.get_kind_display(), str(row.doses),
            str(row.after), row.reason, row.note, row.by.full if row.by else row.by_name,
            row.borrowing.lender if row.borrowing else "", str(row.for_id or ""),
        )  # fmt: skip


def units(actor: Actor, site: Site | None, *, kind: str = "") -> list[StorageUnit]:
    """The storage units in use, for a choice."""
    actor.require("supplies.read")
    rows = StorageUnit.objects.filter(_in_sites(site, "site"), active=True).select_related("site")
    return list((rows.filter(kind=kind) if kind else rows).order_by("site__name", "name"))
