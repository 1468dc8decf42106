"""Goods other than vaccines: what a site has to use, and what was used for a visit."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q

from liaison.kernel import clock
from liaison.places.models import Site
from liaison.record.actor import Actor
from liaison.record.rows import row
from liaison.supplies.models import Item, Movement, Stock, Vial
from liaison.supplies.queries.usable import why_not

MOST = 200  # items looked at


@dataclass(frozen=True, slots=True)
class Goods:
    """An item, and how much of it may be used at a site today."""

    item: Item
    usable: int


@dataclass(frozen=True, slots=True)
class Used:
    """Goods that left the shelf for a visit: the ledger's entry, how many of which lot, who took them and when."""

    pk: UUID
    item: Item
    lot: str
    count: int
    by: str
    at: datetime


def goods_at(actor: Actor, site_id: UUID, text: str, limit: int = 12) -> list[Goods]:
    """The goods of a site whose name or NDC holds every word typed, by name; what is there comes first. Two queries."""
    actor.require("supplies.read")
    site = row(Site, site_id)
    if site is None:
        return []
    today = clock.today(ZoneInfo(site.zone))
    rows = Item.objects.filter(active=True).exclude(kind=Item.Kind.VACCINE)
    for word in text.split():
        rows = rows.filter(Q(name__icontains=word) | Q(ndc__startswith=word))
    found = list(rows.order_by("name")[:MOST])
    stocks = {item.pk: 0 for item in found}
    of_site = Stock.objects.filter(unit__site_id=site_id, on_hand__gt=0, lot__item_id__in=list(stocks))
    vials = Prefetch("vials", Vial.objects.filter(left__gt=0))
    for stock in of_site.select_related("lot__item", "unit").prefetch_related(vials):
        if why_not(stock, today) is None:
            stocks[stock.lot.item_id] += stock.on_hand
    found.sort(key=lambda item: not stocks[item.pk])
    return [Goods(item, stocks[item.pk]) for item in found[:limit]]


def used_for(actor: Actor, encounter_id: UUID) -> list[Used]:
    """What was used for a visit and is not back on the shelf, the latest first. One query."""
    actor.require("supplies.read")
    rows = Movement.objects.filter(for_id=encounter_id, kind=Movement.Kind.USED, reversed_by=None)
    rows = rows.exclude(stock__lot__item__kind=Item.Kind.VACCINE).select_related("stock__lot__item")
    return [
        Used(one.pk, one.stock.lot.item, one.stock.lot.number, -one.doses, one.by_name, one.at)
        for one in rows.order_by("-at", "-id")
    ]
