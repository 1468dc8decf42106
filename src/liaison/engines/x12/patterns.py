"""A place in a guide as a regular expression, so that a segment without fault is known by one match.

What matches is right; what does not match may be right too (an odd day of a month, a letter beyond ASCII, a period) and
is looked at element by element. The patterns hold no two ways to match the same text, so that matching is linear; where
relations of elements must hold too, the pattern knows the shapes (which elements are there) that were found right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from liaison.engines.x12.dialect import Delimiters
from liaison.engines.x12.structure import Entry, Rule

_DAY = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|1\d|2[0-8])"
_BLANKS = r"[ \t\r\n]*"


Shape = tuple[bool, ...]


def pattern_of(entry: Entry, delimiters: Delimiters, shapes: Sequence[Shape] = ()) -> re.Pattern[str]:
    """What a segment at this place looks like when it is right, in the bytes of its file.

    With `shapes`, those of its elements must be there and the others not: one of the shapes.
    """
    marks = "".join(
        re.escape(mark)
        for mark in (delimiters.element, delimiters.component, delimiters.repetition, delimiters.terminator)
    )
    # No blank stands at the ends of a value: those are taken off before it is looked at.
    edge, inner = f"(?![{marks}])[!-~]", f"(?![{marks}])[ -~]"
    separator = re.escape(delimiters.element)
    if shapes:
        rules = entry.rules
        bodies = (
            "".join(
                separator + (_value(rule, separator, delimiters, edge, inner) if there else "")
                for rule, there in zip(rules, shape, strict=False)
            )
            for shape in shapes
        )
        body = f"(?:{'|'.join(bodies)})"
    else:
        body = _series(entry.rules, separator, delimiters, edge, inner)
    return re.compile(f"{entry.id}{body}{_BLANKS}", re.ASCII)


def _series(rules: tuple[Rule, ...], separator: str, delimiters: Delimiters, edge: str, inner: str) -> str:
    """Elements, each behind its separator; those behind the last required one may be left out."""
    text = ""
    optional = True
    for rule in reversed(rules):
        optional = optional and not rule.required
        value = _value(rule, separator, delimiters, edge, inner)
        text = f"{separator}{value if rule.required else f'(?:{value})?'}{text}"
        if optional:
            text = f"(?:{text})?"
    return text


def _value(rule: Rule, separator: str, delimiters: Delimiters, edge: str, inner: str) -> str:
    if rule.unused:
        return "(?!)"
    if rule.parts:
        component = re.escape(delimiters.component)
        text = _series(rule.parts, component, delimiters, edge, inner)
        # The first component has no separator in front.
        return _first_bare(text, component)
    if rule.codes:
        return "(?:" + "|".join(re.escape(code) for code in sorted(rule.codes)) + ")"
    low, high = rule.shortest, rule.longest
    if rule.type == "PD":
        return rf"(?<={separator}D8{separator}){_DAY}"
    if rule.type == "DT":
        return _DAY if high == 8 else _DAY.replace("(?:19|20)", "", 1)
    if rule.type == "TM":
        return r"(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?"
    if rule.type == "N0":
        return rf"\d{{{low},{high}}}"
    if rule.type == "R":
        places = 4 if high > 8 else 1
        return rf"-?\d{{1,{max(high - places, 1)}}}(?:\.\d{{1,{places}}})?" if low == 1 and high > 1 else r"(?!)"
    if high == 1:
        return edge
    return f"{edge}(?:(?:{inner}){{{max(low - 2, 0)},{high - 2}}}{edge})" + ("?" if low == 1 else "")


def _first_bare(text: str, component: str) -> str:
    opening = "(?:" if text.startswith("(?:") else ""
    return opening + text[len(opening) + len(component) :]
