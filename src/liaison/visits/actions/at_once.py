"""What a person does in one go that the table of moves knows as two."""

from datetime import datetime
from uuid import UUID

from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.visits.actions.booking import book, request
from liaison.visits.machine import capability
from liaison.visits.models import Visit


def request_and_book(
    actor: Actor,
    *,
    patient_id: UUID,
    site_id: UUID,
    visit_type: str,
    reason: str,
    provider_id: UUID,
    starts_at: datetime,
    priority: str = "routine",
    channel: str = "phone",
    overbook: bool = False,
) -> Visit:
    """Take a request and book it: both, or nothing when the time has just been taken (Conflict "time-taken")."""
    with change(actor, capability("request"), patient_id=patient_id):
        visit = request(
            actor,
            patient_id=patient_id,
            site_id=site_id,
            visit_type=visit_type,
            reason=reason,
            priority=priority,
            channel=channel,
        )
        return book(actor, visit.pk, provider_id=provider_id, starts_at=starts_at, overbook=overbook)
