"""What becomes a task, and when it is done by itself because the thing was done elsewhere."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from liaison.billing.models import Claim
from liaison.immunize.models import Reaction
from liaison.orders.models import Order
from liaison.places.models import Room
from liaison.record.actor import machine
from liaison.record.models import OutboxEvent
from liaison.record.outbox import reaction
from liaison.record.prepared import Prepared
from liaison.record.rows import row
from liaison.supplies.models import Excursion, Item, Stock, StorageUnit
from liaison.visits.models import Stage, Visit
from liaison.worklist import actions
from liaison.worklist.models import Task

WORKLIST = machine("worklist")
_OVER = (Stage.CANCELLED, Stage.NO_SHOW, Stage.LEFT)


def _settle(tasks: Iterable[UUID]) -> None:
    for task in tasks:
        actions.settle(WORKLIST, task)


def _open(**which: object) -> QuerySet[Task, UUID]:
    return Task.objects.filter(status__in=actions.OPEN, **which).values_list("pk", flat=True)


# The open tasks of a source, of a visit, and so on: asked at almost every event
_of_source = Prepared(lambda source: _open(source=source))
_of_sources = Prepared(lambda first, second: _open(source__in=(first, second)))
_of_visit = Prepared(lambda visit: _open(visit_id=visit))
_to_tell = Prepared(lambda visit: _open(visit_id=visit, kind="tell-provider"))
_to_clean = Prepared(
    lambda: Task.objects.filter(status__in=actions.OPEN, for_role="medical-assistant", kind="clean-room").values_list(
        "pk", "source"
    )
)
_of_claim = Prepared(lambda link: _open(for_role="biller", link=link))

_PARTIES = ("patient", "provider", "room")
_of_encounter = Prepared(lambda encounter: Visit.objects.select_related(*_PARTIES).filter(encounter_id=encounter))


@reaction("visits.alerted")
def tell_the_provider(event: OutboxEvent) -> None:
    visit = row(Visit, UUID(event.payload["visit"]), *_PARTIES)
    code = event.payload["code"]
    alert = next((a for a in visit.alerts if a["code"] == code), None) if visit else None
    if visit is None or alert is None or alert.get("told_at") or not alert.get("must_tell"):
        return
    provider = visit.provider.short if visit.provider else "the provider"
    actions.add(
        WORKLIST,
        source=f"tell:{visit.pk}:{code}",
        kind="tell-provider",
        title=f"Tell {provider} about {alert['text']}",
        detail=", ".join(filter(None, (visit.patient.listed, visit.room.name if visit.room else ""))),
        for_role="medical-assistant",
        patient_id=visit.patient_id,
        visit_id=visit.pk,
        site_id=visit.site_id,
        priority=5 if alert.get("critical") else 10,
        link=f"/visits/{visit.pk}/",
        again=True,
    )


@reaction("chart.abnormal_vitals")
def tell_of_vitals_outside_rooming(event: OutboxEvent) -> None:
    """Measurements taken on the chart's page, past the visit's steps, have no alert: they are told all the same."""
    visit = _of_encounter.first(UUID(event.payload["encounter"]))
    if visit is None or visit.alerts:
        return
    actions.add(
        WORKLIST,
        source=f"tell:{visit.pk}:{event.payload.get('observation', event.seq)}",
        kind="tell-provider",
        title=f"Tell {visit.provider.short if visit.provider else 'the provider'} about abnormal vital signs",
        detail=visit.patient.listed,
        for_role="medical-assistant",
        patient_id=visit.patient_id,
        visit_id=visit.pk,
        site_id=visit.site_id,
        priority=10,
        link=f"/visits/{visit.pk}/",
    )


@reaction("visits.told")
def provider_is_told(event: OutboxEvent) -> None:
    _settle(_of_source(f"tell:{event.payload['visit']}:{event.payload['code']}"))


@reaction("visits.moved")
def visit_is_over(event: OutboxEvent) -> None:
    """What was to be done for a visit that is cancelled, missed or left is not needed any more."""
    to, visit = event.payload["to"], UUID(event.payload["visit"])
    if to in _OVER:
        for task in _of_visit(visit):
            actions.cancel(WORKLIST, task, "The visit is over")
    elif to == Stage.CODING:
        _settle(_to_tell(visit))


@reaction("places.room_state")
def room_changes(event: OutboxEvent) -> None:
    room_id, state = event.payload["room"], event.payload["state"]
    if state in (Room.State.READY, Room.State.CLOSED):
        _settle([task for task, source in _to_clean() if source.startswith(f"clean:{room_id}:")])
    elif state == Room.State.DIRTY:
        room = row(Room, UUID(room_id))
        assert room is not None, "rooms are closed, never deleted"
        actions.add(
            WORKLIST,
            source=f"clean:{room_id}:{event.seq}",
            kind="clean-room",
            title=f"Clean {room.name[0].lower()}{room.name[1:]}",
            for_role="medical-assistant",
            site_id=room.site_id,
            priority=30,
            link="/",
        )


@reaction("orders.placed")
def order_is_placed(event: OutboxEvent) -> None:
    order = row(Order, UUID(event.payload["order"]), "patient")
    if order is None or order.status != Order.Status.ACTIVE:
        return
    _order_task(order, "collect" if order.needs_specimen else "do", f"order:{order.pk}")


def _order_task(order: Order, verb: str, source: str) -> None:
    visit = _of_encounter.first(order.encounter_id)
    actions.add(
        WORKLIST,
        source=source,
        kind=f"{verb}-order",
        title=f"{verb.capitalize()} {order.display}"[:200],
        detail=", ".join(filter(None, (order.patient.listed, visit.room.name if visit and visit.room else ""))),
        for_role="medical-assistant",
        patient_id=order.patient_id,
        visit_id=visit.pk if visit else None,
        site_id=visit.site_id if visit else None,
        priority={"stat": 5, "urgent": 15}.get(order.priority, 40),
        link="/orders/",
    )


@reaction("orders.collected")
def specimen_is_collected(event: OutboxEvent) -> None:
    """The tube is drawn: what remains is to run it, or to hand it to the laboratory."""
    _settle(_of_source(f"order:{event.payload['order']}"))
    order = row(Order, UUID(event.payload["order"]), "patient")
    if order is not None and order.status == Order.Status.ACTIVE:
        _order_task(order, "finish", f"finish:{order.pk}")


@reaction("orders.completed")
def order_is_done(event: OutboxEvent) -> None:
    order = event.payload["order"]
    _settle(_of_sources(f"order:{order}", f"finish:{order}"))


@reaction("orders.revoked")
def order_is_cancelled(event: OutboxEvent) -> None:
    order = event.payload["order"]
    for task in _of_sources(f"order:{order}", f"finish:{order}"):
        actions.cancel(WORKLIST, task, "The order was cancelled")


@reaction("billing.claim_denied", "billing.claim_rejected", "billing.claim_to_fix")
def claim_comes_back(event: OutboxEvent) -> None:
    """A claim that the payer denied or rejected, or that our own check holds back, is the biller's to work."""
    claim = Claim.objects.select_related("patient", "payer").filter(pk=event.payload["claim"]).first()
    if claim is None:
        return
    word = event.name.removeprefix("billing.claim_")
    actions.add(
        WORKLIST,
        source=f"{word}:{claim.pk}:{event.seq}",
        kind=f"claim-{word.replace('_', '-')}",
        title=_CLAIM_TITLES[word].format(number=claim.number, payer=claim.payer.name),
        detail=", ".join(filter(None, (claim.patient.listed, claim.answer or " ".join(claim.findings))))[:500],
        for_role="biller",
        patient_id=claim.patient_id,
        priority=30,
        link=f"/claims/{claim.pk}/",
    )


