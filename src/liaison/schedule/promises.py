"""What holds of the schedule at all times."""

from collections.abc import Iterable
from datetime import datetime

from liaison.record.promises import promise
from liaison.schedule.models import Appointment, Hold


@promise("nobody is booked twice")
def nobody_is_booked_twice() -> Iterable[str]:
    """No two holds of one provider or room in one lane overlap."""
    before: tuple[object, int] | None = None
    taken_until: datetime | None = None
    holds = Hold.objects.order_by("resource_id", "lane", "starts_at")
    for pk, resource, lane, starts_at, ends_at in holds.values_list(
        "pk", "resource_id", "lane", "starts_at", "ends_at"
    ):
        if before == (resource, lane) and taken_until is not None and starts_at < taken_until:
            yield f"Hold {pk} overlaps the one before it."
        before, taken_until = (resource, lane), ends_at


@promise("every booked time is held")
def every_booked_time_is_held() -> Iterable[str]:
    """An active appointment holds its provider for exactly its time; a cancelled or missed one holds nothing."""
    active = {Appointment.Status.BOOKED, Appointment.Status.ARRIVED, Appointment.Status.FULFILLED}
    held = {
        appointment: (resource, starts_at, ends_at)
        for appointment, resource, starts_at, ends_at in Hold.objects.filter(kind=Hold.Kind.PROVIDER).values_list(
            "appointment_id", "resource_id", "starts_at", "ends_at"
        )
    }
    for appointment in Appointment.objects.iterator():
        wanted = (appointment.provider_id, appointment.starts_at, appointment.ends_at)
        if held.get(appointment.pk) != (wanted if appointment.status in active else None):
            yield f"Appointment/{appointment.pk} ({appointment.status}) is not held as it should be."
