"""What coding does by itself: once a day it looks for what was done and not charged."""

from datetime import datetime, time, timedelta

from django_tasks.base import task

from liaison.billing.books.days import zone
from liaison.billing.queries.uncharged import Period, uncharged
from liaison.kernel import clock
from liaison.record.actor import machine
from liaison.record.change import change
from liaison.record.jobs import every
from liaison.record.models import OutboxEvent

DAYS = 14
FOUND = "billing.uncharged_found"
_ACTOR = machine("billing")


@task()
def look_for_uncharged() -> int:
    """Tell the biller, once a day, of the visits of the last two weeks with something left out or long uncoded.

    Today is left alone, for its visits are still going on. Gives how many visits there are.
    """
    today = clock.today(zone())
    midnight = datetime.combine(today, time(), zone())
    if OutboxEvent.objects.filter(name=FOUND, at__gte=midnight).exists():
        return 0
    period = Period(today - timedelta(days=DAYS), today - timedelta(days=1))
    visits = len(uncharged(_ACTOR, period))
    if visits:
        with change(_ACTOR, "billing.charge") as this:
            this.event(FOUND, visits=visits, since=period.since.isoformat(), until=period.until.isoformat())
    return visits


every(3600, look_for_uncharged)
