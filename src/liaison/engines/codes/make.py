"""Make the packaged archive of ICD-10-CM, and the search for it or for a part of the index."""

import hashlib
import random
from collections.abc import Callable, Sequence
from pathlib import Path

from liaison.engines.codes import structure
from liaison.engines.codes.book import Book, pack, read_release
from liaison.engines.codes.learn import give, learn
from liaison.engines.codes.search import Search
from liaison.engines.codes.structure import Structure
from liaison.engines.codes.tabular import Line
from liaison.engines.codes.texts import Lines, Report, texts_of
from liaison.engines.codes.words import lay

_ASKED = 1500  # terms that the weights are learned from


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
    of the rest, and asked for them.
    """
    abbreviations, phrases = lay()
    texts, _ = texts_of(book, lines, lambda words: without(words) or _is_asked(words), phrases)
    inner = structure.build(lines, texts)
    wanted = []
    for terms in by_depth(book, lines, lambda words: _is_asked(words) and not without(words)).values():
        wanted += random.Random(1).sample(terms, min(_ASKED // 3, len(terms)))
    weights = learn(Search(inner, abbreviations), inner, wanted)
    texts, report = texts_of(book, lines, without, phrases)
    made = structure.build(lines, texts)
    give(made, weights)
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


def _is_asked(words: str) -> bool:
    """A seventh of the terms, by other bytes of the hash than the hold-out's."""
    return int.from_bytes(hashlib.sha1(words.encode(), usedforsecurity=False).digest()[4:8], "big") % 7 == 0
