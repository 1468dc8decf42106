"""What every message has: its number, its hash, its problems, and the task that a person gets for it."""

import hashlib
from uuid import UUID

from liaison.engines import hl7v2
from liaison.engines.hl7v2.words import mended_at, words_for
from liaison.people.models import Patient
from liaison.record.change import Change
from liaison.record.columns import tidy
from liaison.record.numbers import next_number
from liaison.registry.models import Connection, Message, Problem
from liaison.worklist import actions as worklist
from liaison.worklist.models import Task

ROLE = "medical-assistant"
State = Message.State
CONNECTION_TASK = "registry:connection"


def new_message(
    this: Change,
    connection: Connection,
    kind: str,
    patient_id: UUID,
    *,
    immunization_id: UUID | None = None,
    action: str,
) -> Message:
    """A message under the next number, not yet saved and without its body."""
    number = next_number("registry")
    return Message(
        connection=connection,
        kind=kind,
        number=number,
        control_id=f"LIA-{this.at:%Y%m%d}-{number:06d}",
        patient_id=patient_id,
        immunization_id=immunization_id,
        action=action,
    )


def mark(message: Message) -> None:
    """Note the hash of a message's bytes."""
    message.sha256 = hashlib.sha256(bytes(message.body)).hexdigest()


def not_built(this: Change, message: Message, patient: Patient, fault: hl7v2.Hl7Error) -> Message:
    """Keep a message that cannot be made for want of a fact, and ask a person for that."""
    message.state, message.note = (
        Message.State.FAILED,
        "It cannot be made: something that the registry needs is missing.",
    )
    mark(message)
    this.save(message)
    problem = hl7v2.Problem(fault.segment, fault.sequence or 1, fault.field, fault.component, "", "E", fault.message)
    add_problems(this, message, (problem,))
    ask_a_person(this, message, patient)
    this.event("registry.failed", message=message.pk, patient=message.patient_id)
    return message


def add_problems(this: Change, message: Message, problems: tuple[hl7v2.Problem, ...]) -> None:
    """Keep what is wrong with a message, each with its place and words."""
    this.save_new(
        Problem(
            message=message,
            segment=tidy(one.segment)[:3],
            sequence=min(one.sequence, 30_000),
            field=min(one.field, 30_000),
            component=min(one.component, 30_000),
            code=tidy(one.code)[:20],
            severity=one.severity,
            words=tidy(one.text or one.sentence)[:400],
        )
        for one in problems[:50]
        if one.code != "0"
    )


def _worst(message: Message) -> Problem | None:
    return message.problems.order_by("severity", "created_at", "id").first()


def is_patients(message: Message) -> bool:
    """Whether what is wrong with a message is mended in the patient's details: then it is so for every dose."""
    worst = _worst(message)
    return worst is not None and worst.severity == "E" and mended_at(worst.segment) == "patient"


def _of_patient(message: Message) -> str:
    return f"registry:patient:{message.patient_id}"


def _of_dose(message: Message) -> str:
    return f"registry:{message.immunization_id or message.pk}"


def ask_a_person(this: Change, message: Message, patient: Patient) -> None:
    """Put a message that was not accepted on the work list, with the field that is wrong."""
    worst = _worst(message)
    field = words_for(worst.segment, worst.field) if worst is not None else "the message"
    place = (
        f" ({worst.segment}{f'-{worst.field}' if worst.field else ''})" if worst is not None and worst.segment else ""
    )
    worklist.add(
        this.actor,
        source=_of_patient(message) if is_patients(message) else _of_dose(message),
        kind="registry-problem",
        title=f"Mend for the registry: {field}{place}",
        detail=". ".join(filter(None, (patient.listed, worst.words if worst is not None else message.note)))[:500],
        for_role=ROLE,
        patient_id=message.patient_id,
        priority=35,
        link=f"/registry/messages/{message.pk}/",
        again=True,
    )


def settle(this: Change, message: Message) -> None:
    """The task for a message is done: it was accepted, or made anew."""
    settle_task(this, _of_dose(message))
    wrong = Message.objects.filter(patient_id=message.patient_id, state__in=(State.REJECTED, State.FAILED))
    if not any(is_patients(one) for one in wrong.exclude(pk=message.pk)[:50]):
        settle_task(this, _of_patient(message))


def settle_task(this: Change, source: str) -> None:
    open_ones = Task.objects.filter(source=source, status__in=worklist.OPEN)
    for task in open_ones.values_list("pk", flat=True):
        worklist.settle(this.actor, task)
