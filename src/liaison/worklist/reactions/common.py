"""What the reactions share: open tasks by what they are about, asked at almost every event."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from liaison.record.actor import machine
from liaison.record.prepared import Prepared
from liaison.visits.models import Visit
from liaison.worklist import actions
from liaison.worklist.models import Task

WORKLIST = machine("worklist")
PARTIES = ("patient", "provider", "room")


def settle(tasks: Iterable[UUID]) -> None:
    """The thing was done elsewhere: its tasks are done."""
    for task in tasks:
        actions.settle(WORKLIST, task)


def open_tasks(**which: object) -> QuerySet[Task, UUID]:
    """The ids of open tasks."""
    return Task.objects.filter(status__in=actions.OPEN, **which).values_list("pk", flat=True)


of_source = Prepared(lambda source: open_tasks(source=source))
of_sources = Prepared(lambda first, second: open_tasks(source__in=(first, second)))
of_encounter = Prepared(lambda encounter: Visit.objects.select_related(*PARTIES).filter(encounter_id=encounter))
