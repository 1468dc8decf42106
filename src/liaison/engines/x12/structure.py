"""Declared structure: which segments stand where, parsed from one description a transaction.

A description is lines of text. `loop ID POSITION USE REPEAT NAME` opens a loop, its segments and loops are indented
below; `use ID POSITION USE REPEAT` repeats a loop of the same description. A segment line is
`POSITION ID USE REPEAT | conditions`: USE is R (required) or S (situational), REPEAT a number or `>1`. Conditions:
`02!` element 2 must be there, `01=A,B` its code must be one of these, `01!=A,B` both, `01==A,B` must be there and tells
this segment from others of the same id, `01=@A,B` is a line of `==` for each code, `05.1=A` looks at a component,
`04-07=A` is said of each of these elements. `$NAME` stands for a list of `guides/codes.py`. A line `unused ID 03 06-12`
names elements that the standard has and the guide uses nowhere. Entries with the same position may stand in any order
(the standard orders positions, not the notes of a guide). Types and lengths of elements are those of the dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from liaison.engines.x12.dialect import Delimiters
from liaison.engines.x12.dictionary import ElementSpec, SegmentSpec, segments
from liaison.engines.x12.segments import Segment

MANY = 1_000_000_000
# The `element` of a choice that no code decides.
NO_CODE = -1


@dataclass(frozen=True, slots=True)
class Condition:
    """What a guide wants of an element, or of a component of it (from 1; 0 is the whole)."""

    element: int
    component: int
    codes: frozenset[str]
    required: bool
    identifies: bool

    def value(self, segment: Segment) -> str:
        return segment.part(self.element, self.component) if self.component else segment.get(self.element)


@dataclass(slots=True)
class Rule:
    """What must hold of an element here: the dictionary's facts and the guide's. `good` remembers codes seen before."""

    name: str
    type: str
    shortest: int
    longest: int
    required: bool
    repeat: int
    codes: frozenset[str]
    parts: tuple[Rule, ...]
    unused: bool = False
    good: set[str] = field(default_factory=set)


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
    rules: tuple[Rule, ...] = ()
    must: tuple[int, ...] = ()
    spec: SegmentSpec | None = None
    # What was found out about right segments at this place: how they look, by which of their elements are there.
    patterns: dict[Delimiters, re.Pattern[str]] = field(default_factory=dict)
    shapes: dict[Delimiters, list[tuple[bool, ...]]] = field(default_factory=dict)

    @property
    def first(self) -> Entry:
        """The entry of the segment that stands here or opens the loop that does."""
        return self.loop.entries[0] if self.loop is not None else self

    def matches(self, segment: Segment) -> bool:
        first = self.first
        if first.id != segment.id:
            return False
        return all(c.value(segment) in c.codes for c in first.conditions if c.identifies)


@dataclass(slots=True)
class LoopSpec:
    """A loop. `index` finds entries: by segment id, then by the code that tells them apart in `index[id].element`."""

    id: str
    name: str = ""
    entries: list[Entry] = field(default_factory=list)
    index: dict[str, Choice] = field(default_factory=dict)
    required: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """The entries of a segment id: those of a code in `element`, where all are told apart by it, else all.

    `element` is 0 where each entry must be asked, NO_CODE where none has a condition; `component` is 0 for the whole.
    """

    element: int
    component: int
    by_code: Mapping[str, tuple[Entry, ...]]
    every: tuple[Entry, ...]


def describe(name: str, text: str, codes: Mapping[str, str] | None = None) -> LoopSpec:
    """A description as a structure; the form is in this module's docstring."""
    root = LoopSpec(name, "transaction")
    known: dict[str, LoopSpec] = {}
    stack: list[tuple[int, LoopSpec]] = [(-1, root)]
    unused: dict[str, frozenset[tuple[int, int]]] = {}
    for raw in text.splitlines():
        if not raw.strip():
            continue
        indent = len(raw) - len(raw.lstrip())
        head, _, tail = raw.strip().partition("|")
        words = head.split()
        if words[0] == "unused":
            unused[words[1]] = frozenset(place for word in words[2:] for place in _places(word))
            continue
        while stack[-1][0] >= indent:
            stack.pop()
        parent = stack[-1][1]
        if words[0] in ("loop", "use"):
            loop = known.setdefault(words[1], LoopSpec(words[1]))
            parent.entries.append(
                Entry(int(words[2]), words[1], words[3] == "R", _repeat(words[4]), (), loop, len(parent.entries))
            )
            if words[0] == "loop":
                loop.name = words[-1]
                stack.append((indent, loop))
        else:
            for line in _each(tail):
                conditions = tuple(_condition(word, codes or {}) for word in _spread(line))
                never = unused.get(words[1], frozenset())
                parent.entries.append(_segment_entry(words, conditions, len(parent.entries), never))
    for loop in (root, *known.values()):
        _finish(loop, loop is root)
    return root


