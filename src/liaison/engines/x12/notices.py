"""What is wrong by the letter in files that every payer takes: HL04 and the check digits of NPIs."""

from __future__ import annotations

from liaison.engines.x12.errors import Report, X12Error
from liaison.engines.x12.npi import is_npi
from liaison.engines.x12.segments import Segment

# Where the kind of an identifier stands in a name; its number is the next element.
_KINDS = {"NM1": 8, "N1": 3}


class Notices:
    """Told of the segments of a transaction. Rules: "hl-children", "npi"."""

    WATCHED = frozenset({"HL", *_KINDS})

    def __init__(self, notice: Report) -> None:
        self._notice = notice
        self._level: Segment | None = None

    def feed(self, segment: Segment) -> None:
        kind = segment.elements[0]
        if kind == "HL":
            self._children(segment.get(2))
            self._level = segment
        elif kind in _KINDS and segment.get(_KINDS[kind]) == "XX" and not is_npi(segment.get(_KINDS[kind] + 1)):
            name = f"{kind}{_KINDS[kind] + 1:02d}"
            message = f"{name} is no NPI: ten digits, of which the last checks the others."
            self._notice(X12Error("npi", message, segment_number=segment.number, element=name))

    def end(self) -> None:
        """No segment follows."""
        self._children("")

    def _children(self, parent: str) -> None:
        """HL04 of the level before is 1 where the next one hangs on it, 0 where none does."""
        level, self._level = self._level, None
        if level is None or not level.get(4):
            return
        has = bool(parent) and parent == level.get(1)
        if (level.get(4) == "1") != has:
            message = f"HL04 must be {int(has)}: {'a' if has else 'no'} level below this one follows."
            self._notice(X12Error("hl-children", message, segment_number=level.number, element="HL04"))
