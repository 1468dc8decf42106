"""What billing does when something happens elsewhere."""

from uuid import UUID

from liaison.billing.actions import draft_charges
from liaison.record.actor import machine
from liaison.record.models import OutboxEvent
from liaison.record.outbox import reaction


@reaction("visits.checked_out")
def draft(event: OutboxEvent) -> None:
    """Draft the charges of a visit whose patient has left."""
    if encounter := event.payload.get("encounter"):
        draft_charges(machine("billing"), UUID(encounter), visit_type=event.payload.get("visit_type", ""))
