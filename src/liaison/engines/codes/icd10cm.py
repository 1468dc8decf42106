"""ICD-10-CM: look a code up, know whether it may be billed, and find it by words, misspelled or in plain English.

The tabular list has a line for each code without its seventh character, and shared sets of these characters, so that
98,000 codes take the room of 47,000. Lines are held in the order in which a clinic likely wants them; a line's number
is its rank.
"""

import gzip
import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from threading import Lock
from typing import ClassVar, NamedTuple

from liaison.engines.codes.lay import COMMON
from liaison.engines.codes.wordsearch import WordSearch, plain

_PLAINEST = ("nspecified", "without complication", "ncomplicated")
_SPECIAL = ("elsewhere", "ther specified", "equela")
_CODE = re.compile(r"[A-Z]\d[0-9A-Z]{0,5}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A code with its dot, its words, whether a claim may carry it, and other terms for the same."""

    code: str
    description: str
    billable: bool
    terms: tuple[str, ...] = ()


class _Line(NamedTuple):
    code: str
    billable: bool
    endings: dict[str, str]
    description: str
    terms: str


class Icd10cm:
    """The code set. `load()` gives the one copy of the process; making it takes well under a second."""

    _loaded: ClassVar["Icd10cm | None"] = None
    _lock: ClassVar[Lock] = Lock()

    def __init__(self, data: bytes) -> None:
        """Read the packaged form (see `build`), gzip bytes."""
        text = gzip.decompress(data).decode()
        head, *rows = text.splitlines()
        _, self.version, self.source = head.removeprefix("# ").split("\t")
        sets: dict[str, dict[str, str]] = {"": {}}
        lines: list[_Line] = []
        for row in rows:
            if row[0] == "+":
                _, number, *pairs = row.split("\t")
                sets[number] = dict(pair.split("=", 1) for pair in pairs)
            else:
                code, billable, number, description, terms = row.split("\t")
                lines.append(_Line(code, billable == "1", sets[number], description, terms))
        favoured = {code: place for place, code in enumerate(COMMON)}
        lines.sort(key=lambda line: _rank(line, favoured))
        self._lines = lines
        self._by_code = {line.code.replace(".", ""): number for number, line in enumerate(lines)}
        self._sorted = sorted(self._by_code)
        self._search = lru_cache(maxsize=2048)(self._find)

    @classmethod
    def load(cls) -> "Icd10cm":
        """Return the packaged code set, read on first use and kept."""
        with cls._lock:
            if cls._loaded is None:
                path = resources.files("liaison.engines.codes").joinpath("icd10cm.tsv.gz")
                cls._loaded = cls(path.read_bytes())
            return cls._loaded

    @cached_property
    def _words(self) -> WordSearch:
        """The index of words, made when somebody searches: to look a code up does without."""
        return WordSearch(
            [(line.description, "|".join((*COMMON.get(line.code, ()), line.terms))) for line in self._lines],
            _words_of_endings(self._lines),
            [_handicap(line) for line in self._lines],
        )

    def __len__(self) -> int:
        """Return the number of codes, categories and seventh characters included."""
        return sum(1 + len(line.endings) for line in self._lines)

    def lookup(self, code: str) -> Entry | None:
        """Return the entry of a code, written with or without its dot and in either case, or None."""
        bare = code.strip().upper().replace(".", "")
        number = self._by_code.get(bare)
        if number is not None:
            return self._entry(number)
        stem = bare[:-1].rstrip("X") if len(bare) == 7 else ""
        for base in (bare[:6], stem):
            number = self._by_code.get(base)
            if number is not None and len(bare) == 7 and bare[-1] in self._lines[number].endings:
                return self._entry(number, bare[-1])
        return None

    def is_billable(self, code: str) -> bool:
        """Whether a claim may carry the code: it exists and has no finer one below it."""
        entry = self.lookup(code)
        return entry is not None and entry.billable

    def search(self, query: str, limit: int = 20) -> list[Entry]:
        """Return the likeliest codes for a code prefix ("E11", "e119") or for words ("sugar diabetes", "hedache").

        Billable codes come first; of an injury the initial encounter, unless the words ask for another.
        """
        wanted = plain(query)
        return list(self._search(query.strip().upper().replace(".", ""), wanted, limit)) if wanted else []

    def _find(self, prefix: str, query: str, limit: int) -> tuple[Entry, ...]:
        if _CODE.fullmatch(prefix):
            found = self._below(prefix, limit)
            if found:
                return tuple(found)
        return tuple(
            self._entry(number, self._ending(self._lines[number], query)) for number in self._words.search(query, limit)
        )

    def _below(self, prefix: str, limit: int) -> list[Entry]:
        exact = self.lookup(prefix)
        if len(prefix) == 7:
            return [exact] if exact else []
        start, end = bisect_left(self._sorted, prefix), bisect_left(self._sorted, prefix + "~")
        numbers = sorted(self._by_code[code] for code in self._sorted[start:end])
        if len(numbers) == 1 and self._lines[numbers[0]].endings:
            endings = self._lines[numbers[0]].endings
            return [self._entry(numbers[0], ending) for ending in endings][:limit]
        found = [self._entry(n, next(iter(self._lines[n].endings), "")) for n in numbers[: limit + 1]]
        return sorted(found, key=lambda entry: (not entry.billable,))[:limit]

    def _ending(self, line: _Line, query: str) -> str:
        if not line.endings:
            return ""
        words = set(query.split())
        return max(line.endings, key=lambda ending: len(words & set(plain(line.endings[ending]).split())))

    def _entry(self, number: int, ending: str = "") -> Entry:
        line = self._lines[number]
        terms = tuple(line.terms.split("|")) if line.terms else ()
        if not ending:
            return Entry(line.code, line.description, line.billable, terms)
        bare = line.code.replace(".", "").ljust(6, "X") + ending
        return Entry(f"{bare[:3]}.{bare[3:]}", f"{line.description}, {line.endings[ending]}", True, terms)


def _words_of_endings(lines: list[_Line]) -> dict[str, list[int]]:
    """The words of each set of seventh characters, with the lines that take it."""
    by_set: dict[int, tuple[str, list[int]]] = {}
    for number, line in enumerate(lines):
        if line.endings:
            key = id(line.endings)
            if key not in by_set:
                by_set[key] = (" ".join(line.endings.values()), [])
            by_set[key][1].append(number)
    return dict(by_set.values())


def _handicap(line: _Line) -> float:
    """What a line gains or loses in every search: common codes gain, those that no claim may carry lose."""
    if line.code in COMMON:
        return 1.5
    return 0.0 if line.billable or line.endings else -4.0


def _rank(line: _Line, favoured: dict[str, int]) -> tuple[int, str]:
    """Common codes first, then what ends a search (billable, unspecified, uncomplicated), then the rest by length."""
    place = favoured.get(line.code)
    if place is not None:
        return place - 1000, line.code
    words = line.description
    cost = len(words)
    if not line.billable and not line.endings:
        cost += 400
    if line.code[0] in "VWXY":
        cost += 150
    if line.code[0] in "OP":
        cost += 60
    if any(word in words for word in _PLAINEST):
        cost -= 40
    if any(word in words for word in _SPECIAL):
        cost += 40
    return cost, line.code
