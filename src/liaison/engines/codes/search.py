"""Find the lines of the tabular list that words lead to.

In three steps: what each word may mean (see `understanding`); the texts that hold most of that, and the categories
that the words and their letters speak for (see `associations`); their leaves, put in order by a weighed sum of what
speaks for each: first roughly, then the likeliest by how much of the query their texts hold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from liaison.engines.codes.associations import Floats, Ints
from liaison.engines.codes.structure import LEAF, LIGHT, OTHER, SIDES, UNSPECIFIED, Structure
from liaison.engines.codes.texts import CAUSE, DRUG, INCLUSION, KINDS, MAIN, NEOPLASM, NOTE, SEE, TITLE
from liaison.engines.codes.understanding import Group, Understanding
from liaison.engines.codes.words import split, stem

_KINDS = {"title": TITLE, "inclusion": INCLUSION, "main term": MAIN, "see": SEE, "note": NOTE}
_IS_TABLE = np.isin(np.arange(len(KINDS)), (NEOPLASM, DRUG, CAUSE))
_ROUGH = (
    "best text",
    "best text squared",
    "best of all",
    "text of a line above",
    "best of both",
    "texts together",
    "category",
    "four characters",
    *_KINDS,
    "table",
    "side not asked for",
    "not the side asked for",
    "unspecified for one word",
    "unspecified where texts are poor",
    "other where texts are poor",
    "prior where texts are poor",
    "category by words",
    "category by words, absolute",
    "category by letters",
    "category holds the words",
    "kin category",
    "pattern",
    "pattern where texts are poor",
)
DYNAMIC = (*_ROUGH, "query covered", "title covered")
"""What speaks for a line, given a query; the weights' names, before those of `structure.STATIC`."""
_FULL = 4000  # texts of a word of the query itself that are gone through, the shortest first
_MOST = 700  # ... of a word that it may mean
_OWN = 0.8  # what a word of the query itself weighs at least
_TEXTS = 200  # the best texts, which speak for codes
_LEAST = 0.15  # of the best text's strength, for a text to be looked at
_BELOW = 90  # lines below one that a text leads to
_CATEGORIES = 70  # likeliest categories, whose leaves are looked at
_LINES = 300  # leaves to compare
_RARE = 4  # a word that fewer texts hold speaks by its letters
_HOT = 12  # of the likeliest categories, those whose kin are looked at
_ANY_SIDE = sum(SIDES.values())


class _Query(NamedTuple):
    """The words of a query, and what they may mean."""

    text: str
    groups: list[Group]
    meant: dict[int, float]  # words of the index, each with the most that a group gives it
    telling: float  # of all groups together


@dataclass(slots=True)
class _Evidence:
    """What was found for a query: by line, by category, by four characters."""

    direct: Floats  # the best text of a line
    above: Floats  # the best text of a line above it
    together: Floats
    kinds: Ints
    pattern: Floats  # of terms that differ in one word
    category: Floats
    four: Floats
    by_words: Floats
    by_letters: Floats
    holds: Floats
    kin: Floats


