"""What the search reads: flat arrays made of the texts by `build`, kept in the packaged archive.

Lines are numbered as in the tabular list, so that the leaves below a line are a range of numbers. `learn` adds the
weights; a line's standing (what it has whatever is asked) follows from them.
"""

import json
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from math import log, sqrt

from liaison.engines.codes import associations
from liaison.engines.codes.associations import Floats, Ints, flat
from liaison.engines.codes.book import Book
from liaison.engines.codes.tabular import Line
from liaison.engines.codes.texts import Text
from liaison.engines.codes.words import meanings, stem, stems

LIGHT = 0.35  # what a word that may be there or not counts
SIDES = dict(zip(stems("right left bilateral"), (8, 16, 32), strict=True))
_UNSPECIFIED = frozenset(stems("unspecified"))
_OTHER = frozenset(stems("other specified"))
STATIC = ("unspecified", "other", "prior", "ST", "O", "P", "VWXY", "Z", "Q")
"""What is known of a line whatever is asked; the weights' first names."""


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
    text_kind: bytes
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
    flags: bytes  # bits: leaf 1, unspecified 2, other 4, its sides 8, 16, 32
    chapter: bytes  # place in STATIC of the chapters that are weighed, or 0
    best: Ints  # leaves of each category, the likeliest first
    best_at: Ints
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
    weights: list[float]
    standing: Floats  # what speaks for a line whatever is asked

    def parts(self) -> dict[str, bytes]:
        """Return the parts for the archive."""
        found = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, array):
                found[f"search/{one.name}.{value.typecode}"] = value.tobytes()
            elif isinstance(value, bytes):
                found[f"search/{one.name}.B"] = value
            else:
                found[f"search/{one.name}.json"] = json.dumps(value).encode()
        return found


def read(book: Book) -> Structure:
    """Return the structure of an archive."""
    values: dict[str, object] = {}
    for path in book.names("search/"):
        name, kind = path.removeprefix("search/").split(".")
        data = book.part(path)
        if kind == "json":
            values[name] = json.loads(data)
        elif kind == "B":
            values[name] = data
        else:
            made = array(kind)
            made.frombytes(data)
            values[name] = made
    return Structure(**values)  # type: ignore[arg-type]  # each part is written by parts() under its field's name


