"""Who looked: the read side of the audit log. Entries are durable before the answer is sent."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from queue import SimpleQueue
from uuid import UUID

import orjson
from django.db import DatabaseError, DataError, IntegrityError, connection, transaction

from liaison.kernel import clock, ids
from liaison.record.actor import Actor
from liaison.record.models import AuditEntry
from liaison.record.statements import insert_values


def looked(
    actor: Actor, patient_id: UUID | None, entities: Sequence[str], *, action: str = "read", reason: str = ""
) -> None:
    """Record that `actor` saw `entities` (FHIR references, or what was searched by), and return once that is durable.

    Searches name their parameters, never their values: the log itself must not hold a patient's data.
    """
    entry = (
        ids.new_id(), clock.now(), actor.id, actor.name, actor.role, actor.kind, actor.where, action, False, patient_id,
        orjson.dumps(entities if isinstance(entities, list) else list(entities)).decode(), reason, None,
    )  # fmt: skip
    if connection.in_atomic_block or not group_commit.running:
        _write([entry])
    else:
        group_commit.write(entry)


Entry = tuple[UUID, datetime, str, str, str, str, str, str, bool, UUID | None, str, str, None]


def _write(entries: list[Entry]) -> None:
    """Insert entries whose values stand in the order of the columns. Every read waits for it, so it does little."""
    if connection.vendor == "sqlite":
        insert_values(AuditEntry, [_for_sqlite(entry) for entry in entries])
    else:
        insert_values(AuditEntry, entries)


def _for_sqlite(entry: Entry) -> tuple[object, ...]:
    identifier, at, *facts, patient_id, entities, reason, change_id = entry
    when = at.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    return identifier.hex, when, *facts, patient_id.hex if patient_id else None, entities, reason, change_id


class NotWritten(DatabaseError):
    """An audit entry could not be written; what it tells of must not be answered."""


class _Waiting:
    """An entry, and the lock on which its request waits until it is dealt with (an Event costs ten times as much)."""

    __slots__ = ("done", "entry", "error")

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.done = threading.Lock()
        self.done.acquire()
        self.error: Exception | None = None


class GroupCommit:
    """Writes the audit entries of many requests in one transaction: one flush to disk serves everyone who waits for it.

    A web process starts it; elsewhere entries are written one by one.
    """

    def __init__(self) -> None:
        self.running = False
        self._waiting: SimpleQueue[_Waiting] = SimpleQueue()
        self._starting = threading.Lock()

    def start(self) -> None:
        """Start the writing thread of this process, once."""
        with self._starting:
            if self.running:
                return
            self.running = True
        threading.Thread(target=self._run, name="audit-writer", daemon=True).start()

    def write(self, entry: Entry) -> None:
        """Hand over an entry and wait until it is on disk. Raises NotWritten."""
        waiting = _Waiting(entry)
        self._waiting.put(waiting)
        waiting.done.acquire()
        if waiting.error is not None:
            raise NotWritten("The audit entry could not be written.") from waiting.error

    def _run(self) -> None:
        while True:
            batch = [self._waiting.get()]
            while not self._waiting.empty():
                batch.append(self._waiting.get())
            self._commit(batch)

    def _commit(self, batch: list[_Waiting]) -> None:
        error: Exception | None = None
        try:
            with transaction.atomic():
                _write([w.entry for w in batch])
        except Exception as exc:  # noqa: BLE001  # handed to every request that waits, which must not answer
            error = exc
            connection.close_if_unusable_or_obsolete()
        if len(batch) > 1 and isinstance(error, (DataError, IntegrityError, ValueError)):
            # One entry that cannot be stored is no reason to refuse the others
            for waiting in batch:
                self._commit([waiting])
            return
        for waiting in batch:
            waiting.error = error
            waiting.done.release()


group_commit = GroupCommit()
