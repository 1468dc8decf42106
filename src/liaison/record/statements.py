"""What every change and every look writes: plain SQL by hand. The ORM's own costs several times as much to build."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from liaison.record.guard import refuse_outside_change
from liaison.record.models import Guarded

_IN_A_STEP = 64  # rows of one statement; on SQLite each step of more would give up the interpreter's lock
Statement = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class _Insert:
    """How rows of a model are inserted: the statement up to its values, the places of one row, PostgreSQL's way of many
    rows, the columns."""

    start: str
    places: str
    copied: str
    columns: tuple[models.Field[Any, Any], ...]


@cache
def _insert_of(model: type[models.Model]) -> _Insert:
    columns = tuple(f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField))
    names = ", ".join(f'"{f.column}"' for f in columns)
    where = f'"{model._meta.db_table}" ({names})'
    places = f"({', '.join(['%s'] * len(columns))})"
    return _Insert(f"INSERT INTO {where} VALUES ", places, f"COPY {where} FROM STDIN", columns)  # noqa: S608  # names of our own models


def insert(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model. A key that the database gives is not told to the row."""
    if rows:
        insert_values(type(rows[0]), _values(rows))


def insert_together(*groups: Sequence[models.Model]) -> None:
    """Insert new rows of several models, those of one model in a group: on PostgreSQL all in one question."""
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor == "sqlite" or any(len(rows) > _IN_A_STEP for rows in groups):
        for rows in groups:
            insert(rows)
        return
    asked = [_statement(type(rows[0]), _values(rows)) for rows in groups if rows]
    if asked:
        with database.cursor() as cursor:
            cursor.execute("; ".join(sql for sql, _ in asked), [value for _, values in asked for value in values])


def insert_values(model: type[models.Model], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of values that are in the database's form and in the order of the model's columns, but the key."""
    if not rows:
        return
    database = connections[DEFAULT_DB_ALIAS]
    with database.cursor() as cursor:
        if len(rows) > _IN_A_STEP:
            about = _insert_of(model)
            if database.vendor == "sqlite":
                cursor.executemany(about.start + about.places, rows)
            else:
                _copy(cursor, about.copied, rows)
            return
        cursor.execute(*_statement(model, rows))


def _copy(cursor: Any, statement: str, rows: Sequence[Sequence[Any]]) -> None:
    """Many rows at once on PostgreSQL: a statement with thousands of places costs more to read than to run."""
    with connections[DEFAULT_DB_ALIAS].wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _statement(model: type[models.Model], rows: Sequence[Sequence[Any]]) -> Statement:
    about = _insert_of(model)
    return about.start + ", ".join([about.places] * len(rows)), [value for row in rows for value in row]


def _values(rows: Sequence[models.Model]) -> list[list[Any]]:
    """What the database is given for rows of one model. Raises WriteOutsideChange where they are guarded."""
    model, database = type(rows[0]), connections[DEFAULT_DB_ALIAS]
    if issubclass(model, Guarded):
        refuse_outside_change(model.__name__)
    return [[stored(field, row, database) for field in _insert_of(model).columns] for row in rows]


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


def update(row: models.Model, names: Collection[str] | None, version: int) -> bool:
    """Write a row's columns (those of `names`, or all) where it still has the `version`. False when it has not."""
    return update_all([row], names, [version])


def update_all(rows: Sequence[models.Model], names: Collection[str] | None, versions: Sequence[int]) -> bool:
    """Write columns of many rows of one model, each where it still has its version. False when one has not."""
    if not rows:
        return True
    model, database = type(rows[0]), connections[DEFAULT_DB_ALIAS]
    refuse_outside_change(model.__name__)
    meta = model._meta
    columns = [
        f
        for f in meta.concrete_fields
        if not f.primary_key and (names is None or f.name in names or f.attname in names)
    ]
    # Names of our own models, no input
    places = ", ".join(f'"{f.column}" = %s' for f in columns)
    statement = f'UPDATE "{meta.db_table}" SET {places} WHERE "{meta.pk.column}" = %s AND "version" = %s'  # noqa: S608
    values = [
        [*(stored(f, row, database) for f in columns), meta.pk.get_db_prep_value(row.pk, database), version]
        for row, version in zip(rows, versions, strict=True)
    ]
    with database.cursor() as cursor:
        if len(values) == 1:
            cursor.execute(statement, values[0])
        else:
            cursor.executemany(statement, values)
        return cursor.rowcount == len(values)
