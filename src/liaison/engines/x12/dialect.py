"""How the segments of an interchange are told apart: the separators its ISA declares, and its line ends."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

BLANK = " \t\r\n\x00\x1a"
LINE_ENDS = ("\r\n", "\n", "\r")


class Delimiters(NamedTuple):
    """The four separators an interchange declares in its ISA."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    terminator: str = "~"


STANDARD = Delimiters()


class Dialect(NamedTuple):
    """Delimiters and line end of an interchange, and what makes a stretch of its text odd."""

    delimiters: Delimiters
    line_end: str
    # From a terminator to the next segment, and to an IEA.
    between: str
    before_iea: str
    # White space around segments; a letter that is neither that nor a terminator; a blank before an element, or behind.
    blanks: str
    solid: re.Pattern[str]
    margins: tuple[str, str]
    # What no word may begin or end with in plain text, and what stands nowhere in it.
    starts: frozenset[str]
    ends: frozenset[str]
    controls: str

    def is_tidy(self, text: str) -> bool:
        """Whether elements are what stands between their separators: no blanks at their ends, and ASCII."""
        before, behind = self.margins
        return (
            text.isascii()
            and before not in text
            and behind not in text
            and not any(each in text for each in self.blanks if each != " ")
        )

    def pieces(self, text: str) -> list[str]:
        """The segments of a stretch from terminator to terminator; none where something about it is odd.

        Odd is a letter beyond ASCII, a blank beside a separator, and white space that is not in a line end: what is
        split off a text without them needs no second look.
        """
        words = text.split(" ")
        if not (
            text.isascii()
            and text.startswith(self.between)
            and self.ends.isdisjoint([word[-1:] for word in words[:-1]])
            and self.starts.isdisjoint([word[:1] for word in words[1:]])
            and not any(each in text for each in self.controls)
        ):
            return []
        pieces = text[len(self.between) : -1].split(self.between)
        if self.line_end and text.count(self.delimiters.terminator) != len(pieces) + 1:
            return []
        return pieces if all(text.count(each) == len(pieces) for each in self.line_end) else []


@lru_cache(maxsize=64)
def dialect_of(delimiters: Delimiters, behind_isa: str) -> Dialect:
    """The dialect of an interchange by its delimiters and the two letters behind its ISA."""
    separator, terminator = delimiters.element, delimiters.terminator
    line_end = next((end for end in LINE_ENDS if behind_isa.startswith(end)), "")
    if not set(line_end).isdisjoint(delimiters):
        line_end = ""
    between, blanks = terminator + line_end, BLANK.replace(separator, "")
    return Dialect(
        delimiters=delimiters,
        line_end=line_end,
        between=between,
        before_iea=f"{between}IEA",
        blanks=blanks,
        solid=re.compile(f"[^{re.escape(blanks + terminator)}]"),
        margins=(f" {separator}", f"{separator} "),
        starts=frozenset((separator, terminator)),
        ends=frozenset((separator, between[-1])),
        controls="".join(set(blanks) - {" ", terminator, *line_end}),
    )
