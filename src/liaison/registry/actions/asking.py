"""Asking the registry about a patient, and taking over what it knows."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from liaison.engines import hl7v2
from liaison.engines.hl7v2 import Hl7Error
from liaison.immunize import actions as immunize
from liaison.immunize.models import Immunization, Source
from liaison.kernel.errors import Conflict, Invalid, Refused
from liaison.people.queries import patient_for
from liaison.record.actor import Actor
from liaison.record.change import attempt, change
from liaison.registry import build, queries
from liaison.registry.actions.connecting import connected
from liaison.registry.actions.making import mark, new_message, not_built
from liaison.registry.models import Message


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the doses that were chosen: those in the history now, and by its place each that was refused."""

    doses: list[Immunization]
    refused: dict[int, Refused]


def ask(actor: Actor, patient_id: UUID, *, candidate: int | None = None, of: UUID | None = None) -> Message:
    """Make the question for a patient's evaluated history and forecast. `exchange.send` sends it.

    `candidate` chooses one of those that the answer `of` listed (Z31), by its place. Event registry.asked.
    """
    connection = connected()
    patient = patient_for(actor, patient_id, why="asked the registry")
    chosen = _chosen(actor, patient_id, candidate, of)
    with change(actor, "registry.query", patient_id=patient_id) as this:
        message = new_message(this, connection, Message.Kind.QUERY, patient_id, action="Z44")
        person = build.person(patient, connection)
        if chosen is not None:
            own = tuple(one for one in chosen.identifiers if one.kind == "SR") or chosen.identifiers[:1]
            person = replace(person, identifiers=own, name=chosen.name)
        query = hl7v2.Query(build.header(connection, message.control_id, this.at), person, message.control_id)
        try:
            message.body = hl7v2.write_qbp(query)
        except Hl7Error as fault:
            return not_built(this, message, patient, fault)
        mark(message)
        this.save(message)
        this.event("registry.asked", message=message.pk, patient=patient_id)
        return message


def _chosen(actor: Actor, patient_id: UUID, candidate: int | None, of: UUID | None) -> hl7v2.Person | None:
    if candidate is None or of is None:
        return None
    answer = queries.answer_of(queries.message_for(actor, of, patient_id))
    if answer is None or not 0 <= candidate < len(answer.candidates):
        raise Invalid("no-candidate", "Choose one of the people that the registry listed.", "candidate")
    return answer.candidates[candidate]


def take_over(actor: Actor, message_id: UUID, patient_id: UUID, places: Collection[int]) -> Taken:
    """Take doses of a registry's answer, by their places in it, into the history. One refused keeps no other back.

    Raises Invalid when none was chosen, Conflict for an answer about somebody else.
    """
    message = queries.message_for(actor, message_id, patient_id)
    if message.state not in (Message.State.ACCEPTED, Message.State.WARNINGS):
        raise Conflict("not-this-patient", message.note or "This answer cannot be taken over. Ask the registry again.")
    rows = {row.place: row for row in queries.compared(message) if row.known is not None}
    if not places:
        raise Invalid("none-chosen", "Choose the doses to take over first.", "dose")
    taken = Taken([], {})
    with change(actor, "registry.query", patient_id=patient_id):
        for place in sorted(places):
            row = rows.get(place)
            if row is None or not row.may_take:
                continue
            try:
                with attempt():
                    taken.doses.append(_take(actor, patient_id, row))
            except (Invalid, Conflict) as refusal:
                taken.refused[place] = refusal
    return taken


def _take(actor: Actor, patient_id: UUID, row: "queries.Compared") -> Immunization:
    assert row.known is not None
    dose = row.known.dose
    return immunize.add_history(
        actor,
        patient_id,
        cvx=dose.cvx,
        on=dose.given_on,
        lot_number=dose.lot[:40],
        mvx=queries.maker_or_none(dose.mvx),
        source=Source.REGISTRY,
        note="",
        registry_id=f"{dose.authority}:{dose.id}"[:80] if dose.id else "",
    )
