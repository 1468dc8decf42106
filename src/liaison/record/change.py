"""The one door for writes: capability, rows, revisions, audit entry and events in one database transaction."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, transaction

from liaison.kernel import clock, ids
from liaison.kernel.errors import Conflict, Invalid
from liaison.record.actor import Actor
from liaison.record.forms import revision_of
from liaison.record.guard import writing
from liaison.record.models import AuditEntry, Guarded, OutboxEvent, Recorded
from liaison.record.outbox import followed
from liaison.record.statements import insert, insert_together, update, update_all

R = TypeVar("R", bound=Guarded)
Key = tuple[type[Guarded], UUID]
_CHANGED = "Somebody else has just changed this. Look at it again, then repeat."
_current: ContextVar["Change | None"] = ContextVar("current_change", default=None)


class Change:
    """What one action does to the record. Made by `change`; rows are saved and events noted through it."""

    def __init__(
        self, actor: Actor, action: str, reason: str, patient_id: UUID | None, outer: "Change | None" = None
    ) -> None:
        self.id: UUID = outer.id if outer else ids.new_id()
        self._outer = outer
        self.actor, self.action, self.reason, self.patient_id = actor, action, reason, patient_id
        self.at = clock.now()
        self._rows: dict[Key, Guarded] = {}
        self._before: dict[Key, tuple[Guarded, int]] = {}
        # Rows as they were read and locked (or not) since the transaction began, shared with the changes inside
        self.held: dict[Key, tuple[Guarded, bool]] = outer.held if outer else {}
        self._stale: list[Guarded] = []
        self._events: list[OutboxEvent] = []
        self._audits: list[AuditEntry] = []

    def save(self, row: R, *fields: str) -> R:
        """Insert a new row, or update one that was read (only `fields`, when named). Gives the row back.

        Within one change a row gets one new version, however often it is saved; share the object, do not read it twice.
        Raises Conflict when somebody else has changed the row since it was read.
        """
        old = self._anew(row)
        token = writing.set(True)
        try:
            if old == 0:
                row.created_at = self.at
                insert([row])
                row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
            else:
                self._update(row, old, fields)
        except BaseException:
            row.version = old
            raise
        finally:
            writing.reset(token)
        self._keep(row)
        return row

    def save_all(self, rows: Sequence[R], *fields: str) -> Sequence[R]:
        """Update many rows of one model that were read, all at once: as `save` of each."""
        old = [self._anew(row) for row in rows]
        token = writing.set(True)
        try:
            if not update_all(rows, {*fields, "version", "updated_at"}, old):
                raise Conflict("changed-meanwhile", _CHANGED)
        except BaseException:
            for row, version in zip(rows, old, strict=True):
                row.version = version
            raise
        finally:
            writing.reset(token)
        for row in rows:
            self._keep(row)
        return rows

    def _anew(self, row: Guarded) -> int:
        """Give a row that is to be written its new version, once a change. Gives the one that it had."""
        key = (type(row), row.pk)
        earlier = self._written(key)
        old = row.version
        if earlier is None:
            row.version = old + 1
        elif earlier is not row:
            self._replace(earlier, row)
        self._before.setdefault(key, (row, old))
        row.updated_at = self.at
        return old

    def _keep(self, row: Guarded) -> None:
        """A row is written: whoever asks for it gets this one."""
        key = (type(row), row.pk)
        self._rows[key] = row
        self.held[key] = row, True

    def _written(self, key: Key) -> Guarded | None:
        """The row as this change, or one around it, has last written it: it keeps the one new version it has."""
        found = self._rows.get(key)
        return found if found is not None or self._outer is None else self._outer._written(key)

    def _replace(self, earlier: Guarded, row: Guarded) -> None:
        """A row was read again inside its change: from now on only the later reading may be saved."""
        if self._is_stale(row):
            name = type(row).__name__
            raise RuntimeError(f"This {name} was read before the change saved it through another reading; share one.")
        self._stale.append(earlier)

    def _is_stale(self, row: Guarded) -> bool:
        return any(row is old for old in self._stale) or (self._outer is not None and self._outer._is_stale(row))

    def _update(self, row: Guarded, old: int, fields: tuple[str, ...]) -> None:
        if not update(row, {*fields, "version", "updated_at"} if fields else None, old):
            raise Conflict("changed-meanwhile", _CHANGED)

    def save_new(self, rows: Iterable[R], *, keep_existing: bool = False) -> list[R]:
        """Insert many new rows of one model at once.

        With `keep_existing`, a row that breaks a uniqueness is left out: what is there stays (not for recorded rows).
        """
        new = list(rows)
        if not new:
            return new
        if keep_existing and isinstance(new[0], Recorded):
            raise TypeError(f"A {type(new[0]).__name__} may not be left out: its revision would tell of no row.")
        for row in new:
            key = (type(row), row.pk)
            self._before.setdefault(key, (row, 0))
            row.version, row.created_at, row.updated_at = 1, self.at, self.at
            self._rows[key] = row
            if not keep_existing:
                self.held[key] = row, True
        token = writing.set(True)
        try:
            if keep_existing:
                type(new[0])._base_manager.bulk_create(new, ignore_conflicts=True)
            else:
                insert(new)
        finally:
            writing.reset(token)
        return new

    def remove(self, row: Guarded) -> None:
        """Delete a row that is no fact of the record (a released hold, a search key), never a recorded row."""
        if isinstance(row, Recorded):
            raise TypeError(f"{type(row).__name__} is corrected by a new version, never deleted.")
        token = writing.set(True)
        self.held.pop((type(row), row.pk), None)
        try:
            row.delete()
        finally:
            writing.reset(token)

    def event(self, name: str, **ids_only: UUID | str | int | None) -> None:
        """Note a domain event for the outbox. Values are ids and codes, never a patient's data."""
        payload = {k: v if isinstance(v, int) else str(v) for k, v in ids_only.items() if v is not None}
        # What no room follows is dealt with as it happens; open pages read it all the same
        handled_at = None if followed(name) else self.at
        self._events.append(
            OutboxEvent(name=name, at=self.at, change_id=self.id, payload=payload, handled_at=handled_at)
        )

    def _audit(self) -> AuditEntry:
        rows = self._rows.values()
        patient = self.patient_id or next((p for r in rows if (p := r.audited_patient_id)), None)
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
            entities=[f"{r.FHIR_TYPE}/{r.pk}/_history/{r.version}" for r in rows if isinstance(r, Recorded)],
            reason=self.reason,
            change_id=self.id,
        )

    def _close(self) -> None:
        self._audits.append(self._audit())
        outer = self._outer
        if outer is not None:
            outer._events += self._events
            outer._audits += self._audits
            outer._rows |= self._rows
            outer._before = self._before | outer._before
            outer._stale += self._stale
            return
        revisions = [revision_of(r, self.id) for r in self._rows.values() if isinstance(r, Recorded)]
        insert_together(revisions, self._audits, self._events)

    def _undo(self) -> None:
        """After a rollback, let the rows in memory say what the database holds: nobody may build on what is not."""
        self.held.clear()
        for row, version in self._before.values():
            row.version = version

    def _noted(self) -> "_Noted":
        """What has been written and told so far."""
        return dict(self._rows), dict(self._before), list(self._stale), list(self._events), list(self._audits)

    def _restore(self, noted: "_Noted") -> None:
        """After a rollback to a savepoint inside this change, know and tell no more than what was noted before it."""
        for key, (row, version) in self._before.items():
            if key not in noted[1]:
                row.version = version
        self._rows, self._before, self._stale, self._events, self._audits = noted
        self.held.clear()
        outer: Change | None = self
        while outer is not None:
            for key, row in outer._rows.items():
                row.refresh_from_db()
                self.held[key] = row, True
            outer = outer._outer


