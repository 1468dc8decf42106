"""Segments put into the loops of a guide, one after the other: faults told, loops handed on, nothing kept unasked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from liaison.engines.x12.elements import check_elements
from liaison.engines.x12.errors import X12Error
from liaison.engines.x12.segments import Segment
from liaison.engines.x12.structure import NO_CODE, Entry, LoopSpec

Report = Callable[[X12Error], None]


class Loop:
    """A loop as found: its own segments and the loops below it, both in the order of the file."""

    __slots__ = ("id", "loops", "name", "segments", "spec")

    def __init__(self, spec: LoopSpec) -> None:
        self.id = spec.id
        self.name = spec.name
        self.spec = spec
        self.segments: list[Segment] = []
        self.loops: list[Loop] = []

    def all(self, segment_id: str, *qualifiers: str) -> Iterator[Segment]:
        """Segments of the loop itself with this id and, where given, one of these codes in element 1."""
        for segment in self.segments:
            elements = segment.elements
            if elements[0] == segment_id and (not qualifiers or (len(elements) > 1 and elements[1] in qualifiers)):
                yield segment

    def first(self, segment_id: str, *qualifiers: str) -> Segment:
        """The first such segment, or an empty one."""
        for segment in self.segments:
            elements = segment.elements
            if elements[0] == segment_id and (not qualifiers or (len(elements) > 1 and elements[1] in qualifiers)):
                return segment
        return Segment([segment_id], self.number)

    def grouped(self) -> dict[str, list[Segment]]:
        """The segments of the loop itself by their ids."""
        found: dict[str, list[Segment]] = {}
        for segment in self.segments:
            found.setdefault(segment.elements[0], []).append(segment)
        return found

    def ref(self, qualifier: str) -> str:
        return self.first("REF", qualifier).get(2)

    def child(self, loop: str) -> Loop | None:
        return next(self.children(loop), None)

    def children(self, loop: str) -> Iterator[Loop]:
        """The loops below with this id ("2010BA") or name ("subscriber_name")."""
        return (each for each in self.loops if loop in (each.id, each.name))

    @property
    def number(self) -> int:
        return self.segments[0].number if self.segments else 0


class Sink:
    """Who is told of loops as they open and close, and of their segments; this one keeps nothing."""

    def open(self, spec: LoopSpec) -> None:
        return None

    def add(self, segment: Segment) -> None:
        return None

    def close(self) -> None:
        return None


class Tree(Sink):
    """Keeps loops. Those in `take` are handed over when they close and then forgotten."""

    def __init__(self, root: LoopSpec, take: Mapping[str, Callable[[Loop], None]] | None = None) -> None:
        self.root = Loop(root)
        self._stack = [self.root]
        self._take = take or {}

    def open(self, spec: LoopSpec) -> None:
        loop = Loop(spec)
        if spec.id not in self._take:
            self._stack[-1].loops.append(loop)
        self._stack.append(loop)

    def add(self, segment: Segment) -> None:
        self._stack[-1].segments.append(segment)

    def close(self) -> None:
        loop = self._stack.pop()
        taker = self._take.get(loop.id)
        if taker is not None:
            taker(loop)


class _Open:
    """A loop that is being read: where in it we are and how often each entry was found."""

    __slots__ = ("counts", "index", "number", "position", "spec")

    def __init__(self, spec: LoopSpec, number: int) -> None:
        self.spec = spec
        self.index = spec.index
        self.number = number
        self.position = 0
        self.counts = [0] * len(spec.entries)


class Follower:
    """Puts the segments between ST and SE into the guide's loops; each fault goes to `report`, and reading goes on.

    Rules: "segment-unexpected", "segment-order", "segment-repeat", "loop-repeat", "segment-missing", "loop-missing",
    "hl-level", and those of `check_elements`. What follows an HL that has no place is passed over up to the next one
    that has. Work for a segment is bounded by the guide, whatever the file holds.
    """

    def __init__(self, spec: LoopSpec, report: Report, sink: Sink, number: int = 0) -> None:
        self._root = _Open(spec, number)
        self._stack = [self._root]
        self._report = report
        self._sink = sink
        self._started = self._lost = False

    def feed(self, segment: Segment) -> None:
        if not self._started:
            self._started = True
            self._root.number = segment.number
        stack, sink = self._stack, self._sink
        if self._lost and segment.elements[0] != "HL":
            sink.add(segment)
            return
        place = _find(stack, segment)
        if place is None:
            self._unplaced(segment)
            return
        self._lost = False
        depth, entry = place
        while len(stack) - 1 > depth:
            _close(stack.pop(), self._report)
            sink.close()
        top = stack[-1]
        top.position = entry.position
        key = entry.key
        top.counts[key] = count = top.counts[key] + 1
        if count == entry.repeat + 1:
            _repeated(top, entry, segment, self._report)
        loop = entry.loop
        if loop is not None:
            top = _Open(loop, segment.number)
            stack.append(top)
            sink.open(loop)
            entry = loop.entries[0]
            top.counts[0] = 1
            top.position = entry.position
        sink.add(segment)
        pattern = entry.patterns.get(segment.delimiters)
        if pattern is None or not pattern.fullmatch(segment.raw):
            check_elements(segment, entry, top.spec.id, self._report)

    def end(self) -> None:
        """No segment follows."""
        while self._stack:
            _close(self._stack.pop(), self._report)
            self._sink.close()

    def _unplaced(self, segment: Segment) -> None:
        if segment.elements[0] == "HL":
            self._lost = True
            _misplaced_level(self._stack, segment, self._report)
        else:
            _misplaced(self._stack, segment, self._report)
        self._sink.add(segment)


def follow(spec: LoopSpec, segments: Iterable[Segment], report: Report, sink: Sink, number: int = 0) -> None:
    """All segments of a transaction through a `Follower`."""
    follower = Follower(spec, report, sink, number)
    for segment in segments:
        follower.feed(segment)
    follower.end()


def read_loops(spec: LoopSpec, segments: Iterable[Segment], report: Report, number: int = 0) -> Loop:
    """The segments between ST and SE as a tree of loops."""
    tree = Tree(spec)
    follow(spec, segments, report, tree, number)
    return tree.root


def _find(stack: list[_Open], segment: Segment) -> tuple[int, Entry] | None:
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


def _misplaced(stack: list[_Open], segment: Segment, report: Report) -> None:
    known = any(entry.matches(segment) for loop in stack for entry in loop.spec.entries)
    rule, what = ("segment-order", "stands in the wrong place") if known else ("segment-unexpected", "is unknown")
    message = f"{segment.id} {what} here; the guide of this transaction does not foresee it."
    report(X12Error(rule, message, segment_number=segment.number, loop=stack[-1].spec.id, element=segment.id))


def _misplaced_level(stack: list[_Open], segment: Segment, report: Report) -> None:
    wanted = sorted(
        code
        for loop in stack
        for entry in loop.spec.entries
        for condition in entry.first.conditions
        if entry.first.id == "HL" and condition.element == 3
        for code in condition.codes
    )
    message = (
        f"HL03 is no level that may follow here ({', '.join(dict.fromkeys(wanted))}); its segments are not checked."
    )
    report(X12Error("hl-level", message, segment_number=segment.number, loop=stack[-1].spec.id, element="HL03"))


def _repeated(loop: _Open, entry: Entry, segment: Segment, report: Report) -> None:
    name = f"loop {entry.loop.id}" if entry.loop else segment.id
    rule = "loop-repeat" if entry.loop else "segment-repeat"
    message = f"{name} may stand here {entry.repeat} times at most."
    report(X12Error(rule, message, segment_number=segment.number, loop=loop.spec.id, element=segment.id))


def _close(loop: _Open, report: Report) -> None:
    for entry in loop.spec.required:
        if loop.counts[entry.key]:
            continue
        name = f"Loop {entry.loop.id}" if entry.loop else entry.id
        codes = [code for c in entry.conditions if c.identifies for code in sorted(c.codes)]
        what = f"{name} ({', '.join(codes)})" if codes else name
        report(
            X12Error(
                "loop-missing" if entry.loop else "segment-missing",
                f"{what} is required and missing.",
                segment_number=loop.number,
                loop=loop.spec.id,
                element="" if entry.loop else entry.id,
            )
        )
