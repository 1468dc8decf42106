"""What every change and every look writes: plain SQL by hand. The ORM's own costs several times as much to build."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from liaison.record.guard import refuse_outside_change
from liaison.record.models import Guarded

Prepared = tuple[str, str, tuple[models.Field[object, object], ...]]

_IN_A_STEP = 64  # rows of one statement on SQLite: each step of more would give up the interpreter's lock
_AT_ONCE = 500  # rows in one statement: an import writes thousands in a change


@cache
def _prepared(model: type[models.Model]) -> Prepared:
    columns = tuple(f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField))
    names = ", ".join(f'"{f.column}"' for f in columns)
    start = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES '  # noqa: S608  # names of our own models
    return start, f"({', '.join(['%s'] * len(columns))})", columns


def insert(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model. A key that the database gives is not told to the row."""
    if not rows:
        return
    if isinstance(rows[0], Guarded):
        refuse_outside_change(type(rows[0]).__name__)
    columns, database = _prepared(type(rows[0]))[2], connections[DEFAULT_DB_ALIAS]
    insert_values(type(rows[0]), [[stored(f, row, database) for f in columns] for row in rows])


def stored(field: models.Field[Any, Any], row: models.Model, database: BaseDatabaseWrapper) -> Any:
    """What the database is given for a column of a row: Django's own answer, found faster for the commonest values."""
    value: Any = getattr(row, field.attname)
    usual = _usual(field)
    kind = type(value)
    if usual is None or kind is not usual:
        return field.get_db_prep_save(value, database)
    if usual is UUID:
        return value if database.features.has_native_uuid_field else value.hex
    if usual is datetime and database.vendor == "sqlite" and value.tzinfo is not None:
        return str(value.astimezone(UTC).replace(tzinfo=None))
    return value


@cache
def _usual(field: models.Field[Any, Any]) -> type | None:
    """The type whose values need no more than `stored` does."""
    kinds: dict[type[models.Field[Any, Any]], type] = {
        models.CharField: str, models.TextField: str, models.IntegerField: int, models.UUIDField: UUID,
        models.DateTimeField: datetime,
    }  # fmt: skip
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    return next((usual for kind, usual in kinds.items() if isinstance(target, kind)), None)


def insert_together(*groups: Sequence[models.Model]) -> None:
    """Insert new rows of several models, those of one model in a group: on PostgreSQL all in one question."""
    if connections[DEFAULT_DB_ALIAS].vendor == "sqlite":
        for rows in groups:
            insert(rows)
        return
    database = connections[DEFAULT_DB_ALIAS]
    asked: list[str] = []
    values: list[Any] = []
    for rows in groups:
        for first in range(0, len(rows), _AT_ONCE):
            start, places, columns = _prepared(type(rows[0]))
            some = rows[first : first + _AT_ONCE]
            asked.append(start + ", ".join([places] * len(some)))
            values += [stored(field, row, database) for row in some for field in columns]
    with database.cursor() as cursor:
        cursor.execute("; ".join(asked), values)


def insert_values(model: type[models.Model], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of values that are in the database's form and in the order of the model's columns, but the key."""
    start, places, _ = _prepared(model)
    database = connections[DEFAULT_DB_ALIAS]
    with database.cursor() as cursor:
        if database.vendor == "sqlite" and len(rows) > _IN_A_STEP:
            cursor.executemany(start + places, rows)
            return
        for first in range(0, len(rows), _AT_ONCE):
            some = rows[first : first + _AT_ONCE]
            cursor.execute(start + ", ".join([places] * len(some)), [v for row in some for v in row])


def update(row: models.Model, names: Collection[str] | None, version: int) -> bool:
    """Write a row's columns (those of `names`, or all) where it still has the `version`. False when it has not."""
    refuse_outside_change(type(row).__name__)
    database, meta = connections[DEFAULT_DB_ALIAS], row._meta
    columns = [
        f
        for f in meta.concrete_fields
        if not f.primary_key and (names is None or f.name in names or f.attname in names)
    ]
    # Names of our own models, no input
    places = ", ".join(f'"{f.column}" = %s' for f in columns)
    statement = f'UPDATE "{meta.db_table}" SET {places} WHERE "{meta.pk.column}" = %s AND "version" = %s'  # noqa: S608
    values = [stored(f, row, database) for f in columns]
    with database.cursor() as cursor:
        cursor.execute(statement, [*values, meta.pk.get_db_prep_value(row.pk, database), version])
        return cursor.rowcount == 1
