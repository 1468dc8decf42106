"""ICD-10-CM: look a code up, know whether it may be billed, and find it by words, misspelled or in plain English.

A line of the tabular list is a code without its seventh character; sets of these characters are shared, so that
98,000 codes take the room of 47,000.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from threading import Lock
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from liaison.engines.codes.book import Book
from liaison.engines.codes.words import lay, split, stem, stems

if TYPE_CHECKING:
    from liaison.engines.codes.search import Search

MOST_ASKED = 400
"""Letters of a query that are looked at: more than any term of the index has."""

# What a seventh character says
_ENCOUNTER = re.compile(
    r",?\s*\b(?:(?:initial|subsequent) encounter|sequela|(?:open|closed)(?=(?: \w+)* fracture))\b", re.IGNORECASE
)
_SEQUELA = re.compile(r"\bsequela\b", re.IGNORECASE)
SIDE = re.compile(r"\b(?:right|left|bilateral|both|unspecified)\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_PARTS = frozenset(("eye", "ear", "side", "orbit", "leg", "hand", "foot", "upper", "lower", "limb"))
_MOST_PINNED = 3
_LONG_ENOUGH = 4  # for a slip in a word to be told from another word
_CODE = re.compile(r"[A-Z]\d[0-9A-Z]{0,5}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A code with its dot, its words, whether a claim may carry it, and other terms for the same."""

    code: str
    description: str
    billable: bool
    terms: tuple[str, ...] = ()


class Row(NamedTuple):
    """A line of the tabular list: bare code, its seventh characters, whether none is finer, words."""

    code: str
    endings: Mapping[str, str]
    is_leaf: bool
    description: str
    terms: tuple[str, ...]


