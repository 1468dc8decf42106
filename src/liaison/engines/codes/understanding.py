"""What the words of a query may mean in the index's words.

A word means its stem, what an abbreviation or a name stands for, what means the same, the parts of a Greek or Latin
word, words that it begins, words spelled alike; each with a weight.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache, reduce
from typing import NamedTuple

import numpy as np
from jellyfish import metaphone
from rapidfuzz import process
from rapidfuzz.distance import OSA

from liaison.engines.codes.associations import Floats
from liaison.engines.codes.structure import Structure
from liaison.engines.codes.words import Named, meanings, name_words, named, pieces, same_as, split, stem

_AKIN = 0.3  # how much of two words' pieces must be the same
_HELD_BY_FEW = 4  # a word that fewer texts hold may stand for one spelled alike
_RARE = 12  # a word that fewer texts hold may be a slip for one that is so much commoner
_COMMONER = 50
_SLIP = 0.9  # what a typing error takes
_UNKNOWN = 7.0  # how telling a word is that no text holds
_UNKNOWN_PIECE = 81.0
_ALIKE_WORDS = 8
_NEAR = 0.22  # what one of its meanings must weigh for a word to be understood
_SOUNDS = 0.7  # what a word of the same sound weighs
_SPELLED = 0.6  # ... that has this part of its letters
_LETTERS_TO_SOUND = 3
_FEW = 12  # a word that fewer texts hold is taken to parts, a name for what it means
_PART = 0.6  # what a part or a meaning tells, of what its word would
_SAME, _PARTS, _ALIKE, _BEGUN = 0.6, 0.6, 0.55, 0.8


class Group(NamedTuple):
    """A word of the query: how telling it is, and the words of the index that it may mean, each with its weight."""

    telling: float
    words: tuple[tuple[int, float], ...]
    is_part: bool = False  # what a part of a Greek or Latin word means, or a name

    @property
    def is_near(self) -> bool:
        """Whether the word is near enough to any of the index to be taken for it."""
        return self.is_part or any(weight >= _NEAR for _, weight in self.words)


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
        self.letters = lru_cache(maxsize=512)(self._letters_of)
        self._group = lru_cache(maxsize=8192)(self._group_of)
        self._parts = lru_cache(maxsize=8192)(self._parts_of)
        self._name = lru_cache(maxsize=1024)(self._name_of)

    def knows(self, word: str) -> bool:
        """Whether some text holds the word as it is written, or one that begins so, or it is of a name."""
        return word in self._forms or word in name_words() or bool(self._begun(word))

    def is_rare(self, word: str) -> bool:
        """Whether so few texts hold the word, if any, that it may be a slip for another."""
        return self.holders(self.number.get(stem(word), -1)) < _RARE

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
        found = [group for word in said for group in (self._group(word), *self._parts(word.rstrip("~")))]
        for name in named([stem(word.rstrip("~")) for word in said]):
            found += self._name(name)
        return found

    def _name_of(self, name: Named) -> list[Group]:
        """A group for each word that a name stands for, unless many texts hold the name itself."""
        holders = self._holders_of_all(name.said)
        if holders >= _FEW:
            return []
        return [group for word in name.means if (group := self._in_other_words([word], holders))]

    def _parts_of(self, word: str) -> list[Group]:
        """A group for each part of a Greek or Latin word that few texts hold or none."""
        holders = self.holders(self.number.get(stem(word), -1))
        if len(word) < 6 or holders >= _FEW:
            return []
        return [group for part in meanings(word) if (group := self._in_other_words(part, holders))]

    def _in_other_words(self, said: Sequence[str], holders: int) -> Group | None:
        """The group of words that stand for another, which so many texts hold: they tell less than it would."""
        number = self.number
        words = {number[one]: _PARTS for one in said if one in number}
        if not words:
            return None
        telling = min(float(self._of.spread[one]) for one in words)
        for one in said:
            for other in self._same.get(one, ()):
                if other in number:
                    words.setdefault(number[other], _PARTS * _SAME)
        return Group(telling * (_PART if not holders else _PART / 2), tuple(words.items()), is_part=True)

    def _group_of(self, word: str) -> Group:
        """The group of a word, with "~" behind it where it may be only begun. The first way to a meaning counts."""
        is_last, word = word.endswith("~"), word.rstrip("~")
        own = stem(word)
        known = self.number.get(own, -1)
        holders, is_form = self.holders(known), word in self._forms
        found: dict[int, float] = {}
        if known >= 0:
            found[known] = 1.0 if is_form else _SLIP
        for other in self._meant_by(word):
            found.setdefault(other, _SAME)
        if is_last and len(own) > 2:
            for begun in self._begun(own):
                found.setdefault(begun, _BEGUN if not holders else _BEGUN / 2)
        is_begun = is_last and not holders and found
        if len(word) > 3 and (not is_form or holders < _RARE) and not is_begun and word not in name_words():
            for misspelled, weight in self._misspelled(word):
                if not is_form or self.holders(misspelled) > _COMMONER * holders:
                    found.setdefault(misspelled, weight)
            if not found:
                found.update(dict.fromkeys(self._of_same_sound(word), _SOUNDS))
        if len(own) > 3 and holders < _HELD_BY_FEW:
            for alike, likeness in self._alike(own):
                found.setdefault(alike, likeness * (_ALIKE if not holders else _ALIKE / 2))
        return Group(float(self._of.spread[known]) if known >= 0 else _UNKNOWN, tuple(found.items()))

    def _meant_by(self, word: str) -> Iterator[int]:
        """The words that an abbreviation stands for, and those that mean the same."""
        full = split(self._abbreviations.get(word, "").replace("|", " "))
        for other in (*map(stem, full), *self._same.get(stem(word), ())):
            if other in self.number:
                yield self.number[other]

    def _of_same_sound(self, word: str) -> Iterator[int]:
        among = self._by_sound.get(_sound(word), ())
        for other, likeness, _ in process.extract(word, among, scorer=OSA.normalized_similarity, limit=3):
            if likeness >= _SPELLED:
                yield self.number[stem(other)]

    def _letters_of(self, word: str) -> Floats:
        """How much the letters of a rare word speak for each category."""
        of = self._of
        found = np.zeros(int(of.category.max()) + 1, np.float32)
        for place in map(self._piece.get, pieces(word)):
            if place is not None:
                near = slice(of.piece_near_at[place], of.piece_near_at[place + 1])
                found[of.piece_near[near]] += of.piece_spread[place] ** 2 * of.piece_near_weight[near]
        return found

    def holders(self, word: int) -> int:
        """Return how many texts hold a word, by its number; of an unknown one (-1) none."""
        if word < 0:
            return 0
        return int(self._of.posting_at[word + 1] - self._of.posting_at[word])

    def _holders_of_all(self, said: Collection[str]) -> int:
        """Return how many texts hold all of these words."""
        of, words = self._of, [self.number.get(one, -1) for one in said]
        if min(words) < 0:
            return 0
        texts = (of.postings[of.posting_at[word] : of.posting_at[word + 1]] for word in words)
        return len(reduce(np.intersect1d, texts))

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

    @cached_property
    def _by_sound(self) -> Mapping[str, list[str]]:
        """Whole words by their sound."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for word in self._of.forms:
            if len(sound := _sound(word)) >= _LETTERS_TO_SOUND:
                found[sound].append(word)
        return found

    def _alike(self, word: str) -> list[tuple[int, float]]:
        """Words spelled alike: those that share the most telling pieces."""
        of = self._of
        shared = np.zeros(len(of.words), np.float32)
        size = 0.0
        for place in map(self._piece.get, pieces(word)):
            if place is None:
                size += _UNKNOWN_PIECE
                continue
            worth = float(of.piece_spread[place]) ** 2
            size += worth
            shared[of.pieced[of.pieced_at[place] : of.pieced_at[place + 1]]] += worth
        shared *= of.pieced_size / size**0.5
        best = np.argpartition(-shared, _ALIKE_WORDS)[:_ALIKE_WORDS]
        best = best[np.argsort(-shared[best], kind="stable")]
        return [(int(other), float(shared[other])) for other in best if shared[other] > _AKIN]


def _sound(word: str) -> str:
    """How a word sounds; an H inside is not heard."""
    sound = metaphone(word)
    return sound[:1] + sound[1:].replace("H", "")
