"""Dates, times and codes as HL7 writes them."""

from __future__ import annotations

import datetime
import re
from functools import lru_cache

_TIME = re.compile(
    r"(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.\d{1,9})?)?)?)?)?)?([+-]\d{4})?", re.ASCII
)


@lru_cache(maxsize=8192)
def read_date(text: str) -> datetime.date | None:
    """The day of a DT or TS; None when nothing is said. Raises ValueError for what is none, or a month or year."""
    if not text:
        return None
    if len(text) < 8 or not (text[:8].isascii() and text[:8].isdigit()):
        raise ValueError("not a day")
    if len(text) > 8 and not _TIME.fullmatch(text):
        raise ValueError("not a time")
    return datetime.date(int(text[:4]), int(text[4:6]), int(text[6:8]))


def read_time(text: str) -> datetime.datetime | None:
    """The moment of a TS, aware; without a zone it is taken as UTC. Raises ValueError."""
    if not text:
        return None
    found = _TIME.fullmatch(text)
    if found is None or not found[3]:
        raise ValueError("not a time")
    zone: datetime.tzinfo = datetime.UTC
    if found[7]:
        sign = -1 if found[7][0] == "-" else 1
        zone = datetime.timezone(sign * datetime.timedelta(hours=int(found[7][1:3]), minutes=int(found[7][3:5])))
    return datetime.datetime(
        int(found[1]), int(found[2]), int(found[3]), int(found[4] or 0), int(found[5] or 0), int(found[6] or 0),
        tzinfo=zone,
    )  # fmt: skip


def date_text(day: datetime.date | None) -> str:
    """`20261122`."""
    return f"{day.year:04d}{day.month:02d}{day.day:02d}" if day is not None else ""


def time_text(moment: datetime.datetime) -> str:
    """`20261122143000-0500`: to the second, with its zone."""
    return moment.strftime("%Y%m%d%H%M%S%z")


def cvx_of(code: str) -> str:
    """A CVX code in the CDC's spelling: `3`, `03` and `003` are `03`; something else stays as it is."""
    if not (code.isascii() and code.isdigit()) or len(code) > 6:
        return code
    plain = code.lstrip("0")
    return plain.rjust(2, "0")
