"""Words as the search compares them: small letters, American spelling, stems, parts of Greek and Latin words."""

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

_STOP = frozenset(("of", "the", "in", "to", "and", "or", "by", "as", "for", "on", "at", "nos", "nec", "a", "an", "my"))
_WORD = re.compile(r"[a-z0-9]+")
_BRITISH = (
    ("haem", "hem"),
    ("anaem", "anem"),
    ("aemia", "emia"),
    ("oedem", "edem"),
    ("oesoph", "esoph"),
    ("oestr", "estr"),
    ("paed", "ped"),
    ("rrhoea", "rrhea"),
    ("tumour", "tumor"),
    ("foet", "fet"),
    ("caec", "cec"),
    ("faec", "fec"),
    ("gynaec", "gynec"),
    ("caesar", "cesar"),
    ("behaviour", "behavior"),
    ("colour", "color"),
    ("fibre", "fiber"),
    ("anaesth", "anesth"),
    ("coeliac", "celiac"),
    ("leucocyt", "leukocyt"),
    ("orthopaed", "orthoped"),
    ("dyspnoea", "dyspnea"),
    ("apnoea", "apnea"),
    ("sulph", "sulf"),
    ("mould", "mold"),
)
# The longest first where one ends another.
_ENDINGS = (
    ("ically", "ic"),
    ("ations", "at"),
    ("ation", "at"),
    ("itides", "it"),
    ("pathic", "path"),
    ("iasis", "ia"),
    ("pathy", "path"),
    ("ating", "at"),
    ("ical", "ic"),
    ("itis", "it"),
    ("itic", "it"),
    ("osis", "os"),
    ("otic", "os"),
    ("oses", "os"),
    ("ated", "at"),
    ("emia", "em"),
    ("emic", "em"),
    ("ous", "o"),
    ("ing", ""),
    ("ism", ""),
    ("ity", ""),
    ("ary", ""),
    ("ed", ""),
    ("al", ""),
    ("ar", ""),
    ("ic", ""),
    ("ia", ""),
    ("us", ""),
    ("um", ""),
    ("is", ""),
    ("y", ""),
    ("e", ""),
    ("a", ""),
)


def split(text: str) -> list[str]:
    """Return the words of a text in small letters, without those that tell nothing ("of", "NOS")."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.replace("’", "'")).encode("ascii", "ignore").decode()
    plain = text.lower().replace("'s", "").replace("'", "")
    return [word for word in _WORD.findall(plain) if word not in _STOP]


def stems(text: str) -> list[str]:
    """Return the stems of a text's words, in their order."""
    return [stem(word) for word in split(text)]


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Return what a word has in common with its plural, its adjective and its British spelling."""
    if "ae" in word or "oe" in word or "ou" in word or "ulph" in word or "fibre" in word or "leuco" in word:
        for british, american in _BRITISH:
            word = word.replace(british, american)
    if len(word) > 4:
        word = _singular(word)
    if len(word) > 6:
        for ending, kept in _ENDINGS:
            if word.endswith(ending):
                return word[: -len(ending)] + kept
    return word


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@lru_cache(maxsize=1 << 14)
def meanings(word: str) -> tuple[tuple[str, ...], ...]:
    """Return what each part of a word means, as stems: "glossitis" of "tongue"; of "inflammation" or "infection".

    The parts that cover most of its letters are chosen; a word of which they cover too little has none.
    """
    forms = _forms()
    size = len(word)
    best: list[tuple[float, tuple[tuple[str, ...], ...]] | None] = [None] * (size + 1)
    best[0] = (0.0, ())

    def reach(end: int, score: float, said: tuple[tuple[str, ...], ...]) -> None:
        known = best[end]
        if known is None or known[0] < score:
            best[end] = (score, said)

    for start in range(size):
        here = best[start]
        if here is None:
            continue
        score, said = here
        for end in range(start + 2, min(start + 14, size) + 1):
            part = word[start:end]
            if start == 0 and part in forms["+"]:
                reach(end, end - 1.5, (forms["+"][part],))
            if end == size and start and part in forms["-"]:
                reach(end, score + end - start - 1, (*said, forms["-"][part]))
            if part in forms[""] and end - start > 2 - (start == 0):
                reach(end, score + end - start - 1, (*said, forms[""][part]))
                if end < size and word[end] in "oiae":
                    reach(end + 1, score + end - start - 0.5, (*said, forms[""][part]))
        reach(start + 1, score - 1.2, said)
    last = best[size]
    return tuple(dict.fromkeys(filter(None, last[1]))) if last is not None and last[0] >= 0.45 * size else ()


@lru_cache(maxsize=1)
def _forms() -> dict[str, dict[str, tuple[str, ...]]]:
    """Combining forms: beginnings "+", endings "-", roots "", each with the stems of their meaning."""
    found: dict[str, dict[str, tuple[str, ...]]] = {"+": {}, "-": {}, "": {}}
    for row in _rows("roots.tsv"):
        form, _, meaning = row.partition("\t")
        kind = form[0] if form[0] in "+-" else ""
        found[kind][form[len(kind) :]] = tuple(stems(meaning))
    return found


@lru_cache(maxsize=1)
def same_as() -> dict[str, tuple[str, ...]]:
    """Stem to the stems of words that mean the same, or nearly (`same.tsv`)."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for row in _rows("same.tsv"):
        group = [stem(word) for word in row.split() if "-" not in word]
        for one in group:
            found[one].update(dict.fromkeys(other for other in group if other != one))
    return {one: tuple(others) for one, others in found.items()}


