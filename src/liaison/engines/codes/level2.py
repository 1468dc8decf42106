"""HCPCS Level II and the places of service (CMS, public domain): codes of supplies, drugs, services, and modifiers.

`hcpcs.tsv.gz` holds a line of sources, then code, kind, short and long words, the day a code was added and the day it
ended, where the release tells; `places.tsv` code, kind, name and description. `liaison codes load` writes both. CPT,
which is Level I, belongs to the AMA and is not here.
"""

import csv
import gzip
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from math import log, sqrt
from pathlib import Path

from liaison.engines.codes.words import split, stem, stems

PACKAGED = "hcpcs.tsv.gz"
PLACES = "places.tsv"
_CODE = re.compile(r"[A-Z]\d{1,4}", re.IGNORECASE)


class NotTheTables(Exception):
    """The folder does not hold CMS's tables; the sentence names what is missing."""


@dataclass(frozen=True, slots=True)
class Hcpcs:
    """A code or a modifier, its short and long words, and from when until when it may be billed, where known."""

    code: str
    short: str
    long: str
    is_modifier: bool = False
    added_on: date | None = None
    ended_on: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the code may be billed for a service of that day."""
        return (self.added_on is None or self.added_on <= day) and (self.ended_on is None or day <= self.ended_on)


@dataclass(frozen=True, slots=True)
class Place:
    """A place of service: its two figures, its name, what it is, and whether it is paid as a facility."""

    code: str
    name: str
    description: str
    is_facility: bool


def hcpcs(code: str) -> Hcpcs | None:
    """Return a HCPCS Level II code or modifier, in either case, or None."""
    return _all().get(code.strip().upper())


def search_hcpcs(query: str, limit: int = 20) -> list[Hcpcs]:
    """Return codes by the beginning of a code ("J18") or by words ("ketorolac injection"), the best first."""
    plain = query.strip().upper()
    if _CODE.fullmatch(plain):
        return [one for code, one in _all().items() if code.startswith(plain) and not one.is_modifier][:limit]
    return _words().find(query, limit)


@lru_cache(maxsize=1)
def places_of_service() -> Mapping[str, Place]:
    """Return the places of service by code."""
    rows = resources.files("liaison.engines.codes").joinpath(PLACES).read_text("utf-8").splitlines()
    cells = (row.split("\t") for row in rows if not row.startswith("#"))
    return {code: Place(code, name, about, kind == "F") for code, kind, name, about in cells}


def sources() -> str:
    """Return what the packaged codes were made of."""
    return _rows()[0].removeprefix("# ")


def make(folder: Path) -> tuple[bytes, bytes, int]:
    """Return the two packaged files made of CMS's tables below a folder, and the number of codes."""
    lists = sorted(folder.rglob("hcpcs_level2_*-*.tsv"))
    dates = sorted(folder.rglob("hcpcs_level2_*indicators.tsv.gz"))
    places = sorted(folder.rglob("pos_codes_*.tsv"))
    if not lists or not places:
        raise NotTheTables(f"{folder} lacks hcpcs_level2_….tsv or pos_codes_….tsv: give the folder of CMS's tables.")
    days: dict[str, tuple[str, str]] = {}
    for path in dates:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                days[row["hcpcs_code"]] = (row["date_added"], row["date_term"])
    names = ", ".join(path.name for path in (lists[-1], *dates, places[-1]))
    rows = [f"# HCPCS Level II and places of service of CMS, public domain: {names}"]
    for row in _read(lists[-1]):
        kind = "M" if row["kind"] == "modifier" else ""
        added, ended = days.get(row["code"], ("", ""))
        rows.append("\t".join((row["code"], kind, row["short_description"], row["long_description"], added, ended)))
    data = gzip.compress(("\n".join(rows) + "\n").encode(), compresslevel=9, mtime=0)
    kept = [f"# {places[-1].name}, CMS, public domain"]
    for row in _read(places[-1]):
        kind = "F" if row["pos_type"] == "Facility" else ""
        kept.append("\t".join((row["pos_code"], kind, row["pos_name"], " ".join(row["pos_description"].split()))))
    return data, ("\n".join(kept) + "\n").encode(), len(rows) - 1


def _read(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


@lru_cache(maxsize=1)
def _rows() -> list[str]:
    packaged = resources.files("liaison.engines.codes").joinpath(PACKAGED).read_bytes()
    return gzip.decompress(packaged).decode().splitlines()


@lru_cache(maxsize=1)
def _all() -> dict[str, Hcpcs]:
    found = {}
    for row in _rows()[1:]:
        code, kind, short, long, added, ended = row.split("\t")
        found[code] = Hcpcs(code, short, long, kind == "M", _day(added), _day(ended))
    return found


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


class _Words:
    """The codes by the stems of their words."""

    def __init__(self, codes: Iterable[Hcpcs]) -> None:
        self._codes = list(codes)
        self._holders: defaultdict[str, list[int]] = defaultdict(list)
        self._sizes: list[float] = []
        for place, one in enumerate(self._codes):
            for word in set(stems(f"{one.short} {one.long}")):
                self._holders[word].append(place)
        self._spread = {word: log(1 + len(self._codes) / len(held)) for word, held in self._holders.items()}
        for one in self._codes:
            size = sum(self._spread[word] ** 2 for word in set(stems(one.long)))
            self._sizes.append(1 / sqrt(size or 1))

    def find(self, query: str, limit: int) -> list[Hcpcs]:
        scores: defaultdict[int, float] = defaultdict(float)
        for word in dict.fromkeys(split(query)):
            own = stem(word)
            meant = [own] if own in self._holders else [known for known in self._holders if known.startswith(own)]
            for known in meant[:20]:
                for place in self._holders[known]:
                    scores[place] += self._spread[known] ** 2
        ranked = sorted(scores, key=lambda place: (-scores[place] * self._sizes[place] ** 0.5, place))
        return [self._codes[place] for place in ranked[:limit]]


@lru_cache(maxsize=1)
def _words() -> _Words:
    return _Words(one for one in _all().values() if not one.is_modifier)
