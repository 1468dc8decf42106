"""What vaccines follow: needs are worked out again when history or chart changes; statements go out by mail."""

from uuid import UUID

from liaison.immunize.forecasts import forget, refresh_one
from liaison.immunize.mail import send_vis_link
from liaison.immunize.models import Preparation
from liaison.record.models import OutboxEvent
from liaison.record.outbox import reaction


@reaction("immunize.recorded", "immunize.corrected", "immunize.removed")
def history_changed(event: OutboxEvent) -> None:
    """At once: the board must not ask for what was just given."""
    refresh_one(UUID(event.payload["patient"]))


@reaction("chart.facts_changed", "people.registered", "people.changed")
def facts_changed(event: OutboxEvent) -> None:
    """Within a minute, with the next renewal: a busy day changes facts all the time."""
    forget(UUID(event.payload["patient"]))


@reaction("immunize.vis_to_mail")
def mail_statements(event: OutboxEvent) -> None:
    """Send the link; where the server does not take it, it is tried again, then a person hears of it."""
    found = Preparation.objects.select_related("patient").filter(pk=event.payload["preparation"]).first()
    if found is not None and found.patient.email:
        send_vis_link(found)
