"""Values as X12 writes them: money, dates, quantities, text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache

from liaison.engines.x12.errors import X12Error
from liaison.engines.x12.segments import Segment

_NUMBER = re.compile(r"(-?)(\d{0,15})(?:\.(\d{0,9}))?\Z", re.ASCII)
_DIGITS = re.compile(r"\d+\Z", re.ASCII)
_PRINTABLE = re.compile(r"[^ -~]+")
# Printable ASCII without the separators we write and without blanks at its ends.
_PLAIN = re.compile(r"(?! )[ !-)+-9;-\]_-}]+(?<! )\Z")
_BLANKS = re.compile(r" {2,}")


def money(cents: int) -> str:
    """Cents as an X12 decimal without needless zeros: 10050 is "100.5"."""
    sign, amount = ("-", -cents) if cents < 0 else ("", cents)
    whole, rest = divmod(amount, 100)
    return f"{sign}{whole}" + (f".{rest:02d}".rstrip("0") if rest else "")


def quantity(value: Decimal | int) -> str:
    """A count without needless zeros."""
    if isinstance(value, int):
        return str(value)
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def read_money(segment: Segment, position: int, loop: str = "", *, required: bool = True) -> int:
    """Cents of a monetary element; 0 where it is empty and not required."""
    text = segment.get(position)
    if not text and not required:
        return 0
    if text.isdigit() and text.isascii() and len(text) < 16:
        return int(text) * 100
    found = _NUMBER.match(text)
    if not found or not (found[2] or found[3]) or (found[3] or "")[2:].strip("0"):
        raise _fault("money", "is not an amount of money", segment, position, loop)
    cents = int(found[2] or "0") * 100 + int(((found[3] or "") + "00")[:2])
    return -cents if found[1] else cents


def read_quantity(segment: Segment, position: int, loop: str = "", default: int = 0) -> Decimal:
    """A count; `default` where the element is empty."""
    text = segment.get(position)
    if not text:
        return Decimal(default)
    found = _NUMBER.match(text)
    if not found or not (found[2] or found[3]):
        raise _fault("number", "is not a number", segment, position, loop)
    return Decimal(text)


def lenient_money(text: str) -> int | None:
    """Cents of an amount that nothing hangs on; None where it is empty or none."""
    number = lenient_quantity(text)
    return None if number is None else int((number * 100).to_integral_value())


def lenient_quantity(text: str) -> Decimal | None:
    """A number that nothing hangs on; None where it is empty or none."""
    found = _NUMBER.match(text)
    return Decimal(text) if found and (found[2] or found[3]) else None


@lru_cache(maxsize=4096)
def parse_date(text: str) -> date | None:
    """CCYYMMDD as a date; None where it is none."""
    if len(text) != 8 or not _DIGITS.match(text):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def is_time(text: str) -> bool:
    """Whether a text is HHMM, HHMMSS or HHMMSS with hundredths."""
    if not 4 <= len(text) <= 8 or len(text) == 5 or not _DIGITS.match(text):
        return False
    return text[:2] < "24" and text[2:4] < "60" and (text[4:6] or "00") < "60"


def read_date(segment: Segment, position: int, loop: str = "") -> date | None:
    """A CCYYMMDD element; None where it is empty."""
    text = segment.get(position)
    if not text:
        return None
    found = parse_date(text)
    if found is None:
        raise _fault("date", "is not a date (CCYYMMDD)", segment, position, loop)
    return found


def read_period(segment: Segment, loop: str = "") -> tuple[date, date | None]:
    """First and last day of a DTP with format D8 or RD8; the last is None for a single day."""
    first, dash, last = segment.get(3).partition("-")
    begin, end = parse_date(first[:8]), parse_date(last[:8]) if dash else None
    if begin is None or (dash and end is None):
        raise _fault("date", "is not a date or a period of dates (CCYYMMDD, CCYYMMDD-CCYYMMDD)", segment, 3, loop)
    return begin, end


def read_timestamp(day: str, time: str) -> datetime | None:
    """Date (CCYYMMDD or YYMMDD) and time (HHMM, HHMMSS) of an envelope, taken as UTC; None where they are none."""
    found = parse_date(day if len(day) == 8 else "20" + day)
    if found is None or not _DIGITS.match(time) or len(time) < 4:
        return None
    hour, minute, second = int(time[:2]), int(time[2:4]), int(time[4:6] or "0")
    if hour > 23 or minute > 59 or second > 59:
        return None
    return datetime(found.year, found.month, found.day, hour, minute, second, tzinfo=UTC)


def d8(day: date) -> str:
    """A date as CCYYMMDD, also for years before 1000."""
    return f"{day.year:04d}{day.month:02d}{day.day:02d}"


def text(value: str, longest: int, element: str, *, required: bool = False) -> str:
    """Words (a name, a street) as X12 can carry them.

    Accents are folded, other characters outside printable ASCII and the separators become blanks, the end is cut at
    `longest`. Raises `X12Error` ("text-missing") where nothing is left of something required.
    """
    if "  " not in value and _PLAIN.match(value):
        return value if len(value) <= longest else value[:longest].strip()
    folded = "".join(c for c in unicodedata.normalize("NFKD", value) if not unicodedata.combining(c))
    folded = folded.translate(_LETTERS)
    plain = _PRINTABLE.sub(" ", folded).translate(_SEPARATORS)
    plain = _BLANKS.sub(" ", plain).strip()[:longest].strip()
    if required and not plain:
        raise X12Error("text-missing", "A name or text in Latin letters is needed here.", element=element)
    return plain


_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "æ": "ae", "Æ": "AE", "œ": "oe",
     "Œ": "OE", "ı": "i", "þ": "th", "Þ": "Th", "’": "'", "‘": "'", "ʻ": "'", "–": "-", "—": "-"}
)  # fmt: skip
_SEPARATORS = str.maketrans("*:^~", "    ")


def ident(value: str, longest: int, element: str, *, required: bool = True) -> str:
    """A number or code, carried unchanged. Raises `X12Error` where X12 cannot carry it."""
    if not value and not required:
        return ""
    if len(value) <= longest and _PLAIN.match(value):
        return value
    if not value or value != value.strip() or len(value) > longest or _PRINTABLE.search(value):
        raise X12Error("identifier", f"A value of 1 to {longest} plain characters is needed here.", element=element)
    if any(mark in value for mark in "*:^~"):
        raise X12Error("delimiter-in-data", "The value holds a separator character (* : ^ ~).", element=element)
    return value


def digits(value: str) -> str:
    """Only the digits of a telephone number or ZIP code."""
    return re.sub(r"\D", "", value, flags=re.ASCII)


def write_procedure(code: str, modifiers: Sequence[str] = (), qualifier: str = "HC") -> str:
    """A procedure with its modifiers as a composite."""
    return ":".join(
        [qualifier, ident(code, 48, "the procedure"), *(ident(each, 2, "a modifier") for each in modifiers)]
    )


def read_modifiers(segment: Segment, position: int) -> tuple[str, ...]:
    """The modifiers of a procedure."""
    return tuple(code for code in segment.parts(position)[2:6] if code)


def write_diagnoses(codes: Sequence[str]) -> list[list[str]]:
    """Up to twelve ICD-10-CM codes, with their point or without, as an HI; the first is the principal one."""
    plain = [ident(code.replace(".", ""), 7, "HI01-2") for code in codes[:12]]
    return [["HI", f"ABK:{plain[0]}", *(f"ABF:{code}" for code in plain[1:])]] if plain else []


def read_diagnoses(segments: Iterable[Segment]) -> Iterator[str]:
    """The diagnoses of HI segments; ICD-10-CM codes get their point."""
    for segment in segments:
        for position in range(1, len(segment.elements)):
            qualifier, code = segment.part(position, 1), segment.part(position, 2)
            if qualifier in _DIAGNOSES and code:
                yield f"{code[:3]}.{code[3:]}" if qualifier.startswith("A") and len(code) > 3 else code


_DIAGNOSES = frozenset({"ABK", "ABF", "ABJ", "APR", "BK", "BF", "BJ", "PR"})


def _fault(rule: str, says: str, segment: Segment, position: int, loop: str) -> X12Error:
    name = f"{segment.id}{position:02d}"
    return X12Error(rule, f"{name} {says}.", segment_number=segment.number, loop=loop, element=name)
