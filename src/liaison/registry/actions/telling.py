"""What the registry is told: each dose given, corrected, deleted or refused is a message of its own."""

from uuid import UUID

from liaison.engines.hl7v2 import Hl7Error, VaccineUpdate, read_message, write_vxu
from liaison.immunize.models import Immunization, Source
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.people.queries import may_open
from liaison.record.actor import Actor
from liaison.record.change import Change, change
from liaison.registry import build, queries
from liaison.registry.actions.making import is_patients, mark, new_message, not_built, settle
from liaison.registry.models import Connection, Message, Sharing

State = Message.State
_LIVE = (State.TO_SEND, State.HELD, State.SENT, State.ACCEPTED, State.WARNINGS)
_MENDABLE = (State.REJECTED, State.FAILED, State.WARNINGS)


def tell(actor: Actor, immunization_id: UUID) -> Message | None:
    """Let the registry know of a dose as it stands now; None where it need not, or knows already. Event registry.made.

    Told are doses given here and, where the practice wants it, those of cards and other clinics; refusals; corrections,
    and deletions of what was told. What waits for the same dose, or was not accepted, is superseded.
    """
    connection = queries.connection()
    if connection is None:
        return None
    with change(actor, "registry.query") as this:
        row = _dose(immunization_id)
        if row is None:
            return None
        return _tell(this, connection, row)


def _dose(immunization_id: UUID) -> Immunization | None:
    rows = Immunization.objects.select_related("patient", "performer", "ordered_by", "recorded_by")
    return rows.filter(pk=immunization_id).first()


def _tell(this: Change, connection: Connection, row: Immunization, *, anew: bool = False) -> Message | None:
    earlier = list(
        Message.objects.select_for_update()
        .filter(immunization_id=row.pk, kind=Message.Kind.UPDATE)
        .exclude(state=State.SUPERSEDED)
        .order_by("number")
    )
    sharing = Sharing.objects.filter(patient_id=row.patient_id).first()
    removed = row.status == "entered-in-error"
    known = _known(earlier)
    if removed and not known:
        _supersede(this, earlier)
        return None
    if not removed and not wanted(row, connection, sharing):
        return None
    action = "D" if removed else "U" if known else "A"
    message = new_message(this, connection, Message.Kind.UPDATE, row.patient_id, immunization_id=row.pk, action=action)
    try:
        message.body = _body(connection, message, row, sharing, this)
    except Hl7Error as fault:
        _supersede(this, earlier)
        return not_built(this, message, row.patient, fault)
    last = earlier[-1] if earlier else None
    if not anew and last is not None and last.state in _LIVE and _says_the_same(last, message):
        return last
    _supersede(this, earlier)
    if any(one.state == State.HELD for one in earlier) and not anew:
        message.state = State.HELD
    mark(message)
    this.save(message)
    this.event("registry.made", message=message.pk, patient=row.patient_id)
    return message


def _body(connection: Connection, message: Message, row: Immunization, sharing: Sharing | None, this: Change) -> bytes:
    update = VaccineUpdate(
        build.header(connection, message.control_id, this.at),
        build.person(row.patient, connection, sharing),
        (build.dose(row, connection, message.action),),
        build.relatives(row.patient),
    )
    return write_vxu(update)


def wanted(row: Immunization, connection: Connection, sharing: Sharing | None) -> bool:
    """Whether the registry is told of a dose: one given or refused here, whose patient shares, since the connection.

    What the registry itself told is never told back.
    """
    if not (sharing.shares if sharing is not None else not connection.ask_first):
        return False
    if row.recorded_at is None or row.recorded_at < connection.since:
        return False
    if row.status == "not-done":
        return row.source == Source.GIVEN and row.reason_code == build.REFUSED
    if row.status != "completed":
        return False
    told = (Source.CARD, Source.CLINIC, Source.PATIENT)
    return row.source == Source.GIVEN or (connection.send_history and row.source in told)


def _known(earlier: list[Message]) -> bool:
    """Whether the registry knows the dose, or may: what was on its way when the line broke may have arrived."""
    known = False
    for one in earlier:
        if one.state in (State.ACCEPTED, State.WARNINGS, State.SENT) or (one.state in _ON_THE_WAY and one.attempts):
            known = one.action != "D"
    return known


_ON_THE_WAY = (State.TO_SEND, State.HELD, State.FAILED)


