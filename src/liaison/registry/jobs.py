"""What the registry's room does by itself: what waits is sent, answers are read."""

from django_tasks.base import task

from liaison.record.jobs import every
from liaison.registry import queries


@task()
def exchange_with_registry() -> int:
    """Send what waits, and read what was answered. Gives how many messages were answered."""
    if queries.connection() is None:
        return 0
    # Here, for the HTTP client is slow to import, and most commands do without
    from liaison.registry.exchange import send_waiting

    return send_waiting()


every(15, exchange_with_registry)
