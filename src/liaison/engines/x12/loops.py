"""Segments put into the loops of a guide, one after the other: faults told, loops handed on, nothing kept unasked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from liaison.engines.x12.astray import (
    beheaded,
    headless,
    is_passed,
    meant,
    misplaced,
    misplaced_level,
    misqualified,
    opens,
)
from liaison.engines.x12.elements import check_elements
from liaison.engines.x12.errors import Report, X12Error
from liaison.engines.x12.levels import Levels
from liaison.engines.x12.places import Open, find
from liaison.engines.x12.segments import Segment
from liaison.engines.x12.structure import Entry, LoopSpec


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
        """The number of the first REF of this kind; empty where there is none."""
        return self.first("REF", qualifier).get(2)

    def child(self, loop: str) -> Loop | None:
        """The first loop below with this id or name."""
        return next(self.children(loop), None)

    def children(self, loop: str) -> Iterator[Loop]:
        """The loops below with this id ("2010BA") or name ("subscriber_name")."""
        return (each for each in self.loops if loop in (each.id, each.name))

    @property
    def number(self) -> int:
        """Where in the file the loop begins; 0 for one that is not there."""
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


class Follower:
    """Puts the segments between ST and SE into the guide's loops; each fault goes to `report`, and reading goes on.

    Rules: "segment-unexpected", "segment-order", "segment-repeat", "loop-repeat", "segment-missing", "loop-missing",
    "qualifier", "hl-level", "hl-number", "hl-parent", and those of `check_elements`. What follows an HL that has no
    place is passed over up to the next one that has. With `mend` a loop whose first segment is missing is opened
    nonetheless, and a segment with a wrong code goes to the place that lacks one, so that each fault is told once;
    without it a tree has no loop that lacks its first segment. Work for a segment is bounded by the guide.
    """

    def __init__(self, spec: LoopSpec, report: Report, sink: Sink, number: int = 0, *, mend: bool = True) -> None:
        self._root = Open(spec, number)
        self._stack = [self._root]
        self._report = report
        self._sink = sink
        self._mend = mend
        self._levels = Levels(report)
        self._started = self._lost = self._adrift = self._has_lost = False
        self._told = ""

    def feed(self, segment: Segment) -> None:
        """Put one segment into its place."""
        if not self._started:
            self._started = True
            self._root.number = segment.number
        stack, sink = self._stack, self._sink
        if self._lost and segment.elements[0] != "HL":
            sink.add(segment)
            return
        place = find(stack, segment)
        if place is None:
            place = self._sought(segment)
            if place is None:
                sink.add(segment)
                return
        self._lost = self._adrift = False
        depth, entry = place
        if entry.loop is not None and depth + 1 < len(stack) and self._is_head_of(stack[depth + 1], entry, segment):
            sink.add(segment)
            return
        if depth + 1 < len(stack):
            self._close_to(depth)
        top = stack[-1]
        top.position = entry.position
        key = entry.key
        top.counts[key] = count = top.counts[key] + 1
        if count == entry.repeat + 1:
            _repeated(top, entry, segment, self._report)
        loop = entry.loop
        if loop is not None:
            top = self._open(loop, segment.number)
            entry = loop.entries[0]
            top.counts[0] = 1
            top.position = entry.position
            if entry.id == "HL":
                self._levels.number(segment, loop.id)
                self._levels.parent(segment, stack)
        sink.add(segment)
        pattern = entry.patterns.get(segment.delimiters)
        if pattern is None or not pattern.fullmatch(segment.raw):
            check_elements(segment, entry, top.spec.id, self._but_told if self._told else self._report)
            self._told = ""

    def end(self) -> None:
        """No segment follows."""
        self._close_to(-1)

    def _open(self, loop: LoopSpec, number: int) -> Open:
        opened = Open(loop, number)
        self._stack.append(opened)
        self._sink.open(loop)
        return opened

    def _close_to(self, depth: int) -> None:
        stack = self._stack
        while len(stack) - 1 > depth:
            _close(stack.pop(), self._report, self._has_lost)
            self._sink.close()

    def _sought(self, segment: Segment) -> tuple[int, Entry] | None:
        """Where a segment without a place was meant to stand, where that can be told; what is wrong goes to report."""
        stack = self._stack
        if segment.elements[0] == "HL":
            place = meant(stack, segment) if self._mend else None
            self._report(misplaced_level(stack, segment, placed=place is not None))
            self._told = "HL03"
            if place is None:
                self._lost = self._has_lost = True
                self._told = ""
                self._levels.number(segment, stack[-1].spec.id)
            return place
        if self._adrift:
            return None
        if self._mend:
            if above := beheaded(stack, segment):
                return self._beheaded(*above, segment)
            if not is_passed(stack[-1], segment) and (place := meant(stack, segment)):
                problem = misqualified(place[1], stack[place[0]].spec.id, segment)
                self._report(problem)
                self._told = problem.element
                return place
        self._adrift = opens(stack, segment)
        self._report(misplaced(stack, segment))
        return None

    def _beheaded(self, depth: int, entry: Entry, segment: Segment) -> tuple[int, Entry] | None:
        """Open a loop without its first segment."""
        self._close_to(depth)
        top = self._stack[-1]
        top.position = entry.position
        top.counts[entry.key] += 1
        self._report(headless(entry, segment))
        if entry.first.id == "HL":
            self._levels.missing()
        if entry.loop is not None:
            self._open(entry.loop, segment.number).headless = True
        return find(self._stack, segment)

    def _is_head_of(self, loop: Open, entry: Entry, segment: Segment) -> bool:
        """Whether the first segment of a loop comes late, or twice where one is allowed; then the loop stays open."""
        if not self._mend or loop.spec is not entry.loop:
            return False
        if loop.headless:
            loop.headless = False
            return True
        if sum(loop.counts) > 1 or self._stack[-1] is not loop or entry.repeat > 1:
            return False
        _repeated(self._stack[-2], entry, segment, self._report)
        return True

    def _but_told(self, problem: X12Error) -> None:
        if problem.element != self._told:
            self._report(problem)


def follow(
    spec: LoopSpec, segments: Iterable[Segment], report: Report, sink: Sink, number: int = 0, *, mend: bool = False
) -> None:
    """All segments of a transaction through a `Follower`."""
    follower = Follower(spec, report, sink, number, mend=mend)
    for segment in segments:
        follower.feed(segment)
    follower.end()


def read_loops(spec: LoopSpec, segments: Iterable[Segment], report: Report, number: int = 0) -> Loop:
    """The segments between ST and SE as a tree of loops."""
    tree = Tree(spec)
    follow(spec, segments, report, tree, number)
    return tree.root


def _repeated(loop: Open, entry: Entry, segment: Segment, report: Report) -> None:
    name = f"loop {entry.loop.id}" if entry.loop else segment.id
    rule = "loop-repeat" if entry.loop else "segment-repeat"
    message = f"{name} may stand here {entry.repeat} times at most."
    report(X12Error(rule, message, segment_number=segment.number, loop=loop.spec.id, element=segment.id))


def _close(loop: Open, report: Report, has_lost: bool) -> None:
    """Tell what a loop lacks; not a level, where one was lost that may be it."""
    for entry in loop.spec.required:
        if loop.counts[entry.key] or (has_lost and entry.loop is not None and entry.first.id == "HL"):
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
