"""The hours of a day as people write them: `8:00-12:00, 13:00-17:00`, `8-12 and 1pm-5pm`, `closed`."""

import re
from collections.abc import Iterable
from datetime import time
from itertools import pairwise

from liaison.kernel.errors import Invalid

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
Span = tuple[time, time]
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*([ap])?\.?(?:m\.?)?", re.IGNORECASE)
_HOW = "Write hours like 8:00-12:00, 13:00-17:00; leave the day empty when it is closed."


def spans(typed: str, field: str = "hours") -> list[Span]:
    """The times of a day, in order; nothing typed, or `closed`, is none.

    Raises Invalid when a time cannot be read, ends before it begins, or overlaps the one before.
    """
    text = typed.strip().casefold()
    if text in ("", "closed", "-", "–"):
        return []
    found = sorted(_span(part, typed, field) for part in re.split(r"[,;]|\band\b", text) if part.strip())
    for (_, before), (after, _) in pairwise(found):
        if after < before:
            raise Invalid("bad-hours", f"“{typed.strip()}” names the same time twice. {_HOW}", field)
    return found


def written(times: Iterable[Span]) -> str:
    """`08:00-12:00, 13:00-17:00`: as `spans` reads it; nothing for a closed day."""
    return ", ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in times)


def said(times: Iterable[Span]) -> str:
    """`8:00–12:00, 13:00–17:00`: as a page says it."""
    return ", ".join(f"{opens:%-H:%M}–{closes:%-H:%M}" for opens, closes in times)


def said_weekly(weekly: dict[int, list[Span]]) -> list[tuple[str, str]]:
    """A week in few lines: days in a row with the same hours are one, `Mon–Fri`; closed days are left out."""
    lines: list[tuple[int, int, str]] = []
    for day in range(7):
        words = said(weekly.get(day, []))
        if words and lines and lines[-1][1] == day - 1 and lines[-1][2] == words:
            lines[-1] = (lines[-1][0], day, words)
        elif words:
            lines.append((day, day, words))
    short = [name[:3] for name in WEEKDAYS]
    return [(short[first] if first == last else f"{short[first]}–{short[last]}", words) for first, last, words in lines]


def _span(part: str, typed: str, field: str) -> Span:
    ends = [_TIME.fullmatch(one.strip()) for one in re.split(r"-|–|—|\bto\b|\buntil\b", part)]
    if len(ends) != 2 or None in ends:
        raise Invalid("bad-hours", f"“{typed.strip()}” cannot be read as hours. {_HOW}", field)
    opens, closes = (_time(*match.groups(), typed=typed, field=field) for match in ends if match)
    if opens >= closes:
        raise Invalid(
            "bad-hours", f"“{part.strip()}” ends before it begins: write 13:00 or 1pm for the afternoon.", field
        )
    return opens, closes


def _time(hour: str, minute: str | None, half: str | None, *, typed: str, field: str) -> time:
    hours, minutes = int(hour), int(minute or 0)
    if half and 1 <= hours <= 12:
        hours = hours % 12 + (12 if half.casefold() == "p" else 0)
    elif half:
        hours = 24
    if hours > 23 or minutes > 59:
        raise Invalid("bad-hours", f"“{typed.strip()}” names a time that no clock shows. {_HOW}", field)
    return time(hours, minutes)
