"""Reading a temperature logger's CSV file, whatever make: time and temperature columns are found by their headings.

Comma, semicolon or tab; UTF-8, UTF-16 or Windows' own; lines about the device before the table; date and time in one
column or two; ISO, American or European dates; °C or °F in the heading or beside each number; decimal commas.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal

from liaison.kernel.errors import Invalid
from liaison.kernel.units import Unit
from liaison.supplies.temperatures import celsius

MOST_BYTES = 20_000_000
# How far down the table's headings may stand, after what a logger tells of itself
_MOST_LINES_BEFORE = 80
_WHEN = re.compile(r"\b(?:date|time|timestamp|datum|zeit|logged|recorded)", re.IGNORECASE)
_HOW_WARM = re.compile(
    r"temp|°|º|\bcelsius\b|\bfahrenheit\b|^\s*[cf]\s*$|\([cf]\)|reading|probe|ch\s*1\b", re.IGNORECASE
)
_LOW = re.compile(r"\b(?:min|minimum|low|lowest)\b", re.IGNORECASE)
_HIGH = re.compile(r"\b(?:max|maximum|high|highest)\b", re.IGNORECASE)
_NOT_WARM = re.compile(r"alarm|limit|humid|%|dew|battery|status|delay|interval", re.IGNORECASE)
_FAHRENHEIT = re.compile(r"°\s*f|º\s*f|fahrenheit|\(f\)|deg\s*f|_f\b|\bf\s*$", re.IGNORECASE)
_CELSIUS = re.compile(r"°\s*c|º\s*c|celsius|\(c\)|deg\s*c|_c\b|\bc\s*$", re.IGNORECASE)
_UTC = re.compile(r"\b(?:utc|gmt|z)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?:[T ,]+(.*))?")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*([ap])?\.?m?\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Point:
    """One reading of a logger, in °C and UTC."""

    at: datetime
    current_c: Decimal
    low_c: Decimal | None = None
    high_c: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that could not be read, and why."""

    line: int
    why: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.why}"


@dataclass(frozen=True, slots=True)
class Log:
    """What a file holds: its readings, and the lines that could not be read."""

    points: tuple[Point, ...]
    unread: tuple[Unread, ...]


@dataclass(frozen=True, slots=True)
class _Columns:
    when: tuple[int, ...]
    current: int
    low: int | None
    high: int | None
    scale: str
    zone: tzinfo
    day_first: bool


class _Unreadable(Exception):
    """Why a line cannot be read."""


def read_log(body: bytes, scale: str, zone: tzinfo, until: datetime) -> Log:
    """The readings of a logger's file. `scale` is that of numbers without a unit, `zone` that of times without one.

    Lines with times after `until`, and whatever cannot be read, are told. Raises Invalid when there is no table.
    """
    if len(body) > MOST_BYTES:
        raise Invalid("too-large", "This file is larger than any logger's. Send the part since the last time.", "file")
    rows = _rows(_text(body))
    found = next(((n, row) for n, row in enumerate(rows[:_MOST_LINES_BEFORE]) if _is_heading(row)), None)
    if found is None:
        raise Invalid(
            "no-table", "No line with headings for time and temperature was found. Export the log as CSV.", "file"
        )
    start, heading = found
    columns = _columns(heading, rows[start + 1 :], scale, zone)
    points: list[Point] = []
    unread: list[Unread] = []
    for line, row in enumerate(rows[start + 1 :], start + 2):
        if not any(cell.strip() for cell in row):
            continue
        try:
            points.append(_point(row, columns, until))
        except _Unreadable as why:
            unread.append(Unread(line, str(why)))
    return Log(tuple(points), tuple(unread))


def _text(body: bytes) -> str:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", errors="replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", errors="replace")


