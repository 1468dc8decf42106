"""What does not fit in a list of diagnoses, said in words: for a person to decide before the claim does.

By the notes of the tabular list (Excludes1 and 2, code first, use additional code, code also), its conventions for
manifestations (ICD-10-CM Official Guidelines I.A.12 and I.A.13), and our document of ages and sexes (`limits.toml`).
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from liaison.engines.codes.icd10cm import Icd10cm, dotted

_CODE = r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?"
_REFERENCE = re.compile(rf"\b({_CODE})(?:\s*-\s*({_CODE})|\.?-)?")
_LEAD = re.compile(r"^(?:code to identify|code for|code,? if applicable,? (?:to identify|for)?|code)\s+", re.IGNORECASE)
_MOST_ADDED = 3
_MANIFESTATION = "classified elsewhere"
_FEMALE, _MALE = re.compile(r"\bfemale\b"), re.compile(r"\bmale\b")


class Kind(StrEnum):
    """What is wrong. ADVICE and HINT may be left as they are, the others will be refused by most payers."""

    UNKNOWN = "unknown"
    UNBILLABLE = "unbillable"
    EXCLUDES1 = "excludes1"
    ORDER = "order"
    UNDERLYING = "underlying"
    AGE = "age"
    SEX = "sex"
    TWICE = "twice"
    ADVICE = "advice"
    HINT = "hint"


_MAY_BE_ADDED = (
    (Kind.ADVICE, "additional", "With {code}, add where it applies: {wanted}."),
    (Kind.ADVICE, "also", "With {code}, code also where it applies: {wanted}."),
    (Kind.HINT, "excludes2", "{code} does not cover: {wanted}. Where the patient has both, code both."),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not fit: its kind, the codes it is about (the first is the one to mend), and a sentence."""

    kind: Kind
    codes: tuple[str, ...]
    sentence: str


class _Limit(NamedTuple):
    codes: tuple[tuple[str, str], ...]
    sex: str
    least: int
    under: int
    says: str


class _Listed(NamedTuple):
    """A code of the list that exists: as written, without its dot, its words, and it with the codes above it."""

    code: str
    bare: str
    description: str
    owners: tuple[str, ...]


def check(
    codes: Sequence[str], age_days: int | None = None, sex: str = "", book: Icd10cm | None = None
) -> tuple[Finding, ...]:
    """Return what does not fit in a list of codes in their order, the first-listed first.

    `age_days` at the visit, or None; `sex` "female" or "male", anything else is not checked.
    """
    book = book or Icd10cm.load()
    found: list[Finding] = []
    listed: list[_Listed] = []
    for code in codes:
        entry = book.lookup(code)
        if entry is None:
            words = f"{code} is not a code of ICD-10-CM {book.version}. Look for it by words."
            found.append(Finding(Kind.UNKNOWN, (code,), words))
            continue
        if not entry.billable:
            words = f"{entry.code} needs more characters: {entry.description}. Answer what is still open."
            found.append(Finding(Kind.UNBILLABLE, (entry.code,), words))
        bare = entry.code.replace(".", "")
        if any(one.bare == bare for one in listed):
            found.append(Finding(Kind.TWICE, (entry.code,), f"{entry.code} is listed twice. Take one away."))
            continue
        listed.append(
            _Listed(entry.code, bare, entry.description, tuple(bare[:size] for size in range(3, len(bare) + 1)))
        )
    for one in listed:
        found += _limits(one, age_days, sex)
    found += _conflicts(book, listed)
    for place, one in enumerate(listed):
        found += _sequence(book, listed, place, one)
    return tuple(found)


def _limits(one: _Listed, age_days: int | None, sex: str) -> list[Finding]:
    found = []
    named = "female" if _FEMALE.search(one.description) else "male" if _MALE.search(one.description) else ""
    both = _FEMALE.search(one.description) and _MALE.search(one.description)
    if sex in ("female", "male") and named and not both and named != sex:
        words = f"{one.code} is a {named} patient’s code: {one.description}. The record says {sex}."
        found.append(Finding(Kind.SEX, (one.code,), words))
    for limit in _rules():
        if not any(_within(one.bare, first, last) for first, last in limit.codes):
            continue
        if limit.sex and sex in ("female", "male") and sex != limit.sex and not found:
            words = f"{one.code} {limit.says}. The record says {sex}."
            found.append(Finding(Kind.SEX, (one.code,), words))
        if age_days is not None and not limit.least <= age_days < limit.under:
            words = f"{one.code} {limit.says}. The patient is {_age(age_days)} old."
            found.append(Finding(Kind.AGE, (one.code,), words))
    return found


def _conflicts(book: Icd10cm, listed: list[_Listed]) -> list[Finding]:
    """Pairs that an Excludes1 note parts, each pair once."""
    found: dict[frozenset[str], Finding] = {}
    for one in listed:
        for owner, note in _notes(book, one, "excludes1"):
            for other in listed:
                pair = frozenset((one.code, other.code))
                if other is one or pair in found or owner in other.owners or not _named(note, other.bare):
                    continue
                words = (
                    f"{one.code} and {other.code} are not billed together: under {_shown(owner)} the list excludes "
                    f"“{note}”. Keep one, unless the two have nothing to do with each other."
                )
                found[pair] = Finding(Kind.EXCLUDES1, (other.code, one.code), words)
    return list(found.values())


