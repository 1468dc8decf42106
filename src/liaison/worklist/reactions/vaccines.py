"""Reactions after vaccines, to be reported."""

from uuid import UUID

from liaison.immunize.models import Reaction
from liaison.record.models import OutboxEvent
from liaison.record.outbox import reaction
from liaison.record.rows import row
from liaison.worklist import actions
from liaison.worklist.reactions.common import WORKLIST, of_source, settle


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
    settle(of_source(f"vaers:{event.payload['reaction']}"))