def build(lines: Sequence[Line], texts: Sequence[Text]) -> Structure:
    """Return the structure over texts; without weights it knows nothing of their order yet."""
    forms = sorted({word for text in texts for word in (*text.words, *text.light)})
    texts = [
        text._replace(
            words=list(map(stem, text.words)),
            light=[*map(stem, text.light), *(part for word in text.words if len(word) > 6 for part in meanings(word))],
        )
        for text in texts
    ]
    frequency: Counter[str] = Counter()
    for text in texts:
        frequency.update({*text.words, *text.light})
    words = sorted(frequency, key=lambda word: (-frequency[word], word))
    number = {word: place for place, word in enumerate(words)}
    spread = array("f", (log(1 + len(texts) / frequency[word]) for word in words))
    # The shortest first: of a common word, those that it says most of are met first
    texts.sort(key=lambda text: sum(spread[number[word]] ** 2 for word in set(text.words)))
    postings: list[list[int]] = [[] for _ in words]
    light: list[list[int]] = [[] for _ in words]
    size = array("f")
    for place, text in enumerate(texts):
        held = {number[word] for word in text.words}
        size.append(1 / (sqrt(sum(spread[word] ** 2 for word in held)) or 1))
        for word in held:
            postings[word].append(place)
        for word in {number[word] for word in text.light} - held:
            light[word].append(place)
    posting_at, light_at, all_postings = array("I", [0]), array("I"), array("I")
    for full, less in zip(postings, light, strict=True):
        all_postings.extend(full)
        light_at.append(len(all_postings))
        all_postings.extend(less)
        posting_at.append(len(all_postings))
    line_end = _ends(lines)
    titles = [sorted({number[word] for word in stems(line.description) if word in number}) for line in lines]
    title, title_at = flat(titles)
    prior = Counter(text.line for text in texts)
    prior_of = array("f", (log(1 + prior[place]) for place in range(len(lines))))
    flags = bytes(_flags(line) for line in lines)
    categories = {code: place for place, code in enumerate(dict.fromkeys(line.code[:3] for line in lines))}
    groups = {code: place for place, code in enumerate(dict.fromkeys(line.code[:4] for line in lines))}
    category = array("H", (categories[line.code[:3]] for line in lines))
    bag, bag_at = flat(_bags(lines, line_end, titles, texts, number))
    best, best_at = flat(_best(category, len(categories), flags, prior))
    hints = [(stems(words), place) for place, line in enumerate(lines) for _, words in line.notes]
    near, near_weight, near_at = associations.near(texts, number, category, hints)
    piece_names, piece_spread, pieced, pieced_at, pieced_size = associations.letters(words)
    piece_near, piece_near_weight, piece_near_at = associations.letters_near(texts, category, piece_names)
    notes = [(line.code[:3], words) for line in lines for _, words in line.notes]
    kin, kin_weight, kin_at = associations.kin(texts, category, categories, notes)
    patterns, (pattern, pattern_weight, pattern_at) = associations.patterns(texts, number, flags)
    return Structure(
        words=words,
        forms=forms,
        spread=spread,
        postings=all_postings,
        posting_at=posting_at,
        light_at=light_at,
        text_line=array("H", (text.line for text in texts)),
        text_kind=bytes(text.kind for text in texts),
        text_size=size,
        line_end=line_end,
        title=title,
        title_at=title_at,
        title_size=array("f", (1 / (sum(spread[word] for word in held) or 1) for held in titles)),
        bag=bag,
        bag_at=bag_at,
        category=category,
        group=array("H", (groups[line.code[:4]] for line in lines)),
        prior=prior_of,
        flags=flags,
        chapter=bytes(_chapter(line.code) for line in lines),
        best=best,
        best_at=best_at,
        near=near,
        near_weight=near_weight,
        near_at=near_at,
        piece_names=piece_names,
        piece_spread=piece_spread,
        piece_near=piece_near,
        piece_near_weight=piece_near_weight,
        piece_near_at=piece_near_at,
        pieced=pieced,
        pieced_at=pieced_at,
        pieced_size=pieced_size,
        kin=kin,
        kin_weight=kin_weight,
        kin_at=kin_at,
        patterns=patterns,
        pattern=pattern,
        pattern_weight=pattern_weight,
        pattern_at=pattern_at,
        weights=[],
        standing=array("f", bytes(4 * len(lines))),
    )


def _ends(lines: Sequence[Line]) -> Ints:
    """A line's range ends where the next code does not begin with it (a placeholder X is not written in categories)."""
    ends = array("I", [0] * len(lines))
    open_lines: list[int] = []
    for place, line in enumerate(lines):
        while open_lines and not line.code.startswith(lines[open_lines[-1]].code):
            ends[open_lines.pop()] = place
        open_lines.append(place)
    for left in open_lines:
        ends[left] = len(lines)
    return ends


def _flags(line: Line) -> int:
    held = set(stems(line.description))
    found = (line.is_leaf, bool(held & _UNSPECIFIED), bool(held & _OTHER))
    sides = sum(bit for side, bit in SIDES.items() if side in held)
    return sum(1 << bit for bit, is_set in enumerate(found) if is_set) + sides


def _chapter(code: str) -> int:
    return next((place for place, letters in enumerate(STATIC) if place > 2 and code[0] in letters), 0)


def _bags(
    lines: Sequence[Line], ends: Ints, titles: list[list[int]], texts: Sequence[Text], number: dict[str, int]
) -> list[list[int]]:
    own: list[set[int]] = [set(held) for held in titles]
    for text in texts:
        own[text.line].update(number[word] for word in (*text.words, *text.light))
    for place, line in enumerate(lines):
        if not line.is_leaf:
            for below in range(place + 1, ends[place]):
                own[below].update(titles[place])
    return [sorted(held) if line.is_leaf else [] for held, line in zip(own, lines, strict=True)]


def _best(category: Ints, count: int, flags: bytes, prior: Counter[int]) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in range(count)]
    for place, of in enumerate(category):
        if flags[place] & 1:
            found[of].append(place)
    for leaves in found:
        leaves.sort(key=lambda place: (not flags[place] & 2, not flags[place] & 4, -prior[place]))
    return [leaves[:16] for leaves in found]
