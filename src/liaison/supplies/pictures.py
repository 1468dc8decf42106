"""Temperatures as a picture: SVG drawn on the server in the page's colours, for light, dark and paper."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from liaison.supplies.models import Reading, StorageUnit
from liaison.supplies.temperatures import number, plain, shown

WIDTH, HEIGHT = 720, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 8, 10, 24
# A logger writes every five minutes: more columns than this nobody can see
_MOST_COLUMNS = 240
_NEAR = 4.0
_EXTREMES = '<path class="extremes" d="M{} {}V{}"/>'
_OUT = '<circle class="out" cx="{}" cy="{}" r="4"/>'
_LIMIT = (
    '<path class="limit" d="M{} {}H{}"/><text x="{}" y="{}" text-anchor="end" dominant-baseline="middle">{}°</text>'
)


@dataclass(frozen=True, slots=True)
class _Column:
    """What is drawn at one place: the mean of what was shown, and the extremes."""

    at: datetime
    mean: float
    low: float
    high: float
    out: bool


def temperatures(unit: StorageUnit, readings: Sequence[Reading], zone: tzinfo) -> SafeString:
    """The readings of a unit over time between its limits; those out of them are marked. Fewer than two: nothing."""
    columns = _columns(unit, readings)
    if len(columns) < 2:
        return SafeString("")
    low, high = number(unit.low_c, unit.scale), number(unit.high_c, unit.scale)
    bottom, top = min(c.low for c in columns), max(c.high for c in columns)
    # A limit that is far away would flatten the line
    reach = (top - bottom) * 3 + _NEAR
    bottom = min(bottom, float(low)) if bottom - float(low) <= reach else bottom
    top = max(top, float(high)) if float(high) - top <= reach else top
    room = (top - bottom) * 0.08
    bottom, top = bottom - room, top + room
    first, last = columns[0].at, columns[-1].at
    span = (last - first).total_seconds() or 1.0

    def x(at: datetime) -> float:
        return round(_LEFT + (at - first).total_seconds() / span * (WIDTH - _LEFT - _RIGHT), 1)

    def y(value: float | Decimal) -> float:
        return round(_TOP + (top - float(value)) / (top - bottom) * (HEIGHT - _TOP - _BOTTOM), 1)

    worst_low, worst_high = min(r.lowest_c for r in readings), max(r.highest_c for r in readings)
    words = (
        f"{unit.name}: {len(readings)} readings between {shown(worst_low, unit.scale)} and "
        f"{shown(worst_high, unit.scale)}, limits {shown(unit.low_c, unit.scale)} to {shown(unit.high_c, unit.scale)}."
    )
    upper, lower = max(y(high), _TOP), min(y(low), HEIGHT - _BOTTOM)
    line = " ".join(f"{x(c.at)},{y(c.mean)}" for c in columns)
    return format_html(
        '<svg class="temperatures" role="img" aria-label="{}" viewBox="0 0 {} {}">'
        '<rect class="well" x="{}" y="{}" width="{}" height="{}"/>{}{}'
        '<polyline class="shown" points="{}"/>{}{}</svg>',
        words, WIDTH, HEIGHT, _LEFT, upper, WIDTH - _LEFT - _RIGHT, round(lower - upper, 1),
        _limits([limit for limit in (unit.low_c, unit.high_c) if bottom <= number(limit, unit.scale) <= top], unit, y),
        format_html_join("", _EXTREMES, ((x(c.at), y(c.low), y(c.high)) for c in columns)),
        line,
        format_html_join("", _OUT, ((x(c.at), y(_worst(c, low, high))) for c in columns if c.out)),
        _days(first, last, zone, x),
    )  # fmt: skip


def _worst(column: _Column, low: Decimal, high: Decimal) -> float:
    return column.high if column.high - float(high) >= float(low) - column.low else column.low


def _columns(unit: StorageUnit, readings: Sequence[Reading]) -> list[_Column]:
    size = max(1, -(-len(readings) // _MOST_COLUMNS))
    found = []
    for start in range(0, len(readings), size):
        part = readings[start : start + size]
        values = [float(number(r.current_c, unit.scale)) for r in part]
        found.append(
            _Column(
                part[len(part) // 2].at,
                sum(values) / len(values),
                float(number(min(r.lowest_c for r in part), unit.scale)),
                float(number(max(r.highest_c for r in part), unit.scale)),
                any(r.out for r in part),
            )
        )
    return found


def _limits(limits: Sequence[Decimal], unit: StorageUnit, y: Callable[[Decimal], float]) -> SafeString:
    places = ((y(number(limit, unit.scale)), plain(limit, unit.scale)) for limit in limits)
    return format_html_join("", _LIMIT, ((_LEFT, at, WIDTH - _RIGHT, _LEFT - 6, at, words) for at, words in places))


def _days(first: datetime, last: datetime, zone: tzinfo, x: Callable[[datetime], float]) -> SafeString:
    """A mark at each midnight, with the day's name where there is room for it."""
    midnight = first.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    marks = []
    while midnight <= last.astimezone(zone):
        marks.append(midnight)
        midnight = (midnight + timedelta(days=1)).replace(hour=0)
    every = max(1, -(-len(marks) // 8))
    return format_html_join(
        "",
        '<path class="day" d="M{} {}V{}"/><text x="{}" y="{}">{}</text>',
        (
            (x(at), _TOP, HEIGHT - _BOTTOM, x(at) + 3, HEIGHT - 8, f"{at:%a} {at.day}" if n % every == 0 else "")
            for n, at in enumerate(marks)
        ),
    )
