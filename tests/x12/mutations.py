"""Good files broken in one place each, in the ways of real trading partners; the envelope's counts stay right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from liaison.engines.x12.segments import Segment, read_segments

ENVELOPE = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA"})


@dataclass(frozen=True)
class Mutation:
    """What was done, to which segment (its number and id) and element (0: to the whole)."""

    kind: str
    number: int
    segment: str
    element: int
    data: bytes


def mutations(source: bytes) -> Iterator[Mutation]:
    """Each segment left out, told twice, changed with the next; each element emptied, too long, another code."""
    segments = list(read_segments(source))
    rows = [segment.elements for segment in segments]
    for at, segment in enumerate(segments):
        if segment.id in ENVELOPE:
            continue

        def made(kind: str, changed: list[list[str]], element: int = 0, segment: Segment = segment) -> Mutation:
            return Mutation(kind, segment.number, segment.id, element, _written(changed, segments[0]))

        yield made("missing", rows[:at] + rows[at + 1 :])
        yield made("twice", [*rows[: at + 1], rows[at], *rows[at + 1 :]])
        yield made("unknown", [*rows[:at], ["ZZZ", "1"], *rows[at:]])
        if rows[at + 1][0] not in (*ENVELOPE, segment.id):
            yield made("swapped", [*rows[:at], rows[at + 1], rows[at], *rows[at + 2 :]])
        for position in range(1, len(rows[at])):
            told = rows[at][position]
            if not told:
                continue
            for kind, value in (("empty", ""), ("code", "QQ"), ("long", told + "9" * 300), ("letter", f"x{told}")):
                row = [*rows[at][:position], value, *rows[at][position + 1 :]]
                yield made(kind, [*rows[:at], row, *rows[at + 1 :]], position)
        yield made("extra", [*rows[:at], [*rows[at], *[""] * 40, "X"], *rows[at + 1 :]], len(rows[at]) + 40)


def _written(rows: list[list[str]], isa: Segment) -> bytes:
    """The rows with SE01 put right."""
    marks, out, began = isa.delimiters, [], 0
    for at, row in enumerate(rows):
        if row[0] == "ST":
            began = at
        if row[0] == "ISA":
            out.append(isa.raw.removeprefix("\xef\xbb\xbf").strip())
            continue
        out.append(marks.element.join([row[0], str(at - began + 1), *row[2:]] if row[0] == "SE" else row))
    return (marks.terminator.join(out) + marks.terminator).encode("latin-1")
