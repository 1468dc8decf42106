"""What vaccines follow: a patient's needs are worked out again when the history or the chart changes."""

from uuid import UUID

from liaison.immunize.forecasts import forget, refresh_one
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
