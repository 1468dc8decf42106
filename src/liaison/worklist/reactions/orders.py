"""Orders to collect, do and finish."""

from uuid import UUID

from liaison.orders.models import Order
from liaison.record.models import OutboxEvent
from liaison.record.outbox import reaction
from liaison.record.rows import row
from liaison.worklist import actions
from liaison.worklist.reactions.common import WORKLIST, of_encounter, of_source, of_sources, settle


@reaction("orders.placed")
def order_is_placed(event: OutboxEvent) -> None:
    order = row(Order, UUID(event.payload["order"]), "patient")
    if order is None or order.status != Order.Status.ACTIVE:
        return
    _order_task(order, "collect" if order.needs_specimen else "do", f"order:{order.pk}")


def _order_task(order: Order, verb: str, source: str) -> None:
    visit = of_encounter.first(order.encounter_id)
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
    settle(of_source(f"order:{event.payload['order']}"))
    order = row(Order, UUID(event.payload["order"]), "patient")
    if order is not None and order.status == Order.Status.ACTIVE:
        _order_task(order, "finish", f"finish:{order.pk}")


@reaction("orders.completed")
def order_is_done(event: OutboxEvent) -> None:
    order = event.payload["order"]
    settle(of_sources(f"order:{order}", f"finish:{order}"))


@reaction("orders.revoked")
def order_is_cancelled(event: OutboxEvent) -> None:
    order = event.payload["order"]
    for task in of_sources(f"order:{order}", f"finish:{order}"):
        actions.cancel(WORKLIST, task, "The order was cancelled")
