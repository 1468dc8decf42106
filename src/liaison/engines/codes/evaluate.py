"""How well the search finds what it never saw: index terms that it is built without.

The protocol is the one that another engine's figures were published by: terms whose SHA-1 falls into the held-out
percentage, billable as printed; a third each without a sub-term, with one, with more; a hit is the code, or one that
differs in the seventh character alone.
"""

import random
from collections.abc import Callable
from time import process_time

from liaison.engines.codes.alphabetic import held_out
from liaison.engines.codes.book import Book
from liaison.engines.codes.make import by_depth, search_without
from liaison.engines.codes.search import Search
from liaison.engines.codes.words import lay

RANKS = (1, 10, 100)
SAMPLE = 600
_GROUPS = ("no sub-term", "one sub-term", "two or more")


def evaluate(book: Book, percent: int, seed: int, tell: Callable[[str], None]) -> tuple[float, float, float]:
    """Return recall in percent at 1, 10 and 100; `seed` chooses the sample among the held-out terms."""
    lines = book.lines()
    made, _ = search_without(book, lines, lambda words: held_out(words, percent))
    search = Search(made, lay()[0])
    chosen = random.Random(seed)
    total, asked, spent = [0, 0, 0], 0, 0.0
    for depth, terms in by_depth(book, lines, lambda words: held_out(words, percent)).items():
        sample = chosen.sample(terms, min(SAMPLE // 3, len(terms)))
        hits = [0, 0, 0]
        for words, line in sample:
            before = process_time()
            found = search.find(words, max(RANKS))
            spent += process_time() - before
            place = found.index(line) if line in found else max(RANKS)
            hits = [hit + (place < rank) for hit, rank in zip(hits, RANKS, strict=True)]
        tell(f"{_GROUPS[depth]}: {len(sample)} terms, {_percent(hits, len(sample))}")
        total = [whole + hit for whole, hit in zip(total, hits, strict=True)]
        asked += len(sample)
    tell(f"{asked} terms held out, {1000 * spent / max(asked, 1):.1f} ms each")
    first, ten, hundred = (100 * hit / max(asked, 1) for hit in total)
    return first, ten, hundred


def _percent(hits: list[int], of: int) -> str:
    return " ".join(f"{100 * hit / max(of, 1):.1f}" for hit in hits)