class Icd10cm:
    """The code set. `load()` gives the one copy of the process; words are indexed when somebody searches."""

    _loaded: ClassVar["Icd10cm | None"] = None
    _lock: ClassVar[Lock] = Lock()

    def __init__(self, book: Book) -> None:
        """Read the codes of an archive (see `book`)."""
        self.book = book
        self.version: str = book.about["version"]
        self.source: str = book.about["source"]
        self._rows = book.rows("lines.tsv")
        self._number = {row[: row.index("\t")]: number for number, row in enumerate(self._rows)}
        self._codes = sorted(self._number)
        self._search = lru_cache(maxsize=2048)(self._find)

    @classmethod
    def load(cls) -> "Icd10cm":
        """Return the packaged code set, read on first use and kept."""
        with cls._lock:
            if cls._loaded is None:
                cls._loaded = cls(Book.packaged())
            return cls._loaded

    @cached_property
    def _words(self) -> "Search":
        # With numpy they take a tenth of a second, which a process that never searches shall not wait
        from liaison.engines.codes import structure
        from liaison.engines.codes.search import Search

        return Search(structure.read(self.book), lay()[0])

    @cached_property
    def _spoken(self) -> list[tuple[str, int]]:
        """The phrases of everyday visits, and the line that each means."""
        return [(words, self._number[code.replace(".", "")]) for code, phrases in lay()[1].items() for words in phrases]

    @cached_property
    def _phrases(self) -> dict[frozenset[str], list[int]]:
        """The same by their words, in any order."""
        found: dict[frozenset[str], list[int]] = {}
        for words, number in self._spoken:
            found.setdefault(frozenset(stems(words)), []).append(number)
        return found

    def __len__(self) -> int:
        """Return the number of codes, categories and seventh characters included."""
        return sum(1 + len(self.book.endings[row.split("\t", 2)[1]]) for row in self._rows)

    def row(self, number: int) -> Row:
        """Return a line by its number."""
        code, endings, leaf, description, terms = self._rows[number].split("\t")
        return Row(code, self.book.endings[endings], leaf == "1", description, tuple(filter(None, terms.split("|"))))

    def line(self, code: str) -> tuple[int, str] | None:
        """Return the line's number of a code, written with or without its dot, and its seventh character, or None."""
        bare = code.strip().upper().replace(".", "")
        number = self._number.get(bare)
        if number is not None:
            return number, ""
        if len(bare) == 7:
            for base in (bare[:6], bare[:6].rstrip("X")):
                number = self._number.get(base)
                if number is not None and bare[-1] in self.row(number).endings:
                    return number, bare[-1]
        return None

    def lookup(self, code: str) -> Entry | None:
        """Return the entry of a code, written with or without its dot and in either case, or None."""
        found = self.line(code)
        return self.entry(*found) if found else None

    def is_billable(self, code: str) -> bool:
        """Whether a claim may carry the code: it exists and has no finer one below it."""
        entry = self.lookup(code)
        return entry is not None and entry.billable

    def search(self, query: str, limit: int = 20) -> list[Entry]:
        """Return the likeliest codes for a code prefix ("E11", "e119") or for words ("sugar diabetes", "hedache").

        Billable codes come first; of an injury the initial encounter, unless the words ask for another. Words none of
        which is near to any of the classification find nothing; of a long text the beginning is looked at.
        """
        asked = " ".join(query[: 2 * MOST_ASKED].split())
        if len(asked) > MOST_ASKED:
            asked = asked[:MOST_ASKED].rsplit(" ", 1)[0]
        return list(self._search(asked, limit)) if asked and limit > 0 else []

    def below(self, prefix: str) -> list[int]:
        """Return the numbers of the lines whose bare code begins so, in the list's order."""
        start, end = bisect_left(self._codes, prefix), bisect_left(self._codes, f"{prefix}~")
        return sorted(self._number[code] for code in self._codes[start:end])

    def sides(self, number: int) -> list[int]:
        """Return the lines that say the same of another side, this one among them."""
        own = self.row(number)
        found = ((other, self.row(other)) for other in self.below(own.code[:-1]))
        return [
            other
            for other, row in found
            if other == number
            or (len(row.code) == len(own.code) and differ_in_side([own.description, row.description]))
        ]

    def entry(self, number: int, ending: str = "") -> Entry:
        """Return the entry of a line, with a seventh character or without."""
        row = self.row(number)
        if not ending:
            return Entry(dotted(row.code), row.description, row.is_leaf and not row.endings, row.terms)
        words = f"{row.description}, {row.endings[ending]}"
        return Entry(dotted(row.code.ljust(6, "X") + ending), words, True, row.terms)

    def _find(self, query: str, limit: int) -> tuple[Entry, ...]:
        prefix = query.upper().replace(".", "").replace(" ", "")
        if _CODE.fullmatch(prefix) and (found := self._by_code(prefix, limit)):
            return tuple(found)
        lines = self._said(_ENCOUNTER.sub("", query) or query, limit)
        if _SEQUELA.search(query) and not (lines and self.row(lines[0]).endings):
            # Of what is no injury they are a code of their own, and in the index's words many
            lines = self._said(_SEQUELA.sub("sequelae", query), limit)
        return tuple(self.entry(line, self._ending(self.row(line), query)) for line in lines)

    def _said(self, text: str, limit: int) -> list[int]:
        """The lines that words mean: those of everyday phrases, then those that the search finds."""
        words = self._spelled(text)
        found = self._words.find(words, limit)
        everyday = [self._leaf(line, found) for line in self._pinned(words)]
        return list(dict.fromkeys((*everyday, *found)))[:limit]

    @cached_property
    def _everyday(self) -> dict[str, None]:
        """The longer words of everyday phrases, and those that stand for others."""
        words, phrases = lay()
        said = {word for one in phrases.values() for phrase in one for word in split(phrase)}
        return {word: None for word in sorted(said | set(words)) if len(word) >= _LONG_ENOUGH}

    def _spelled(self, words: str) -> str:
        """The words, each that nobody knows taken for the everyday one that it is a letter off."""
        return " ".join(word if self._words.knows(word.lower()) else self._nearest(word) for word in words.split())

    def _nearest(self, word: str) -> str:
        """The everyday word that one is a letter off, best with the same letters; the two that are written as one."""
        typed = word.lower()
        if not typed.isalpha() or len(typed) < _LONG_ENOUGH or typed in self._everyday:
            return word
        near = process.extract(typed, self._everyday.keys(), scorer=OSA.distance, score_cutoff=1, limit=None)
        if near:
            return min((other for other, *_ in near), key=lambda other: sorted(other) != sorted(typed))
        cuts = range(_LONG_ENOUGH, len(typed) - _LONG_ENOUGH + 1)
        halves = ((typed[:cut], typed[cut:]) for cut in cuts)
        return next((" ".join(two) for two in halves if self._everyday.keys() >= set(two)), word)

    def _pinned(self, words: str) -> list[int]:
        """The lines of everyday phrases that say just this, or else begin with it."""
        begun = " ".join(words.lower().split())
        if exact := self._phrases.get(frozenset(stems(words))):
            return sorted(exact, key=lambda line: (begun, line) not in self._spoken)
        # "Knee pian": a pian is a disease, but the whole is an everyday phrase with a slip; "haed ache": and parted
        likely = " ".join(self._nearest(word) if self._words.is_rare(word.lower()) else word for word in words.split())
        for reading in (likely, likely.replace(" ", "")):
            if said := self._phrases.get(frozenset(stems(reading))):
                return said
        if (side := SIDE.findall(words)) and (meant := self._phrases.get(frozenset(stems(SIDE.sub("", words))))):
            return self._of_side(meant[0], side[0].lower())
        if len(begun) < 3 or any(character.isdigit() for character in begun):
            return []
        found = (number for phrase, number in self._spoken if phrase.startswith(begun))
        return list(dict.fromkeys(found))[:_MOST_PINNED]

    def _of_side(self, line: int, asked: str) -> list[int]:
        """The line of a side; of both, where none says so, the right and the left one; else the line itself."""
        by_side = {side_of(self.row(other).description): other for other in self.sides(line)}
        if asked == "both":
            asked = "bilateral"
        if asked == "bilateral" and asked not in by_side:
            return [by_side[one] for one in ("right", "left") if one in by_side] or [line]
        return [by_side.get(asked, line)]

    def _leaf(self, line: int, found: list[int]) -> int:
        """The line itself, or of a category the leaf that was found first."""
        row = self.row(line)
        below = [] if row.is_leaf else self.below(row.code)
        return next((leaf for leaf in found if leaf in below), below[1] if below else line)

    def _by_code(self, prefix: str, limit: int) -> list[Entry]:
        exact = self.lookup(prefix)
        if len(prefix) == 7:
            return [exact] if exact else []
        numbers = self.below(prefix)
        if len(numbers) == 1 and (endings := self.row(numbers[0]).endings):
            return [self.entry(numbers[0], ending) for ending in endings][:limit]
        asked_for = {code.replace(".", ""): place for place, code in enumerate(lay()[1])}
        found = [(self.row(number), number) for number in numbers]
        found.sort(key=lambda one: (not one[0].is_leaf, asked_for.get(one[0].code, 999), one[1]))
        return [self.entry(number, next(iter(row.endings), "") if row.is_leaf else "") for row, number in found[:limit]]

    def _ending(self, row: Row, query: str) -> str:
        if not row.endings:
            return ""
        words = set(split(query)).difference(split(row.description))
        return max(row.endings, key=lambda ending: len(words & set(split(row.endings[ending]))))


def side_of(description: str) -> str:
    """The side that a description names, in small letters; "unspecified" where it names none."""
    named = dict.fromkeys(side.lower() for side in SIDE.findall(description))
    return " ".join(side for side in named if side != "unspecified") or "unspecified"


def differ_in_side(descriptions: Sequence[str]) -> bool:
    """Whether descriptions name a side each, and say the same but for it.

    Of both sides the part need not be named again: “Pterygium, right eye”, “Pterygium, bilateral”.
    """
    if not all(map(SIDE.search, descriptions)):
        return False
    words = [[stem(word) for word in _WORD.findall(SIDE.sub("", said).lower())] for said in descriptions]
    shortest = min(words, key=len)
    many = len(shortest)
    may_lack = any("bilateral" in said for said in descriptions)
    return all(
        said[:many] == shortest and (len(said) == many or (may_lack and _PARTS.issuperset(said[many:])))
        for said in words
    )


def dotted(bare: str) -> str:
    """Return a bare code with its dot."""
    return f"{bare[:3]}.{bare[3:]}" if len(bare) > 3 else bare
