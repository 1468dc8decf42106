"""What goes with what, counted over the texts: words, letters and categories, and what is left of a term.

These speak for a line that no text leads to: a word's categories, those of its letters, the categories that are kin
to the likeliest, and the lines of terms that differ in one word alone ("… disease", "infection …").
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import nlargest
from math import log, sqrt
from operator import itemgetter
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from liaison.engines.codes.texts import MAIN, TERM, Text
from liaison.engines.codes.words import pieces

Ints: TypeAlias = NDArray[np.integer[Any]]
Floats: TypeAlias = NDArray[np.float32]
Weighed: TypeAlias = tuple[Ints, Floats, Ints]
"""Numbers, what each weighs, and where the part of each row begins."""

_KEPT = 40  # categories kept of each word and piece
_TELLING = 60  # words of a category that are compared with those of others
_KIN = 12  # categories kept that are kin to one
_NAMED = 0.5  # what it weighs that a note names a category, beside what words they share
_PATTERNS = 4  # texts that must differ in one word alone, for what is left to tell something
_LEFT = 2  # words that may be left
_LINES = 40  # lines kept of each pattern
_OF_NONE = 150  # lines kept of terms of one word
_CATEGORY = re.compile(r"\b[A-Z]\d[0-9A-Z]")


def flat(rows: Iterable[Sequence[int]]) -> tuple[Ints, Ints]:
    """Return rows of numbers behind one another, and where each begins."""
    found: list[int] = []
    at = [0]
    for row in rows:
        found.extend(row)
        at.append(len(found))
    return np.array(found, np.uint16), np.array(at, np.int32)


def near(
    texts: Sequence[Text], number: Mapping[str, int], category: Sequence[int], hints: Iterable[tuple[list[str], int]]
) -> Weighed:
    """Return the categories whose texts hold a word, each with the root of its share; `hints` are words and a line."""
    counted: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for text in texts:
        for word in dict.fromkeys(text.words):
            counted[number[word]][category[text.line]] += 1
    for words, line in hints:
        for word in dict.fromkeys(words):
            if word in number:
                counted[number[word]][category[line]] += 1
    return _weighed(_shares(counted[word], 1.5) for word in range(len(number)))


def letters(words: Sequence[str]) -> tuple[list[str], Floats, Ints, Ints, Floats]:
    """Return the pieces of words, how telling each is, the words of each, and of each word one over its length."""
    of: defaultdict[str, list[int]] = defaultdict(list)
    fit = [place for place, word in enumerate(words) if len(word) > 3 and not word.isdigit()]
    for place in fit:
        for piece in pieces(words[place]):
            of[piece].append(place)
    names = sorted(of)
    spread = {name: log(1 + len(fit) / len(of[name])) for name in names}
    found, at = flat(of[name] for name in names)
    sizes = [1 / (sqrt(sum(spread.get(piece, 0) ** 2 for piece in pieces(word))) or 1) for word in words]
    return names, np.array([spread[name] for name in names], np.float32), found, at, np.array(sizes, np.float32)


def letters_near(texts: Sequence[Text], category: Sequence[int], names: Iterable[str]) -> Weighed:
    """Return the categories whose words hold a piece of letters, each with the root of its share."""
    by_word: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for text in texts:
        for word in dict.fromkeys(text.words):
            by_word[word][category[text.line]] += 1
    counted: defaultdict[str, defaultdict[int, float]] = defaultdict(lambda: defaultdict(float))
    for word, among in by_word.items():
        if len(word) > 3:
            for piece in pieces(word):
                # A word counts once for each category, however many texts of it hold the word
                for of, count in among.items():
                    counted[piece][of] += 1 + log(count)
    return _weighed(_shares(counted[name], 3) for name in names)


def kin(
    texts: Sequence[Text], category: Sequence[int], codes: Mapping[str, int], notes: Iterable[tuple[str, str]]
) -> Weighed:
    """Return the categories that share the most telling words with each, or that its notes name.

    `codes` has the categories' numbers, `notes` the code of their owner and their words.
    """
    said: list[Counter[str]] = [Counter() for _ in codes]
    for text in texts:
        said[category[text.line]].update(text.words)
    held = Counter(word for counted in said for word in counted)
    profiles = []
    for counted in said:
        telling = {word: (1 + log(count)) * log(len(codes) / held[word]) for word, count in counted.items()}
        size = sqrt(sum(weight * weight for weight in telling.values())) or 1
        profiles.append({word: weight / size for word, weight in telling.items()})
    holders: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for of, profile in enumerate(profiles):
        for word, weight in profile.items():
            holders[word].append((of, weight))
    named: list[Counter[int]] = [Counter() for _ in codes]
    for owner, words in notes:
        for code in _CATEGORY.findall(words):
            if code in codes and owner != code:
                named[codes[owner]][codes[code]] += 1
                named[codes[code]][codes[owner]] += 1
    rows = []
    for of, profile in enumerate(profiles):
        alike: defaultdict[int, float] = defaultdict(float)
        for word, weight in nlargest(_TELLING, profile.items(), key=itemgetter(1)):
            for other, its in holders[word]:
                alike[other] += weight * its
        whole = sum(named[of].values())
        for other, count in named[of].items():
            alike[other] += _NAMED * sqrt(count / whole)
        alike.pop(of, None)
        rows.append(nlargest(_KIN, alike.items(), key=itemgetter(1)))
    return _weighed(rows)


def patterns(texts: Sequence[Text], number: Mapping[str, int], flags: Sequence[int]) -> tuple[list[str], Weighed]:
    """Return what is left of index terms without their rarest word, and the leaves that such terms lead to."""
    counted: defaultdict[tuple[int, ...], Counter[int]] = defaultdict(Counter)
    for text in texts:
        if text.kind in (MAIN, TERM) and flags[text.line] & 1:
            held = sorted({number[word] for word in text.words})
            if len(held) <= _LEFT + 1:
                counted[tuple(held[:-1])][text.line] += 1
    kept = {left: lines for left, lines in counted.items() if not left or sum(lines.values()) >= _PATTERNS}
    rows = (_shares(lines, 3, _LINES if left else _OF_NONE) for left, lines in kept.items())
    return [" ".join(map(str, left)) for left in kept], _weighed(rows)


def _shares(counted: Mapping[int, float], more: float, most: int = _KEPT) -> list[tuple[int, float]]:
    whole = sum(counted.values()) + more
    return [
        (of, sqrt(count / whole)) for of, count in sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:most]
    ]


def _weighed(rows: Iterable[Iterable[tuple[int, float]]]) -> Weighed:
    kept = [list(row) for row in rows]
    numbers, at = flat([number for number, _ in row] for row in kept)
    return numbers, np.array([weight for row in kept for _, weight in row], np.float32), at
