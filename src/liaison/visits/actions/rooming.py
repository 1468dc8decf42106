"""In the room: the patient brought in, the protocol's steps in order, the hand-off."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from liaison.chart import actions as chart
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.places import actions as places
from liaison.places.models import Room
from liaison.record import rows
from liaison.record.actor import Actor, machine
from liaison.record.change import Change, change
from liaison.record.prepared import Prepared
from liaison.visits import protocol
from liaison.visits.actions import steps
from liaison.visits.actions.exam import open_orders
from liaison.visits.actions.moving import go, locked, staff_id
from liaison.visits.machine import HERE, IN_ROOM, Facts, capability, not_from_here
from liaison.visits.models import Stage, Step, Visit


def room(actor: Actor, visit_id: UUID, room_id: UUID) -> Visit:
    """Bring an arrived patient to a free, clean room. Raises Conflict when it is taken or not clean."""
    try:
        with change(actor, capability("room")) as this:
            visit = locked(visit_id)
            found = rows.locked(Room, room_id)
            facts = Facts(visit, this.at, room=found)
            visit.room, visit.assistant_id = found, staff_id(actor)
            go(this, "room", facts, "room", "assistant")
            places.set_room_state(machine("visits"), room_id, Room.State.OCCUPIED)
            return visit
    except IntegrityError:
        # The database's own word, where the room's state was set by hand while somebody is in it
        raise Conflict("room-occupied", "Somebody is in this room. Choose another room.", field="room_id")


def change_room(actor: Actor, visit_id: UUID, room_id: UUID) -> Visit:
    """Bring a patient who is in a room to another one; the first becomes dirty, the stage stays."""
    with change(actor, capability("room")) as this:
        visit = locked(visit_id)
        if visit.stage not in IN_ROOM:
            raise not_from_here("room", Stage(visit.stage))
        if visit.room_id == room_id:
            return visit
        before = visit.room_id
        places.set_room_state(machine("visits"), room_id, Room.State.OCCUPIED)
        visit.room = Room.objects.get(pk=room_id)
        if visit.room.site_id != visit.site_id:
            raise Invalid("no-such-room", "Choose a room of this site.", field="room_id")
        this.save(visit, "room")
        if before is not None:
            places.set_room_state(machine("visits"), before, Room.State.DIRTY)
        this.event("visits.changed", visit=visit.pk, site=visit.site_id)
        return visit


def do_step(actor: Actor, visit_id: UUID, key: str, data: dict[str, Any] | None = None) -> Step:
    """Do a step of the protocol, with what it needs in `data`; steps go in the protocol's order.

    By the step's kind: reason {text}; vitals {readings: [Reading or its fields]}, done when all required measures are
    there, and open to repeats afterwards; medications, allergies, history {none_known, add: [...], stop: [ids], text};
    questions {answers}; confirm {}. Raises Invalid with the field that is wrong, Conflict when an earlier step is open.
    """
    given = data or {}
    with change(actor, capability("room")) as this:
        visit = locked(visit_id)
        step, kept = _due(visit, key)
        again = step["kind"] == "vitals" and kept is not None
        if visit.stage != Stage.ROOMING and not (again and visit.stage in IN_ROOM):
            raise _not_rooming()
        result = steps.DO[step["kind"]](steps.Doing(this, actor, visit, step, given, kept))
        return _note(this, visit, kept, step, "done" if result.done else "started", data=result.data)


def skip_step(actor: Actor, visit_id: UUID, key: str, reason: str) -> Step:
    """Skip a step of the protocol, with the reason."""
    if not reason.strip():
        raise Invalid("no-reason", "Say why the step is skipped.", field="reason")
    with change(actor, capability("room"), reason=reason) as this:
        visit = locked(visit_id)
        step, kept = _due(visit, key)
        if visit.stage != Stage.ROOMING:
            raise _not_rooming()
        if kept is not None and kept.status == "done":
            raise Conflict("step-done", f"“{step['title']}” is done already.")
        return _note(this, visit, kept, step, "skipped", reason=reason.strip()[:200])


def _not_rooming() -> Conflict:
    return Conflict("not-rooming", "The steps of rooming are done while the patient is being roomed.")


_steps = Prepared(lambda visit: Step.objects.filter(visit=visit))


def _due(visit: Visit, key: str) -> tuple[protocol.StepRule, Step | None]:
    """The protocol's step and what is noted of it, if it is its turn."""
    noted = {row.key: row for row in _steps(visit.pk)}
    for step in protocol.steps_of(visit):
        if step["key"] == key:
            return step, noted.get(key)
        row = noted.get(step["key"])
        if row is None or row.status not in protocol.SETTLED:
            raise Conflict("earlier-step-open", f"First do “{step['title']}”, or skip it with a reason.")
    raise NotFound("no-such-step", "This visit's protocol has no such step. Open the visit again.")


def _note(
    this: Change,
    visit: Visit,
    kept: Step | None,
    step: protocol.StepRule,
    status: str,
    *,
    data: dict[str, Any] | None = None,
    reason: str = "",
) -> Step:
    row = kept or Step(visit=visit, key=step["key"])
    row.status, row.reason, row.at, row.staff_id = status, reason, this.at, staff_id(this.actor)
    row.data = data if data is not None else row.data
    this.save(row)
    this.event("visits.step", visit=visit.pk, site=visit.site_id, step=step["key"])
    return row


def tell_provider(actor: Actor, visit_id: UUID, alert_code: str) -> Visit:
    """Note that the provider has been told of an alert, by whom and when."""
    with change(actor, capability("room")) as this:
        visit = locked(visit_id)
        if visit.stage not in HERE:
            raise Conflict("not-here", "The patient is not in the clinic. Write a note to the visit instead.")
        alert = next((a for a in visit.alerts if a["code"] == alert_code), None)
        if alert is None:
            raise NotFound("no-such-alert", "This visit has no such alert. Open the visit again.")
        if not alert.get("told_at"):
            alert["told_at"], alert["told_by"] = this.at.isoformat(), actor.name
            this.save(visit, "alerts")
            this.event("visits.told", visit=visit.pk, site=visit.site_id, code=alert_code)
        return visit


def hand_off(actor: Actor, visit_id: UUID, note: str = "", *, diagnoses: Sequence[str] = ()) -> Visit:
    """Hand the roomed patient to the provider; a visit that needs none goes on to its orders or to checkout.

    Nobody examines in such a visit: what it was for are `diagnoses` of those that its visit type stands for.
    Raises Conflict while a step is open or the provider has not been told what must be told.
    """
    with change(actor, capability("hand_off")) as this:
        visit = locked(visit_id)
        settled = {row.key for row in _steps(visit.pk) if row.status in protocol.SETTLED}
        facts = Facts(
            visit,
            this.at,
            open_steps=[s["title"] for s in protocol.steps_of(visit) if s["key"] not in settled],
            open_orders=0 if visit.encounter_id is None else open_orders(visit.encounter_id),
        )
        go(this, "hand_off", facts)
        if note.strip() and visit.encounter_id is not None:
            chart.write_note(actor, visit.encounter_id, "handoff", note)
        if diagnoses and visit.encounter_id is not None:
            if not set(diagnoses) <= set(protocol.standing_diagnoses(visit)):
                raise Invalid("not-standing", "Choose from what this visit type stands for.", field="diagnoses")
            chart.diagnose(actor, visit.encounter_id, diagnoses, capability=capability("hand_off"))
        return visit
