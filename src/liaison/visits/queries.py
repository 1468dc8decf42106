"""What may be asked of visits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Min

from liaison.kernel import clock
from liaison.kernel.errors import NotFound
from liaison.people.queries import may_open
from liaison.places.models import Room
from liaison.record.actor import Actor
from liaison.record.audit import looked
from liaison.record.rows import row
from liaison.schedule.models import Appointment
from liaison.visits import machine, protocol
from liaison.visits.board_query import board
from liaison.visits.models import Move, Stage, Step, Visit

__all__ = ["StepView", "board", "moves_of", "possible", "requests_of", "rooms_offered", "steps_of", "visit_for"]


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of the protocol and how it stands: open, started, done or skipped; `current` is the one that is due."""

    rule: protocol.StepRule
    status: str
    row: Step | None
    current: bool

    @property
    def settled(self) -> bool:
        return self.status in protocol.SETTLED


def patient_of(visit_id: UUID) -> UUID:
    """Whose visit it is, and nothing else: for the closed door of a restricted chart. Raises NotFound."""
    found = row(Visit, visit_id)
    if found is None:
        raise NotFound("no-such-visit", "There is no such visit. Open it from the board again.")
    return found.patient_id


def visit_for(actor: Actor, visit_id: UUID, *, why: str = "") -> Visit:
    """A visit with its patient, provider, site, room, protocol and encounter; the look is audited.

    Raises Forbidden (`restricted` for a chart that must be opened with a reason), NotFound.
    """
    actor.require("visits.read")
    joined = (
        "patient",
        "site",
        "protocol",
        "provider",
        "assistant",
        "appointment",
        "encounter",
        "room",
        "coverage__payer",
    )
    visit = Visit.objects.select_related(*joined).filter(pk=visit_id).first()
    if visit is None:
        raise NotFound("no-such-visit", "There is no such visit. Open it from the board again.")
    may_open(actor, visit.patient)
    looked(actor, visit.patient_id, [f"Patient/{visit.patient_id}", f"visit {visit.pk}"], reason=why)
    return visit


def steps_of(visit: Visit) -> list[StepView]:
    """The protocol's steps of a visit that was opened, in order, in one query."""
    rows = {row.key: row for row in Step.objects.filter(visit=visit).select_related("staff")}
    views: list[StepView] = []
    due = True
    for rule in protocol.steps_of(visit):
        row = rows.get(rule["key"])
        settled = row is not None and row.status in protocol.SETTLED
        views.append(StepView(rule, row.status if row else "open", row, due and not settled))
        due = due and settled
    return views


def moves_of(visit: Visit) -> list[Move]:
    """The visit's moves, first to last."""
    return list(Move.objects.filter(visit=visit).order_by("at", "pk"))


def possible(actor: Actor, visit: Visit) -> list[machine.Transition]:
    """The moves that this actor may make from where the visit is."""
    return [row for row in machine.possible(visit.stage) if actor.may(row.capability)]


def rooms_offered(visit: Visit) -> list[Room]:
    """Ready rooms of the visit's site and kind; the one that is booked for somebody soonest comes last."""
    kind = visit.protocol.body.get("room_kind", "exam") if visit.protocol else "exam"
    ready = Room.objects.filter(site_id=visit.site_id, kind=kind, state=Room.State.READY, active=True)
    rooms = list(ready.order_by("position", "name"))
    booked = Appointment.objects.filter(room__in=rooms, status=Appointment.Status.BOOKED, starts_at__gte=clock.now())
    if visit.appointment_id is not None:
        booked = booked.exclude(pk=visit.appointment_id)
    needed: dict[UUID, datetime] = dict(booked.values_list("room_id").annotate(soonest=Min("starts_at")))
    return sorted(rooms, key=lambda room: -needed[room.pk].timestamp() if room.pk in needed else float("-inf"))


def requests_of(actor: Actor, site_id: UUID | None = None, limit: int = 50) -> Sequence[Visit]:
    """Visits asked for and not booked yet: urgent ones first, then the oldest."""
    actor.require("visits.read")
    rows = Visit.objects.filter(stage=Stage.REQUESTED).select_related("patient", "site", "protocol")
    if site_id is not None:
        rows = rows.filter(site_id=site_id)
    rank = {"urgent": 0, "soon": 1}
    return sorted(rows.order_by("stage_since")[:200], key=lambda v: (rank.get(v.priority, 2), v.stage_since))[:limit]
