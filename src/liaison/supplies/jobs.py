"""What supplies do by themselves: watch expiry dates, and whether the temperatures were read."""

from django_tasks.base import task

from liaison.record.actor import machine
from liaison.record.jobs import every
from liaison.supplies.actions import look_over


@task()
def watch_supplies() -> int:
    """Tell of what expires and of readings that are missing, each once. Gives how many were told of now."""
    return look_over(machine("supplies"))


every(300, watch_supplies)
