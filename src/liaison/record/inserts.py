"""Inserting into the record's own append-only tables, which every change and every look does: plain prepared SQL.

The ORM's `bulk_create` costs several times as much as the insert itself.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models

Prepared = tuple[str, str, tuple[models.Field[object, object], ...]]

_AT_ONCE = 500  # rows in one statement: an import writes thousands in a change


@lru_cache(maxsize=16)
def _prepared(model: type[models.Model]) -> Prepared:
    columns = tuple(f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField))
    names = ", ".join(f'"{f.column}"' for f in columns)
    start = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES '  # noqa: S608  # names of our own models
    return start, f"({', '.join(['%s'] * len(columns))})", columns


def insert(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model whose key the database gives. The rows are not told their keys."""
    if not rows:
        return
    columns = _prepared(type(rows[0]))[2]
    prepared = [[f.get_db_prep_save(getattr(row, f.attname), connection) for f in columns] for row in rows]
    insert_values(type(rows[0]), prepared)


def insert_values(model: type[models.Model], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of values that are in the database's form and in the order of the model's columns, but the key."""
    start, places, _ = _prepared(model)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite" and len(rows) > 1:
            cursor.executemany(start + places, rows)
            return
        for first in range(0, len(rows), _AT_ONCE):
            some = rows[first : first + _AT_ONCE]
            cursor.execute(start + ", ".join([places] * len(some)), [v for row in some for v in row])
