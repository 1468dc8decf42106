"""What the registry hears of by itself: doses recorded, corrected, removed, refused; patients who begin to share."""

from uuid import UUID

from liaison.record.actor import machine
from liaison.record.models import OutboxEvent
from liaison.record.outbox import reaction
from liaison.registry import actions

REGISTRY = machine("registry")


@reaction("immunize.recorded", "immunize.corrected", "immunize.removed", "immunize.not_given")
def dose_changed(event: OutboxEvent) -> None:
    actions.tell(REGISTRY, UUID(event.payload["immunization"]))


@reaction("registry.sharing")
def sharing_changed(event: OutboxEvent) -> None:
    if event.payload["shares"]:
        actions.tell_patient(REGISTRY, UUID(event.payload["patient"]))
