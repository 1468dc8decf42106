"""The line to the registry, and who may be told of on it."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.people.models import Patient
from liaison.people.queries import may_open
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.record.columns import check
from liaison.record.rows import locked
from liaison.registry import queries
from liaison.registry.models import Connection, Message, Sharing

WRITABLE = (
    "name", "kind", "endpoint", "username", "facility", "receiving_application", "receiving_facility", "test_messages",
    "send_history", "ask_first",
)  # fmt: skip
_HERE = ("127.0.0.1", "localhost", "::1")


def connect(actor: Actor, *, since: datetime | None = None, **fields: Any) -> Connection:
    """Connect the practice to its registry, or change how it is. Event registry.connected.

    Doses recorded from the first connection on are told, or from `since`. Raises Invalid for an address that is none,
    and for one without TLS that is not on this machine.
    """
    if unknown := fields.keys() - set(WRITABLE):
        raise TypeError(f"A connection has no column to write named {', '.join(sorted(unknown))}.")
    with change(actor, "registry.manage") as this:
        row = queries.connection()
        row = locked(Connection, row.pk) if row is not None else None
        row = row or Connection(since=since or this.at)
        for name, value in fields.items():
            setattr(row, name, value)
        _check(row)
        row.trouble = ""
        this.save(row)
        this.event("registry.connected", connection=row.pk)
        return row


def _check(row: Connection) -> None:
    if row.kind not in Connection.Kind.values:
        raise Invalid("no-kind", "Choose how the registry takes messages.", "kind")
    check(row, WRITABLE)
    try:
        url = urlsplit(row.endpoint)
        host, _ = url.hostname, url.port
    except ValueError:
        host, url = None, urlsplit("")
    if url.scheme not in ("http", "https") or not host or url.username or url.password:
        raise Invalid("bad-address", "Type the registry's address, like https://iis.example.gov/soap.", "endpoint")
    if url.scheme == "http" and host not in _HERE:
        raise Invalid(
            "no-tls", "Patients' data goes over https:// only. Ask the registry for that address.", "endpoint"
        )


def disconnect(actor: Actor) -> Connection:
    """Tell and ask the registry nothing any more; what was told stays on record. Raises NotFound."""
    with change(actor, "registry.manage") as this:
        found = queries.connection()
        row = locked(Connection, found.pk) if found is not None else None
        if row is None:
            raise NotFound("not-connected", "There is no registry to leave.")
        row.active = False
        this.save(row, "active")
        this.event("registry.disconnected", connection=row.pk)
        return row


def share(actor: Actor, patient_id: UUID, *, shares: bool, reminders: bool = True, on: date | None = None) -> Sharing:
    """Note what a patient has decided: whether doses go to the registry, and whether it may send reminders.

    Who shares is told of from now on, with what was not told meanwhile; what waits for somebody who does not is taken
    back. Event registry.sharing.
    """
    with change(actor, "registry.query", patient_id=patient_id) as this:
        patient = Patient.objects.filter(pk=patient_id).first()
        if patient is None:
            raise NotFound("no-patient", "There is no such patient. Search for the patient again.")
        may_open(actor, patient)
        day = on or queries.local_day(this.at)
        if not patient.birth_date <= day <= queries.local_day(this.at):
            raise Invalid("bad-day", "The day of the decision lies between birth and today.", "decided_on")
        row = Sharing.objects.select_for_update().filter(patient_id=patient_id).first() or Sharing(
            patient_id=patient_id
        )
        row.shares, row.reminders, row.decided_on = shares, reminders, day
        this.save(row)
        if not shares:
            waiting = Message.objects.select_for_update().filter(
                patient_id=patient_id, kind=Message.Kind.UPDATE, state__in=(Message.State.TO_SEND, Message.State.HELD)
            )
            for message in waiting:
                message.state, message.note = Message.State.SUPERSEDED, "The patient does not share with the registry."
                this.save(message, "state", "note")
        this.event("registry.sharing", patient=patient_id, shares=int(shares))
        return row


def connected() -> Connection:
    """The connection. Raises Conflict before there is one."""
    row = queries.connection()
    if row is None:
        raise Conflict("not-connected", "The practice is not connected to a registry. The office manager sets it up.")
    return row
