"""What may be asked of orders: the catalogue, a visit's orders, the work list."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Case, IntegerField, Value, When

from liaison.documents.queries import in_force
from liaison.kernel.errors import NotFound
from liaison.orders.models import Order, Specimen
from liaison.people.queries import may_open
from liaison.record import audit
from liaison.record.actor import Actor


@dataclass(frozen=True)
class Offered:
    """One entry of the order catalogue. `charge` is {code, display, cents} for what doing it costs, if anything."""

    key: str
    display: str
    category: str
    system: str = ""
    code: str = ""
    needs_specimen: bool = False
    container: str = ""
    charge: dict[str, Any] = field(default_factory=dict)


def catalog() -> list[Offered]:
    """What can be ordered, as the practice's document lists it; empty when it has none."""
    try:
        document = in_force("order-catalog", "default")
    except NotFound:
        return []
    return [_offered(entry) for entry in document.body.get("orders", ())]


def _offered(entry: dict[str, Any]) -> Offered:
    return Offered(
        key=entry["key"],
        display=entry["display"],
        category=entry.get("category", "procedure"),
        system=entry.get("system", ""),
        code=entry.get("code", ""),
        needs_specimen=bool(entry.get("needs_specimen")),
        container=entry.get("container", ""),
        charge=entry.get("charge") or {},
    )


def offered(key: str) -> Offered:
    """The catalogue's entry `key`. Raises NotFound."""
    for entry in catalog():
        if entry.key == key:
            return entry
    raise NotFound(
        "not-offered", "The practice's order catalogue has no such order. Choose one from the list.", "orders"
    )


def container(key: str) -> str:
    """In which container the specimen of an order goes: "lavender top, 3 mL"; "specimen" when nobody has said."""
    return next((entry.container for entry in catalog() if entry.key == key and entry.container), "specimen")


def _urgent_first() -> Case:
    return Case(
        When(priority="stat", then=Value(0)), When(priority="urgent", then=Value(1)), default=Value(2),
        output_field=IntegerField(),
    )  # fmt: skip


def open_of(encounter_id: UUID) -> list[Order]:
    """The orders of an encounter that are still to do, the urgent ones first.

    For rooms that have opened the visit already.
    """
    rows = Order.objects.filter(encounter_id=encounter_id, status=Order.Status.ACTIVE)
    return list(rows.prefetch_related("specimens").order_by(_urgent_first(), "ordered_at", "id"))


def of_encounter(encounter_id: UUID) -> list[Order]:
    """All orders of an encounter that were not cancelled, in the order they were placed."""
    rows = Order.objects.filter(encounter_id=encounter_id).exclude(status=Order.Status.REVOKED)
    return list(rows.prefetch_related("specimens").order_by("ordered_at", "id"))


def worklist(actor: Actor, site_id: UUID | None = None) -> list[Order]:
    """What is to be drawn and done at a site (everywhere without one), urgent and oldest first.

    Three queries however long.

    Restricted charts are left out for whoever may not open them without a reason.
    """
    actor.require("orders.read")
    rows = Order.objects.filter(status=Order.Status.ACTIVE)
    if site_id:
        rows = rows.filter(encounter__site_id=site_id)
    if not actor.may("people.restricted"):
        rows = rows.filter(patient__restricted=False)
    return list(
        rows.select_related("patient", "encounter", "ordered_by")
        .prefetch_related("specimens")
        .order_by(_urgent_first(), "ordered_at", "id")[:300]
    )


def order_for(actor: Actor, order_id: UUID) -> Order:
    """Open an order with its patient, encounter and specimens: audited. Raises Forbidden, NotFound."""
    actor.require("orders.read")
    rows = Order.objects.select_related("patient", "encounter", "ordered_by", "done_by").prefetch_related("specimens")
    found = rows.filter(pk=order_id).first()
    if found is None:
        raise NotFound("no-order", "There is no such order. Look at the list of orders again.")
    may_open(actor, found.patient)
    audit.looked(actor, found.patient_id, [f"ServiceRequest/{found.pk}"])
    return found


def specimen_for(actor: Actor, specimen_id: UUID) -> Specimen:
    """Open a specimen with what its label says: audited. Raises Forbidden, NotFound."""
    actor.require("orders.read")
    rows = Specimen.objects.select_related("patient", "order__encounter__site", "collected_by")
    found = rows.filter(pk=specimen_id).first()
    if found is None:
        raise NotFound("no-specimen", "There is no such specimen. Look at the list of orders again.")
    may_open(actor, found.patient)
    audit.looked(actor, found.patient_id, [f"ServiceRequest/{found.order_id}", "specimen label"])
    return found