_Noted = tuple[dict[Key, Guarded], dict[Key, tuple[Guarded, int]], list[Guarded], list[OutboxEvent], list[AuditEntry]]


@contextmanager
def change(actor: Actor, action: str, *, reason: str = "", patient_id: UUID | None = None) -> Iterator[Change]:
    """Open the door: check that `actor` has the capability `action`, then write all of it or nothing.

    A change inside a change joins it: its own capability check and audit entry, the outer transaction. Raises
    Forbidden, and Invalid for a reason that nobody can have typed (NUL); whatever the block raises rolls everything
    back, or what an `attempt` around it holds.
    """
    actor.require(action)
    if "\x00" in reason:
        raise Invalid("bad-reason", "Type the reason in letters and figures.", "reason")
    this = Change(actor, action, reason, patient_id, _current.get())
    try:
        # A change inside another has no savepoint of its own: see `attempt`
        with _in_line(), transaction.atomic(savepoint=this._outer is None):
            this.at = clock.now()  # SQLite may have waited for another writer
            token = _current.set(this)
            try:
                yield this
            finally:
                _current.reset(token)
            this._close()
    except BaseException:
        this._undo()
        raise


_line = Lock()


@contextmanager
def _in_line() -> Iterator[None]:
    """SQLite lets a second writer ask again and again; those of one process stand in line instead."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with _line:
        yield


@contextmanager
def attempt() -> Iterator[None]:
    """A part of an open change that may fail and be caught: only what was written in the block is taken back."""
    this = _current.get()
    if this is None:
        raise RuntimeError("An attempt is a part of a change.")
    noted = this._noted()
    try:
        with transaction.atomic():
            yield
    except BaseException:
        this._restore(noted)
        raise


def current() -> Change | None:
    """The change that is open now, if any."""
    return _current.get()
