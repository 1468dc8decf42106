"""Find the lines of the tabular list that words lead to.

In three steps: what each word may mean (see `understanding`); the texts that hold most of that, the rare words first;
the codes of these texts and of what the words, their letters and the likeliest categories speak for (see
`associations`), put in order by a weighed sum of what speaks for each.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import repeat
from math import sqrt
from operator import itemgetter, mul

from liaison.engines.codes.structure import LIGHT, SIDES, Structure
from liaison.engines.codes.texts import CAUSE, DRUG, INCLUSION, MAIN, NEOPLASM, NOTE, SEE, TITLE
from liaison.engines.codes.understanding import Group, Understanding
from liaison.engines.codes.words import split, stem

DYNAMIC = (
    "best text",
    "best text squared",
    "best of all",
    "text of a line above",
    "best of both",
    "texts together",
    "category",
    "four characters",
    "query covered",
    "title covered",
    "title",
    "inclusion",
    "main term",
    "see",
    "note",
    "table",
    "side not asked for",
    "not the side asked for",
    "unspecified for one word",
    "prior where texts are poor",
    "category by words",
    "category by words, absolute",
    "category by letters",
    "kin category",
    "pattern",
    "pattern where texts are poor",
)
"""What speaks for a line, given a query; the weights' names, before those of `structure.STATIC`."""

_MOST = 700  # texts of a word that are gone through, the shortest first
_OWN = 0.8  # a word of the query itself, for which the best texts are looked through whole
_LOOKED_AT = 160  # texts that are asked for the commoner words
_TEXTS = 160  # the best of them that speak for codes
_LEAST = 0.15  # of the best text's strength, for a text to be looked at
_BELOW = 90  # lines below one that a text leads to
_ABOVE = 60  # leaves that are there for a line above them alone
_LINES = 220  # codes to compare; those of the likeliest patterns fill up
_ALWAYS = 40  # leaves of the pattern that are compared whatever else is found
_RARE = 4  # a word that fewer texts hold speaks by its letters
_HOT = 12  # of the likeliest categories, those whose kin are looked at
_KINDS = (TITLE, INCLUSION, MAIN, SEE, NOTE)  # of texts, that are weighed
_TABLES = (NEOPLASM, DRUG, CAUSE)
_ANY_SIDE = sum(SIDES.values())


@dataclass(slots=True)
class _Evidence:
    """What was found for a query: by leaf, by category, by four characters."""

    direct: dict[int, float] = field(default_factory=dict)  # the best text of a leaf
    above: dict[int, float] = field(default_factory=dict)  # the best text of a line above a leaf
    together: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))
    kinds: dict[int, int] = field(default_factory=dict)
    category: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))
    four: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))
    by_words: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))
    by_letters: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))
    kin: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))
    pattern: dict[int, float] = field(default_factory=dict)  # leaves of terms that differ in one word


