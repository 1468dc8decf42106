"""Find the lines of the tabular list that words lead to.

In three steps: what each word may mean (its stem, an abbreviation's words, what means the same, the parts of a Greek
or Latin word, words spelled alike); the texts that hold most of that, the rare words first; the codes of these texts
and of the categories that they and the words speak for, put in order by a weighed sum of what speaks for each.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from heapq import nlargest
from operator import itemgetter, mul
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from liaison.engines.codes.structure import LIGHT, SIDES, Structure
from liaison.engines.codes.words import meanings, pieces, same_as, split, stem

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
)
"""What speaks for a line, given a query; the weights' names, before those of `structure.STATIC`."""

_WORK = 7_000  # postings that are gone through in full; of commoner words only what the rarer ones found
_TEXTS = 220  # the best of them that speak for codes
_LEAST = 0.15  # of the best text's strength, for a text to be looked at
_BELOW = 90  # lines below one that a text leads to
_ABOVE = 90  # leaves that are there for a line above them alone
_LINES = 220  # codes to compare; those that most texts lead to fill up
_AKIN = 0.3  # how much of two words' pieces must be the same
_RARE = 12  # a word that fewer texts hold may be a slip for one that is so much commoner
_COMMONER = 50
_SLIP = 0.9  # what a typing error takes
_UNKNOWN = 7.0  # how telling a word is that no text holds
_SAME, _PARTS, _ALIKE, _BEGUN = 0.6, 0.45, 0.55, 0.8
_TABLES = (6, 7, 8)
_ANY_SIDE = sum(SIDES.values())


class Group(NamedTuple):
    """A word of the query: how telling it is, and the words of the index that it may mean, each with its weight."""

    telling: float
    words: tuple[tuple[int, float], ...]


