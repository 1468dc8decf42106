"""The levels of a transaction: HL01 counts them, HL02 names the level above."""

from __future__ import annotations

from liaison.engines.x12.errors import Report, X12Error
from liaison.engines.x12.places import Open
from liaison.engines.x12.segments import Segment


class Levels:
    """HL01 begins with 1 and goes up by one; HL02 is the HL01 of the level that the loop stands in, empty on top."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._count = self._last = 0
        self._service = ""

    def missing(self) -> None:
        """A level whose HL is not there takes its number with it."""
        self._count += 1
        self._last += 1

    def number(self, segment: Segment, loop: str) -> None:
        """HL01 of the next HL. One that is wrong does not make those behind it wrong."""
        self._count += 1
        told = segment.get(1)
        right = told in (str(self._count), str(self._last + 1))
        if told and not right:
            message = f"HL01 must be {self._count}: the guide numbers the levels from 1 without a gap."
            self._tell("hl-number", "HL01", message, segment, loop)
        self._last = int(told) if right else self._last + 1

    def parent(self, segment: Segment, stack: list[Open]) -> None:
        """HL02 of the level that was opened last, on top of `stack`."""
        stack[-1].level, loop = segment.get(1), stack[-1].spec.id
        above = next((each for each in reversed(stack[:-1]) if each.spec.entries[0].id == "HL"), None)
        if above is None and segment.get(2):
            self._tell("hl-parent", "HL02", "HL02 must be empty: no level stands above this one.", segment, loop)
        elif above is not None and above.level is not None and segment.get(2) not in ("", above.level, self._service):
            message = "HL02 must name the level that this one stands in, by its HL01."
            self._tell("hl-parent", "HL02", message, segment, loop)
        # An example of X217's own authors hangs a service on the service before it.
        self._service = segment.get(1) if segment.get(3) == "SS" else ""

    def _tell(self, rule: str, element: str, message: str, segment: Segment, loop: str) -> None:
        self._report(X12Error(rule, message, segment_number=segment.number, loop=loop, element=element))