class Named(NamedTuple):
    """A name of medicine: its stems, all of which a query must say, and the stems of what it means."""

    said: frozenset[str]
    means: tuple[str, ...]


@lru_cache(maxsize=1)
def names() -> Mapping[str, list[Named]]:
    """First stem to the names that begin so, of people and of rare things (`eponyms.tsv`, `glossary.tsv`)."""
    meant: defaultdict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
    for row in _names():
        said, _, meaning = row.partition("\t")
        for written in said.split(","):
            meant[tuple(stems(written))].update(dict.fromkeys(stems(meaning.replace("|", " "))))
    found: defaultdict[str, list[Named]] = defaultdict(list)
    for name, means in meant.items():
        found[name[0]].append(Named(frozenset(name), tuple(means)))
    return dict(found)


@lru_cache(maxsize=1)
def name_words() -> frozenset[str]:
    """All words of names as they are written: these are no slips for others."""
    return frozenset(word for row in _names() for word in split(row.partition("\t")[0]))


def named(said: Collection[str]) -> list[Named]:
    """Return the names among the stems of a query; of one within another the longer."""
    known = names()
    found = [one for word in said for one in known.get(word, ()) if one.said.issubset(said)]
    return [one for one in found if not any(one.said < other.said for other in found)]


def pieces(word: str) -> list[str]:
    """Return the pieces of a stem, three and four letters, beginning and end, by which akin words are found."""
    marked = f"^{word}$"
    found = {marked[place : place + size] for size in (3, 4) for place in range(len(marked) - size + 1)}
    return sorted(found | {marked[:5], marked[:6], marked[-5:], marked[-6:]})


def _names() -> list[str]:
    return _rows("eponyms.tsv") + _rows("glossary.tsv")


def _rows(name: str) -> list[str]:
    text = resources.files("liaison.engines.codes").joinpath(name).read_text("utf-8")
    return [row for row in text.splitlines() if row and not row.startswith("#")]


@lru_cache(maxsize=1)
def lay() -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Everyday words and abbreviations with what they stand for, and codes with the phrases for them (`lay.toml`)."""
    found = tomllib.loads(resources.files("liaison.engines.codes").joinpath("lay.toml").read_text("utf-8"))
    return found["words"], {code: tuple(phrases) for code, phrases in found["phrases"].items()}
