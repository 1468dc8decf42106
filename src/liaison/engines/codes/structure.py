"""What the search reads: flat arrays made of the texts by `build`, kept in the packaged archive.

Lines are numbered as in the tabular list, so that the leaves below a line are a range of numbers. `learn` adds the
weights; a line's standing (what it has whatever is asked) follows from them.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from io import BytesIO
from math import log, sqrt
from typing import Any

import numpy as np

from liaison.engines.codes import associations
from liaison.engines.codes.associations import Floats, Ints, Weighed, flat
from liaison.engines.codes.book import Book
from liaison.engines.codes.tabular import Line
from liaison.engines.codes.texts import Text
from liaison.engines.codes.words import meanings, stem, stems

LIGHT = 0.35  # what a word that may be there or not counts
LEAF, UNSPECIFIED, OTHER = 1, 2, 4
SIDES = dict(zip(stems("right left bilateral"), (8, 16, 32), strict=True))
_IS_UNSPECIFIED = frozenset(stems("unspecified"))
_IS_OTHER = frozenset(stems("other specified"))
STATIC = ("unspecified", "other", "prior", "part of its category", "leaves of its category", *"SOPVWXYZQ")
"""What is known of a line whatever is asked; the weights' last names, of chapters by letter."""


@dataclass
class Structure:
    """Arrays; `…_at` holds where the part of each number begins, with one more at the end."""

    words: list[str]
    forms: list[str]  # whole words, by which a slip is told
    spread: Floats  # how telling a word is (idf)
    postings: Ints  # texts of each word, the shortest first, those that hold it lightly behind `light_at`
    posting_at: Ints
    light_at: Ints
    text_line: Ints
    text_kind: Ints
    text_size: Floats  # one over the length of a text
    line_end: Ints  # the first line that is not below this one
    title: Ints  # words of each line's title
    title_at: Ints
    title_size: Floats
    bag: Ints  # words of each leaf's texts and of the titles above it
    bag_at: Ints
    category: Ints  # number of each line's category
    group: Ints  # number of each line's four characters
    prior: Floats  # logarithm of how many texts lead to a line
    flags: Ints  # bits: leaf 1, unspecified 2, other 4, its sides 8, 16, 32
    chapter: Ints  # place in STATIC of the chapters that are weighed, or 0
    holders: Ints  # categories whose texts hold a word
    holders_at: Ints
    near: Ints  # categories that a word leads to
    near_weight: Floats
    near_at: Ints
    piece_names: list[str]
    piece_spread: Floats
    piece_near: Ints  # categories that a piece leads to
    piece_near_weight: Floats
    piece_near_at: Ints
    pieced: Ints  # words of each piece
    pieced_at: Ints
    pieced_size: Floats  # of each word
    kin: Ints  # categories that are kin to each
    kin_weight: Floats
    kin_at: Ints
    patterns: list[str]  # numbers of the words left of terms without their rarest
    pattern: Ints  # leaves of the terms of each pattern
    pattern_weight: Floats
    pattern_at: Ints
    rough: Floats  # weights of DYNAMIC and STATIC, by which the likeliest lines are chosen
    weights: Floats  # ... by which these are put in order
    hidden: Floats  # weights of the hidden units
    bias: Floats
    outer: Floats  # what each hidden unit weighs

    def give(self, weights: Sequence[Floats]) -> None:
        """Take what was learned (see `learn`)."""
        self.rough, self.weights, self.hidden, self.bias, self.outer = weights

    def static(self) -> Floats:
        """Return what is known of each line whatever is asked, in the order of STATIC."""
        known = np.zeros((len(self.flags), len(STATIC)), np.float32)
        is_leaf = self.flags & LEAF
        leads = np.expm1(self.prior) * is_leaf
        leaves = np.bincount(self.category, is_leaf)[self.category]
        known[:, 0] = self.flags & UNSPECIFIED > 0
        known[:, 1] = self.flags & OTHER > 0
        known[:, 2] = self.prior
        known[:, 3] = np.log((1 + leads) / (leaves + np.bincount(self.category, leads)[self.category]))
        known[:, 4] = np.log1p(leaves)
        named = np.flatnonzero(self.chapter)
        known[named, self.chapter[named]] = 1
        return known

    def parts(self) -> dict[str, bytes]:
        """Return the parts for the archive."""
        found = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, np.ndarray):
                written = BytesIO()
                np.save(written, value, allow_pickle=False)
                found[f"search/{one.name}.npy"] = written.getvalue()
            else:
                found[f"search/{one.name}.json"] = json.dumps(value).encode()
        return found