class Search:
    """The search over a structure; `abbreviations` maps a word to the words it stands for ("|" parts readings)."""

    def __init__(self, structure: Structure, abbreviations: Mapping[str, str]) -> None:
        """Make the small tables that are not kept in the archive."""
        self._of = structure
        self._number = {word: place for place, word in enumerate(structure.words)}
        self._by_letters = sorted(structure.words)
        self._forms = frozenset(structure.forms)
        self._by_letter: defaultdict[str, list[str]] = defaultdict(list)
        for word in structure.forms:
            self._by_letter[word[0]].append(word)
        self._piece = {name: place for place, name in enumerate(structure.piece_names)}
        self._abbreviations = abbreviations
        self._same = same_as()
        self._letters = lru_cache(maxsize=4096)(self._letters_of)
        self._group = lru_cache(maxsize=8192)(self._group_of)

    def find(self, query: str, limit: int) -> list[int]:
        """Return the numbers of the likeliest leaves, the best first."""
        weights, standing = self._of.weights, self._of.standing
        scored = [(sum(map(mul, weights, speaks)) + standing[line], line) for line, speaks in self.candidates(query)]
        scored.sort(key=lambda one: (-one[0], one[1]))
        return [line for _, line in scored[:limit]]

    def groups(self, query: str) -> list[Group]:
        """Return what each word of a query may mean; the last may be only begun."""
        words = list(dict.fromkeys(split(query)))
        said: dict[str, None] = {}
        for place, word in enumerate(words):
            full = self._abbreviations.get(word)
            if full and (stem(word) not in self._number or len(word) < 5):
                said.update(dict.fromkeys(split(full.replace("|", " "))))
            else:
                said[word if place < len(words) - 1 else f"{word}~"] = None
        return [self._group(word) for word in said]

    def candidates(self, query: str) -> list[tuple[int, tuple[float, ...]]]:
        """Return each leaf that may be meant, with what speaks for it (see DYNAMIC)."""
        groups = self.groups(query)
        if not groups:
            return []
        rare = [own for own in map(stem, split(query)) if len(own) > 3 and self._holders(self._number.get(own, -1)) < 4]
        of = self._of
        meant: dict[int, float] = {}
        for group in groups:
            for word, weight in group.words:
                if weight > meant.get(word, 0):
                    meant[word] = weight
        direct, above, together, kinds, category, four = self._codes(groups, meant)
        by_words: defaultdict[int, float] = defaultdict(float)
        near, near_weight, near_at, spread = of.near, of.near_weight, of.near_at, of.spread
        for word, weight in meant.items():
            weight *= spread[word]
            for place in range(near_at[word], near_at[word + 1]):
                by_words[near[place]] += near_weight[place] * weight
        by_letters: defaultdict[int, float] = defaultdict(float)
        for uncommon in rare:
            for number, weight in self._letters(uncommon):
                by_letters[number] += weight
        lines = self._lines(direct, above, category, by_words, by_letters)
        top_letters = max(by_letters.values(), default=1.0) or 1.0

        telling: dict[int, list[tuple[int, float]]] = {}
        for place, group in enumerate(groups):
            for word, weight in group.words:
                telling.setdefault(word, []).append((place, weight * group.telling))
        known = frozenset(telling)
        asked = frozenset(word for group in groups for word, weight in group.words[:1] if weight > 0.8)
        whole = sum(group.telling for group in groups)
        best = max(direct.values(), default=1.0)
        top_category = max(category.values(), default=1.0)
        top_four = max(four.values(), default=1.0)
        top_words = max(by_words.values(), default=1.0) or 1.0
        sides = sum({SIDES[of.words[word]] for word in asked if of.words[word] in SIDES})
        single = len(groups) == 1
        flags, prior, bag, bag_at, title, title_at = of.flags, of.prior, of.bag, of.bag_at, of.title, of.title_at
        found: list[tuple[int, tuple[float, ...]]] = []
        for line in lines:
            text = direct.get(line, 0.0)
            higher = above.get(line, 0.0)
            covered = 0.0
            hit = known.intersection(bag[bag_at[line] : bag_at[line + 1]])
            if hit:
                reached: dict[int, float] = {}
                for word in hit:
                    for place, weight in telling[word]:
                        if weight > reached.get(place, 0.0):
                            reached[place] = weight
                covered = sum(reached.values())
            shared = known.intersection(title[title_at[line] : title_at[line + 1]])
            precise = sum([spread[word] * meant[word] for word in shared]) * of.title_size[line] if shared else 0.0
            kind = kinds.get(line, -1)
            flag = flags[line]
            words_say = by_words.get(of.category[line], 0.0)
            found.append(
                (
                    line,
                    (
                        text,
                        text * text,
                        1.0 if text and text >= 0.999 * best else 0.0,
                        higher,
                        text if text > higher else higher,
                        together.get(line, 0.0) ** 0.5,
                        (category.get(of.category[line], 0.0) / top_category) ** 0.5,
                        (four.get(of.group[line], 0.0) / top_four) ** 0.5,
                        covered / whole,
                        precise,
                        1.0 if kind == 0 else 0.0,
                        1.0 if kind == 1 else 0.0,
                        1.0 if kind == 2 else 0.0,
                        1.0 if kind == 4 else 0.0,
                        1.0 if kind == 5 else 0.0,
                        1.0 if kind in _TABLES else 0.0,
                        1.0 if flag & _ANY_SIDE and not sides else 0.0,
                        1.0 if sides and not flag & sides else 0.0,
                        1.0 if single and flag & 2 else 0.0,
                        prior[line] * (1.0 - best),
                        words_say / top_words,
                        words_say / whole,
                        by_letters.get(of.category[line], 0.0) / top_letters,
                    ),
                )
            )
        return found

    def _codes(self, groups: list[Group], meant: dict[int, float]) -> tuple[dict[int, float], ...]:
        """The best texts, by the lines they lead to, by the leaves below these, by category and four characters."""
        of = self._of
        direct: dict[int, float] = {}
        above: dict[int, float] = {}
        together: defaultdict[int, float] = defaultdict(float)
        kinds: dict[int, float] = {}
        category: defaultdict[int, float] = defaultdict(float)
        four: defaultdict[int, float] = defaultdict(float)
        size = sum([group.telling**2 for group in groups]) ** 0.5
        flags, line_end = of.flags, of.line_end
        for score, text in self._texts(meant):
            score /= size
            line = of.text_line[text]
            strength = score * score * score
            category[of.category[line]] += strength
            four[of.group[line]] += strength
            if flags[line] & 1:
                if line not in direct:
                    direct[line] = score
                    kinds[line] = of.text_kind[text]
                together[line] += strength
            else:
                for leaf in range(line + 1, min(line_end[line], line + _BELOW)):
                    if flags[leaf] & 1 and leaf not in above:
                        above[leaf] = score
        return direct, above, together, kinds, category, four

    def _texts(self, meant: dict[int, float]) -> list[tuple[float, int]]:
        """The texts that hold most of what is meant, each with how much of it for its length, the best first."""
        of = self._of
        postings, begins, light_at, spread = of.postings, of.posting_at, of.light_at, of.spread
        held: defaultdict[int, float] = defaultdict(float)
        done = 0
        size = of.text_size
        # Numbers of words are in order of frequency, the commonest first
        for word in sorted(meant, reverse=True):
            weight = meant[word] * spread[word] ** 2
            start, middle, end = begins[word], light_at[word], begins[word + 1]
            if done and done + end - start > _WORK:
                for text in postings[start:middle]:
                    if text in held:
                        held[text] += weight
                continue
            if done:
                for text in postings[start:middle]:
                    held[text] += weight
            else:
                held.update(dict.fromkeys(postings[start:middle], weight))
            weight *= LIGHT
            for text in postings[middle:end]:
                held[text] += weight
            done += end - start
        if not held:
            return []
        least = _LEAST * max(held.values())
        scored = [(score * size[text], text) for text, score in held.items() if score > least]
        return nlargest(_TEXTS, scored) if len(scored) > _TEXTS else sorted(scored, reverse=True)

    def _lines(
        self,
        direct: dict[int, float],
        above: dict[int, float],
        category: dict[int, float],
        by_words: dict[int, float],
        by_letters: dict[int, float],
    ) -> Iterable[int]:
        """The leaves to compare: found by a text, below a line that one led to, of the likeliest categories."""
        of = self._of
        lines = dict.fromkeys(direct)
        if len(above) > _ABOVE:
            lines.update(
                dict.fromkeys(nlargest(_ABOVE, above, key=lambda leaf: above[leaf] + 0.02 * (of.flags[leaf] & 2)))
            )
        else:
            lines.update(dict.fromkeys(above))
        for rank, (number, _) in enumerate(nlargest(10, category.items(), key=itemgetter(1))):
            start = of.best_at[number]
            lines.update(dict.fromkeys(of.best[start : min(start + (10 if rank < 5 else 5), of.best_at[number + 1])]))
        for number, _ in nlargest(10, by_words.items(), key=itemgetter(1)):
            start = of.best_at[number]
            lines.update(dict.fromkeys(of.best[start : min(start + 6, of.best_at[number + 1])]))
        for number, _ in nlargest(10, by_letters.items(), key=itemgetter(1)):
            start = of.best_at[number]
            lines.update(dict.fromkeys(of.best[start : min(start + 5, of.best_at[number + 1])]))
        if len(lines) < _LINES:
            lines.update(dict.fromkeys(of.popular[: _LINES - len(lines)]))
        return lines

    def _group_of(self, word: str) -> Group:
        is_last = word.endswith("~")
        word = word.rstrip("~")
        own = stem(word)
        number = self._number
        found: dict[int, float] = {}
        known = number.get(own)
        holders = 0
        if known is not None:
            found[known] = 1.0 if word in self._forms else _SLIP
            holders = self._holders(known)
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
                if unknown or self._holders(misspelled) > _COMMONER * holders:
                    found.setdefault(misspelled, weight)
        if len(own) > 3 and holders < 4:
            for alike, likeness in self._alike(own):
                found.setdefault(alike, likeness * (_ALIKE if not holders else _ALIKE / 2))
        return Group(self._of.spread[known] if known is not None else _UNKNOWN, tuple(found.items()))

    def _letters_of(self, word: str) -> list[tuple[int, float]]:
        """The categories that the letters of a rare word speak for."""
        of = self._of
        found: defaultdict[int, float] = defaultdict(float)
        for piece in pieces(word):
            place = self._piece.get(piece)
            if place is not None:
                worth = of.piece_spread[place] ** 2
                for at in range(of.piece_near_at[place], of.piece_near_at[place + 1]):
                    found[of.piece_near[at]] += worth * of.piece_near_weight[at]
        return nlargest(40, found.items(), key=itemgetter(1))

    def _holders(self, word: int) -> int:
        if word < 0:
            return 0
        return self._of.posting_at[word + 1] - self._of.posting_at[word]

    def _begun(self, begun: str) -> list[int]:
        """Words that begin so, the commonest twelve."""
        start = bisect_left(self._by_letters, begun)
        end = bisect_left(self._by_letters, f"{begun}\uffff", lo=start)
        return sorted(self._number[word] for word in self._by_letters[start:end])[:12]

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
        return [(self._number[stem(other)], _SLIP**distance) for other, distance in near if distance == least]

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
