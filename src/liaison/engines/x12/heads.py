"""What stands before the documents: ISA, GS and ST, their elements, and numbers that may not come twice."""

from __future__ import annotations

from liaison.engines.x12.elements import check_elements
from liaison.engines.x12.errors import Report, X12Error, ignore
from liaison.engines.x12.segments import Segment
from liaison.engines.x12.structure import describe

_ENTRIES = {
    entry.id: entry
    for entry in describe(
        "envelope",
        """
        1 ISA R 1 | 01=00,03 03=00,01 05=01,14,20,27,28,29,30,33,ZZ 07=01,14,20,27,28,29,30,33,ZZ 14=0,1 15=P,T
        2 GS R 1 | 07=T,X
        3 TA1 S >1 | 04=A,E,R
        4 ST R 1
        """,
    ).entries
}
# Which function (GS01) the groups of each transaction set have.
_FUNCTIONS = {
    "270": "HS", "271": "HB", "276": "HR", "277": "HN", "278": "HI", "835": "HP", "837": "HC", "999": "FA",
}  # fmt: skip
_SHORT = ("ST02", "GS02", "GS03")
# Numbers that count up need no memory; of others so many are kept.
_KEPT = 10_000


class Heads:
    """Told of ISA, GS, ST and TA1 in their order.

    Rules: those of `check_elements`, "isa-control", "gs-control" and "st-control" where a number comes twice. What
    partners send and others let pass goes to `notice`: "functional-group", "version" where the ISA, the GS and the ST
    do not name the same thing.
    """

    def __init__(self, report: Report, notice: Report | None = None) -> None:
        self._report = report
        self._notice = notice or ignore
        self._isa, self._gs, self._st = _Seen(), _Seen(), _Seen()
        self._version = self._function = self._guide = ""

    def __call__(self, segment: Segment) -> None:
        kind = segment.elements[0]
        report = self._length_noticed if kind in ("GS", "ST") else self._report
        check_elements(segment, _ENTRIES[kind], "", report)
        if kind == "ISA":
            self._once(self._isa, segment, 13, "isa-control", "in this file")
            self._gs, self._version = _Seen(), segment.get(12)
        elif kind == "GS":
            self._once(self._gs, segment, 6, "gs-control", "in this interchange")
            self._st, self._function, self._guide = _Seen(), segment.get(1), segment.get(8)
            if not self._guide.startswith(self._version):
                self._tell("version", "GS08", "The ISA names another version than this group (ISA12, GS08).", segment)
        elif kind == "ST":
            self._once(self._st, segment, 2, "st-control", "in this group")
            self._set(segment)

    def _set(self, segment: Segment) -> None:
        wanted = _FUNCTIONS.get(segment.get(1))
        if wanted and self._function and self._function != wanted:
            message = f"GS01 must be {wanted} for a group of {segment.get(1)}."
            self._tell("functional-group", "GS01", message, segment)
        if segment.get(3) and self._guide and segment.get(3)[:10] != self._guide[:10]:
            self._tell("version", "ST03", "ST03 names another guide than GS08 of its group.", segment)

    def _once(self, seen: _Seen, segment: Segment, position: int, rule: str, where: str) -> None:
        if seen.again(segment.get(position)):
            name = f"{segment.id}{position:02d}"
            message = f"{name} was used before {where}; a control number stands for one thing alone."
            self._report(X12Error(rule, message, segment_number=segment.number, element=name))

    def _length_noticed(self, problem: X12Error) -> None:
        """A short ST02, GS02 or GS03 is what many send."""
        (self._notice if problem.element in _SHORT and problem.rule == "element-length" else self._report)(problem)

    def _tell(self, rule: str, element: str, message: str, segment: Segment) -> None:
        self._notice(X12Error(rule, message, segment_number=segment.number, element=element))


class _Seen:
    """Numbers that came before."""

    def __init__(self) -> None:
        self._first = self._last = -1
        self._others: set[str] = set()

    def again(self, text: str) -> bool:
        """Whether a number was here; from now on it was."""
        if not text:
            return False
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1
        if text in self._others or (number >= 0 and self._first <= number <= self._last):
            return True
        if number >= 0 and (self._last < 0 or number == self._last + 1):
            self._first = number if self._last < 0 else self._first
            self._last = number
        elif len(self._others) < _KEPT:
            self._others.add(text)
        return False
