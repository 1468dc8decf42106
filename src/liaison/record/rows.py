"""Rows by their key: within a change each is read once, and whoever asks for it gets the same object."""

from functools import cache
from typing import TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import ForeignKey, Model, QuerySet

from liaison.record.change import current
from liaison.record.models import Guarded
from liaison.record.prepared import Prepared

R = TypeVar("R", bound=Guarded)


def row(model: type[R], key: UUID, *joined: str) -> R | None:
    """The row, or None, with the neighbours named in `joined`. Not locked: do not save what follows from it."""
    this = current()
    held = this.held.get((model, key)) if this else None
    found = _as(model, held[0]) if held else _read(model, key, joined, lock=False)
    return _with(found, joined)


def locked(model: type[R], key: UUID, *joined: str) -> R | None:
    """The row, or None, locked until the open change ends, with the (unlocked) neighbours named in `joined`."""
    this = current()
    if this is None:
        raise RuntimeError(f"A {model.__name__} is locked inside a change only.")
    held = this.held.get((model, key))
    # SQLite has one writer: what a change has read nobody else changes
    enough = held is not None and (held[1] or connection.vendor == "sqlite")
    found = _as(model, held[0]) if held and enough else _read(model, key, joined, lock=True)
    return _with(found, joined)


def _as(model: type[R], found: Guarded) -> R:
    assert isinstance(found, model)
    return found


def _read(model: type[R], key: UUID, joined: tuple[str, ...], *, lock: bool) -> R | None:
    found = _by_key(model, joined, lock=lock).first(key)
    this = current()
    if found is not None and this is not None:
        this.held[model, key] = found, lock
        for name in joined:
            # A neighbour that was read before is the one that everybody shares
            if (neighbour := getattr(found, name)) is not None:
                shared, _ = this.held.setdefault((type(neighbour), neighbour.pk), (neighbour, False))
                setattr(found, name, shared)
    return found


def _with(found: R | None, joined: tuple[str, ...]) -> R | None:
    """The row with its neighbours: those of a row that was held already may be missing."""
    if found is None:
        return None
    for name in joined:
        field = _foreign(type(found), name)
        key = getattr(found, field.attname)
        if key is not None and not field.is_cached(found):
            setattr(found, name, row(field.related_model, key))
    return found


@cache
def _foreign(model: type[Model], name: str) -> "ForeignKey[Guarded, Guarded]":
    field = model._meta.get_field(name)
    assert isinstance(field, ForeignKey)
    return field


@cache
def _by_key(model: type[R], joined: tuple[str, ...], *, lock: bool) -> Prepared[R]:
    def build(key: UUID) -> "QuerySet[R, R]":
        rows: QuerySet[R, R] = QuerySet(model).filter(pk=key)
        if joined:
            rows = rows.select_related(*joined)
        # Neighbours may be added meanwhile: their foreign keys lock the row for its key only
        return rows.select_for_update(of=("self",), no_key=True) if lock else rows

    return Prepared(build)
