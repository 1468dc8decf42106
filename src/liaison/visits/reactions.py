"""How a visit follows what happens elsewhere: orders done, charges posted, everything paid."""

from uuid import UUID

from liaison.record.actor import machine
from liaison.record.models import OutboxEvent
from liaison.record.outbox import reaction
from liaison.record.prepared import Prepared
from liaison.visits import actions
from liaison.visits.actions.exam import open_orders
from liaison.visits.machine import EXPECTED
from liaison.visits.models import Stage, Visit

VISITS = machine("visits")


def _of_encounter(event: OutboxEvent, *stages: str) -> Visit | None:
    """The visit whose encounter the event names, if it stands at one of `stages`."""
    encounter = event.payload.get("encounter")
    visit = _visit_of.first(UUID(encounter)) if encounter else None
    return visit if visit is not None and visit.stage in stages else None


_visit_of = Prepared(lambda encounter: Visit.objects.filter(encounter_id=encounter))


@reaction("orders.completed", "orders.revoked", "immunize.recorded", "immunize.not_given", "immunize.plan_changed")
def go_to_checkout(event: OutboxEvent) -> None:
    visit = _of_encounter(event, Stage.ORDERS)
    if visit is not None and visit.encounter_id is not None and not open_orders(visit.encounter_id):
        actions.orders_done(VISITS, visit.pk)


@reaction("billing.charges_posted", "billing.claim_made")
def charges_are_posted(event: OutboxEvent) -> None:
    visit = _of_encounter(event, Stage.CODING)
    if visit is not None:
        actions.bill(VISITS, visit.pk)


@reaction("billing.encounter_settled")
def everything_is_paid(event: OutboxEvent) -> None:
    visit = _of_encounter(event, Stage.CODING, Stage.BILLED)
    if visit is None:
        return
    if visit.stage == Stage.CODING:
        actions.bill(VISITS, visit.pk)
    actions.close(VISITS, visit.pk)


@reaction("schedule.moved")
def appointment_is_moved(event: OutboxEvent) -> None:
    """An appointment moved on the schedule takes its visit along."""
    visit = Visit.objects.filter(appointment_id=UUID(event.payload["appointment"]), stage__in=EXPECTED).first()
    if visit is not None:
        actions.follow_appointment(VISITS, visit.pk)


@reaction("schedule.cancelled")
def appointment_is_cancelled(event: OutboxEvent) -> None:
    """An appointment cancelled on the schedule takes its visit along."""
    visit = Visit.objects.filter(appointment_id=UUID(event.payload["appointment"]), stage__in=EXPECTED).first()
    if visit is not None:
        actions.cancel(VISITS, visit.pk, "Cancelled on the schedule")
