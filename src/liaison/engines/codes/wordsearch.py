"""Search short texts by words: whole words, their beginnings, typing errors, abbreviations; ranked, in memory."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from heapq import nsmallest
from itertools import chain
from math import log
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from liaison.engines.codes.lay import OTHER_WORDS

_KEPT = "abcdefghijklmnopqrstuvwxyz0123456789"
_PLAIN = {code: " " for code in range(256) if chr(code) not in _KEPT} | {ord("'"): None, ord("’"): None, ord("|"): "|"}
_STOP = frozenset(
    {"a", "an", "and", "at", "by", "for", "from", "in", "is", "my", "of", "on", "or", "other", "the", "to", "with"}
)
_POOL = 400  # candidates that are compared in full, the best by rank
_TOO_COMMON = 8000  # texts that hold a word; above that it tells little
_UNKNOWN_WEIGHT = 5.0
_COMPLETE_GAIN = 2.0


def plain(text: str) -> str:
    """Return text as the search sees it: small letters and figures, single spaces, no apostrophes."""
    return " ".join(text.lower().translate(_PLAIN).replace("|", " ").split())


class _Meaning(NamedTuple):
    """A typed word: the words of the index that it may mean, and how it was understood."""

    words: tuple[str, ...]
    token: str
    is_prefix: bool


class WordSearch:
    """An index over (title, other terms joined by "|") pairs; the order of the texts is their rank."""

    def __init__(
        self, texts: Sequence[tuple[str, str]], extra: Mapping[str, Sequence[int]], handicap: Sequence[float]
    ) -> None:
        """Index the texts.

        `extra` holds words by which some are found without being ranked; `handicap` is added to the scores of each.
        """
        self._titles: list[str] = []
        self._terms: list[str] = []
        self._handicap = handicap
        postings: defaultdict[str, list[int]] = defaultdict(list)
        for number, (title, terms) in enumerate(texts):
            words = title.lower().translate(_PLAIN).split()
            self._titles.append(f" {' '.join(words)} ")
            for word in words:
                postings[word].append(number)
            words = terms.lower().translate(_PLAIN).replace("|", " | ").split() if terms else []
            self._terms.append(f"| {' '.join(words)} |" if words else "")
            for word in words:
                postings[word].append(number)
        postings.pop("|", None)
        for more, numbers in extra.items():
            for word in set(plain(more).split()):
                postings[word].extend(numbers)
        self._postings = dict(postings)
        self._vocabulary = sorted(self._postings)
        self._by_letter: defaultdict[str, list[str]] = defaultdict(list)
        for word in self._vocabulary:
            self._by_letter[word[0]].append(word)
        self._meaning = lru_cache(maxsize=4096)(self._meaning_of)
        self._numbers = lru_cache(maxsize=256)(self._numbers_of)

    def search(self, query: str, limit: int) -> list[int]:
        """Return the numbers of the best texts for a plain query, best first."""
        scored: dict[int, float] = {}
        for reading in self._readings(query):
            for number, score in self._read(reading):
                scored[number] = max(score, scored.get(number, score))
        return sorted(scored, key=lambda number: (-scored[number], number))[:limit]

    def _readings(self, query: str) -> list[str]:
        """The query as typed, then with abbreviations and everyday words put into those of the classification."""
        words = query.split()
        known = all(word not in OTHER_WORDS or word in self._postings for word in words)
        spelled = [""]
        for word in words:
            meanings = [plain(meaning) for meaning in OTHER_WORDS.get(word, word).split("|")]
            spelled = [f"{begun} {meaning}".strip() for begun in spelled for meaning in meanings][:4]
        return list(dict.fromkeys([query, *spelled] if known else spelled))

    def _read(self, query: str) -> Iterable[tuple[int, float]]:
        tokens = [word for word in query.split() if word not in _STOP] or query.split()
        meanings = [self._meaning(token) for token in dict.fromkeys(tokens)]
        known = [meaning for meaning in meanings if meaning.words]
        if not known:
            return []
        numbers = [self._numbers(meaning.words) for meaning in known]
        weights = [log(2 * len(self._titles) / len(found)) for found in numbers]
        # A word that nobody knows counts like a rare one, so that what is left does not look like a full answer.
        whole = sum(weights) + (len(meanings) - len(known)) * _UNKNOWN_WEIGHT
        weighed = list(zip(known, weights, strict=True))
        complete = _together(numbers)
        gain = _COMPLETE_GAIN if complete else 0.0
        rows = complete or _best_of(numbers, weights)
        return [(number, self._score(number, query, weighed, whole) + gain) for number in rows]

    def _numbers_of(self, words: tuple[str, ...]) -> frozenset[int]:
        return frozenset(chain.from_iterable(self._postings[word] for word in words))

    def _score(self, number: int, query: str, weighed: list[tuple[_Meaning, float]], whole: float) -> float:
        title, terms = self._titles[number], self._terms[number]
        score, in_title = 0.0, 0
        for meaning, weight in weighed:
            points, where = _points(meaning, title, terms)
            score += points * weight
            in_title += where
        score /= whole
        score += 2 * in_title / (title.count(" ") - 1)
        if f" {query} " == title:
            score += 3
        elif f"| {query} |" in terms:
            score += 4
        elif f" {query} " in title:
            score += 1
        return score + self._handicap[number] - number / 30_000

    def _meaning_of(self, token: str) -> _Meaning:
        found = [token] if token in self._postings else []
        if token in OTHER_WORDS:
            # An abbreviation is complete: "uri" does not begin "urinary".
            return _Meaning(tuple(found), token, is_prefix=False)
        singular = token[:-1] if token.endswith("s") and len(token) > 3 else ""
        if not found and singular in self._postings:
            token, found = singular, [singular]
        if len(token) > 1:
            start, end = bisect_left(self._vocabulary, token), bisect_left(self._vocabulary, token + "~")
            found += [word for word in self._vocabulary[start:end] if word != token]
        if found or len(token) < 4:
            return _Meaning(tuple(found), token, is_prefix=True)
        near = self._near(token, self._by_letter[token[0]]) or self._near(token, self._vocabulary)
        return _Meaning(tuple(near), token, is_prefix=False)

    def _near(self, token: str, words: list[str]) -> list[str]:
        slips = 1 if len(token) < 6 else 2
        near = process.extract(token, words, scorer=OSA.distance, score_cutoff=slips, limit=8)
        best = min((distance for _, distance, _ in near), default=0)
        return [word for word, distance, _ in near if distance == best]


def _together(sets: list[frozenset[int]]) -> list[int]:
    """The best by rank of the texts that hold every word."""
    first, *others = sorted(sets, key=len)
    return sorted(first.intersection(*others))[:_POOL]


def _best_of(sets: list[frozenset[int]], weights: list[float]) -> list[int]:
    """Where no text holds every word: those that hold the most telling ones."""
    held: defaultdict[int, float] = defaultdict(float)
    for numbers, weight in zip(sets, weights, strict=True):
        if len(numbers) <= _TOO_COMMON:
            for number in numbers:
                held[number] += weight
    best = nsmallest(_POOL // 4, ((-weight, number) for number, weight in held.items()))
    return [number for _, number in best]


def _points(meaning: _Meaning, title: str, terms: str) -> tuple[float, int]:
    """How well a text holds a typed word, and whether its title does."""
    token = f" {meaning.token} "
    if token in title:
        return 3, 1
    if token in terms:
        return 2.5, 0
    if meaning.is_prefix:
        if token[:-1] in title:
            return 2, 1
        return (1.5, 0) if token[:-1] in terms else (0, 0)
    if any(f" {word} " in title for word in meaning.words):
        return 2, 1
    return (1.5, 0) if any(f" {word} " in terms for word in meaning.words) else (0, 0)
