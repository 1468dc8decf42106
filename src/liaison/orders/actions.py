"""What may be done with orders."""

from uuid import UUID

from liaison.chart.actions import signer, staff_id
from liaison.chart.models import Encounter
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.orders import queries
from liaison.orders.models import Order, Specimen
from liaison.people.queries import may_open
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.record.numbers import next_number
from liaison.record.prepared import Prepared
from liaison.record.rows import locked, row

PRIORITIES = ("routine", "urgent", "stat")
_open_already = Prepared(
    lambda encounter, key: Order.objects.filter(
        encounter_id=encounter, key=key, status=Order.Status.ACTIVE
    ).values_list("pk", flat=True)[:1]
)
_drawn = Prepared(lambda order: Specimen.objects.filter(order_id=order).values_list("pk", flat=True)[:1])


def place(actor: Actor, encounter_id: UUID, key: str, *, priority: str = "routine", instructions: str = "") -> Order:
    """Place the order `key` of the catalogue for an encounter. Event orders.placed.

    Raises NotFound for an order that the practice does not offer, Conflict when the same is open or the visit is over.
    """
    if priority not in PRIORITIES:
        raise Invalid("unknown-priority", f"Choose one of: {', '.join(PRIORITIES)}.", "priority")
    offered = queries.offered(key)
    with change(actor, "orders.place") as this:
        encounter = row(Encounter, encounter_id, "patient")
        if encounter is None:
            raise NotFound("no-encounter", "There is no such visit in the record. Open it again from the board.")
        may_open(actor, encounter.patient)
        if encounter.status in (Encounter.Status.FINISHED, Encounter.Status.CANCELLED):
            raise Conflict("encounter-over", "This visit is over. Order it in the next one.")
        orderer = staff_id(actor) or encounter.provider_id
        if orderer is None:
            raise Conflict("no-provider", "This visit has no provider who could order. Name one first.")
        if _open_already(encounter.pk, key):
            raise Conflict("already-ordered", f"{offered.display} is ordered already.", "orders")
        order = this.save(
            Order(
                patient_id=encounter.patient_id,
                encounter_id=encounter.pk,
                key=key,
                category=offered.category,
                system=offered.system,
                code=offered.code,
                display=offered.display[:300],
                priority=priority,
                instructions=instructions.strip()[:300],
                needs_specimen=offered.needs_specimen,
                ordered_by_id=orderer,
                ordered_at=this.at,
            )
        )
        this.event("orders.placed", order=order.pk, encounter=encounter.pk, patient=encounter.patient_id)
        return order


def _open_order(actor: Actor, order_id: UUID) -> Order:
    found = locked(Order, order_id, "patient")
    if found is None:
        raise NotFound("no-order", "There is no such order. Look at the list of orders again.")
    may_open(actor, found.patient)
    if found.status == Order.Status.COMPLETED:
        raise Conflict("order-done", "This order is done already.")
    if found.status == Order.Status.REVOKED:
        raise Conflict("order-revoked", "This order was cancelled. Ask the provider whether it is still wanted.")
    return found


def collect(actor: Actor, order_id: UUID, *, body_site: str = "") -> Specimen:
    """Note that the specimen of an order was drawn, and give it its accession number for the label.

    Event orders.collected. Raises Conflict when the order needs none, or has one already.
    """
    with change(actor, "orders.collect") as this:
        order = _open_order(actor, order_id)
        if not order.needs_specimen:
            raise Conflict("no-specimen-needed", "This order needs no specimen. Mark it done when it is.")
        if _drawn(order.pk):
            raise Conflict("already-collected", "The specimen is drawn already. Print its label again if you need it.")
        specimen = this.save(
            Specimen(
                accession=f"{this.at:%y}-{next_number('accession'):06d}",
                patient_id=order.patient_id,
                order_id=order.pk,
                kind=queries.container(order.key)[:60],
                body_site=body_site.strip()[:60],
                collected_by_id=signer(actor),
                collected_at=this.at,
            )
        )
        this.event(
            "orders.collected",
            order=order.pk,
            specimen=specimen.pk,
            encounter=order.encounter_id,
            patient=order.patient_id,
        )
        return specimen


def complete(actor: Actor, order_id: UUID, result: str = "") -> Order:
    """Note that an order is done. Raises Conflict when its specimen has not been drawn. Event orders.completed."""
    with change(actor, "orders.collect") as this:
        order = _open_order(actor, order_id)
        if order.needs_specimen and not _drawn(order.pk):
            raise Conflict("specimen-first", "Collect and label the specimen first.")
        order.status, order.result = Order.Status.COMPLETED, result.strip()[:200]
        order.done_by_id, order.done_at = staff_id(actor), this.at
        this.save(order, "status", "result", "done_by", "done_at")
        this.event("orders.completed", order=order.pk, encounter=order.encounter_id, patient=order.patient_id)
        return order


def revoke(actor: Actor, order_id: UUID, reason: str) -> Order:
    """Cancel an order that is not done. Raises Invalid without a reason. Event orders.revoked."""
    if not reason.strip():
        raise Invalid("no-reason", "Say why the order is cancelled.", "reason")
    with change(actor, "orders.place", reason=reason.strip()) as this:
        order = _open_order(actor, order_id)
        order.status, order.revoke_reason = Order.Status.REVOKED, reason.strip()[:200]
        this.save(order, "status", "revoke_reason")
        this.event("orders.revoked", order=order.pk, encounter=order.encounter_id, patient=order.patient_id)
        return order
