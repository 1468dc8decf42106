"""Make the packaged archive of ICD-10-CM, and the search for it or for a part of the index."""

import hashlib
import random
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from liaison.engines.codes import structure
from liaison.engines.codes.book import Book, pack, read_release
from liaison.engines.codes.learn import learn
from liaison.engines.codes.search import Search
from liaison.engines.codes.structure import Structure
from liaison.engines.codes.tabular import Line
from liaison.engines.codes.texts import Lines, Report, texts_of
from liaison.engines.codes.words import lay

LESSONS = 2
"""Sevenths of the index that the weights are learned from, one after the other."""
_ASKED = 2700  # terms of each


def make(folder: Path, tell: Callable[[str], None]) -> bytes:
    """Return the archive made of a release's files; what does not fit together is told, a line each."""
    parts, differences = read_release(folder)
    for difference in differences:
        tell(difference)
    book = Book(pack(parts))
    lines = book.lines()
    made, report = search_without(book, lines, lambda words: False)
    for what, count in sorted(report.counts.items()):
        tell(f"{what}: {count}")
    for term in report.dropped:
        tell(f"dropped, no such code today: {term}")
    return pack(parts | made.parts())


def search_without(book: Book, lines: Sequence[Line], without: Callable[[str], bool]) -> tuple[Structure, Report]:
    """Return the search as it would be had the index never held the terms that `without` names.

    The weights are learned anew, from other terms: a seventh of those that are left is taken out, the search is built
    of the rest, and asked for them; then another seventh.
    """
    abbreviations, phrases = lay()
    lessons = []
    for part in range(LESSONS):
        texts, _ = texts_of(book, lines, partial(_is_out, without, part), phrases)
        inner = structure.build(lines, texts)
        wanted: list[tuple[str, int]] = []
        for terms in by_depth(book, lines, partial(is_asked, without, part)).values():
            wanted += random.Random(1).sample(terms, min(_ASKED // 3, len(terms)))
        lessons.append((Search(inner, abbreviations), wanted))
    texts, report = texts_of(book, lines, without, phrases)
    made = structure.build(lines, texts)
    made.give(learn(lessons))
    return made, report


def by_depth(book: Book, lines: Sequence[Line], wanted: Callable[[str], bool]) -> dict[int, list[tuple[str, int]]]:
    """Return the index terms whose printed code is billable today, with its line, by sub-terms: none, one, more."""
    known = Lines(lines)
    found: dict[int, dict[tuple[str, int], None]] = {0: {}, 1: {}, 2: {}}
    for term in book.terms("index"):
        if not term.code or term.code.endswith("-") or not wanted(term.words):
            continue
        line = known.find(term.code)
        if line is not None and lines[line].is_leaf:
            whole = term.code.replace(".", "")
            if not lines[line].endings or len(whole) == 7:
                found[min(len(term.path) - 1, 2)][term.words, line] = None
    return {depth: list(terms) for depth, terms in found.items()}


def _part(words: str) -> int:
    """A seventh of the terms, by other bytes of the hash than the hold-out's."""
    return int.from_bytes(hashlib.sha1(words.encode(), usedforsecurity=False).digest()[4:8], "big") % 7


def _is_out(without: Callable[[str], bool], part: int, words: str) -> bool:
    return without(words) or _part(words) == part


def is_asked(without: Callable[[str], bool], part: int, words: str) -> bool:
    """Whether a term is one of those that a lesson asks for: of its part, and not of those to be left out."""
    return _part(words) == part and not without(words)
