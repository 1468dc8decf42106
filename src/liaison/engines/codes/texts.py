"""Every text by which a code may be found: titles, inclusion terms, index terms, references, tables, notes.

A term that is held out leaves no trace: neither it nor a reference to it becomes a text.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from liaison.engines.codes.alphabetic import Term
from liaison.engines.codes.book import Book
from liaison.engines.codes.tabular import Line
from liaison.engines.codes.words import split, stems

KINDS = ("title", "inclusion", "main term", "term", "see", "note", "neoplasm", "drug", "cause", "lay")
"""What a text is; its number is its place here."""
TITLE, INCLUSION, MAIN, TERM, SEE, NOTE, NEOPLASM, DRUG, CAUSE, LAY = range(len(KINDS))
_COLUMNS = {
    "2": "malignant primary",
    "3": "malignant secondary metastatic",
    "4": "in situ",
    "5": "benign",
    "6": "uncertain behavior",
    "7": "unspecified behavior",
}
_NOTE = re.compile(r"(.{3,120}?)\s*\(([A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?)(?:\.?-)?\)")
_LEAD = re.compile(
    r"^(?:code(?: first)?|any|if applicable|to identify|for|such as|underlying|associated|type of|,|\s)+", re.IGNORECASE
)
_IN_BRACKETS = re.compile(r"\(.*?\)|\b(?:NOS|NEC)\b")
_LISTED = re.compile(r"\b(?:NOS|NEC)\b")

Path = tuple[str, ...]


class Text(NamedTuple):
    """Words, those that may be there or not, the number of the line it leads to, and its kind."""

    words: list[str]
    light: list[str]
    line: int
    kind: int


class Report(NamedTuple):
    """What became of the index's codes and references: a count by what happened, and those that were dropped."""

    counts: Counter[str]
    dropped: list[str]


class Lines:
    """The tabular list by code, to find the line that a printed code means today."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.numbers = {line.code: number for number, line in enumerate(lines)}

    def find(self, printed: str) -> int | None:
        """Return the line of a code as printed ("S05.9-", "T88.6XXA"), if it is one of today's."""
        bare = printed.replace(".", "").rstrip("-").strip().upper()
        bases = (bare, bare[:6], bare[:6].rstrip("X")) if len(bare) == 7 else (bare, bare.rstrip("X"))
        return next((self.numbers[base] for base in bases if base in self.numbers), None)

    def nearest(self, printed: str) -> int | None:
        """Return the line above a code that is no longer valid, if there is one below the category."""
        bare = printed.replace(".", "").rstrip("-").strip().upper()
        cut = (bare[:size] for size in range(len(bare) - 1, 3, -1))
        return next((self.numbers[base] for base in cut if base in self.numbers), None)


def texts_of(
    book: Book, lines: Sequence[Line], without: Callable[[str], bool], lay: dict[str, tuple[str, ...]]
) -> tuple[list[Text], Report]:
    """Return all texts but those of terms that `without` names (by their words), and what became of the index."""
    known, counts, dropped = Lines(lines), Counter[str](), list[str]()
    found: list[Text] = []
    for number, line in enumerate(lines):
        found.append(Text(split(line.description), [], number, TITLE))
        found += [Text(split(_LISTED.sub("", term)), [], number, INCLUSION) for term in line.terms]
    kept = [term for term in book.terms("index") if not without(term.words)]
    found += _from_index(kept, known, counts, dropped)
    found += _from_references(kept, known, counts)
    found += _from_notes(book, known)
    found += _from_tables(book, known, without)
    for code, phrases in lay.items():
        line_number = known.find(code)
        if line_number is not None:
            found += [Text(split(words), [], line_number, LAY) for words in phrases if not without(words)]
    return [text for text in found if text.words], Report(counts, dropped)


def _from_index(kept: list[Term], known: Lines, counts: Counter[str], dropped: list[str]) -> Iterator[Text]:
    for term in kept:
        if not term.code:
            continue
        line = known.find(term.code)
        if line is None:
            line = known.nearest(term.code)
            counts["re-pointed to the code above" if line is not None else "dropped"] += 1
            if line is None:
                dropped.append(f"{term.words}: {term.code}")
                continue
        else:
            counts["terms with a code"] += 1
        yield Text(split(" ".join(term.path)), _light(term), line, TERM if len(term.path) > 1 else MAIN)


def _from_references(kept: list[Term], known: Lines, counts: Counter[str]) -> Iterator[Text]:
    """The words of a term that says `see`, with the code of the term it names, if that is there and has one."""
    by_path: dict[Path, Term] = {}
    by_words: dict[frozenset[str], Term] = {}
    for term in kept:
        if term.code:
            below = tuple(" ".join(stems(title)) for title in term.path[1:])
            for main in (term.path[0], *term.path[0].split(",")):
                by_path.setdefault((" ".join(stems(main)), *below), term)
            by_words.setdefault(frozenset(stems(" ".join(term.path))), term)
    for term in kept:
        if term.code or not term.see:
            continue
        named = tuple(" ".join(stems(part)) for part in _IN_BRACKETS.sub("", term.see).split(","))
        target = by_path.get(named) or by_words.get(frozenset(" ".join(named).split()))
        if target is None and (main_term := by_path.get(named[:1])):
            target = by_words.get(frozenset(" ".join(named).split()) | set(stems(main_term.path[0])))
        line = known.find(target.code) if target is not None else None
        counts["references resolved" if line is not None else "references to a term without one code"] += 1
        if line is not None:
            yield Text(split(" ".join(term.path)), _light(term), line, SEE)


def _from_notes(book: Book, known: Lines) -> Iterator[Text]:
    """Words that notes put before one code in brackets: "phlebitis (I80.-)"."""
    seen = set()
    for _, _, note in book.notes():
        named = _NOTE.fullmatch(_LEAD.sub("", note))
        line = known.find(named[2]) if named else None
        if named and line is not None and (named[1].lower(), line) not in seen:
            seen.add((named[1].lower(), line))
            yield Text(split(named[1]), [], line, NOTE)


def _from_tables(book: Book, known: Lines, without: Callable[[str], bool]) -> Iterator[Text]:
    for term in book.terms("neoplasms"):
        if not without(term.words):
            for column, said in _COLUMNS.items():
                line = known.find(term.codes.get(column, ""))
                if line is not None:
                    yield Text(split(f"{said} {' '.join(term.path)}"), _light(term), line, NEOPLASM)
    for term in book.terms("drugs"):
        codes = [code.replace(".", "") for code in term.codes.values() if known.find(code) is not None]
        line = known.find(_common(codes)) if codes else None
        if line is not None and not without(term.words):
            yield Text(split(f"poisoning {' '.join(term.path)}"), [], line, DRUG)
    for term in book.terms("causes"):
        line = known.find(term.code) if term.code else None
        if line is not None and not without(term.words):
            yield Text(split(" ".join(term.path)), _light(term), line, CAUSE)


def _light(term: Term) -> list[str]:
    return split(" ".join(filter(None, term.modifiers)))


def _common(codes: list[str]) -> str:
    """The beginning that codes share."""
    first, last = min(codes), max(codes)
    return next((first[:size] for size, letter in enumerate(first) if not last.startswith(letter, size)), first)
