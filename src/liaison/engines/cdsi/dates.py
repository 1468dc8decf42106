"""Section 3.4, date calculations: durations such as "8 months - 4 days", and how they are added to a date.

Inside the engine a date is its ordinal (`date.toordinal()`): comparing and adding days is then plain arithmetic.
"""

import re
from datetime import date
from functools import cache, lru_cache
from typing import NamedTuple

FIRST = date(1900, 1, 1).toordinal()
"""The assumed value of an absent beginning (attribute tables of chapters 5 to 7)."""
LAST = date(2999, 12, 31).toordinal()
"""The assumed value of an absent end."""

_PARTS = re.compile(r"([+-]?)\s*(\d+)\s*(year|month|week|day)s?", re.IGNORECASE)


class Duration(NamedTuple):
    """An age or an interval of the schedule: years and months by the calendar, then days (weeks are seven days)."""

    years: int = 0
    months: int = 0
    days: int = 0


@cache
def duration(text: str) -> Duration | None:
    """The duration that the supporting data write, or None for an empty element; `ValueError` for anything else."""
    if text.strip().lower() in ("", "n/a"):
        return None
    if _PARTS.sub("", text).strip():
        raise ValueError(f"not a duration: {text!r}")
    total = {"year": 0, "month": 0, "week": 0, "day": 0}
    for sign, count, unit in _PARTS.findall(text):
        total[unit.lower()] += -int(count) if sign == "-" else int(count)
    return Duration(total["year"], total["month"], 7 * total["week"] + total["day"])


@lru_cache(maxsize=200_000)
def add(start: int, span: Duration) -> int:
    """A date plus a duration (CALCDT-1 to CALCDT-6): years and months first, then weeks and days.

    A day that the month does not have becomes the first of the next month (CALCDT-5). Dates before year 1 or after
    year 9999 stop there.
    """
    if not (span.years or span.months):
        return _within(start + span.days)
    began = date.fromordinal(start)
    months = began.year * 12 + began.month - 1 + span.years * 12 + span.months
    if not 12 <= months < 9999 * 12:
        return date.min.toordinal() if months < 12 else date.max.toordinal()
    year, month = divmod(months, 12)
    try:
        moved = date(year, month + 1, began.day).toordinal()
    except ValueError:
        moved = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1).toordinal()
    return _within(moved + span.days)


def _within(day: int) -> int:
    return min(max(day, date.min.toordinal()), date.max.toordinal())
