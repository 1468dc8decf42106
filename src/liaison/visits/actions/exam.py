"""With the provider, and the orders that follow."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from liaison.chart import actions as chart
from liaison.immunize.queries.encounter import planned_doses
from liaison.kernel.errors import Conflict, Invalid
from liaison.orders import actions as orders_actions
from liaison.orders.models import Order
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.record.prepared import Prepared
from liaison.visits.actions.moving import go, locked
from liaison.visits.machine import Facts, capability, way
from liaison.visits.models import Visit

MOST_FOLLOW_UP_DAYS = 730


def begin_exam(actor: Actor, visit_id: UUID) -> Visit:
    """Note that the provider is with the patient."""
    with change(actor, capability("begin_exam")) as this:
        return go(this, "begin_exam", Facts(locked(visit_id), this.at))


def finish_exam(
    actor: Actor,
    visit_id: UUID,
    *,
    note: str,
    diagnoses: list[str],
    orders: Sequence[str | dict[str, Any]] = (),
    follow_up: dict[str, Any] | None = None,
    instructions: str = "",
) -> Visit:
    """End the examination: note signed, diagnoses in order, orders placed.

    The visit goes on to its orders, or to checkout when none is open.

    `orders` are catalogue keys or {key, priority, instructions}; `follow_up` is {interval_days, visit_type, note};
    `instructions` go to the patient in the visit summary. Raises Invalid with the field that is wrong.
    """
    with change(actor, capability("finish_exam")) as this:
        visit = locked(visit_id)
        given = len([code for code in diagnoses if code.strip()])
        facts = Facts(visit, this.at, note=note, diagnoses=given, open_orders=len(orders))
        way("finish_exam", facts)
        encounter_id = _encounter_id(visit)
        chart.write_note(actor, encounter_id, "progress", note)
        chart.diagnose(actor, encounter_id, diagnoses)
        for wanted in orders:
            asked = {"key": wanted} if isinstance(wanted, str) else dict(wanted)
            orders_actions.place(
                actor,
                encounter_id,
                asked["key"],
                priority=asked.get("priority") or "routine",
                instructions=asked.get("instructions") or "",
            )
        visit.follow_up = _follow_up(follow_up)
        visit.instructions = instructions.strip()
        facts = Facts(visit, this.at, note=note, diagnoses=given, open_orders=open_orders(encounter_id))
        return go(this, "finish_exam", facts, "follow_up", "instructions")


def _encounter_id(visit: Visit) -> UUID:
    if visit.encounter_id is None:
        raise Conflict("not-checked-in", "Check the patient in first.")
    return visit.encounter_id


def _follow_up(asked: dict[str, Any] | None) -> dict[str, Any]:
    if not asked or not asked.get("interval_days"):
        return {}
    try:
        days = int(asked["interval_days"])
    except (TypeError, ValueError):
        days = 0
    if not 0 < days <= MOST_FOLLOW_UP_DAYS:
        raise Invalid("follow-up", f"Write the follow-up in days, 1 to {MOST_FOLLOW_UP_DAYS}.", field="follow_up")
    return {
        "interval_days": days,
        "visit_type": asked.get("visit_type") or "follow-up",
        "note": str(asked.get("note") or "")[:200],
    }


def open_orders(encounter_id: UUID) -> int:
    """How many orders of an encounter are still to do, planned vaccines among them."""
    return len(_active(encounter_id)) + len(planned_doses(encounter_id))


_active = Prepared(
    lambda encounter: Order.objects.filter(encounter_id=encounter, status=Order.Status.ACTIVE).values_list(
        "pk", flat=True
    )
)


def orders_done(actor: Actor, visit_id: UUID) -> Visit:
    """Take the visit from its orders to checkout; the room becomes dirty. Raises Conflict while an order is open."""
    with change(actor, capability("orders_done")) as this:
        visit = locked(visit_id)
        return go(this, "orders_done", Facts(visit, this.at, open_orders=open_orders(_encounter_id(visit))))
