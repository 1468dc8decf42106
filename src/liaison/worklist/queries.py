"""What is next, for whom: tasks, and the next actions of the visits on the board."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, Q
from django.urls import NoReverseMatch, reverse

from liaison.kernel import clock
from liaison.kernel.errors import NotFound
from liaison.people.queries import may_open
from liaison.people.roles import ROLES
from liaison.places.queries import site
from liaison.record.actor import Actor
from liaison.record.audit import looked
from liaison.visits.board import Board, Card, said
from liaison.visits.models import Stage, Visit
from liaison.visits.queries import board as board_of
from liaison.worklist.actions import OPEN
from liaison.worklist.models import Task

# Whose tasks a role sees; its own first
SEES: dict[str, tuple[str, ...]] = {
    "nurse": ("nurse", "medical-assistant"),
    "office-manager": ("office-manager", "front-desk", "biller", "medical-assistant", "nurse", "provider"),
}
# Where the next action of a visit stands among the tasks: who waits in the clinic comes before who is expected
_STAGE_PRIORITY = {
    Stage.ARRIVED: 20,
    Stage.READY: 20,
    Stage.CHECKOUT: 25,
    Stage.ROOMING: 28,
    Stage.ORDERS: 35,
    Stage.WITH_PROVIDER: 38,
    Stage.CONFIRMED: 60,
    Stage.BOOKED: 60,
}


@dataclass(frozen=True, slots=True)
class Next:
    """One line of “next for you”: what, for whom or where, and the one button.

    `href` is where the button goes; with `method` "post" it acts at once, sending `data`.
    """

    title: str
    detail: str
    label: str
    href: str
    method: str = "get"
    data: dict[str, str] = field(default_factory=dict)
    priority: int = 50
    since: datetime | None = None
    task: Task | None = None
    visit_id: UUID | None = None


def roles_seen(role: str) -> tuple[str, ...]:
    """The task roles that a role works."""
    return SEES.get(role, (role,))


def tasks(actor: Actor, site_id: UUID | None = None, limit: int = 100) -> list[Task]:
    """Open tasks of the actor's role at a site (and of no site), by priority and age. One query."""
    actor.require("worklist.read")
    rows = Task.objects.filter(status__in=OPEN)
    if actor.role in ROLES:
        rows = rows.filter(Q(for_role__in=roles_seen(actor.role)) | Q(owner_id=_own(actor)))
    if site_id is not None:
        rows = rows.filter(Q(site_id=site_id) | Q(site_id=None))
    return list(
        rows.select_related("patient", "owner", "visit").order_by(
            "priority", F("due_at").asc(nulls_last=True), "created_at"
        )[:limit]
    )


def of_patient(actor: Actor, patient_id: UUID) -> list[Task]:
    """A patient's open tasks that the actor's role works, by priority and age, for who has opened the patient already.

    One query.
    """
    actor.require("worklist.read")
    rows = Task.objects.filter(patient_id=patient_id, status__in=OPEN, for_role__in=roles_seen(actor.role))
    return list(rows.order_by("priority", "created_at"))


def _own(actor: Actor) -> UUID | None:
    return UUID(actor.id) if actor.kind == "staff" else None


def next_for(actor: Actor, site_id: UUID, limit: int = 10, *, board: Board | None = None) -> list[Next]:
    """What this actor does next, most pressing first: tasks of their role and next actions of the board's visits.

    Give the `board` when it is there already; without it the one of today is asked for.
    """
    if board is None:
        board = board_of(actor, site_id, clock.today(ZoneInfo(site(site_id).zone)))
    own, found = _own(actor), tasks(actor, site_id)
    told = {task.visit_id for task in found if task.kind == "tell-provider"}
    # What is not shown is not put into words: a full board has a hundred cards, the list ten lines
    waiting: list[tuple[int, datetime, Task | Card | Visit]] = [
        (task.priority, task.created_at, task) for task in found if task.owner_id in (None, own)
    ]
    waiting += [
        (5 if card.priority == "urgent" else _STAGE_PRIORITY.get(card.stage, 50), card.since, card)
        for card in board.cards()
        if card.action.mine and not (card.visit_id in told and card.action.url_name == "visit-tell")
    ]
    waiting += [(_PRIORITY.get(v.priority, 45), v.stage_since, v) for v in _off_the_board(actor, site_id)]
    waiting.sort(key=lambda line: line[:2])
    return [_line(priority, since, what) for priority, since, what in waiting[:limit]]