class Search:
    """The search over a structure; `abbreviations` maps a word to the words it stands for ("|" parts readings)."""

    def __init__(self, structure: Structure, abbreviations: Mapping[str, str]) -> None:
        """Make the small tables that are not kept in the archive."""
        self.structure = of = structure
        self._words = Understanding(structure, abbreviations)
        self._pattern = {left: place for place, left in enumerate(structure.patterns)}
        self._static = of.static()
        # In the machine's own width they are added up three times as fast
        self._postings = of.postings.astype(np.intp)
        self._leaves = np.flatnonzero(of.flags & LEAF)
        self._categories = int(of.category.max()) + 1
        self._leaves_at = np.searchsorted(of.category[self._leaves], np.arange(self._categories + 1))

    def knows(self, word: str) -> bool:
        """Whether some text holds the word as it is written, or one that begins so."""
        return self._words.knows(word)

    def is_rare(self, word: str) -> bool:
        """Whether so few texts hold the word, if any, that it may be a slip for another."""
        return self._words.is_rare(word)

    def find(self, query: str, limit: int) -> list[int]:
        """Return the numbers of the likeliest leaves, the best first."""
        of = self.structure
        lines, rows = self.candidates(query)
        scores = rows @ of.weights + np.maximum(rows @ of.hidden + of.bias, 0) @ of.outer
        found: list[int] = lines[np.argsort(-scores, kind="stable")[:limit]].tolist()
        return found

    def candidates(self, query: str) -> tuple[Ints, Floats]:
        """Return the leaves that may be meant, and what speaks for each (columns: DYNAMIC and STATIC).

        None are meant where no word is understood.
        """
        asked = self._understood(query)
        if not any(group.is_near for group in asked.groups):
            return np.zeros(0, np.intp), np.zeros((0, len(self.structure.rough)), np.float32)
        found = self._evidence(asked)
        lines = self._lines(found)
        rough = self._rough(lines, asked, found)
        static = self._static[lines]
        if len(lines) > _LINES:
            weights = self.structure.rough
            scores = weights[: len(_ROUGH)] @ rough + static @ weights[len(DYNAMIC) :]
            best = np.argpartition(-scores, _LINES)[:_LINES]
            lines, static, rough = lines[best], static[best], rough[:, best]
        return lines, np.vstack((rough, *self._covered(lines, asked), static.T), dtype=np.float32).T

    def _understood(self, text: str) -> _Query:
        groups = self._words.groups(text)
        meant: dict[int, float] = {}
        for group in groups:
            for word, weight in group.words:
                if weight > meant.get(word, 0):
                    meant[word] = weight
        return _Query(text, groups, meant, sum(group.telling for group in groups))

    def _rough(self, lines: Ints, query: _Query, found: _Evidence) -> Floats:
        """What speaks for each line but for how much of the query it covers: a row for each name of `_ROUGH`."""
        of = self.structure
        best = found.direct.max() or 1.0
        poor = 1.0 - best
        asked = (of.words[word] for group in query.groups for word, weight in group.words[:1] if weight > 0.8)
        sides = sum({SIDES[word] for word in asked if word in SIDES})
        category, flags, kinds = of.category[lines], of.flags[lines], found.kinds[lines]
        text, above, pattern = found.direct[lines], found.above[lines], found.pattern[lines]
        by_words = found.by_words[category]
        is_one_word = sum(not group.is_part for group in query.groups) == 1
        none = np.zeros(len(lines))
        columns = {
            "best text": text,
            "best text squared": text * text,
            "best of all": text >= 0.999 * best,
            "text of a line above": above,
            "best of both": np.maximum(text, above),
            "texts together": np.sqrt(found.together[lines]),
            "category": np.sqrt(_of_most(found.category)[category]),
            "four characters": np.sqrt(_of_most(found.four)[of.group[lines]]),
            **{name: (kinds == kind) & (text > 0) for name, kind in _KINDS.items()},
            "table": _IS_TABLE[kinds] & (text > 0),
            "side not asked for": none if sides else flags & _ANY_SIDE > 0,
            "not the side asked for": flags & sides == 0 if sides else none,
            "unspecified for one word": flags & UNSPECIFIED > 0 if is_one_word else none,
            "unspecified where texts are poor": (flags & UNSPECIFIED > 0) * poor,
            "other where texts are poor": (flags & OTHER > 0) * poor,
            "prior where texts are poor": of.prior[lines] * poor,
            "category by words": by_words / (found.by_words.max() or 1.0),
            "category by words, absolute": by_words / query.telling,
            "category by letters": _of_most(found.by_letters)[category],
            "category holds the words": found.holds[category],
            "kin category": _of_most(found.kin)[category],
            "pattern": pattern,
            "pattern where texts are poor": pattern * poor,
        }
        rows = np.empty((len(_ROUGH), len(lines)), np.float32)
        for row, name in zip(rows, _ROUGH, strict=True):
            row[:] = columns[name]
        return rows

    def _covered(self, lines: Ints, query: _Query) -> tuple[Floats, Floats]:
        """How much of the query each line's texts hold, and how much of its title the query says."""
        of = self.structure
        words = np.fromiter(query.meant, np.intp)
        place = np.zeros(len(of.words), np.intp)  # of a word among those that are meant, from 1; 0 of any other
        place[words] = np.arange(1, len(words) + 1)
        # By place: what a word is worth to each group, and to a title
        weight = np.zeros((len(words) + 1, len(query.groups)), np.float32)
        for number, group in enumerate(query.groups):
            for word, worth in group.words:
                weight[place[word], number] = worth * group.telling
        said = np.zeros(len(words) + 1, np.float32)
        said[1:] = of.spread[words] * np.fromiter(query.meant.values(), np.float32)
        # Of each group the best word that a line's texts hold
        covered = np.zeros(len(lines), np.float32)
        hits, rows = _hits(place, of.bag, of.bag_at, lines)
        if len(rows):
            begins = np.flatnonzero(np.diff(rows, prepend=-1))
            covered[rows[begins]] = np.maximum.reduceat(weight[hits], begins).sum(1)
        covered /= query.telling
        hits, rows = _hits(place, of.title, of.title_at, lines)
        return covered, _sums(rows, said[hits], len(lines)) * of.title_size[lines]

    def _evidence(self, query: _Query) -> _Evidence:
        of = self.structure
        count, categories = len(of.flags), self._categories
        texts, scores = self._texts(query.meant)
        scores /= sum(group.telling**2 for group in query.groups) ** 0.5
        lines = of.text_line[texts]
        strength = scores**3
        # Of what is assigned to one place more than once the last stays: the best text of a line
        direct = np.zeros(count, np.float32)
        direct[lines[::-1]] = scores[::-1]
        kinds = np.zeros(count, np.uint8)
        kinds[lines[::-1]] = of.text_kind[texts[::-1]]
        above = np.zeros(count, np.float32)
        is_leaf = of.flags[lines] & LEAF > 0
        for line, score in zip(lines[~is_leaf][::-1].tolist(), scores[~is_leaf][::-1].tolist(), strict=True):
            above[line + 1 : min(int(of.line_end[line]), line + _BELOW)] = score
        category = _sums(of.category[lines], strength, categories)
        by_words, by_letters, holds = self._by_association(query)
        return _Evidence(
            direct=direct,
            above=above,
            together=_sums(lines, strength, count),
            kinds=kinds,
            pattern=self._by_pattern(query.text),
            category=category,
            four=_sums(of.group[lines], strength, int(of.group[-1]) + 1),
            by_words=by_words,
            by_letters=by_letters,
            holds=holds,
            kin=self._by_kin((category, by_words, by_letters)),
        )

    def _texts(self, meant: dict[int, float]) -> tuple[Ints, Floats]:
        """The texts that hold most of what is meant, and how much of it each for its length, the best first."""
        of = self.structure
        postings, begins, light_at, spread = self._postings, of.posting_at, of.light_at, of.spread
        held = np.zeros(len(of.text_size), np.float32)
        for word, weight in meant.items():
            most = _FULL if weight > _OWN else _MOST
            worth = np.float32(weight * spread[word] ** 2)
            start, middle, end = begins[word], light_at[word], begins[word + 1]
            np.add.at(held, postings[start : min(middle, start + most)], worth)
            np.add.at(held, postings[middle : min(end, middle + _MOST)], worth * LIGHT)
        texts = np.flatnonzero(held > _LEAST * held.max())
        scores = held[texts] * of.text_size[texts]
        if len(texts) > _TEXTS:
            best = np.argpartition(-scores, _TEXTS)[:_TEXTS]
            texts, scores = texts[best], scores[best]
        order = np.argsort(-scores, kind="stable")
        return texts[order], scores[order]

    def _by_association(self, query: _Query) -> tuple[Floats, Floats, Floats]:
        """Categories by words that lead to them, by the letters of rare words, by how much of the query they hold."""
        of, number = self.structure, self._words.number
        words = np.fromiter(query.meant, np.intp)
        weight = np.fromiter(query.meant.values(), np.float32) * of.spread[words]
        flat, which = _spans(of.near_at, words)
        by_words = _sums(of.near[flat], of.near_weight[flat] * weight[which], self._categories)
        by_letters = np.zeros(self._categories, np.float32)
        for stemmed in map(stem, split(query.text)):
            if len(stemmed) > 3 and self._words.holders(number.get(stemmed, -1)) < _RARE:
                by_letters += self._words.letters(stemmed)
        holds = np.zeros(self._categories, np.float32)
        for group in query.groups:
            best = np.zeros(self._categories, np.float32)
            for word, worth in reversed(group.words):
                held = of.holders[of.holders_at[word] : of.holders_at[word + 1]]
                best[held] = np.maximum(best[held], worth)
            holds += best * group.telling
        holds /= query.telling
        return by_words, by_letters, holds

    def _by_kin(self, spoken: Sequence[Floats]) -> Floats:
        """Categories that are kin to the likeliest."""
        of = self.structure
        hot = np.zeros(self._categories, np.float32)
        for one in spoken:
            if top := one.max():
                best = np.argpartition(-one, _HOT)[:_HOT]
                hot[best] += one[best] / top
        heated = np.flatnonzero(hot)
        flat, which = _spans(of.kin_at, heated)
        return _sums(of.kin[flat], of.kin_weight[flat] * hot[heated][which], self._categories)

    def _by_pattern(self, query: str) -> Floats:
        """Leaves of the terms that differ from the query in its rarest word alone, or in its rarest words."""
        of, number = self.structure, self._words.number
        own = sorted({number.get(stemmed, len(number)) for stemmed in map(stem, split(query))})
        left = [word for word in own[:-1] if word < len(number)]
        while (pattern := self._pattern.get(" ".join(map(str, left)))) is None:
            left.pop()
        found = np.zeros(len(of.flags), np.float32)
        start, end = of.pattern_at[pattern], of.pattern_at[pattern + 1]
        found[of.pattern[start:end]] = of.pattern_weight[start:end]
        return found

    def _lines(self, found: _Evidence) -> Ints:
        """The leaves to look at: found by a text or a pattern, and those of the likeliest categories."""
        likely = np.sqrt(_of_most(found.category)) + found.holds
        for one in (found.by_words, found.by_letters, found.kin):
            likely += _of_most(one)
        best = np.argpartition(-likely, _CATEGORIES)[:_CATEGORIES]
        leaves = self._leaves[_spans(self._leaves_at, best)[0]]
        chosen = (found.direct > 0) | (found.above > 0) | (found.pattern > 0)
        chosen &= self.structure.flags & LEAF > 0
        chosen[leaves] = True
        return np.flatnonzero(chosen)


def _of_most(spoken: Floats) -> Floats:
    """Each value as a part of the greatest."""
    return spoken / (spoken.max() or 1.0)


def _sums(places: Ints, weights: Floats, count: int) -> Floats:
    """Return for each place what its weights come to."""
    return np.bincount(places, weights, count).astype(np.float32, copy=False)


def _spans(at: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Return the places of all values of these rows, behind one another, and for each its row's place among them."""
    begin = at[rows].astype(np.intp)
    sizes = at[rows + 1] - begin
    ends = np.cumsum(sizes)
    which = np.repeat(np.arange(len(rows)), sizes)
    return (begin - ends + sizes)[which] + np.arange(len(which)), which


def _hits(place: Ints, values: Ints, at: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Return the places of the rows' values that have one, and for each its row's place among the rows."""
    flat, which = _spans(at, rows)
    found = place[values[flat]]
    hit = np.flatnonzero(found)
    return found[hit], which[hit]
