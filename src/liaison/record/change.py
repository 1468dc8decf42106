"""The one door for writes: capability, rows, revisions, audit entry and events in one database transaction."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar
from uuid import UUID

from django.db import transaction

from liaison.kernel import clock, ids
from liaison.kernel.errors import Conflict
from liaison.record.actor import Actor
from liaison.record.forms import revision_of
from liaison.record.guard import writing
from liaison.record.models import AuditEntry, Guarded, OutboxEvent, Recorded, Revision

R = TypeVar("R", bound=Guarded)
_current: ContextVar["Change | None"] = ContextVar("current_change", default=None)


class Change:
    """What one action does to the record. Made by `change`; rows are saved and events noted through it."""

    def __init__(
        self, actor: Actor, action: str, reason: str, patient_id: UUID | None, outer: "Change | None" = None
    ) -> None:
        self.id = outer.id if outer else ids.new_id()
        self._outer = outer
        self.actor, self.action, self.reason, self.patient_id = actor, action, reason, patient_id
        self.at = clock.now()
        self._rows: dict[tuple[type[Guarded], UUID], Guarded] = {}
        self._events: list[OutboxEvent] = []
        self._audits: list[AuditEntry] = []

    def save(self, row: R, *fields: str) -> R:
        """Insert a new row, or update one that was read (only `fields`, when named). Gives the row back.

        Within one change a row gets one new version, however often it is saved; share the object, do not read it twice.
        Raises Conflict when somebody else has changed the row since it was read.
        """
        key = (type(row), row.pk)
        again = self._has(key)
        old = row.version
        row.updated_at = self.at
        if not again:
            row.version = old + 1
        token = writing.set(True)
        try:
            if old == 0:
                row.created_at = self.at
                row.save(force_insert=True)
            else:
                self._update(row, old, fields)
        finally:
            writing.reset(token)
        self._rows[key] = row
        return row

    def _has(self, key: tuple[type[Guarded], UUID]) -> bool:
        """Whether this change, or one around it, has written the row: it then keeps the one new version it has."""
        return key in self._rows or (self._outer is not None and self._outer._has(key))

    def _update(self, row: Guarded, old: int, fields: tuple[str, ...]) -> None:
        names = {*fields, "version", "updated_at"} if fields else None
        values = {
            f.attname: getattr(row, f.attname)
            for f in row._meta.concrete_fields
            if not f.primary_key and (names is None or f.name in names or f.attname in names)
        }
        if not type(row)._base_manager.filter(pk=row.pk, version=old).update(**values):
            raise Conflict("changed-meanwhile", "Somebody else has just changed this. Look at it again, then repeat.")

    def save_new(self, rows: Iterable[R], *, keep_existing: bool = False) -> list[R]:
        """Insert many new rows of one model at once. With `keep_existing`, a row that breaks a uniqueness is left out: what is there stays."""
        new = list(rows)
        if not new:
            return new
        for row in new:
            row.version, row.created_at, row.updated_at = 1, self.at, self.at
            self._rows[(type(row), row.pk)] = row
        token = writing.set(True)
        try:
            type(new[0])._base_manager.bulk_create(new, ignore_conflicts=keep_existing)
        finally:
            writing.reset(token)
        return new

    def remove(self, row: Guarded) -> None:
        """Delete a row that is no fact of the record (a released hold, a search key). A recorded row cannot be removed."""
        if isinstance(row, Recorded):
            raise TypeError(f"{type(row).__name__} is corrected by a new version, never deleted.")
        token = writing.set(True)
        try:
            row.delete()
        finally:
            writing.reset(token)

    def event(self, name: str, **ids_only: UUID | str | int | None) -> None:
        """Note a domain event for the outbox. Values are ids and codes, never a patient's data."""
        payload = {k: v if isinstance(v, int) else str(v) for k, v in ids_only.items() if v is not None}
        self._events.append(OutboxEvent(name=name, at=self.at, change_id=self.id, payload=payload))

    def _audit(self) -> AuditEntry:
        patient = self.patient_id or next((p for r in self._rows.values() if (p := r.audited_patient_id)), None)
        return AuditEntry(
            at=self.at,
            actor_id=self.actor.id,
            actor_name=self.actor.name,
            role=self.actor.role,
            kind=self.actor.kind,
            where=self.actor.where,
            action=self.action,
            write=True,
            patient_id=patient,
            entities=[f"{r.FHIR_TYPE}/{r.pk}/_history/{r.version}" for r in self._rows.values() if isinstance(r, Recorded)],
            reason=self.reason,
            change_id=self.id,
        )

    def _close(self) -> None:
        self._audits.append(self._audit())
        outer = self._outer
        if outer is not None:
            outer._events += self._events
            outer._audits += self._audits
            outer._rows |= {k: r for k, r in self._rows.items() if isinstance(r, Recorded)}
            return
        revisions = [revision_of(r, self.id) for r in self._rows.values() if isinstance(r, Recorded)]
        if revisions:
            Revision.objects.bulk_create(revisions)
        AuditEntry.objects.bulk_create(self._audits)
        if self._events:
            OutboxEvent.objects.bulk_create(self._events)


@contextmanager
def change(actor: Actor, action: str, *, reason: str = "", patient_id: UUID | None = None) -> Iterator[Change]:
    """Open the door: check that `actor` has the capability `action`, then write all of it or nothing.

    A change inside a change joins it: its own capability check and audit entry, the outer transaction.
    Raises Forbidden; whatever the block raises rolls everything back.
    """
    actor.require(action)
    outer = _current.get()
    with transaction.atomic():
        this = Change(actor, action, reason, patient_id, outer)
        token = _current.set(this)
        try:
            yield this
        finally:
            _current.reset(token)
        this._close()


def current() -> Change | None:
    """The change that is open now, if any."""
    return _current.get()

