"""What coverage does by itself: asks what was planned, and in the evening about everybody of the next day."""

from datetime import datetime, time, timedelta

from django_tasks.base import task

from liaison.billing import realtime
from liaison.billing.actions import authorizations, authorized_uses, eligibility
from liaison.billing.books.days import zone
from liaison.billing.queries.coverage import appointments_on
from liaison.kernel import clock
from liaison.places import queries as places
from liaison.record.actor import machine
from liaison.record.jobs import every

EVENING = time(17)
_ACTOR = machine("billing")


@task()
def ask_payers() -> int:
    """Ask the payers what is due. Gives how many were asked."""
    if not realtime.is_set_up():
        return 0
    return eligibility.ask_waiting(_ACTOR, clock.now()) + authorizations.ask_waiting(_ACTOR, clock.now())


@task()
def check_the_next_day() -> int:
    """From the evening on plan to ask about everybody of the next day, before it about today's who were left out.

    What was asked since the evening before is not asked again, so that it may run at any time. Gives how many.
    """
    if not realtime.is_set_up():
        return 0
    here = clock.now().astimezone(zone())
    day = here.date() + timedelta(days=1 if here.time() >= EVENING else 0)
    evening = datetime.combine(day - timedelta(days=1), EVENING, here.tzinfo)
    return len(eligibility.check_day(_ACTOR, appointments_on(day, places.sites()), day, evening))


@task()
def look_over_authorizations() -> int:
    """Note which authorizations have ended, and warn of those that end soon. Gives how many changed."""
    return authorized_uses.look_over(_ACTOR, clock.today(zone()))


every(15, ask_payers)
every(900, check_the_next_day)
every(3600, look_over_authorizations)
