"""The one error of the engine, and who is told of it."""

from __future__ import annotations

from collections.abc import Callable


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


# Who is told of a problem. It may raise it, and reading ends there.
Report = Callable[[X12Error], None]


def ignore(problem: X12Error) -> None:
    """A `Report` that passes every problem over."""


def stop(problem: X12Error) -> None:
    """A `Report` that ends the reading at the first problem."""
    raise problem
