"""Storage units out of their limits, readings that are missing, lots that expire, items that run low."""

from datetime import date
from uuid import UUID

from liaison.kernel import clock
from liaison.record.models import OutboxEvent
from liaison.record.outbox import reaction
from liaison.record.rows import row
from liaison.supplies.models import Excursion, Item, Stock, StorageUnit
from liaison.worklist import actions
from liaison.worklist.reactions.common import WORKLIST, of_source, of_sources, settle


@reaction("supplies.excursion")
def unit_was_out_of_its_limits(event: OutboxEvent) -> None:
    """Somebody sees to the unit while it is out, and somebody decides about what was in it."""
    excursion = Excursion.objects.select_related("unit").filter(pk=event.payload["excursion"]).first()
    if excursion is None or excursion.decided_at is not None:
        return
    unit, link = excursion.unit, f"/supplies/excursions/{excursion.pk}/"
    if excursion.ended_at is None:
        actions.add(
            WORKLIST,
            source=f"out:{excursion.pk}",
            kind="unit-out",
            title=f"See to {unit.name}: {excursion.reason or 'it is out of its limits'}",
            detail="Nothing in it may be given. Move it to a unit that is well, and mark it: do not use.",
            for_role="medical-assistant",
            site_id=unit.site_id,
            priority=5,
            link=f"/supplies/storage/{unit.pk}/",
        )
    actions.add(
        WORKLIST,
        source=f"excursion:{excursion.pk}",
        kind="excursion",
        title=f"Decide about what is in {unit.name}",
        detail="Ask each manufacturer, then note what happens to each lot.",
        for_role="nurse",
        site_id=unit.site_id,
        priority=8,
        link=link,
        again=True,
    )


@reaction("supplies.excursion_ended")
def unit_is_well_again(event: OutboxEvent) -> None:
    settle(of_source(f"out:{event.payload['excursion']}"))


@reaction("supplies.excursion_decided")
def excursion_is_decided(event: OutboxEvent) -> None:
    settle(of_sources(f"out:{event.payload['excursion']}", f"excursion:{event.payload['excursion']}"))


@reaction("supplies.reading_missing")
def reading_is_missing(event: OutboxEvent) -> None:
    unit = row(StorageUnit, UUID(event.payload["unit"]))
    if unit is None or not unit.active:
        return
    day, half = event.payload["half"].split(" ")
    actions.add(
        WORKLIST,
        source=f"reading:{unit.pk}:{event.payload['half']}",
        kind="read-temperature",
        title=f"Read the temperature of {unit.name}",
        detail=f"{'Morning' if half == 'am' else 'Afternoon'} of {clock.told(date.fromisoformat(day))}",
        for_role="medical-assistant",
        site_id=unit.site_id,
        priority=22,
        link=f"/supplies/storage/{unit.pk}/",
    )


@reaction("supplies.reading")
def temperature_is_read(event: OutboxEvent) -> None:
    settle(of_source(f"reading:{event.payload['unit']}:{event.payload['half']}"))


@reaction("supplies.expiring")
def lot_expires(event: OutboxEvent) -> None:
    stock = Stock.objects.select_related("lot__item", "unit").filter(pk=event.payload["stock"]).first()
    if stock is None or stock.on_hand == 0:
        return
    lot, expired = stock.lot, event.payload["stage"] == "expired"
    verb = "Take out expired" if expired else "Use or move before it expires:"
    actions.add(
        WORKLIST,
        source=f"expiring:{stock.pk}",
        kind="lot-expiring",
        title=f"{verb} {lot.item.name}, lot {lot.number}",
        detail=f"{stock.on_hand} in {stock.unit.name}, {stock.get_funding_display()}, "
        f"{'expired' if expired else 'expires'} {clock.told(stock.last_day)}",
        for_role="medical-assistant",
        site_id=stock.unit.site_id,
        priority=18 if expired else 60,
        link=f"/supplies/lots/{lot.pk}/",
        again=True,
    )


@reaction("supplies.emptied")
def stock_is_empty(event: OutboxEvent) -> None:
    settle(of_source(f"expiring:{event.payload['stock']}"))


@reaction("supplies.low")
def stock_is_low(event: OutboxEvent) -> None:
    item = row(Item, UUID(event.payload["item"]))
    if item is None or not item.active:
        return
    actions.add(
        WORKLIST,
        source=f"low:{item.pk}:{event.payload['site']}",
        kind="stock-low",
        title=f"Order {item.name}",
        detail=f"Fewer than {item.reorder_level} are left.",
        for_role="medical-assistant",
        site_id=UUID(event.payload["site"]),
        priority=50,
        link="/supplies/",
        again=True,
    )


@reaction("supplies.enough")
def stock_is_enough(event: OutboxEvent) -> None:
    settle(of_source(f"low:{event.payload['item']}:{event.payload['site']}"))