def _rows(text: str) -> list[list[str]]:
    """The cells of each line, so that a line's number is its place in the file."""
    lines = text.splitlines()
    sample = [line for line in lines[: _MOST_LINES_BEFORE * 2] if line.strip()]
    counts = {mark: sum(line.count(mark) for line in sample) for mark in (";", "\t", ",")}
    mark = max(counts, key=lambda m: (counts[m] >= len(sample) // 2 and counts[m] > 0, m != ",", counts[m]))
    return [next(csv.reader(io.StringIO(line), delimiter=mark), []) for line in lines]


def _is_heading(row: Sequence[str]) -> bool:
    return any(_WHEN.search(cell) for cell in row) and any(_is_warm(cell) for cell in row) and len(row) > 1


def _is_warm(cell: str) -> bool:
    return bool(_HOW_WARM.search(cell)) and not _NOT_WARM.search(cell) and not re.search(r"\d{2}:\d{2}", cell)


def _columns(heading: Sequence[str], rows: Sequence[Sequence[str]], scale: str, zone: tzinfo) -> _Columns:
    when = [n for n, cell in enumerate(heading) if _WHEN.search(cell) and not _is_warm(cell)][:2]
    warm = [n for n, cell in enumerate(heading) if _is_warm(cell) and n not in when]
    extremes = {n for n in warm if _LOW.search(heading[n]) or _HIGH.search(heading[n])}
    current = next((n for n in warm if n not in extremes), None)
    if current is None or not when:
        raise Invalid("no-table", "No column of temperatures was found under the headings of this file.", "file")
    if len(when) == 2 and re.search(r"\d.*[:]", _cell(_first(rows), when[0])):
        when = when[:1]  # the first column has both already
    name = heading[current]
    found = Unit.FAHRENHEIT if _FAHRENHEIT.search(name) else Unit.CELSIUS if _CELSIUS.search(name) else scale
    return _Columns(
        when=tuple(when),
        current=current,
        low=next((n for n in warm if _LOW.search(heading[n])), None),
        high=next((n for n in warm if _HIGH.search(heading[n])), None),
        scale=found,
        zone=UTC if any(_UTC.search(heading[n]) for n in when) else zone,
        day_first=_day_first(_cell(row, when[0]) for row in rows),
    )


def _first(rows: Sequence[Sequence[str]]) -> Sequence[str]:
    return next((row for row in rows if any(cell.strip() for cell in row)), [])


def _cell(row: Sequence[str], number: int) -> str:
    return row[number].strip() if number < len(row) else ""


def _day_first(cells: Iterator[str]) -> bool:
    """Whether days stand before months: dots say so, or a first number that no month has."""
    for cell in cells:
        if match := _NUMBERED.match(cell):
            first, mark, second = match[1], match[2], match[3]
            if mark == "." and len(first) < 3:
                return True
            if len(first) < 3 and int(first) > 12:
                return True
            if len(first) < 3 and int(second) > 12:
                return False
    return False


def _point(row: Sequence[str], columns: _Columns, until: datetime) -> Point:
    typed = " ".join(filter(None, (_cell(row, n) for n in columns.when)))
    if not typed:
        raise _Unreadable("there is no time.")
    at = _moment(typed, columns)
    if at > until:
        raise _Unreadable(f"{typed} is in the future.")
    return Point(
        at,
        _warmth(_cell(row, columns.current), columns.scale),
        _extreme(row, columns.low, columns.scale),
        _extreme(row, columns.high, columns.scale),
    )


def _extreme(row: Sequence[str], number: int | None, scale: str) -> Decimal | None:
    return _warmth(_cell(row, number), scale) if number is not None and _cell(row, number) else None


def _warmth(typed: str, scale: str) -> Decimal:
    try:
        # Loggers write more decimals than they measure
        return celsius(re.sub(r"([.,]\d{2})\d+", r"\1", typed), scale)
    except Invalid as refusal:
        if refusal.code == "impossible-temperature":
            raise _Unreadable(f"“{typed[:30]}” cannot be the temperature of a unit.")
        raise _Unreadable(f"“{typed[:30]}” is no temperature." if typed else "there is no temperature.")


def _moment(typed: str, columns: _Columns) -> datetime:
    try:
        iso = datetime.fromisoformat(typed)
    except ValueError:
        iso = _written(typed, columns.day_first)
    return (iso if iso.tzinfo else iso.replace(tzinfo=columns.zone)).astimezone(UTC)


def _written(typed: str, day_first: bool) -> datetime:
    match = _NUMBERED.fullmatch(typed)
    clock = _CLOCK.fullmatch((match[5] or "").strip()) if match else None
    if match is None or clock is None:
        raise _Unreadable(f"“{typed[:40]}” is no date with a time.")
    first, second, third = match[1], match[3], match[4]
    if len(first) == 4:
        year, month, day = first, second, third
    else:
        year, month, day = third, *((second, first) if day_first else (first, second))
    hour = int(clock[1])
    if clock[4]:
        hour = hour % 12 + (12 if clock[4].lower() == "p" else 0)
    try:
        whole = int(year) + (2000 if len(year) == 2 else 0)
        return datetime(whole, int(month), int(day), hour, int(clock[2]), int(clock[3] or 0))  # noqa: DTZ001  # a zone follows
    except ValueError:
        raise _Unreadable(f"“{typed[:40]}” is no date with a time.")