def _each(tail: str) -> list[str]:
    """The conditions, or those of each code where there is one line for several."""
    before, mark, behind = tail.partition("=@")
    codes, _, rest = behind.partition(" ")
    return [f"{before}=={code} {rest}" for code in codes.split(",")] if mark else [tail]


def _places(word: str) -> list[tuple[int, int]]:
    """Elements, or the components of one, that a word such as "06-12" or "01.03-09" names."""
    element, dot, component = word.partition(".")
    first, _, last = (component or element).partition("-")
    numbers = range(int(first), int(last or first) + 1)
    return [(int(element), number) if dot else (number, 0) for number in numbers]


_SPAN = re.compile(r"(\d\d)-(\d\d)(.*)\Z")


def _spread(line: str) -> list[str]:
    """The conditions of a line, those of several elements once for each."""
    words: list[str] = []
    for word in line.split():
        span = _SPAN.match(word)
        words += [f"{n:02d}{span[3]}" for n in range(int(span[1]), int(span[2]) + 1)] if span else [word]
    return words


def _segment_entry(
    words: list[str], conditions: tuple[Condition, ...], key: int, unused: frozenset[tuple[int, int]]
) -> Entry:
    spec = segments()[words[1]]
    rules = tuple(_rule(spec, number, element, conditions, unused) for number, element in enumerate(spec.elements, 1))
    must = tuple(number for number, rule in enumerate(rules, 1) if rule.required)
    return Entry(int(words[0]), words[1], words[2] == "R", _repeat(words[3]), conditions, None, key, rules, must, spec)


def _rule(
    spec: SegmentSpec,
    number: int,
    element: ElementSpec,
    conditions: tuple[Condition, ...],
    unused: frozenset[tuple[int, int]],
) -> Rule:
    mine = [c for c in conditions if c.element == number]
    whole = [c for c in mine if not c.component]
    name = f"{spec.id}{number:02d}"
    parts = tuple(
        Rule(
            f"{name}-{at}",
            part.type,
            part.shortest,
            part.longest,
            part.required or any(c.required for c in mine if c.component == at),
            1,
            frozenset().union(*(c.codes for c in mine if c.component == at)),
            (),
            (number, at) in unused,
        )
        for at, part in enumerate(element.parts, 1)
    )
    required = element.required or any(c.required for c in mine)
    codes = frozenset().union(*(c.codes for c in whole))
    never = (number, 0) in unused
    return Rule(name, element.type, element.shortest, element.longest, required, element.repeat, codes, parts, never)


def _finish(loop: LoopSpec, is_root: bool) -> None:
    """The ways to find an entry quickly. What opens a loop is no entry within it."""
    found: dict[str, list[Entry]] = {}
    for entry in loop.entries if is_root else loop.entries[1:]:
        found.setdefault(entry.first.id, []).append(entry)
    for segment_id, entries in found.items():
        told = [[c for c in entry.first.conditions if c.identifies] for entry in entries]
        places = {(c[0].element, c[0].component) if len(c) == 1 else (0, 0) for c in told}
        simple = len(places) == 1 and (0, 0) not in places
        by_code: dict[str, tuple[Entry, ...]] = {}
        if simple:
            for code in {code for conditions in told for code in conditions[0].codes}:
                by_code[code] = tuple(
                    entry for entry, conditions in zip(entries, told, strict=True) if code in conditions[0].codes
                )
        element, component = places.pop() if simple else (0 if any(told) else NO_CODE, 0)
        loop.index[segment_id] = Choice(element, component, by_code, tuple(entries))
    loop.required = tuple(entry for entry in loop.entries[0 if is_root else 1 :] if entry.required)


def _repeat(word: str) -> int:
    return MANY if word == ">1" else int(word)


def _condition(word: str, lists: Mapping[str, str]) -> Condition:
    place, _, codes = word.partition("=")
    element, _, component = place.rstrip("!").partition(".")
    identifies = codes.startswith("=")
    allowed = ",".join(lists[one[1:]] if one.startswith("$") else one for one in codes.lstrip("=").split(","))
    return Condition(
        int(element),
        int(component or 0),
        frozenset(allowed.split(",")) if codes else frozenset(),
        place.endswith("!") or identifies,
        identifies,
    )