def _says_the_same(last: Message, new: Message) -> bool:
    """Whether two messages differ in nothing but their header and in whether the dose is added or updated."""
    old, fresh = read_message(bytes(last.body)), read_message(bytes(new.body))
    if (last.action == "D") != (new.action == "D"):
        return False
    return [_plain(one.fields) for one in old.segments[1:]] == [_plain(one.fields) for one in fresh.segments[1:]]


def _plain(fields: list[str]) -> list[str]:
    return [*fields[:21], *fields[22:]] if fields[0] == "RXA" else fields


def _supersede(this: Change, earlier: list[Message]) -> None:
    """What waits or was not accepted is made anew by a later message."""
    for one in earlier:
        if one.state in (State.TO_SEND, State.HELD, State.REJECTED, State.FAILED):
            one.state = State.SUPERSEDED
            this.save(one, "state")
            settle(this, one)


def tell_patient(actor: Actor, patient_id: UUID) -> int:
    """Tell of every dose of a patient that the registry should know and does not. Gives how many messages that made."""
    connection = queries.connection()
    if connection is None:
        return 0
    rows = Immunization.objects.filter(patient_id=patient_id, recorded_at__gte=connection.since)
    ids = list(rows.order_by("occurred_at", "id").values_list("pk", flat=True))
    before = Message.objects.filter(patient_id=patient_id).count()
    for key in ids:
        tell(actor, key)
    return Message.objects.filter(patient_id=patient_id).count() - before


def _open(actor: Actor, message_id: UUID) -> Message:
    """A message of a patient whose chart this person may open, locked. Raises NotFound."""
    found = Message.objects.select_for_update().filter(pk=message_id).first()
    if found is None:
        raise NotFound("no-message", "There is no such message. Look at the list again.")
    may_open(actor, found.patient)
    return found


def resend(actor: Actor, message_id: UUID) -> Message:
    """Make a message anew, from the patient and the dose as they are now, and send it.

    Where the patient's details were at fault, so are the patient's other messages that were not accepted. Raises
    Conflict when nothing is to be sent again: it was accepted, waits already, or the dose is not told any more.
    """
    connection = queries.connection()
    if connection is None:
        raise Conflict("not-connected", "The practice is not connected to a registry. The office manager sets it up.")
    with change(actor, "registry.query") as this:
        message = _open(actor, message_id)
        if message.state not in _MENDABLE or message.immunization_id is None:
            raise Conflict(
                "not-to-resend", f"This message is {message.get_state_display()}. There is nothing to send again."
            )
        theirs = is_patients(message)
        row = _dose(message.immunization_id)
        made = _tell(this, connection, row, anew=True) if row is not None else None
        if made is None:
            raise Conflict("not-told", "The registry need not know of this dose any more.")
        if theirs and made.state != State.FAILED:
            _tell_others(this, connection, message)
        return made


def _tell_others(this: Change, connection: Connection, mended: Message) -> None:
    """What else of the patient's was not accepted for the patient's details is made anew too."""
    others = Message.objects.filter(patient_id=mended.patient_id, state__in=(State.REJECTED, State.FAILED))
    for other in others.exclude(immunization=None).exclude(pk=mended.pk).order_by("number"):
        row = _dose(other.immunization_id) if is_patients(other) and other.immunization_id else None
        if row is not None:
            _tell(this, connection, row, anew=True)


def hold(actor: Actor, message_id: UUID, reason: str) -> Message:
    """Keep a message that waits from being sent. Raises Invalid without a reason, Conflict when it is on its way."""
    if not reason.strip():
        raise Invalid("no-reason", "Say why it is held back.", "reason")
    with change(actor, "registry.query", reason=reason.strip()) as this:
        message = _open(actor, message_id)
        if message.state != State.TO_SEND:
            raise Conflict("not-waiting", f"This message is {message.get_state_display()}: it does not wait any more.")
        message.state, message.note = State.HELD, reason.strip()[:300]
        this.save(message, "state", "note")
        this.event("registry.held", message=message.pk, patient=message.patient_id)
        return message


def release(actor: Actor, message_id: UUID) -> Message:
    """Let a message that was held back go. Raises Conflict for another one."""
    with change(actor, "registry.query") as this:
        message = _open(actor, message_id)
        if message.state != State.HELD:
            raise Conflict("not-held", f"This message is {message.get_state_display()}: it is not held back.")
        message.state, message.note, message.retry_at = State.TO_SEND, "", None
        this.save(message, "state", "note", "retry_at")
        this.event("registry.made", message=message.pk, patient=message.patient_id)
        return message
