"""Which modifiers the charges of one visit may need, each with its reason. A person accepts or refuses them.

Sources: NCCI Policy Manual, chapter 1, for 25 and the X modifiers; CLIA, 42 CFR 493.15, for waived tests. What is said
of a pair of codes comes from the NCCI file that the practice has loaded.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST = 4  # on a line of a claim
_LEFT, _RIGHT = {"left", "lt"}, {"right", "rt"}
_BOTH = {"both", "bilateral", "bilaterally"}
_SIDES = ("LT", "RT", "50")
_APART = ("59", "XE", "XP", "XS", "XU")


@dataclass(frozen=True, slots=True)
class Line:
    """A charge of a day, and what may tell a side: the words of its order, and of the diagnoses it is for.

    `visit` and `provider` say where and by whom it was done, `pointers` for which diagnoses.
    """

    code: str
    modifiers: tuple[str, ...] = ()
    words: str = ""
    diagnoses: str = ""
    tested_here: bool = True
    visit: str = ""
    provider: str = ""
    pointers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two codes of which a payer bundles the second into the first, unless a modifier says that they were apart."""

    first: str
    second: str
    modifier_allowed: bool = True


@dataclass(frozen=True, slots=True)
class Proposal:
    """A modifier for the line `line`, and why."""

    line: int
    modifier: str
    reason: str


def propose(
    lines: Sequence[Line],
    rules: Mapping[str, Any],
    *,
    clia: str = "",
    pairs: Iterable[Pair] = (),
    elsewhere: Sequence[Line] = (),
) -> list[Proposal]:
    """The modifiers to think of, besides those that the lines have. `rules` are of the charge-rules document.

    `elsewhere` are the patient's lines of other visits of the day, that these may count as a part of.
    """
    found = [*_significant(lines, rules), *_waived(lines, rules, clia), *_sides(lines, rules)]
    told = {(one.line, one.modifier) for one in found}
    apart = (one for one in _apart([*lines, *elsewhere], rules, pairs) if one.line < len(lines))
    found += [one for one in apart if (one.line, "25") not in told]
    return [one for one in found if one.modifier not in lines[one.line].modifiers]


def within(code: str, ranges: Iterable[str]) -> bool:
    """Whether a code is in a list of codes and of ranges like 99202-99215."""
    for entry in ranges:
        first, _, last = entry.partition("-")
        if len(code) == len(first) and first <= code <= (last or first):
            return True
    return False


def _significant(lines: Sequence[Line], rules: Mapping[str, Any]) -> Iterator[Proposal]:
    others = [line.code for line in lines if within(line.code, rules["with_25"])]
    preventive = [line.code for line in lines if within(line.code, rules["preventive"])]
    for number, line in enumerate(lines):
        if not within(line.code, rules["evaluations"]):
            continue
        beside = others or ([] if within(line.code, rules["preventive"]) else preventive)
        if beside:
            named = ", ".join(dict.fromkeys(beside))
            yield Proposal(
                number, "25", f"On the same day as {named}: 25 says that the evaluation was work of its own."
            )


def _waived(lines: Sequence[Line], rules: Mapping[str, Any], clia: str) -> Iterator[Proposal]:
    alone = set(rules["waived_alone"])
    certificate = f"CLIA {clia}" if clia else "the site has no CLIA number yet; add it to the site"
    for number, line in enumerate(lines):
        if line.tested_here and line.code in rules["waived"] and line.code not in alone:
            yield Proposal(number, "QW", f"A waived test done here ({certificate}).")


def side_of(words: str) -> str:
    """RT, LT or 50 where words tell one side, or both; empty where they tell nothing."""
    told = {word.strip(".,;:()").lower() for word in words.split()}
    left, right = bool(told & _LEFT), bool(told & _RIGHT)
    if told & _BOTH or (left and right):
        return "50"
    return "LT" if left else "RT" if right else ""


def _sides(lines: Sequence[Line], rules: Mapping[str, Any]) -> Iterator[Proposal]:
    for number, line in enumerate(lines):
        if not within(line.code, rules["sided"]) or set(line.modifiers) & set(_SIDES):
            continue
        for words, whence in ((line.words, "order"), (line.diagnoses, "diagnosis")):
            if side := side_of(words):
                yield Proposal(number, side, f"The {whence} says: {words.strip()[:120]}.")
                break


def _apart(lines: Sequence[Line], rules: Mapping[str, Any], pairs: Iterable[Pair]) -> Iterator[Proposal]:
    """25 where the bundled code is an evaluation; where it is a service, what says how it was apart."""
    at: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        at.setdefault(line.code, []).append(number)
    for pair in pairs:
        for number in at.get(pair.second, ()) if pair.modifier_allowed else ():
            line = lines[number]
            mains = [lines[one] for one in at.get(pair.first, ()) if one != number]
            if not mains or set(line.modifiers) & {*_APART, "25"}:
                continue
            told = f"Payers count {pair.second} as part of {pair.first}"
            if within(pair.second, rules["evaluations"]):
                yield Proposal(number, "25", f"{told}, unless it stood alone.")
            else:
                here = (main for main in mains if main.visit == line.visit)
                modifier, words = _how_apart(line, next(here, mains[0]))
                yield Proposal(number, modifier, f"{told}; {modifier} says that it was {words}.")


def _how_apart(line: Line, main: Line) -> tuple[str, str]:
    """The modifier that says most exactly how a service was apart from the main one (CMS, modifiers X{EPSU})."""
    if line.visit != main.visit:
        if line.provider != main.provider:
            return "XP", "done by another practitioner"
        return "XE", "done at another visit of the day"
    if len({side_of(line.words), side_of(main.words)} - {""}) == 2:
        return "XS", "at another place"
    if line.pointers and main.pointers and not set(line.pointers) & set(main.pointers):
        return "XU", "for another problem, and no usual part of the other"
    return "59", "a service apart"