class Search:
    """The search over a structure; `abbreviations` maps a word to the words it stands for ("|" parts readings)."""

    def __init__(self, structure: Structure, abbreviations: Mapping[str, str]) -> None:
        """Make the small tables that are not kept in the archive."""
        self._of = structure
        self._words = Understanding(structure, abbreviations)
        self._pattern = {left: place for place, left in enumerate(structure.patterns)}

    def find(self, query: str, limit: int) -> list[int]:
        """Return the numbers of the likeliest leaves, the best first."""
        weights, standing = self._of.weights, self._of.standing
        scored = [(-sum(map(mul, weights, speaks)) - standing[line], line) for line, speaks in self.candidates(query)]
        scored.sort()
        return [line for _, line in scored[:limit]]

    def candidates(self, query: str) -> list[tuple[int, tuple[float, ...]]]:
        """Return each leaf that may be meant, with what speaks for it (see DYNAMIC)."""
        groups = self._words.groups(query)
        if not groups:
            return []
        meant: dict[int, float] = {}
        for group in groups:
            for word, weight in group.words:
                if weight > meant.get(word, 0):
                    meant[word] = weight
        found = _Evidence()
        self._by_texts(groups, meant, found)
        self._by_association(query, meant, found)
        return self._compare(groups, meant, found)

    def _compare(
        self, groups: list[Group], meant: dict[int, float], found: _Evidence
    ) -> list[tuple[int, tuple[float, ...]]]:
        """What speaks for each line, column by column."""
        of = self._of
        lines = self._lines(found)
        whole = sum(group.telling for group in groups)
        best = max(found.direct.values(), default=1.0)
        poor = 1.0 - best
        asked = (of.words[word] for group in groups for word, weight in group.words[:1] if weight > 0.8)
        sides = sum({SIDES[word] for word in asked if word in SIDES})
        single = 2 if len(groups) == 1 else 0
        categories = list(map(of.category.__getitem__, lines))
        flags = list(map(of.flags.__getitem__, lines))
        kinds = list(map(found.kinds.get, lines))
        text = list(map(found.direct.get, lines, repeat(0.0)))
        higher = list(map(found.above.get, lines, repeat(0.0)))
        pattern = list(map(found.pattern.get, lines, repeat(0.0)))
        by_words = list(map(found.by_words.get, categories, repeat(0.0)))
        covered, precise = self._covered(lines, groups, meant)
        columns: tuple[Iterable[float], ...] = (
            text,
            map(mul, text, text),
            [1.0 if one and one >= 0.999 * best else 0.0 for one in text],
            higher,
            map(max, text, higher),
            map(sqrt, map(found.together.get, lines, repeat(0.0))),
            _shared(found.category, categories),
            _shared(found.four, map(of.group.__getitem__, lines)),
            [one / whole for one in covered],
            precise,
            *([1.0 if one == kind else 0.0 for one in kinds] for kind in _KINDS),
            [1.0 if one in _TABLES else 0.0 for one in kinds],
            [1.0 if flag & _ANY_SIDE and not sides else 0.0 for flag in flags],
            [1.0 if sides and not flag & sides else 0.0 for flag in flags],
            [1.0 if flag & single else 0.0 for flag in flags],
            [of.prior[line] * poor for line in lines],
            _of_most(found.by_words, by_words),
            [one / whole for one in by_words],
            _of_most(found.by_letters, map(found.by_letters.get, categories, repeat(0.0))),
            _of_most(found.kin, map(found.kin.get, categories, repeat(0.0))),
            pattern,
            [one * poor for one in pattern],
        )
        return list(zip(lines, zip(*columns, strict=True), strict=True))

    def _covered(
        self, lines: Sequence[int], groups: list[Group], meant: dict[int, float]
    ) -> tuple[list[float], list[float]]:
        """How much of the query each line's texts hold, and how much of its title the query says."""
        of = self._of
        telling: dict[int, list[tuple[int, float]]] = {}
        for place, group in enumerate(groups):
            for word, weight in group.words:
                telling.setdefault(word, []).append((place, weight * group.telling))
        known = frozenset(telling)
        bag, bag_at, title, title_at, spread = of.bag, of.bag_at, of.title, of.title_at, of.spread
        covered: dict[frozenset[int], float] = {frozenset(): 0.0}
        said: dict[frozenset[int], float] = {frozenset(): 0.0}
        covers, precise = [], []
        for line in lines:
            hit = known.intersection(bag[bag_at[line] : bag_at[line + 1]])
            if hit not in covered:
                reached: dict[int, float] = {}
                for word in hit:
                    for place, weight in telling[word]:
                        if weight > reached.get(place, 0.0):
                            reached[place] = weight
                covered[hit] = sum(reached.values())
            covers.append(covered[hit])
            # A title's words are in the bag too
            hit = hit and hit.intersection(title[title_at[line] : title_at[line + 1]])
            if hit not in said:
                said[hit] = sum([spread[word] * meant[word] for word in hit])
            precise.append(said[hit] * of.title_size[line])
        return covers, precise

    def _by_texts(self, groups: list[Group], meant: dict[int, float], found: _Evidence) -> None:
        """The best texts, by the lines they lead to, by the leaves below these, by category and four characters."""
        of = self._of
        direct, above, together, kinds = found.direct, found.above, found.together, found.kinds
        size = sum([group.telling**2 for group in groups]) ** 0.5
        flags, line_end = of.flags, of.line_end
        for score, text in self._texts(meant):
            score /= size
            line = of.text_line[text]
            strength = score * score * score
            found.category[of.category[line]] += strength
            found.four[of.group[line]] += strength
            if flags[line] & 1:
                if line not in direct:
                    direct[line] = score
                    kinds[line] = of.text_kind[text]
                together[line] += strength
            else:
                for leaf in range(line + 1, min(line_end[line], line + _BELOW)):
                    if flags[leaf] & 1 and leaf not in above:
                        above[leaf] = score

    def _texts(self, meant: dict[int, float]) -> list[tuple[float, int]]:
        """The texts that hold most of what is meant, each with how much of it for its length, the best first."""
        of = self._of
        postings, begins, light_at, spread = of.postings, of.posting_at, of.light_at, of.spread
        held: dict[int, float] = {}
        common: list[tuple[float, int, int]] = []
        # Numbers of words are in order of frequency, the commonest first
        for word in sorted(meant, reverse=True):
            weight = meant[word] * spread[word] ** 2
            start, middle, end = begins[word], light_at[word], begins[word + 1]
            cut = min(middle, start + _MOST)
            if cut < middle and meant[word] > _OWN:
                common.append((weight, cut, middle))
            for begin, stop, worth in ((start, cut, weight), (middle, min(end, middle + _MOST), weight * LIGHT)):
                new = dict.fromkeys(postings[begin:stop], worth)
                for text in held.keys() & new.keys():
                    new[text] += held[text]
                held.update(new)
        if not held:
            return []
        least = _LEAST * max(held.values())
        size = of.text_size
        scored = [(score * size[text], text) for text, score in held.items() if score > least]
        if not common:
            return nlargest(_TEXTS, scored) if len(scored) > _TEXTS else sorted(scored, reverse=True)
        scored = nlargest(_LOOKED_AT, scored) if len(scored) > _LOOKED_AT else scored
        for weight, start, end in common:
            for place, (score, text) in enumerate(scored):
                at = bisect_left(postings, text, start, end)
                if at < end and postings[at] == text:
                    scored[place] = score + weight * size[text], text
        scored.sort(reverse=True)
        return scored[:_TEXTS]

    def _by_association(self, query: str, meant: dict[int, float], found: _Evidence) -> None:
        """What words and letters speak for though no text leads there."""
        of, number = self._of, self._words.number
        by_words, by_letters, kin = found.by_words, found.by_letters, found.kin
        near, near_weight, near_at = of.near, of.near_weight, of.near_at
        for word, weight in meant.items():
            weight *= of.spread[word]
            for place in range(near_at[word], near_at[word + 1]):
                by_words[near[place]] += near_weight[place] * weight
        own = sorted({number.get(stemmed, len(number)) for stemmed in map(stem, split(query))})
        for stemmed in map(stem, split(query)):
            if len(stemmed) > 3 and self._words.holders(number.get(stemmed, -1)) < _RARE:
                for category, weight in self._words.letters(stemmed):
                    by_letters[category] += weight
        hot: defaultdict[int, float] = defaultdict(float)
        for spoken in (found.category, by_words, by_letters):
            top = max(spoken.values(), default=1.0) or 1.0
            for category, weight in _most(spoken, _HOT):
                hot[category] += weight / top
        for category, weight in hot.items():
            for place in range(of.kin_at[category], of.kin_at[category + 1]):
                kin[of.kin[place]] += weight * of.kin_weight[place]
        left = [word for word in own[:-1] if word < len(number)]
        while (pattern := self._pattern.get(" ".join(map(str, left)))) is None:
            left.pop()
        start, end = of.pattern_at[pattern], of.pattern_at[pattern + 1]
        found.pattern = dict(zip(of.pattern[start:end], of.pattern_weight[start:end], strict=True))

    def _lines(self, found: _Evidence) -> list[int]:
        """The leaves to compare: found by a text, below a line that one led to, of the likeliest categories."""
        of = self._of
        above = found.above
        lines = dict.fromkeys(found.direct)
        if len(above) > _ABOVE:
            lines.update(
                dict.fromkeys(nlargest(_ABOVE, above, key=lambda leaf: above[leaf] + 0.02 * (of.flags[leaf] & 2)))
            )
        else:
            lines.update(dict.fromkeys(above))
        for spoken, many, each in _SHARES:
            for rank, (number, _) in enumerate(_most(getattr(found, spoken), many)):
                start = of.best_at[number]
                count = each * 2 if rank < 5 else each
                lines.update(dict.fromkeys(of.best[start : min(start + count, of.best_at[number + 1])]))
        pattern = list(found.pattern)
        lines.update(dict.fromkeys(pattern[: max(_ALWAYS, _LINES - len(lines))]))
        return list(lines)


_SHARES = (("category", 10, 5), ("by_words", 10, 4), ("by_letters", 16, 3), ("kin", 12, 2))
"""Of the categories that each speaks for: how many are looked at, how many leaves of each (of the first five twice)."""


def _most(spoken: Mapping[int, float], count: int) -> list[tuple[int, float]]:
    return sorted(spoken.items(), key=itemgetter(1), reverse=True)[:count]


def _of_most(spoken: Mapping[int, float], values: Iterable[float]) -> list[float]:
    """Each value as a part of the greatest."""
    top = max(spoken.values(), default=1.0) or 1.0
    return [one / top for one in values]


def _shared(spoken: Mapping[int, float], keys: Iterable[int]) -> list[float]:
    """The root of each key's part of the greatest."""
    top = max(spoken.values(), default=1.0) or 1.0
    share = {key: sqrt(one / top) for key, one in spoken.items()}
    return [share.get(key, 0.0) for key in keys]