def read(book: Book) -> Structure:
    """Return the structure of an archive."""
    values: dict[str, Any] = {}
    for path in book.names("search/"):
        name, kind = path.removeprefix("search/").split(".")
        data = book.part(path)
        values[name] = json.loads(data) if kind == "json" else np.load(BytesIO(data), allow_pickle=False)
    return Structure(**values)


def build(lines: Sequence[Line], texts: Sequence[Text]) -> Structure:
    """Return the structure over texts; without weights it knows nothing of their order yet."""
    forms = sorted({word for text in texts for word in (*text.words, *text.light)})
    texts = [
        text._replace(words=list(map(stem, text.words)), light=[*map(stem, text.light), *_parts(text.words)])
        for text in texts
    ]
    frequency: Counter[str] = Counter()
    for text in texts:
        frequency.update({*text.words, *text.light})
    words = sorted(frequency, key=lambda word: (-frequency[word], word))
    number = {word: place for place, word in enumerate(words)}
    spread = [log(1 + len(texts) / frequency[word]) for word in words]
    # The shortest first: of a common word, those that it says most of are met first
    texts.sort(key=lambda text: sum(spread[number[word]] ** 2 for word in dict.fromkeys(text.words)))
    return Structure(
        words=words,
        forms=forms,
        spread=np.array(spread, np.float32),
        **_of_texts(texts, number, spread),
        **_of_lines(lines, texts, number, spread),
        **_of_associations(lines, texts, number),
        rough=np.zeros(0, np.float32),
        weights=np.zeros(0, np.float32),
        hidden=np.zeros((0, 0), np.float32),
        bias=np.zeros(0, np.float32),
        outer=np.zeros(0, np.float32),
    )


def _of_texts(texts: Sequence[Text], number: Mapping[str, int], spread: Sequence[float]) -> dict[str, Any]:
    """The texts of each word, and what is known of each text."""
    postings: list[list[int]] = [[] for _ in number]
    light: list[list[int]] = [[] for _ in number]
    size = []
    for place, text in enumerate(texts):
        held = {number[word] for word in text.words}
        size.append(1 / (sqrt(sum(spread[word] ** 2 for word in held)) or 1))
        for word in held:
            postings[word].append(place)
        for word in {number[word] for word in text.light} - held:
            light[word].append(place)
    posting_at, light_at, all_postings = [0], list[int](), list[int]()
    for full, less in zip(postings, light, strict=True):
        all_postings.extend(full)
        light_at.append(len(all_postings))
        all_postings.extend(less)
        posting_at.append(len(all_postings))
    return {
        "postings": np.array(all_postings, np.int32),
        "posting_at": np.array(posting_at, np.int32),
        "light_at": np.array(light_at, np.int32),
        "text_line": np.array([text.line for text in texts], np.uint16),
        "text_kind": np.array([text.kind for text in texts], np.uint8),
        "text_size": np.array(size, np.float32),
    }


def _of_lines(
    lines: Sequence[Line], texts: Sequence[Text], number: Mapping[str, int], spread: Sequence[float]
) -> dict[str, Any]:
    """The words of each line, and what is known of it whatever is asked."""
    line_end = _ends(lines)
    titles = [sorted({number[word] for word in stems(line.description) if word in number}) for line in lines]
    title, title_at = flat(titles)
    bag, bag_at = flat(_bags(lines, line_end, titles, texts, number))
    prior = Counter(text.line for text in texts)
    return {
        "line_end": line_end,
        "title": title,
        "title_at": title_at,
        "title_size": np.array([1 / (sum(spread[word] for word in held) or 1) for held in titles], np.float32),
        "bag": bag,
        "bag_at": bag_at,
        "category": np.array(_numbered(line.code[:3] for line in lines), np.uint16),
        "group": np.array(_numbered(line.code[:4] for line in lines), np.uint16),
        "prior": np.array([log(1 + prior[place]) for place in range(len(lines))], np.float32),
        "flags": np.array([_flags(line) for line in lines], np.uint8),
        "chapter": np.array([_chapter(line.code) for line in lines], np.uint8),
    }


