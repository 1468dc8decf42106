"""What became of a message: its answer kept, then read; the next try; the door that is locked."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from liaison.engines import hl7v2
from liaison.record.actor import Actor
from liaison.record.change import Change, change
from liaison.record.columns import tidy
from liaison.record.rows import locked
from liaison.registry import queries
from liaison.registry.actions.making import CONNECTION_TASK, add_problems, ask_a_person, settle, settle_task
from liaison.registry.models import Connection, Message
from liaison.worklist import actions as worklist
from liaison.worklist.models import Task

State = Message.State
PATIENCE = 8
"""After so many tries a person hears of it; a question is not tried again after three."""
QUESTIONS = 3


def keep(actor: Actor, message_id: UUID, body: bytes) -> None:
    """Keep the bytes of an answer, whatever they are, before anything is done with them."""
    with change(actor, "registry.query") as this:
        message = _locked(message_id)
        if message.state != State.TO_SEND:
            return
        message.answer, message.answered_at, message.state, message.retry_at = body, this.at, State.SENT, None
        this.save(message, "answer", "answered_at", "state", "retry_at")


def _locked(message_id: UUID) -> Message:
    message = locked(Message, message_id, "patient")
    assert message is not None, "messages are never deleted"
    return message


def read(actor: Actor, message_id: UUID) -> None:
    """Do what a kept answer says. Events registry.accepted, registry.rejected, registry.answered.

    Raises `Hl7Error` where it cannot be read, or answers another message.
    """
    with change(actor, "registry.query") as this:
        message = _locked(message_id)
        if message.state != State.SENT:
            return
        answer = hl7v2.read_message(bytes(message.answer or b""))
        ack = hl7v2.read_ack(answer)
        # Some registries cut the number short
        if ack.about and not (message.control_id.startswith(ack.about) and len(ack.about) > 5):
            raise hl7v2.Hl7Error("wrong-answer", "It answers another message.", segment="MSA", field=2)
        add_problems(this, message, ack.problems)
        if message.kind == Message.Kind.QUERY:
            _read_history(this, message, hl7v2.read_rsp(answer))
        else:
            _read_acknowledgment(this, message, ack)


def _read_acknowledgment(this: Change, message: Message, ack: hl7v2.Acknowledgment) -> None:
    outcome = ack.outcome
    message.state = {"accepted": State.ACCEPTED, "warnings": State.WARNINGS}.get(outcome, State.REJECTED)
    message.note = tidy(ack.text)[:300] if outcome == "rejected" and not ack.problems else ""
    this.save(message, "state", "note")
    if outcome == "rejected" or any(one.severity == "E" and one.code != "0" for one in ack.problems):
        ask_a_person(this, message, message.patient)
    else:
        settle(this, message)
    name = "registry.rejected" if outcome == "rejected" else "registry.accepted"
    this.event(name, message=message.pk, patient=message.patient_id)


def _read_history(this: Change, message: Message, answer: hl7v2.Answer) -> None:
    message.state, message.outcome, message.note = State.ACCEPTED, answer.profile, _WORDS.get(answer.status, "")
    asked = hl7v2.read_qbp(hl7v2.read_message(bytes(message.body))).patient
    if answer.patient is not None and (differs := queries.other_person(asked, answer.patient)):
        message.state = State.REJECTED
        message.note = (
            f"The registry's answer is about somebody else: the {differs} differs from the one asked for. "
            "Nothing of it was taken over."
        )
    elif answer.status in ("AE", "AR") and not answer.doses:
        message.state = State.REJECTED
    this.save(message, "state", "outcome", "note")
    this.event("registry.answered", message=message.pk, patient=message.patient_id)


_WORDS = {
    "NF": "The registry knows nobody of this name and birth date.",
    "TM": "Too many people match. Add the mother's maiden name, address or telephone, then ask again.",
    "PD": "This person has asked the registry not to share.",
    "AE": "The registry could not answer the question.",
    "AR": "The registry rejected the question.",
}


def try_later(actor: Actor, message_id: UUID, words: str, wait: Callable[[int], datetime]) -> None:
    """Let a message that got no answer go again later; after many tries a person hears of it."""
    with change(actor, "registry.query") as this:
        message = _locked(message_id)
        if message.state not in (State.TO_SEND, State.SENT):
            return
        message.note, message.answer = words[:300], None
        message.state, message.retry_at = State.TO_SEND, wait(message.attempts)
        if message.kind == Message.Kind.QUERY and message.attempts >= QUESTIONS:
            message.state, message.retry_at = State.FAILED, None
        this.save(message, "note", "answer", "state", "retry_at")
        if message.attempts >= PATIENCE and message.kind == Message.Kind.UPDATE:
            _connection_task(this, "The registry has not answered for a while: see why", words)


def unwanted(actor: Actor, message_id: UUID, words: str) -> None:
    """A message that the registry will not have is a person's task. Event registry.failed."""
    with change(actor, "registry.query") as this:
        message = _locked(message_id)
        message.state, message.note, message.retry_at = State.FAILED, words[:300], None
        this.save(message, "state", "note", "retry_at")
        add_problems(this, message, (hl7v2.Problem("MSH", severity="E", text=words),))
        ask_a_person(this, message, message.patient)
        this.event("registry.failed", message=message.pk, patient=message.patient_id)


def locked_out(actor: Actor, message_id: UUID, words: str) -> None:
    """Note that the registry does not let us in: a person hears of it, and the next try is in a quarter of an hour."""
    with change(actor, "registry.query") as this:
        message = _locked(message_id)
        if message.state == State.TO_SEND:
            message.note, message.retry_at = words[:300], timezone.now() + timedelta(minutes=15)
            # The registry has not looked at it
            message.attempts -= 1
            this.save(message, "note", "retry_at", "attempts")
        connection = locked(Connection, message.connection_id)
        if connection is not None and connection.trouble != words[:300]:
            connection.trouble = words[:300]
            this.save(connection, "trouble")
        _connection_task(this, "Mend the connection to the registry", words, role="office-manager")


def got_through(actor: Actor, connection_id: UUID) -> None:
    """Note that the registry answers again, where it did not."""
    if not Connection.objects.filter(pk=connection_id).exclude(trouble="").exists() and not _has_task():
        return
    with change(actor, "registry.query") as this:
        connection = locked(Connection, connection_id)
        if connection is not None and connection.trouble:
            connection.trouble = ""
            this.save(connection, "trouble")
        settle_task(this, CONNECTION_TASK)


def _has_task() -> bool:
    return Task.objects.filter(source=CONNECTION_TASK, status__in=worklist.OPEN).exists()


def _connection_task(this: Change, title: str, words: str, role: str = "office-manager") -> None:
    worklist.add(
        this.actor,
        source=CONNECTION_TASK,
        kind="registry-connection",
        title=title,
        detail=words[:500],
        for_role=role,
        priority=25,
        link="/registry/",
        again=True,
    )
