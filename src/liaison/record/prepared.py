"""Queries that are asked all day, built once: the ORM's words become SQL at the first call and are reused from then on.

To build a SELECT costs Django ten times what SQLite needs to run it. What is seldom asked is asked in the plain way.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.query import FlatValuesListIterable, ModelIterable, ValuesListIterable
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row")
Database = BaseDatabaseWrapper
Reader = Callable[[Sequence[Any]], Any]
Converters = list[tuple[int, list[Callable[..., Any]], Any]]


class Prepared(Generic[Row]):
    """A query with places for values: `of_day = Prepared(lambda day: Visit.objects.filter(day=day))`.

    `of_day(today)` gives all rows, `of_day.first(today)` the first or None. Values are what the columns hold: UUID,
    str, int, date or datetime, never None and no lists; each must reach the SQL as it is, or the first call raises
    TypeError.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]]) -> None:
        self._build = build
        self._plans: dict[tuple[object, ...], _Plan] = {}

    def __call__(self, *values: object) -> list[Row]:
        database = connections[DEFAULT_DB_ALIAS]
        kinds = (database.vendor, *map(type, values))
        plan = self._plans.get(kinds)
        if plan is None:
            plan = self._plans[kinds] = _plan(self._build, values, database)
        return plan.run(values, database)

    def first(self, *values: object) -> Row | None:
        """The first row of the query, or None. The query itself says how many there may be."""
        return next(iter(self(*values)), None)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A query's SQL, what stands in its places, and how its rows are read."""

    sql: str
    # A constant, or the number of the value and what the database makes of it
    places: list[tuple[int, Any]]
    converters: Converters
    read: Reader
    locks: bool

    def run(self, values: Sequence[object], database: Database) -> list[Any]:
        if self.locks and not database.in_atomic_block:
            raise TransactionManagementError("A row is locked inside a transaction only.")
        with database.cursor() as cursor:
            cursor.execute(
                self.sql,
                [about if number < 0 else about(values[number], database) for number, about in self.places],
            )
            rows = cursor.fetchall()
        if self.converters:
            rows = [self._converted(row, database) for row in rows]
        return [self.read(row) for row in rows]

    def _converted(self, row: Sequence[Any], database: Database) -> list[Any]:
        values = list(row)
        for column, converters, expression in self.converters:
            value = values[column]
            for convert in converters:
                value = convert(value, expression, database)
            values[column] = value
        return values


def _plan(build: Callable[..., QuerySet[Any, Any]], values: Sequence[object], database: Database) -> _Plan:
    marks = [_mark(value, number) for number, value in enumerate(values)]
    queryset = build(*marks)
    compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
    sql, params = compiler.as_sql()
    known = [_to_database(mark)(mark, database) for mark in marks]
    places = [_place(param, known, values) for param in params]
    if missing := set(range(len(values))) - {number for number, _ in places}:
        raise TypeError(f"Value {min(missing)} does not reach the SQL as it is: ask this query in the plain way.")
    fields = [expression for expression, _, _ in compiler.select[: compiler.col_count]]
    found = compiler.get_converters(fields)
    converters = [(column, converters, expression) for column, (converters, expression) in found.items()]
    return _Plan(sql, places, converters, _reader(queryset, compiler), queryset.query.select_for_update)


def _mark(value: object, number: int) -> object:
    """A value of the same kind that no query has as a constant, to find the place of the real one."""
    match value:
        case UUID():
            return UUID(int=(0xFEED << 112) + number)
        case str():
            return f"\x02{number}\x03"
        case datetime():
            return datetime(1000 + number, 2, 3, tzinfo=UTC)
        case date():
            return date(1000 + number, 2, 3)
        case int() if not isinstance(value, bool):
            return 1_900_000_000 + number
        case _:
            raise TypeError(f"A prepared query takes no {type(value).__name__}.")


def _to_database(value: object) -> Callable[[Any, Database], Any]:
    match value:
        case UUID():
            return _uuid
        case datetime():
            return lambda value, database: database.ops.adapt_datetimefield_value(value)
        case date():
            return lambda value, database: database.ops.adapt_datefield_value(value)
        case _:
            return lambda value, _: value


def _uuid(value: UUID, database: Database) -> UUID | str:
    return value if database.features.has_native_uuid_field else value.hex


def _as_kind(kind: type[int], value: int, _: Database) -> int:
    return kind(value)


def _place(param: object, known: Sequence[object], values: Sequence[object]) -> tuple[int, Any]:
    for number, mark in enumerate(known):
        if isinstance(param, type(mark)) and param == mark:
            if isinstance(param, int):
                # A driver may have a type of its own for each width of number
                return number, partial(_as_kind, type(param))
            return number, _to_database(values[number])
    return -1, param


def _reader(queryset: QuerySet[Any, Any], compiler: SQLCompiler) -> Reader:
    """What makes of a row what the query set would give: an object with its neighbours, a tuple or a single value."""
    kind: type = queryset._iterable_class
    if any(getattr(queryset, name) for name in ("_prefetch_related_lookups", "_known_related_objects")):
        raise TypeError("A prepared query neither prefetches nor comes from another row.")
    if kind is FlatValuesListIterable:
        return lambda row: row[0]
    if kind is ValuesListIterable:
        return tuple
    if kind is not ModelIterable or compiler.annotation_col_map:
        raise TypeError("A prepared query gives rows of a model or a list of values.")
    return _Maker(compiler.klass_info or {}, compiler).make


class _Maker:
    """Makes objects of rows as Django does, but not by `Model.__init__`, whose general way costs more than the query.

    Nothing is lost: rows come whole, and no model of ours hears of the making of its objects (pre_init).
    """

    def __init__(self, about: Mapping[str, Any], compiler: SQLCompiler) -> None:
        self.model: type[Model] = about["model"]
        self.columns = slice(about["select_fields"][0], about["select_fields"][-1] + 1)
        self.names = [expression.target.attname for expression, _, _ in compiler.select[self.columns]]
        if self.names != [field.attname for field in self.model._meta.concrete_fields]:
            raise TypeError("A prepared query reads whole rows.")
        self.key = self.columns.start + self.names.index(self.model._meta.pk.attname)
        self.neighbours = [
            (_Maker(one, compiler), one["local_setter"], one["remote_setter"])
            for one in about.get("related_klass_infos", ())
        ]

    def make(self, row: Sequence[Any]) -> Model | None:
        if row[self.key] is None:
            return None
        found = self.model.__new__(self.model)
        found.__dict__.update(zip(self.names, row[self.columns], strict=True))
        found._state = ModelState()
        found._state.adding, found._state.db = False, DEFAULT_DB_ALIAS
        for maker, set_neighbour, set_back in self.neighbours:
            neighbour = maker.make(row)
            set_neighbour(found, neighbour)
            if neighbour is not None:
                set_back(neighbour, found)
        return found
