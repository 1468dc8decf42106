"""What is asked about estimates."""

from uuid import UUID

from liaison.billing.models import Estimate
from liaison.kernel import clock
from liaison.kernel.errors import NotFound
from liaison.people.queries import patient_for
from liaison.record.actor import Actor
from liaison.schedule.models import Appointment


def estimate_for(actor: Actor, estimate_id: UUID) -> Estimate:
    """An estimate with its paper; the look is audited. Raises NotFound."""
    actor.require("people.read")
    found = Estimate.objects.filter(pk=estimate_id).first()
    if found is None:
        raise NotFound("no-estimate", "There is no such estimate. Look at the patient’s coverage again.")
    patient_for(actor, found.patient_id, why="estimate")
    return found


def coming(patient_id: UUID) -> list[Appointment]:
    """A patient's booked appointments to come, the nearest first; for who has opened the patient."""
    rows = Appointment.objects.filter(
        patient_id=patient_id, status=Appointment.Status.BOOKED, starts_at__gte=clock.now()
    )
    return list(rows.select_related("provider", "site").order_by("starts_at")[:20])
