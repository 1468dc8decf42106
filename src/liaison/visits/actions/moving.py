"""How every move is made: the row locked, the table asked, the move timed, the event sent."""

from uuid import UUID
from zoneinfo import ZoneInfo

from liaison.documents.queries import document
from liaison.kernel.errors import NotFound
from liaison.places import actions as places
from liaison.places.models import Room
from liaison.record import rows
from liaison.record.actor import Actor, machine
from liaison.record.change import Change
from liaison.visits.machine import IN_ROOM, Facts, way
from liaison.visits.models import Move, Stage, Visit


def locked(visit_id: UUID, *joined: str) -> Visit:
    """The visit, locked until the change ends, with its protocol and the rows named in `joined`. Raises NotFound."""
    visit = rows.locked(Visit, visit_id, *joined)
    if visit is None:
        raise NotFound("no-such-visit", "There is no such visit. Open it from the board again.")
    if visit.protocol_id is not None:
        visit.protocol = document(visit.protocol_id)
    return visit


def zone(visit: Visit) -> ZoneInfo:
    return ZoneInfo(visit.site.zone)


def staff_id(actor: Actor) -> UUID | None:
    """The member of staff that an actor is; None for a machine or a connected system."""
    if actor.kind != "staff":
        return None
    try:
        return UUID(actor.id)
    except ValueError:
        return None


def go(this: Change, action: str, facts: Facts, *fields: str) -> Visit:
    """Move the visit as the table says, saving `fields` with it. A room that is left becomes dirty."""
    visit = facts.visit
    row = way(action, facts)
    before, visit.stage, visit.stage_since = visit.stage, row.to, this.at
    this.save(visit, "stage", "stage_since", *fields)
    this.save(
        Move(
            visit=visit,
            from_stage=before,
            to_stage=row.to,
            at=this.at,
            actor_id=this.actor.id,
            reason=(facts.reason or this.reason)[:200],
        )
    )
    moved: dict[str, UUID | str | int | None] = {"visit": visit.pk, "from": before, "to": row.to, "site": visit.site_id}
    this.event("visits.moved", **moved)
    if before in IN_ROOM and row.to not in IN_ROOM and visit.room_id is not None:
        # The room follows the visit, whoever moved it and whatever their own capabilities are
        places.set_room_state(machine("visits"), visit.room_id, Room.State.DIRTY)
    return visit


def begin(this: Change, visit: Visit) -> Visit:
    """Save a new visit at its first stage, its first move timed."""
    visit.stage, visit.stage_since = Stage.REQUESTED, this.at
    this.save(visit)
    this.save(Move(visit=visit, from_stage="", to_stage=Stage.REQUESTED, at=this.at, actor_id=this.actor.id))
    this.event("visits.moved", visit=visit.pk, to=Stage.REQUESTED.value, site=visit.site_id)
    return visit
