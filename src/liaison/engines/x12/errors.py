"""The one error of the engine."""

from __future__ import annotations


class X12Error(ValueError):
    """A fault in an X12 file or in what should become one, told so that a person can act on it.

    `rule` is a stable short name ("se-count", "segment-missing"), `segment_number` counts from 1 at the ISA of
    the file (0: no place in a file), `loop` is the guide's loop id, `element` the guide's element name ("CLM02").
    The text never repeats what the file says about a person.
    """

    def __init__(self, rule: str, message: str, *, segment_number: int = 0, loop: str = "", element: str = "") -> None:
        self.rule = rule
        self.message = message
        self.segment_number = segment_number
        self.loop = loop
        self.element = element
        place = []
        if segment_number:
            place.append(f"segment {segment_number}")
        if loop:
            place.append(f"loop {loop}")
        if element:
            place.append(element)
        super().__init__(f"{', '.join(place)}: {message} [{rule}]" if place else f"{message} [{rule}]")
