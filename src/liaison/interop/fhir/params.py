"""Search parameters to database conditions (FHIR R4, 3.1.1 Search). What cannot be understood is refused with a sentence."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.db import models
from django.db.models import Q

from liaison.kernel.errors import Invalid
from liaison.record.forms import FhirForm, SearchParam

NOTHING = Q(pk__in=[])
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
    alternatives = [v for v in re.split(r"(?<!\\),", value) if v]
    if not alternatives:
        raise _bad(param, value, "give a value")
    if len(alternatives) > 100:
        raise _bad(param, value, "give at most 100 alternatives")
    result = NOTHING
    for text in alternatives:
        result |= _KINDS[param.kind](form, param, modifier, re.sub(r"\\([,|$\\])", r"\1", text))
    return ~result if modifier == "not" else result


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


def _column(form: FhirForm, lookup: str) -> models.Field[object, object] | None:
    model: type[models.Model] | None = form.model
    column = None
    for name in lookup.split("__"):
        if model is None or name == "pk":
            return model._meta.pk if model else None
        column = model._meta.get_field(name)
        model = column.related_model if column.is_relation else None  # type: ignore[assignment]
    return column  # type: ignore[return-value]


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
    """Prefix, start and end (exclusive) of what a date parameter's value covers: a year, month, day, minute, second or instant."""
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
    return part["prefix"] or "eq", start, end


def _date(form: FhirForm, param: SearchParam, modifier: str, value: str) -> Q:
    prefix, start, end = period(value, lambda want: _bad(param, value, want))
    if param.clause:
        return param.clause(value)
    result = NOTHING
    for lookup in param.lookups:
        column = _column(form, lookup)
        whole_days = isinstance(column, models.DateField) and not isinstance(column, models.DateTimeField)
        low: date | datetime = start.date() if whole_days else start
        # A day that an instant ends in counts whole
        high: date | datetime = (end + timedelta(days=1) - timedelta(microseconds=1)).date() if whole_days else end
        result |= within(lookup, prefix, low, high)
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
    try:
        amount = Decimal(match["number"])
    except InvalidOperation:
        raise _bad(param, value, "write a number such as gt140") from None
    half = Decimal(10) ** (-len(match["number"].partition(".")[2])) / 2
    prefix = match["prefix"] or "eq"
    result = NOTHING
    for lookup in param.lookups:
        if prefix in ("eq", "ne", "ap"):
            part = within(lookup, "ne" if prefix == "ne" else "eq", amount - half, amount + half)
        else:
            part = Q(
                **{
                    f"{lookup}__{ {'gt': 'gt', 'sa': 'gt', 'lt': 'lt', 'eb': 'lt', 'ge': 'gte', 'le': 'lte'}[prefix] }": amount
                }
            )
        code = unit.rpartition("|")[2]
        if code and _has(form, "unit"):
            part &= Q(unit=code)
        result |= part
    return result


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
