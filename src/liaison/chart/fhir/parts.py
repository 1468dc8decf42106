"""The parts that resources are made of: written for what goes out, read from what comes in.

What is read has passed the FHIR shapes of `interop.importing`, so a part that is there has the right type.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.db.models import Q

from liaison.chart.models import Coded
from liaison.kernel.errors import Invalid
from liaison.record.forms import Json, SearchParam

HL7 = "http://terminology.hl7.org/CodeSystem/"
US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
# What a reference means here: the id of the resource it names, of one of the types, or None when there is none
Resolve = Callable[[Json | None, str], UUID | None]
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


# Written


def reference(resource_type: str, row_id: UUID | None) -> Json | None:
    """A reference to a row, None to nothing."""
    return {"reference": f"{resource_type}/{row_id}"} if row_id else None


def concept(system: str, code: str, display: str = "", text: str = "") -> Json:
    """A CodeableConcept of one coding; of words alone where there is no code."""
    words = text or display
    if not code:
        return {"text": words}
    coding: Json = {"system": system, "code": code, "display": display}
    return {"coding": [{k: v for k, v in coding.items() if v}], **({"text": words} if words else {})}


def coded(row: Coded) -> Json:
    """The code of a clinical fact with its words."""
    return concept(row.system, row.code, row.display)


def status(kind: str, code: str) -> Json:
    """A status of one of HL7's own code systems, without words."""
    return {"coding": [{"system": HL7 + kind, "code": code}]}


# Read


def must(value: UUID | None, what: str) -> UUID:
    """A reference that has to lead somewhere. Raises Invalid with the reason that stands in the intake."""
    if value is None:
        raise Invalid("dangling-reference", f"It belongs to a {what} that is neither in this input nor here.")
    return value


def fitting(text: str, most: int, what: str) -> str:
    """Text without NUL and stray space. Raises Invalid when the chart cannot hold all of it: it is not cut."""
    tidy = text.replace("\x00", "").strip()
    if len(tidy) > most:
        raise Invalid("too-long", f"Its {what} is longer than {most} characters.")
    return tidy


def words_of(found: Json | None) -> str:
    """What a person reads of a CodeableConcept."""
    if not found:
        return ""
    codings = found.get("coding") or [{}]
    return str(
        found.get("text") or next((c["display"] for c in codings if c.get("display")), "") or codings[0].get("code", "")
    )


def coding_of(found: Json | None, *prefer: str) -> tuple[str, str]:
    """System and code of a CodeableConcept: the first of a preferred system, else the first of all."""
    codings = [c for c in (found or {}).get("coding") or () if c.get("code")]
    for system in prefer:
        for one in codings:
            if one.get("system") == system:
                return system, str(one["code"])
    return (str(codings[0].get("system", "")), str(codings[0]["code"])) if codings else ("", "")


def code_columns(found: Json | None, what: str, *prefer: str) -> Json:
    """The columns of a `Coded` row. Raises Invalid for a concept that says nothing."""
    system, code = coding_of(found, *prefer)
    display = fitting(words_of(found), 300, f"{what}’s name")
    if not display:
        raise Invalid("no-code", f"It does not say which {what} it is.")
    return {"system": fitting(system, 100, "code system"), "code": fitting(code, 40, "code"), "display": display}


def status_code(found: Json | None, default: str) -> str:
    """The first code of a status concept."""
    return coding_of(found)[1] or default


def moment(text: str | None) -> datetime | None:
    """A FHIR dateTime or instant as an aware time; a date alone is its noon in UTC, the same day all over America.

    Raises Invalid for what is no time.
    """
    if not text:
        return None
    if _DATE.fullmatch(text):
        on = day(text)
        assert on is not None, "the text is not empty"
        return datetime.combine(on, time(12), UTC)
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid("bad-time", "It has a time that is none.")


def day(text: str | None) -> date | None:
    """The day of a FHIR date or dateTime as it was written; a year or month alone is its first day."""
    if not text:
        return None
    whole = text[:10] + "-01-01"[len(text[:10]) - 4 :] if len(text) < 10 else text[:10]
    try:
        return date.fromisoformat(whole)
    except ValueError:
        raise Invalid("bad-date", "It has a date that is none.")


def number(value: object) -> Decimal | None:
    """A FHIR decimal with the six places that the chart keeps. Raises Invalid for one too large."""
    if value is None or isinstance(value, bool):
        return None
    try:
        found = Decimal(str(value))
        if not found.is_finite() or abs(found) >= 10**10:
            raise InvalidOperation
        return found.quantize(Decimal("0.000001"))
    except InvalidOperation:
        raise Invalid("bad-number", "It has a number that the chart cannot hold.")


def onset_of(resource: Json, name: str) -> date | None:
    """The day of an onset[x] or abatement[x] that is told as a time or a period; an age or words give none."""
    period = resource.get(f"{name}Period") or {}
    return day(resource.get(f"{name}DateTime") or period.get("start"))


# Asked


def token(value: str) -> tuple[str | None, str]:
    """The system (None when not asked for) and code of a token parameter."""
    system, bar, code = value.partition("|")
    return (system, code) if bar else (None, value)


def code_clause(value: str) -> Q:
    """A code with or without its system, for rows that keep both."""
    system, code = token(value)
    found = Q(code=code) if code else Q()
    return found if system is None else found & Q(system=system)


def constant_clause(column: str, system: str, also: dict[str, str] | None = None) -> Callable[[str], Q]:
    """A token of one fixed system; `also` maps a code that is asked for to what the column holds."""

    def clause(value: str) -> Q:
        asked, code = token(value)
        if asked not in (None, system):
            return Q(pk__in=[])
        return Q(**{column: (also or {}).get(code, code)})

    return clause


PATIENT: Sequence[SearchParam] = (
    SearchParam("patient", "reference", ("patient_id",), target="Patient"),
    SearchParam("subject", "reference", ("patient_id",), target="Patient"),
)
ENCOUNTER = SearchParam("encounter", "reference", ("encounter_id",), target="Encounter")
CODE = SearchParam("code", "token", ("code",), clause=code_clause)
STATUS = SearchParam("status", "token", ("status",))
