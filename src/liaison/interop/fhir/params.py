"""Search parameters to database conditions (FHIR R4, 3.1.1 Search). What is not understood is refused."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from liaison.kernel.errors import Invalid
from liaison.record.forms import FhirForm, SearchParam

_INTEGER = re.compile(r"-?\d{1,9}", re.ASCII)
_FIRST, _LAST = datetime(999, 12, 31, tzinfo=UTC), datetime(9999, 1, 2, tzinfo=UTC)
NOTHING = Q(pk__in=[])
ALL = Q(pk__isnull=False)
LONGEST = 500
_DATE = re.compile(
    r"(?P<prefix>eq|ne|gt|lt|ge|le|sa|eb|ap)?(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d)"
    r"(T(?P<time>\d\d:\d\d(:\d\d(\.\d{1,9})?)?)(?P<zone>Z|[+-]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)
_NUMBER = re.compile(r"(?P<prefix>eq|ne|gt|lt|ge|le|sa|eb|ap)?(?P<number>[+-]?\d{1,12}(\.\d{1,8})?)", re.ASCII)


def _bad(param: SearchParam, value: str, want: str) -> Invalid:
    return Invalid("bad-parameter", f"“{value[:60]}” cannot be used for {param.name}: {want}.", param.name)


def condition(form: FhirForm, param: SearchParam, modifier: str, value: str) -> Q:
    """The condition of one parameter; values divided by commas are alternatives. Raises Invalid."""
    if modifier == "missing":
        return _missing(form, param, value)
    if modifier not in _MODIFIERS.get(param.kind, ("",)):
        raise Invalid("bad-modifier", f"“:{modifier[:20]}” is not answered for {param.name}.", param.name)
    if "\x00" in value:
        raise _bad(param, value.replace("\x00", "␀"), "it holds a NUL character")
    result = NOTHING
    for text in alternatives(param, value):
        part = _KINDS[param.kind](form, param, modifier, text)
        result |= part if part else ALL  # An empty condition beside another one would be left out
    return ~result if modifier == "not" else result


def alternatives(param: SearchParam, value: str) -> list[str]:
    """The values that commas divide, escapes taken away. Raises Invalid."""
    found = [re.sub(r"\\([,|$\\])", r"\1", text) for text in re.split(r"(?<!\\),", value) if text]
    if not found:
        raise _bad(param, value, "give a value")
    if any(len(text) > LONGEST for text in found):
        raise _bad(param, value, f"give at most {LONGEST} characters")
    return found


def _missing(form: FhirForm, param: SearchParam, value: str) -> Q:
    if value not in ("true", "false") or not param.lookups:
        raise Invalid(
            "bad-modifier",
            f"{param.name}:missing takes true or false, and is not answered for every parameter.",
            param.name,
        )
    absent = Q()
    for lookup in param.lookups:
        column = _column(form, lookup)
        absent &= Q(**{f"{lookup}__isnull": True}) | (
            Q(**{lookup: ""}) if isinstance(column, models.CharField) else NOTHING
        )
    return absent if value == "true" else ~absent


def _column(form: FhirForm, lookup: str) -> Any:
    """The model field that a lookup ends at."""
    model: Any = form.model
    column = None
    for name in lookup.split("__"):
        if model is None or name == "pk":
            return model._meta.pk if model else None
        column = model._meta.get_field(name)
        model = column.related_model if column.is_relation else None
    return column


def _token(form: FhirForm, param: SearchParam, modifier: str, value: str) -> Q:
    if param.clause:
        return param.clause(value)
    system, bar, code = value.rpartition("|")
    if bar and param.system and system and system != param.system:
        return NOTHING
    result = NOTHING
    for lookup in param.lookups:
        column = _column(form, lookup)
        if isinstance(column, models.BooleanField):
            if code not in ("true", "false"):
                raise _bad(param, value, "give true or false")
            result |= Q(**{lookup: code == "true"})
            continue
        if isinstance(column, models.UUIDField):
            result |= Q(**{lookup: _uuid(code)}) if _uuid(code) else NOTHING
            continue
        if isinstance(column, models.IntegerField):
            result |= Q(**{lookup: int(code)}) if _INTEGER.fullmatch(code) else NOTHING
            continue
        match = Q(**{lookup: code}) if code else ~Q(**{lookup: ""})
        if bar and system and not param.system and lookup == "code" and _has(form, "system"):
            match &= Q(system=system)
        result |= match
    return result


def _has(form: FhirForm, name: str) -> bool:
    return any(f.name == name for f in form.model._meta.concrete_fields)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _string(form: FhirForm, param: SearchParam, modifier: str, value: str) -> Q:
    if param.clause and modifier == "":
        return param.clause(value)
    if param.exact and modifier == "exact":
        return param.exact(value)
    if not param.lookups:
        raise Invalid("bad-modifier", f"“:{modifier}” is not answered for {param.name}.", param.name)
    how = {"": "istartswith", "exact": "exact", "contains": "icontains"}[modifier]
    result = NOTHING
    for lookup in param.lookups:
        result |= Q(**{f"{lookup}__{how}": value})
    return result


def _uri(form: FhirForm, param: SearchParam, modifier: str, value: str) -> Q:
    result = NOTHING
    for lookup in param.lookups:
        result |= Q(**{lookup: value})
    return result


def _reference(form: FhirForm, param: SearchParam, modifier: str, value: str) -> Q:
    if param.clause:
        return param.clause(value)
    kind, _, identifier = value.rstrip("/").rpartition("/")
    kind = kind.rpartition("/")[2]
    if kind and param.target and kind not in param.target.split(","):
        return NOTHING
    if modifier and param.target and modifier not in param.target.split(","):
        return NOTHING
    uuid = _uuid(identifier)
    result = NOTHING
    for lookup in param.lookups if uuid else ():
        result |= Q(**{lookup: uuid})
    return result


def period(text: str, want: Callable[[str], Invalid]) -> tuple[str, datetime, datetime]:
    """Prefix, start and end (exclusive) of what a date parameter's value covers: a year, month, day, minute or instant.

    A day without a zone is a day of UTC, as the times in resources are written.
    """
    match = _DATE.fullmatch(text.replace(" ", "+"))
    if match is None:
        raise want(
            "write a date such as 2026-11-21, or a time with its zone, with a prefix such as ge or lt if you like"
        )
    part = match.groupdict()
    try:
        if part["time"]:
            zone = part["zone"] or "Z"
            start = datetime.fromisoformat(
                f"{part['year']}-{part['month']}-{part['day']}T{part['time']}{zone}"
            ).astimezone(UTC)
            end = start + (
                timedelta(minutes=1)
                if len(part["time"]) == 5
                else timedelta(seconds=1)
                if "." not in part["time"]
                else timedelta(milliseconds=1)
            )
        else:
            year, month, day = int(part["year"]), int(part["month"] or 1), int(part["day"] or 1)
            start = datetime(year, month, day, tzinfo=UTC)
            days = (
                1
                if part["day"]
                else monthrange(year, month)[1]
                if part["month"]
                else 366
                if monthrange(year, 2)[1] == 29
                else 365
            )
            end = start + timedelta(days=days)
    except (ValueError, OverflowError):
        raise want("there is no such date") from None
    if not _FIRST < start < end < _LAST:
        raise want("give a year from 1000 to 9998")
    return part["prefix"] or "eq", start, end


def _date(form: FhirForm, param: SearchParam, modifier: str, value: str) -> Q:
    prefix, start, end = period(value, lambda want: _bad(param, value, want))
    if param.clause:
        return param.clause(value)
    result = NOTHING
    for lookup in param.lookups:
        column = _column(form, lookup)
        if isinstance(column, models.DateField) and not isinstance(column, models.DateTimeField):
            # A day that an instant ends in counts whole
            last = (end - timedelta(microseconds=1)).date()
            result |= within(lookup, prefix, start.date(), last + timedelta(days=1))
        else:
            result |= within(lookup, prefix, start, end)
    return result


def within(lookup: str, prefix: str, low: object, high: object) -> Q:
    """The condition for a half-open range [low, high)."""
    if prefix in ("gt", "sa"):
        return Q(**{f"{lookup}__gte": high})
    if prefix in ("lt", "eb"):
        return Q(**{f"{lookup}__lt": low})
    if prefix == "ge":
        return Q(**{f"{lookup}__gte": low})
    if prefix == "le":
        return Q(**{f"{lookup}__lt": high})
    within = Q(**{f"{lookup}__gte": low, f"{lookup}__lt": high})
    return ~within if prefix == "ne" else within


def _quantity(form: FhirForm, param: SearchParam, modifier: str, value: str) -> Q:
    number, _, unit = value.partition("|")
    match = _NUMBER.fullmatch(number)
    if match is None:
        raise _bad(param, value, "write a number such as gt140")
    amount = Decimal(match["number"])
    digits = len(match["number"].partition(".")[2])
    # A number stands for all that round to it
    half = Decimal(10) ** -digits / 2
    prefix = match["prefix"] or "eq"
    code = unit.rpartition("|")[2]
    result = NOTHING
    for lookup in param.lookups:
        column = _column(form, lookup)
        if not _fits(column, abs(amount) + half):
            raise _bad(param, value, "no measurement is that large or that fine")
        if prefix not in ("eq", "ne", "ap"):
            part = Q(**{f"{lookup}__{_COMPARED[prefix]}": amount})
        elif isinstance(column, models.DecimalField) and digits >= (column.decimal_places or 0):
            part = Q(**{lookup: amount})
        else:
            part = within(lookup, "eq", amount - half, amount + half)
        if prefix == "ne":
            part = ~part
        if code and _has(form, "unit"):
            part &= Q(unit=code)
        result |= part
    return result


_COMPARED = {"gt": "gt", "sa": "gt", "lt": "lt", "eb": "lt", "ge": "gte", "le": "lte"}


def _fits(column: Any, amount: Decimal) -> bool:
    """Whether a number can be compared with a column: SQLite's cannot take one with more digits than its own."""
    if not isinstance(column, models.DecimalField) or column.max_digits is None or column.decimal_places is None:
        return True
    return amount < Decimal(10) ** (column.max_digits - column.decimal_places)


_KINDS: dict[str, Callable[[FhirForm, SearchParam, str, str], Q]] = {
    "token": _token,
    "string": _string,
    "date": _date,
    "reference": _reference,
    "quantity": _quantity,
    "uri": _uri,
}
_MODIFIERS = {
    "token": ("", "not"),
    "string": ("", "exact", "contains"),
    "reference": ("", "Patient", "Practitioner", "Location", "Encounter"),
}
COMMON = (
    SearchParam("_id", "token", ("pk",), documentation="The resource's id"),
    SearchParam("_lastUpdated", "date", ("updated_at",), documentation="When the resource last changed"),
)