def _of_associations(lines: Sequence[Line], texts: Sequence[Text], number: Mapping[str, int]) -> dict[str, Any]:
    """What goes with what (see `associations`)."""
    codes = [line.code[:3] for line in lines]
    category = _numbered(codes)
    noted = [(words, place) for place, line in enumerate(lines) for _, words in line.notes]
    piece_names, piece_spread, pieced, pieced_at, pieced_size = associations.letters(list(number))
    patterns, pattern = associations.patterns(texts, number, [_flags(line) for line in lines])
    return {
        **_rows("holders", flat(_holders(texts, number, category))),
        **_rows("near", associations.near(texts, number, category, [(stems(words), place) for words, place in noted])),
        "piece_names": piece_names,
        "piece_spread": piece_spread,
        **_rows("piece_near", associations.letters_near(texts, category, piece_names)),
        **_rows("pieced", (pieced, pieced_at)),
        "pieced_size": pieced_size,
        **_rows(
            "kin",
            associations.kin(
                texts,
                category,
                dict(zip(codes, category, strict=True)),
                [(codes[place], words) for words, place in noted],
            ),
        ),
        "patterns": patterns,
        **_rows("pattern", pattern),
    }


def _rows(name: str, rows: Weighed | tuple[Ints, Ints]) -> dict[str, Any]:
    """The arrays of rows of numbers by the names of their fields."""
    numbers, *weights, at = rows
    return {name: numbers, f"{name}_at": at} | {f"{name}_weight": one for one in weights}


def _numbered(names: Iterable[str]) -> list[int]:
    """The number of each name, from 0 in the order in which they come first."""
    numbers: dict[str, int] = {}
    return [numbers.setdefault(name, len(numbers)) for name in names]


def _parts(words: Sequence[str]) -> Iterator[str]:
    """What the parts of Greek and Latin words mean."""
    return (one for word in words if len(word) > 6 for part in meanings(word) for one in part)


def _ends(lines: Sequence[Line]) -> Ints:
    """A line's range ends where the next code does not begin with it (a placeholder X is not written in categories)."""
    ends = np.full(len(lines), len(lines), np.uint16)
    open_lines: list[int] = []
    for place, line in enumerate(lines):
        while open_lines and not line.code.startswith(lines[open_lines[-1]].code):
            ends[open_lines.pop()] = place
        open_lines.append(place)
    return ends


def _flags(line: Line) -> int:
    held = set(stems(line.description))
    found = (line.is_leaf, bool(held & _IS_UNSPECIFIED), bool(held & _IS_OTHER))
    sides = sum(bit for side, bit in SIDES.items() if side in held)
    return sum(1 << bit for bit, is_set in enumerate(found) if is_set) + sides


def _chapter(code: str) -> int:
    return STATIC.index(code[0]) if code[0] in STATIC else 0


def _bags(
    lines: Sequence[Line], ends: Ints, titles: list[list[int]], texts: Sequence[Text], number: Mapping[str, int]
) -> list[list[int]]:
    own: list[set[int]] = [set(held) for held in titles]
    for text in texts:
        own[text.line].update(number[word] for word in (*text.words, *text.light))
    for place, line in enumerate(lines):
        if not line.is_leaf:
            for below in range(place + 1, ends[place]):
                own[below].update(titles[place])
    return [sorted(held) if line.is_leaf else [] for held, line in zip(own, lines, strict=True)]


def _holders(texts: Sequence[Text], number: Mapping[str, int], category: Sequence[int]) -> list[list[int]]:
    held: list[set[int]] = [set() for _ in number]
    for text in texts:
        for word in (*text.words, *text.light):
            held[number[word]].add(category[text.line])
    return [sorted(of) for of in held]