def _sequence(book: Icd10cm, listed: list[_Listed], place: int, one: _Listed) -> list[Finding]:
    found = []
    firsts = [note for _, note in _notes(book, one, "first", blocks=False)]
    manifestation = _MANIFESTATION in one.description and "not elsewhere" not in one.description
    causes = [other for other in listed if other is not one and any(_named(note, other.bare) for note in firsts)]
    behind = [other for other in causes if listed.index(other) > place]
    if behind and len(behind) == len(causes):
        cause = behind[0]
        words = f"{cause.code} goes before {one.code}: the cause first, then what it shows itself as."
        found.append(Finding(Kind.ORDER, (one.code, cause.code), words))
    elif manifestation and place == 0:
        words = f"{one.code} cannot come first: {one.description}. Put the disease that causes it before it."
        found.append(Finding(Kind.ORDER, (one.code,), words))
    elif manifestation and not causes and any(_REFERENCE.search(note) for note in firsts) and len(listed) > 1:
        named = "; ".join([note for note in firsts if _REFERENCE.search(note)][:_MOST_ADDED])
        words = f"{one.code} needs the disease that causes it, such as {named}."
        found.append(Finding(Kind.UNDERLYING, (one.code,), words))
    elif firsts and not causes and not manifestation:
        named = "; ".join([note for note in firsts if not note.endswith(":")][:_MOST_ADDED])
        words = f"With {one.code}, code first where it applies: {named}."
        found.append(Finding(Kind.ADVICE, (one.code,), words))
    for kind, of, words in _MAY_BE_ADDED:
        if wanted := _wanted(book, listed, one, of):
            found.append(Finding(kind, (one.code,), words.format(code=one.code, wanted=wanted)))
    return found


def _wanted(book: Icd10cm, listed: list[_Listed], one: _Listed, kind: str) -> str:
    """What notes of a kind name for a code; nothing of an owner's of which the list already has one."""
    by_owner: dict[str, list[str]] = {}
    for owner, note in _notes(book, one, kind, blocks=False):
        if _REFERENCE.search(note):
            by_owner.setdefault(owner, []).append(note)
    wanted = [
        _LEAD.sub("", note).strip(" ,")
        for notes in reversed(by_owner.values())
        if not any(_named(note, other.bare) for note in notes for other in listed)
        for note in notes
    ]
    more = f" and {len(wanted) - _MOST_ADDED} more" if len(wanted) > _MOST_ADDED else ""
    return "; ".join(wanted[:_MOST_ADDED]) + more


def _notes(book: Icd10cm, one: _Listed, kind: str, *, blocks: bool = True) -> list[tuple[str, str]]:
    """Notes of a kind on a code, on those above it, and on its blocks, each with its owner."""
    by_owner, ranges = _all_notes(book)
    owners = list(one.owners)
    if blocks:
        owners += [block for block, first, last in ranges if first <= one.bare[:3] <= last]
    return [(owner, words) for owner in owners for of, words in by_owner.get(owner, ()) if of == kind]


@lru_cache(maxsize=2)
def _all_notes(book: Icd10cm) -> tuple[dict[str, list[tuple[str, str]]], list[tuple[str, str, str]]]:
    by_owner: dict[str, list[tuple[str, str]]] = {}
    for owner, kind, words in book.book.notes():
        by_owner.setdefault(owner, []).append((kind, words))
    blocks = [owner for owner in by_owner if "-" in owner]
    return by_owner, [(block, *block.split("-", 1)) for block in blocks]  # type: ignore[misc]  # split at one hyphen


def _named(note: str, bare: str) -> bool:
    """Whether a note names a code, by itself, by a code above it, or by a range."""
    return any(
        _within(bare, first.replace(".", ""), (last or first).replace(".", ""))
        for first, last in _REFERENCE.findall(note)
    )


def _within(bare: str, first: str, last: str) -> bool:
    return bare >= first and (bare[: len(last)] <= last)


@lru_cache(maxsize=1)
def _rules() -> tuple[_Limit, ...]:
    text = resources.files("liaison.engines.codes").joinpath("limits.toml").read_text("utf-8")
    found = []
    for limit in tomllib.loads(text)["limit"]:
        spans = (span.replace(".", "").partition("-") for span in limit["codes"])
        codes = tuple((first, last or first) for first, _, last in spans)
        found.append(
            _Limit(codes, limit.get("sex", ""), limit.get("from", 0), limit.get("under", 1 << 30), limit["says"])
        )
    return tuple(found)


def _shown(owner: str) -> str:
    return owner if "-" in owner else dotted(owner)


def _age(days: int) -> str:
    return f"{days} days" if days < 60 else f"{days // 30} months" if days < 730 else f"{int(days / 365.25)} years"