def _line(priority: int, since: datetime, what: Task | Card | Visit) -> Next:
    if isinstance(what, Task):
        return line_of(what)
    return _of_card(what, priority) if isinstance(what, Card) else _of_visit(what, priority, since)


def line_of(task: Task) -> Next:
    """A task as a line with its one button."""
    label, name, data = _BUTTON.get(task.kind, ("Open", "", {}))
    href, method = task.link, "get"
    if name:
        key = task.visit_id if name.startswith("visit") else task.pk
        href, method = _address(name, key) or task.link, "post"
    if task.kind == "tell-provider":
        data = {"code": task.source.rsplit(":", 1)[-1]}
    return Next(
        title=task.title,
        detail=task.detail,
        label=label,
        href=href,
        method=method,
        data=dict(data),
        priority=task.priority,
        since=task.created_at,
        task=task,
        visit_id=task.visit_id,
    )


# By a task's kind: the button's words, the address (of the visit, or of the task) that it is posted to, what is sent
_BUTTON: dict[str, tuple[str, str, dict[str, str]]] = {
    "tell-provider": ("Told", "visit-tell", {}),
    "clean-room": ("Done", "task-finish", {}),
    "collect-order": ("Collect", "", {}),
    "do-order": ("Do", "", {}),
    "finish-order": ("Finish", "", {}),
    "reaction-failed": ("Done", "task-finish", {}),
}


def _of_card(card: Card, priority: int) -> Next:
    action = card.action
    waited = f"{said(card.minutes)} waiting" if card.stage == Stage.ARRIVED else card.timer
    where = card.room or card.visit_type
    return Next(
        title=f"{action.label}: {card.name}",
        detail=", ".join(filter(None, (where, waited))),
        label=action.label.split(" ")[0] if action.method == "post" else "Open",
        href=_address(action.url_name, card.visit_id),
        method=action.method,
        data=action.data,
        priority=priority,
        since=card.since,
        visit_id=card.visit_id,
    )


def _off_the_board(actor: Actor, site_id: UUID) -> list[Visit]:
    """Visits that stand in no lane: asked for and to be booked, checked out and to be coded. At most one query."""
    wanted = [stage for stage, (_, _, role) in _OFF_BOARD.items() if actor.role == role]
    if not wanted:
        return []
    rows = Visit.objects.filter(site_id=site_id, stage__in=wanted).select_related("patient", "protocol")
    return list(rows.order_by("stage_since")[:50])


def _of_visit(visit: Visit, priority: int, since: datetime) -> Next:
    verb, label, _ = _OFF_BOARD[Stage(visit.stage)]
    kind = visit.protocol.title if visit.protocol else visit.visit_type
    return Next(
        title=f"{verb}: {visit.patient.listed}",
        detail=", ".join(filter(None, (kind, visit.reason))),
        label=label,
        href=_address("visit", visit.pk),
        priority=priority,
        since=since,
        visit_id=visit.pk,
    )


_PRIORITY = {"urgent": 8, "soon": 24}
# What the line says, its button, and whose it is
_OFF_BOARD = {
    Stage.REQUESTED: ("Book", "Book", "front-desk"),
    Stage.CODING: ("Check charges", "Open", "biller"),
}


def _address(name: str, key: UUID | None) -> str:
    try:
        return reverse(name, args=[key])
    except NoReverseMatch:
        return f"/visits/{key}/" if name.startswith("visit") else ""


def task_for(actor: Actor, task_id: UUID) -> Task:
    """A task with its patient; the look is audited when it is about one. Raises Forbidden, NotFound."""
    actor.require("worklist.read")
    task = Task.objects.select_related("patient", "owner", "visit").filter(pk=task_id).first()
    if task is None:
        raise NotFound("no-such-task", "There is no such task. Look at the list again.")
    if task.patient is not None:
        may_open(actor, task.patient)
        looked(actor, task.patient_id, [f"Task/{task.pk}"])
    return task
