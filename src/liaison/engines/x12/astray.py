"""Segments that have no place where they stand: where they were meant to go, so that a fault is told once."""

from __future__ import annotations

from liaison.engines.x12.errors import X12Error
from liaison.engines.x12.places import Open, find
from liaison.engines.x12.segments import Segment
from liaison.engines.x12.structure import Condition, Entry


def is_passed(loop: Open, segment: Segment) -> bool:
    """Whether a loop foresees the segment before the place that has been reached, and has none there."""
    choice = loop.index.get(segment.elements[0])
    return choice is not None and any(
        entry.position < loop.position and not loop.counts[entry.key] and entry.matches(segment)
        for entry in choice.every
    )


def beheaded(stack: list[Open], segment: Segment) -> tuple[int, Entry] | None:
    """The loop that the segment stands in, where the segment that opens it is missing; the innermost such loop."""
    for depth in range(len(stack) - 1, -1, -1):
        loop = stack[depth]
        if is_passed(loop, segment):
            return None
        for entry in loop.spec.entries:
            if entry.loop is None or entry.position < loop.position or loop.counts[entry.key] >= entry.repeat:
                continue
            if segment.elements[0] in entry.loop.index:
                within = find([Open(entry.loop, 0)], segment)
                if within is not None and _fits(within[1], segment):
                    return depth, entry
    return None


def _fits(entry: Entry, segment: Segment) -> bool:
    """Whether the code in front is one of the place's, be it told apart by it or not."""
    return all(c.value(segment) in c.codes for c in entry.first.conditions if c.element == 1 and c.codes)


def meant(stack: list[Open], segment: Segment) -> tuple[int, Entry] | None:
    """The required place of segments of this id that is still empty: only the code that names it is another."""
    for depth in range(len(stack) - 1, -1, -1):
        loop = stack[depth]
        choice = loop.index.get(segment.elements[0])
        for entry in choice.every if choice else ():
            if entry.required and entry.position >= loop.position and not loop.counts[entry.key]:
                return depth, entry
    return None


def headless(entry: Entry, segment: Segment) -> X12Error:
    """A loop without the segment that opens it."""
    first = entry.first
    codes = sorted(code for c in first.conditions if c.identifies for code in c.codes)
    what = f"{first.id} ({', '.join(codes)})" if codes else first.id
    loop = entry.loop.id if entry.loop else ""
    message = f"{what}, which opens loop {loop}, is required and missing before this segment."
    return X12Error("segment-missing", message, segment_number=segment.number, loop=loop, element=first.id)


def misqualified(entry: Entry, loop: str, segment: Segment) -> X12Error:
    """A segment whose code is not that of the only place it can have."""
    condition = next(c for c in entry.first.conditions if c.identifies and c.value(segment) not in c.codes)
    name = _name(segment, condition)
    message = f"{name} must be {', '.join(sorted(condition.codes))} here."
    return X12Error("qualifier", message, segment_number=segment.number, loop=loop, element=name)


def misplaced(stack: list[Open], segment: Segment) -> X12Error:
    """A segment without any place. One that comes too late is not missed as well."""
    element, loop = segment.elements[0], stack[-1].spec.id
    rule, says = "segment-unexpected", f"{element} is unknown here; the guide of this transaction does not foresee it."
    for each in reversed(stack):
        choice = each.index.get(segment.elements[0])
        entries = choice.every if choice else ()
        late = next((entry for entry in entries if entry.matches(segment)), None)
        if late is not None:
            each.counts[late.key] += 1
            rule, says = (
                "segment-order",
                f"{element} stands in the wrong place here; it belongs before what it follows.",
            )
            break
        others = [c for entry in entries if entry.position >= each.position for c in entry.first.conditions]
        codes = {code for c in others if c.identifies and c.value(segment) not in c.codes for code in c.codes}
        if codes:
            element, loop = _name(segment, next(c for c in others if c.identifies)), each.spec.id
            says = f"{element} holds a code that no {segment.id} has here; allowed: {', '.join(sorted(codes)[:40])}."
            break
    return X12Error(rule, says, segment_number=segment.number, loop=loop, element=element)


def opens(stack: list[Open], segment: Segment) -> bool:
    """Whether segments of this id open loops here: what follows one without a place belongs to it."""
    choices = (loop.index.get(segment.elements[0]) for loop in stack)
    return any(entry.loop is not None for choice in choices if choice for entry in choice.every)


def misplaced_level(stack: list[Open], segment: Segment, *, placed: bool) -> X12Error:
    """An HL whose level may not stand here."""
    wanted = sorted(
        code
        for loop in stack
        for entry in loop.spec.entries
        for condition in entry.first.conditions
        if entry.first.id == "HL" and condition.element == 3
        for code in condition.codes
    )
    rest = "." if placed else "; its segments are not checked."
    message = f"HL03 is no level that may follow here ({', '.join(dict.fromkeys(wanted))}){rest}"
    loop = stack[-1].spec.id
    return X12Error("hl-level", message, segment_number=segment.number, loop=loop, element="HL03")


def _name(segment: Segment, condition: Condition) -> str:
    name = f"{segment.id}{condition.element:02d}"
    return f"{name}-{condition.component}" if condition.component else name
