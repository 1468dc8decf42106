"""What the words of a query may mean in the index's words.

A word means its stem, what an abbreviation stands for, what means the same, the parts of a Greek or Latin word, words
that it begins, words spelled alike; each with a weight.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from heapq import nlargest
from operator import itemgetter
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from liaison.engines.codes.structure import Structure
from liaison.engines.codes.words import meanings, pieces, same_as, split, stem

_AKIN = 0.3  # how much of two words' pieces must be the same
_RARE = 12  # a word that fewer texts hold may be a slip for one that is so much commoner
_COMMONER = 50
_SLIP = 0.9  # what a typing error takes
_UNKNOWN = 7.0  # how telling a word is that no text holds
_SAME, _PARTS, _ALIKE, _BEGUN = 0.6, 0.45, 0.55, 0.8


class Group(NamedTuple):
    """A word of the query: how telling it is, and the words of the index that it may mean, each with its weight."""

    telling: float
    words: tuple[tuple[int, float], ...]


class Understanding:
    """The words of a structure; `abbreviations` maps a word to the words it stands for ("|" parts readings)."""

    def __init__(self, structure: Structure, abbreviations: Mapping[str, str]) -> None:
        """Make the small tables that are not kept in the archive."""
        self._of = structure
        self.number = {word: place for place, word in enumerate(structure.words)}
        self._by_letters = sorted(structure.words)
        self._forms = frozenset(structure.forms)
        self._by_letter: defaultdict[str, list[str]] = defaultdict(list)
        for word in structure.forms:
            self._by_letter[word[0]].append(word)
        self._piece = {name: place for place, name in enumerate(structure.piece_names)}
        self._abbreviations = abbreviations
        self._same = same_as()
        self.letters = lru_cache(maxsize=4096)(self._letters_of)
        self._group = lru_cache(maxsize=8192)(self._group_of)

    def groups(self, query: str) -> list[Group]:
        """Return what each word of a query may mean; the last may be only begun."""
        words = list(dict.fromkeys(split(query)))
        said: dict[str, None] = {}
        for place, word in enumerate(words):
            full = self._abbreviations.get(word)
            if full and (stem(word) not in self.number or len(word) < 5):
                said.update(dict.fromkeys(split(full.replace("|", " "))))
            else:
                said[word if place < len(words) - 1 else f"{word}~"] = None
        return [self._group(word) for word in said]

    def _group_of(self, word: str) -> Group:
        is_last = word.endswith("~")
        word = word.rstrip("~")
        own = stem(word)
        number = self.number
        found: dict[int, float] = {}
        known = number.get(own)
        holders = 0
        if known is not None:
            found[known] = 1.0 if word in self._forms else _SLIP
            holders = self.holders(known)
        if full := self._abbreviations.get(word):
            for other in split(full.replace("|", " ")):
                if stem(other) in number:
                    found.setdefault(number[stem(other)], _SAME)
        if len(word) > 5 and holders < 12:
            for part in meanings(word):
                if part in number:
                    found.setdefault(number[part], _PARTS if not holders else _PARTS / 2)
        for other in self._same.get(own, ()):
            if other in number:
                found.setdefault(number[other], _SAME)
        if is_last and len(own) > 2:
            for begun in self._begun(own):
                found.setdefault(begun, _BEGUN if not holders else _BEGUN / 2)
        unknown = word not in self._forms
        if len(word) > 3 and (unknown or holders < _RARE) and not (is_last and not holders and found):
            for misspelled, weight in self._misspelled(word):
                if unknown or self.holders(misspelled) > _COMMONER * holders:
                    found.setdefault(misspelled, weight)
        if len(own) > 3 and holders < 4:
            for alike, likeness in self._alike(own):
                found.setdefault(alike, likeness * (_ALIKE if not holders else _ALIKE / 2))
        return Group(self._of.spread[known] if known is not None else _UNKNOWN, tuple(found.items()))

    def _letters_of(self, word: str) -> list[tuple[int, float]]:
        """The categories that the letters of a rare word speak for, each with how much."""
        of = self._of
        found: defaultdict[int, float] = defaultdict(float)
        for piece in pieces(word):
            place = self._piece.get(piece)
            if place is not None:
                worth = of.piece_spread[place] ** 2
                for at in range(of.piece_near_at[place], of.piece_near_at[place + 1]):
                    found[of.piece_near[at]] += worth * of.piece_near_weight[at]
        return nlargest(40, found.items(), key=itemgetter(1))

    def holders(self, word: int) -> int:
        """Return how many texts hold a word, by its number; of an unknown one (-1) none."""
        if word < 0:
            return 0
        return self._of.posting_at[word + 1] - self._of.posting_at[word]

    def _begun(self, begun: str) -> list[int]:
        """Words that begin so, the commonest twelve."""
        start = bisect_left(self._by_letters, begun)
        end = bisect_left(self._by_letters, f"{begun}\uffff", lo=start)
        return sorted(self.number[word] for word in self._by_letters[start:end])[:12]

    def _misspelled(self, word: str) -> list[tuple[int, float]]:
        """Words with the same first letter that differ by one slip (two of a long one)."""
        slips = 1 if len(word) < 9 else 2
        among = self._by_letter.get(word[0], [])
        near = [
            (other, distance)
            for other, distance, _ in process.extract(word, among, scorer=OSA.distance, score_cutoff=slips, limit=7)
            if distance
        ]
        least = min((distance for _, distance in near), default=0)
        return [(self.number[stem(other)], _SLIP**distance) for other, distance in near if distance == least]

    def _alike(self, word: str) -> list[tuple[int, float]]:
        """Words spelled alike: those that share the most telling pieces."""
        of = self._of
        shared: defaultdict[int, float] = defaultdict(float)
        size = 0.0
        for piece in pieces(word):
            place = self._piece.get(piece)
            if place is None:
                size += 81.0
                continue
            worth = of.piece_spread[place] ** 2
            size += worth
            start, end = of.pieced_at[place], of.pieced_at[place + 1]
            if end - start < 1500:
                for other in of.pieced[start:end]:
                    shared[other] += worth
        size **= 0.5
        scored = ((score * of.pieced_size[other] / size, other) for other, score in shared.items())
        return [(other, likeness) for likeness, other in nlargest(8, scored) if likeness > _AKIN]
