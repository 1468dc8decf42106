"""Where a segment goes: the loops that are open, and the places in them that foresee it."""

from __future__ import annotations

from liaison.engines.x12.segments import Segment
from liaison.engines.x12.structure import NO_CODE, Entry, LoopSpec


class Open:
    """A loop that is being read: where in it we are and how often each entry was found."""

    __slots__ = ("counts", "headless", "index", "level", "number", "position", "spec")

    def __init__(self, spec: LoopSpec, number: int) -> None:
        # HL01 of a level; None where its HL is missing.
        self.level: str | None = None
        # Opened without the segment that opens it.
        self.headless = False
        self.spec = spec
        self.index = spec.index
        self.number = number
        self.position = 0
        self.counts = [0] * len(spec.entries)


def find(stack: list[Open], segment: Segment) -> tuple[int, Entry] | None:
    """Where the segment goes: the innermost open loop that foresees it from its present position on."""
    full: tuple[int, Entry] | None = None
    elements = segment.elements
    segment_id = elements[0]
    depth = len(stack)
    while depth:
        depth -= 1
        loop = stack[depth]
        choice = loop.index.get(segment_id)
        if choice is None:
            continue
        element = choice.element
        if element > 0:
            code = elements[element] if element < len(elements) else ""
            if choice.component:
                code = segment.part(element, choice.component)
            entries = choice.by_code.get(code, ())
        elif element == NO_CODE:
            entries = choice.every
        else:
            entries = tuple(entry for entry in choice.every if entry.matches(segment))
        for entry in entries:
            if entry.position >= loop.position:
                if loop.counts[entry.key] < entry.repeat:
                    return depth, entry
                full = full or (depth, entry)
    return full
