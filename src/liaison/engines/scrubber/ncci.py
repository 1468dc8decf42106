"""The National Correct Coding Initiative: pairs of procedures that are not paid together, and limits of units.

CMS publishes both each quarter: the pairs (PTP) as tab-separated text and as a spreadsheet, in four parts of half a
million rows, the limits (MUE) as comma-separated text and as a spreadsheet. Rows are known by their shape, not by their
place, for the notices and headings above them take one line or several: a pair begins with two codes and has its days
after them, a limit with a code and a number, which may have five digits too. A pair stands in several rows where it was
deleted and came back. Words of the files (the rationale) are not kept.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol

# What says that two services of one day were apart (NCCI Policy Manual, chapter I, section E)
_APART = """
E1 E2 E3 E4 FA F1 F2 F3 F4 F5 F6 F7 F8 F9 TA T1 T2 T3 T4 T5 T6 T7 T8 T9 LT RT LC LD RC LM RI
24 25 57 58 78 79 27 59 91 XE XP XS XU
"""
MODIFIERS = frozenset(_APART.split())
FOREVER = date(9999, 12, 31)
BEGINNING = date(1996, 1, 1)
_CODE = re.compile(r"[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4}")
_DAY = re.compile(r"(?:19|20)[0-9]{6}")


@dataclass(frozen=True, slots=True)
class Pair:
    """`second` is not paid beside `first` from `begins` to `ends`; `modifier` 0 never, 1 with a modifier.

    One that ends on the day it begins was taken back and has never held.
    """

    first: str
    second: str
    begins: date
    ends: date
    modifier: str


@dataclass(frozen=True, slots=True)
class Limit:
    """The most units of a code: `by` 1 on a line, 2 on a day by policy, 3 on a day as a rule of thumb."""

    code: str
    units: int
    by: str


class Edits(Protocol):
    """Where the edits are kept."""

    def pairs(self, codes: Sequence[str], day: date) -> Sequence[Pair]:
        """The pairs among `codes` that hold on a day, those of indicator 9 (deleted from the start) left out."""

    def limits(self, codes: Sequence[str], day: date) -> Mapping[str, Limit]:
        """The limits of `codes` on a day."""


class NoEdits:
    """No file has been loaded."""

    def pairs(self, codes: Sequence[str], day: date) -> Sequence[Pair]:
        return ()

    def limits(self, codes: Sequence[str], day: date) -> Mapping[str, Limit]:
        return {}


def read_ncci(text: Iterable[str]) -> Iterator[Pair | Limit]:
    """The pairs and limits in the lines of a published file; notices and headings are passed over."""
    for line in text:
        cells = line.split("\t", 6) if "\t" in line else next(csv.reader([line]), [])
        if (found := read_row(cells)) is not None:
            yield found


def read_row(cells: Sequence[str]) -> Pair | Limit | None:
    """What a row says, whatever stands beside it; None for a notice or a heading."""
    cells = [cell.strip() for cell in cells]
    if len(cells) < 3 or not _CODE.fullmatch(cells[0]):
        return None
    if len(cells) >= 5 and _CODE.fullmatch(cells[1]) and (pair := _pair(cells)) is not None:
        return pair
    if cells[1].isdecimal() and len(cells[1]) <= 5:
        by = cells[2][:1]
        return Limit(cells[0], int(cells[1]), by if by in ("1", "2", "3") else "1")
    return None


def _pair(cells: Sequence[str]) -> Pair | None:
    """Code, code, then (in Medicare's files) a mark of 1996, then the days and the indicator."""
    at = next((place for place in (2, 3) if place < len(cells) and _DAY.fullmatch(cells[place])), None)
    if at is None or at + 2 >= len(cells) or cells[at + 2][:1] not in ("0", "1", "9"):
        return None
    ends = _day(cells[at + 1]) if _DAY.fullmatch(cells[at + 1]) else FOREVER
    begins = _day(cells[at])
    return Pair(cells[0], cells[1], begins, ends, cells[at + 2][:1]) if begins and ends else None


@lru_cache(maxsize=2000)
def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None
