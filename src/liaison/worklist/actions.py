"""What may be done with tasks. Reactions make and settle most of them; people take, finish and cancel them."""

from datetime import UTC, datetime
from uuid import UUID

from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.places import actions as places
from liaison.places.models import Room
from liaison.record.actor import Actor
from liaison.record.change import Change, change
from liaison.record.prepared import Prepared
from liaison.record.rows import locked
from liaison.visits import actions as visits
from liaison.visits.machine import HERE
from liaison.visits.models import Visit
from liaison.worklist.models import Task

OPEN = (Task.Status.REQUESTED, Task.Status.IN_PROGRESS)
_of_source = Prepared(lambda source: Task.objects.select_for_update().filter(source=source))


def add(
    actor: Actor,
    *,
    source: str,
    kind: str,
    title: str,
    for_role: str,
    patient_id: UUID | None = None,
    visit_id: UUID | None = None,
    site_id: UUID | None = None,
    detail: str = "",
    priority: int = 50,
    due_at: datetime | None = None,
    link: str = "",
    again: bool = False,
) -> Task | None:
    """Put a task on the list, once for each `source`. Gives None when it is there already.

    With `again` a task of this source that was done is opened anew, with the new words. `priority` 0 comes first.
    """
    with change(actor, "worklist.work", patient_id=patient_id) as this:
        task = _of_source.first(source)
        if task is not None and (not again or (task.status in OPEN and task.title == title[:200])):
            return None
        new = task is None
        task = task or Task(source=source)
        task.kind, task.title, task.detail, task.for_role = kind, title[:200], detail[:500], for_role
        task.patient_id, task.visit_id, task.site_id = patient_id, visit_id, site_id
        task.priority, task.link = priority, link[:200]
        # As it is read back: a revision says what the row says
        task.due_at = due_at.astimezone(UTC) if due_at else None
        task.status, task.owner_id, task.done_at = Task.Status.REQUESTED, None, None
        this.save(task)
        this.event("worklist.added" if new else "worklist.reopened", task=task.pk, role=for_role, site=site_id)
        return task


def _locked(task_id: UUID) -> Task:
    task = locked(Task, task_id)
    if task is None:
        raise NotFound("no-such-task", "There is no such task. Look at the list again.")
    if task.status not in OPEN:
        raise Conflict("task-ended", f"This task is {task.get_status_display()} already.")
    return task


def _staff(actor: Actor) -> UUID | None:
    return UUID(actor.id) if actor.kind == "staff" else None


def take(actor: Actor, task_id: UUID) -> Task:
    """Take a task in hand, so that nobody else does it too. Raises Conflict when somebody has it."""
    with change(actor, "worklist.work") as this:
        task = _locked(task_id)
        if task.owner_id is not None and task.owner_id != _staff(actor):
            raise Conflict("task-taken", "Somebody else has this task in hand.")
        task.owner_id, task.status = _staff(actor), Task.Status.IN_PROGRESS
        this.save(task, "owner", "status")
        this.event("worklist.changed", task=task.pk, role=task.for_role, site=task.site_id)
        return task


def finish(actor: Actor, task_id: UUID) -> Task:
    """Note that a task is done, and with it the thing itself: the room is ready, the provider has been told."""
    with change(actor, "worklist.work") as this:
        task = _locked(task_id)
        if task.kind == "tell-provider" and task.visit_id is not None:
            _tell(actor, task.visit_id, task.source.rsplit(":", 1)[-1])
        if task.kind == "clean-room":
            places.set_room_state(actor, UUID(task.source.split(":")[1]), Room.State.READY)
        return _done(this, task)


def _tell(actor: Actor, visit_id: UUID, code: str) -> None:
    alerts = Visit.objects.filter(pk=visit_id, stage__in=HERE).values_list("alerts", flat=True).first() or []
    if any(alert["code"] == code for alert in alerts):
        visits.tell_provider(actor, visit_id, code)


def settle(actor: Actor, task_id: UUID) -> Task:
    """Note that a task is done because the thing itself was done elsewhere."""
    with change(actor, "worklist.work") as this:
        return _done(this, _locked(task_id))


def _done(this: Change, task: Task) -> Task:
    task.status, task.done_at = Task.Status.COMPLETED, this.at
    task.owner_id = task.owner_id or _staff(this.actor)
    this.save(task, "status", "done_at", "owner")
    this.event("worklist.changed", task=task.pk, role=task.for_role, site=task.site_id)
    return task


def cancel(actor: Actor, task_id: UUID, reason: str) -> Task:
    """Note that a task is not needed, and why."""
    if not reason.strip():
        raise Invalid("no-reason", "Say why the task is not needed.", field="reason")
    with change(actor, "worklist.work", reason=reason.strip()) as this:
        task = _locked(task_id)
        task.status, task.done_at = Task.Status.CANCELLED, this.at
        this.save(task, "status", "done_at")
        this.event("worklist.changed", task=task.pk, role=task.for_role, site=task.site_id)
        return task
