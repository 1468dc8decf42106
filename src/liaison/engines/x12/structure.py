"""Declared structure: which segments stand where, parsed from one description a transaction, and loops read by it.

A description is lines of text. `loop ID POSITION USE REPEAT` opens a loop, its segments and loops are indented below;
`use ID POSITION` repeats a loop that was described before. A segment line is `POSITION ID USE REPEAT | conditions`:
USE is R (required) or S (situational), REPEAT a number or `>1`. Conditions: `02!` element 2 must be there, `01=A,B`
its code must be one of these, `01==A,B` tells this segment from others of the same id, `02.1=A` looks at a component,
`16@` element 16 is a date.
Entries with the same position may stand in any order (the standard orders positions, not the notes of a guide).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from liaison.engines.x12.errors import X12Error
from liaison.engines.x12.segments import Segment
from liaison.engines.x12.values import parse_date

MANY = 1_000_000


@dataclass(frozen=True, slots=True)
class Condition:
    element: int
    component: int
    codes: frozenset[str]
    identifies: bool
    is_date: bool = False

    def value(self, segment: Segment) -> str:
        return segment.part(self.element, self.component) if self.component else segment.get(self.element)


@dataclass(slots=True)
class Entry:
    """A place in a loop: a segment, or (where `loop` is set) the loop that its first segment opens."""

    position: int
    id: str
    required: bool
    repeat: int
    conditions: tuple[Condition, ...] = ()
    loop: LoopSpec | None = None
    key: int = 0

    def matches(self, segment: Segment) -> bool:
        first = self.loop.entries[0] if self.loop else self
        if first.id != segment.id:
            return False
        return all(c.value(segment) in c.codes for c in first.conditions if c.identifies)


@dataclass(slots=True)
class LoopSpec:
    id: str
    entries: list[Entry] = field(default_factory=list)


class Loop:
    """A loop as found: its own segments and the loops below it, both in the order of the file."""

    __slots__ = ("counts", "id", "loops", "position", "segments", "spec")

    def __init__(self, spec: LoopSpec) -> None:
        self.id = spec.id
        self.spec = spec
        self.segments: list[Segment] = []
        self.loops: list[Loop] = []
        self.position = 0
        self.counts: dict[int, int] = {}

    def all(self, segment_id: str, *qualifiers: str) -> Iterator[Segment]:
        """Segments of the loop itself with this id and, where given, one of these codes in element 1."""
        for segment in self.segments:
            if segment.id == segment_id and (not qualifiers or segment.get(1) in qualifiers):
                yield segment

    def first(self, segment_id: str, *qualifiers: str) -> Segment:
        """The first such segment, or an empty one."""
        return next(self.all(segment_id, *qualifiers), None) or Segment([segment_id], self.number)

    def ref(self, qualifier: str) -> str:
        return self.first("REF", qualifier).get(2)

    def child(self, loop_id: str) -> Loop | None:
        return next(self.children(loop_id), None)

    def children(self, loop_id: str) -> Iterator[Loop]:
        return (loop for loop in self.loops if loop.id == loop_id)

    @property
    def number(self) -> int:
        return self.segments[0].number if self.segments else 0


Report = Callable[[X12Error], None]


def read_loops(spec: LoopSpec, segments: list[Segment], report: Report, number: int = 0) -> Loop:
    """The segments between ST and SE as a tree of loops; each fault goes to `report`, and reading goes on.

    Rules: "segment-unexpected", "segment-order", "segment-repeat", "loop-repeat", "segment-missing",
    "loop-missing", "element-missing", "code".
    """
    root = Loop(spec)
    stack = [root]
    for segment in segments:
        place = _find(stack, segment)
        if place is None:
            known = next((e for loop in reversed(stack) for e in loop.spec.entries if e.matches(segment)), None)
            rule, what = (
                ("segment-order", "stands in the wrong place") if known else ("segment-unexpected", "is unknown")
            )
            message = f"{segment.id} {what} here; the guide of this transaction does not foresee it."
            report(X12Error(rule, message, segment_number=segment.number, loop=stack[-1].id, element=segment.id))
            stack[-1].segments.append(segment)
            continue
        depth, entry = place
        while len(stack) - 1 > depth:
            _close(stack.pop(), report)
        loop = stack[-1]
        loop.position = entry.position
        loop.counts[entry.key] = count = loop.counts.get(entry.key, 0) + 1
        if count == entry.repeat + 1:
            name = f"loop {entry.loop.id}" if entry.loop else segment.id
            rule = "loop-repeat" if entry.loop else "segment-repeat"
            message = f"{name} may stand here {entry.repeat} times at most."
            report(X12Error(rule, message, segment_number=segment.number, loop=loop.id, element=segment.id))
        if entry.loop:
            inner = Loop(entry.loop)
            loop.loops.append(inner)
            stack.append(inner)
            loop, entry = inner, entry.loop.entries[0]
            loop.counts[entry.key] = 1
            loop.position = entry.position
        loop.segments.append(segment)
        _check_elements(segment, entry, loop.id, report)
    while stack:
        _close(stack.pop(), report, number)
    return root


def _find(stack: list[Loop], segment: Segment) -> tuple[int, Entry] | None:
    """Where the segment goes: the innermost open loop that foresees it from its present position on."""
    full: tuple[int, Entry] | None = None
    for depth in range(len(stack) - 1, -1, -1):
        loop = stack[depth]
        for entry in loop.spec.entries:
            if entry.position < loop.position or not entry.matches(segment):
                continue
            if entry is loop.spec.entries[0] and depth:
                continue
            if loop.counts.get(entry.key, 0) < entry.repeat:
                return depth, entry
            full = full or (depth, entry)
    return full


def _close(loop: Loop, report: Report, number: int = 0) -> None:
    for entry in loop.spec.entries:
        if entry.required and not loop.counts.get(entry.key):
            name = f"Loop {entry.loop.id}" if entry.loop else entry.id
            codes = [code for c in entry.conditions if c.identifies for code in sorted(c.codes)]
            what = f"{name} ({', '.join(codes)})" if codes else name
            report(
                X12Error(
                    "loop-missing" if entry.loop else "segment-missing",
                    f"{what} is required and missing.",
                    segment_number=loop.number or number,
                    loop=loop.id,
                    element="" if entry.loop else entry.id,
                )
            )


def _check_elements(segment: Segment, entry: Entry, loop: str, report: Report) -> None:
    for condition in entry.conditions:
        value = condition.value(segment)
        name = f"{segment.id}{condition.element:02d}" + (f"-{condition.component}" if condition.component else "")
        if condition.is_date:
            if value and parse_date(value) is None:
                message = f"{name} is not a date (CCYYMMDD)."
                report(X12Error("date", message, segment_number=segment.number, loop=loop, element=name))
        elif not condition.codes:
            if not value:
                message = f"{name} is required and empty."
                report(X12Error("element-missing", message, segment_number=segment.number, loop=loop, element=name))
        elif value and value not in condition.codes:
            message = (
                f"{name} holds a code that the guide does not allow; allowed: {', '.join(sorted(condition.codes))}."
            )
            report(X12Error("code", message, segment_number=segment.number, loop=loop, element=name))


def describe(name: str, text: str) -> LoopSpec:
    """A description as a structure; the form is in this module's docstring."""
    root = LoopSpec(name)
    known: dict[str, LoopSpec] = {}
    stack: list[tuple[int, LoopSpec]] = [(-1, root)]
    for raw in text.splitlines():
        if not raw.strip():
            continue
        indent = len(raw) - len(raw.lstrip())
        head, _, tail = raw.strip().partition("|")
        words = head.split()
        while stack[-1][0] >= indent:
            stack.pop()
        parent = stack[-1][1]
        key = len(parent.entries)
        if words[0] in ("loop", "use"):
            loop = known[words[1]] if words[0] == "use" else known.setdefault(words[1], LoopSpec(words[1]))
            parent.entries.append(
                Entry(int(words[2]), words[1], words[3] == "R", _repeat(words[4]), loop=loop, key=key)
            )
            if words[0] == "loop":
                stack.append((indent, loop))
        else:
            conditions = tuple(_condition(word) for word in tail.split())
            parent.entries.append(
                Entry(int(words[0]), words[1], words[2] == "R", _repeat(words[3]), conditions, key=key)
            )
    return root


def _repeat(word: str) -> int:
    return MANY if word == ">1" else int(word)


def _condition(word: str) -> Condition:
    place, _, codes = word.rstrip("!@").partition("=")
    element, _, component = place.partition(".")
    identifies = codes.startswith("=")
    allowed = frozenset(codes.lstrip("=").split(",")) if codes else frozenset()
    return Condition(int(element), int(component or 0), allowed, identifies, word.endswith("@"))