_CLAIM_TITLES = {
    "denied": "Work the denied claim {number} ({payer})",
    "rejected": "Mend the rejected claim {number} ({payer})",
    "to_fix": "Complete the claim {number} before it is sent",
}


@reaction("billing.claim_mended", "billing.claim_paid")
def claim_is_worked(event: OutboxEvent) -> None:
    """A claim that goes out again or is paid after all needs nobody any more."""
    _settle(_of_claim(f"/claims/{event.payload['claim']}/"))


@reaction("billing.exchange_held")
def exchange_is_held(event: OutboxEvent) -> None:
    actions.add(
        WORKLIST,
        source=f"held:{event.payload['exchange']}",
        kind="exchange-held",
        title="Look at a payer's file that could not be posted",
        for_role="biller",
        priority=20,
        link="/claims/",
    )


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
    _settle(_of_source(f"out:{event.payload['excursion']}"))


@reaction("supplies.excursion_decided")
def excursion_is_decided(event: OutboxEvent) -> None:
    _settle(_of_sources(f"out:{event.payload['excursion']}", f"excursion:{event.payload['excursion']}"))


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
        detail=f"{'Morning' if half == 'am' else 'Afternoon'} of {day}",
        for_role="medical-assistant",
        site_id=unit.site_id,
        priority=22,
        link=f"/supplies/storage/{unit.pk}/",
    )


@reaction("supplies.reading")
def temperature_is_read(event: OutboxEvent) -> None:
    _settle(_of_source(f"reading:{event.payload['unit']}:{event.payload['half']}"))


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
        f"{'expired' if expired else 'expires'} {stock.last_day:%m/%d/%Y}",
        for_role="medical-assistant",
        site_id=stock.unit.site_id,
        priority=18 if expired else 60,
        link=f"/supplies/lots/{lot.pk}/",
        again=True,
    )


@reaction("supplies.emptied")
def stock_is_empty(event: OutboxEvent) -> None:
    _settle(_of_source(f"expiring:{event.payload['stock']}"))


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
    _settle(_of_source(f"low:{event.payload['item']}:{event.payload['site']}"))


@reaction("record.reaction_failed")
def a_reaction_failed(event: OutboxEvent) -> None:
    """Nothing on a clinical path is swallowed: what could not be followed up by the machine is a person's task."""
    actions.add(
        WORKLIST,
        source=f"failed:{event.payload['seq']}",
        kind="reaction-failed",
        title=f"Follow up by hand: {event.payload['event']} (event {event.payload['seq']})",
        for_role="office-manager",
        priority=10,
    )


@reaction("immunize.reaction")
def reaction_is_to_be_reported(event: OutboxEvent) -> None:
    """An adverse event goes to VAERS (42 USC 300aa-25); somebody at the practice sends it."""
    found = row(Reaction, UUID(event.payload["reaction"]), "patient")
    if found is None or found.sent_at is not None:
        return
    actions.add(
        WORKLIST,
        source=f"vaers:{found.pk}",
        kind="vaers-report",
        title="Report the reaction to VAERS",
        detail=found.patient.listed,
        for_role="nurse",
        patient_id=found.patient_id,
        priority=12,
        link=f"/patients/{found.patient_id}/vaccines/",
    )


@reaction("immunize.reaction_sent")
def reaction_is_reported(event: OutboxEvent) -> None:
    _settle(_of_source(f"vaers:{event.payload['reaction']}"))
