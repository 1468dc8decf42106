"""One segment against its place in a guide: what must be there, lengths, types, codes, relations of elements."""

from __future__ import annotations

import re

from liaison.engines.x12.errors import Report, X12Error
from liaison.engines.x12.patterns import pattern_of
from liaison.engines.x12.segments import Segment
from liaison.engines.x12.structure import Entry, Rule
from liaison.engines.x12.values import is_time, parse_date

_DECIMAL = re.compile(r"-?(\d+\.?\d*|\.\d+)\Z", re.ASCII)
_COUNT = re.compile(r"-?\d+\Z", re.ASCII)
# So many good values of an element are remembered; codes repeat, and nothing of a person is among them.
_REMEMBERED = 2_000
_DIALECTS = 8
# Marks that a number may hold: where they separate, a pattern could take two elements for one.
_NUMERIC = frozenset("-.")
_SHAPES = 8


def check_elements(segment: Segment, entry: Entry, loop: str, report: Report) -> None:
    """Each fault of a segment's elements goes to `report`.

    Rules: "element-missing", "element-length", "number", "date", "time", "code", "element-repeat",
    "element-unexpected", "component-unexpected", "element-unused", "elements-together" (the standard's relations).
    """
    pattern = entry.patterns.get(segment.delimiters)
    if pattern is not None and pattern.fullmatch(segment.raw):
        return
    told: list[X12Error] = []
    _check_each(segment, entry, loop, told.append)
    spec = entry.spec
    if spec is not None and spec.notes:
        known = {problem.element for problem in told if problem.rule == "element-missing"}
        _check_notes(segment, entry, min(len(segment.elements) - 1, len(entry.rules)), loop, known, told.append)
    if not told:
        _learn(segment, entry)
    for problem in told:
        report(problem)


def _learn(segment: Segment, entry: Entry) -> None:
    """Make the pattern that will know segments like this right one.

    Senders use few delimiters and shapes, so a place that has seen many learns no more.
    """
    marks = segment.delimiters
    shapes = entry.shapes.setdefault(marks, []) if len(entry.shapes) < _DIALECTS else entry.shapes.get(marks)
    if shapes is None or not _NUMERIC.isdisjoint(marks) or len(segment.elements) - 1 > len(entry.rules):
        return
    shape = tuple(map(bool, segment.elements[1:])) if entry.spec is not None and entry.spec.notes else ()
    if shape not in shapes and len(shapes) < _SHAPES:
        shapes.append(shape)
        entry.patterns[marks] = pattern_of(entry, marks, [each for each in shapes if each])


def _check_each(segment: Segment, entry: Entry, loop: str, report: Report) -> None:
    elements = segment.elements
    rules = entry.rules
    last = len(elements) - 1
    if last > len(rules):
        _tell_extra(segment, len(rules), loop, report)
        last = len(rules)
    for position in entry.must:
        if position > last or not elements[position]:
            _missing(rules[position - 1].name, segment, loop, report)
    for position in range(1, last + 1):
        value = elements[position]
        if not value:
            continue
        rule = rules[position - 1]
        if value in rule.good:
            continue
        if rule.unused:
            _unused(rule.name, segment, loop, report)
        elif rule.parts:
            _check_composite(value, rule, segment, loop, report)
        elif rule.repeat > 1:
            values = value.split(segment.delimiters.repetition)
            if len(values) > rule.repeat:
                message = f"{rule.name} may repeat {rule.repeat} times at most."
                report(X12Error("element-repeat", message, segment_number=segment.number, loop=loop, element=rule.name))
            for one in values:
                _check_value(one, rule, segment, position, loop, report)
        else:
            _check_value(value, rule, segment, position, loop, report)


def _check_composite(value: str, rule: Rule, segment: Segment, loop: str, report: Report) -> None:
    marks = segment.delimiters
    repeats = value.split(marks.repetition) if rule.repeat > 1 else [value]
    for one in repeats[: rule.repeat]:
        parts = one.split(marks.component)
        if len(parts) > len(rule.parts) and any(parts[len(rule.parts) :]):
            message = f"{rule.name} has more components than the standard knows ({len(rule.parts)})."
            report(_fault("component-unexpected", message, segment, loop, rule.name))
        for at, each in enumerate(rule.parts):
            part = parts[at] if at < len(parts) else ""
            if part and each.unused:
                _unused(each.name, segment, loop, report)
            elif part:
                _check_value(part, each, segment, 0, loop, report)
            elif each.required:
                _missing(each.name, segment, loop, report)
    if len(repeats) > rule.repeat:
        message = f"{rule.name} may repeat {rule.repeat} times at most."
        report(_fault("element-repeat", message, segment, loop, rule.name))


def _check_value(value: str, rule: Rule, segment: Segment, position: int, loop: str, report: Report) -> None:
    plain = value.strip()
    kind = rule.type
    length = len(plain) if kind in ("ID", "AN", "PD", "DT", "TM") else sum(map(str.isdigit, plain))
    if length == 0 and kind not in ("R", "N0"):
        if rule.required:
            _missing(rule.name, segment, loop, report)
        return
    if kind == "DT":
        if parse_date(plain if len(plain) != 6 else "20" + plain) is None or length not in (
            rule.shortest,
            rule.longest,
        ):
            report(_fault("date", f"{rule.name} is not a date ({_date_form(rule)}).", segment, loop, rule.name))
            return
    elif kind == "PD":
        if not _is_period(plain, segment.get(position - 1)):
            message = f"{rule.name} is not a date or period in the form that {segment.id}{position - 1:02d} names."
            report(_fault("date", message, segment, loop, rule.name))
        return
    elif kind == "TM":
        if not is_time(plain):
            report(_fault("time", f"{rule.name} is not a time (HHMM, HHMMSS).", segment, loop, rule.name))
            return
    elif kind in ("R", "N0") and not (_DECIMAL if kind == "R" else _COUNT).match(plain):
        report(_fault("number", f"{rule.name} is not a number.", segment, loop, rule.name))
        return
    if not rule.shortest <= length <= rule.longest and kind not in ("DT",):
        what = f"{rule.shortest}" if rule.shortest == rule.longest else f"{rule.shortest} to {rule.longest}"
        message = f"{rule.name} has {length} characters; {what} are allowed."
        report(_fault("element-length", message, segment, loop, rule.name))
    elif rule.codes and plain not in rule.codes:
        allowed = ", ".join(sorted(rule.codes)[:40])
        message = f"{rule.name} holds a code that the guide does not allow; allowed: {allowed}."
        report(_fault("code", message, segment, loop, rule.name))
    elif kind != "AN" and position and rule.repeat == 1:
        _remember(value, rule)


def _remember(value: str, rule: Rule) -> None:
    if len(rule.good) < _REMEMBERED and len(value) < 40:
        rule.good.add(value)


def _date_form(rule: Rule) -> str:
    return "YYMMDD" if rule.longest == 6 else "CCYYMMDD"


def _is_period(value: str, form: str) -> bool:
    if form == "D8":
        return parse_date(value) is not None
    if form == "RD8":
        first, dash, last = value.partition("-")
        begin, end = parse_date(first), parse_date(last)
        return bool(dash) and begin is not None and end is not None and begin <= end
    if form == "TM":
        return is_time(value)
    if form == "DT":
        return parse_date(value[:8]) is not None and is_time(value[8:])
    return len(value) <= 35


def _check_notes(segment: Segment, entry: Entry, last: int, loop: str, known: set[str], report: Report) -> None:
    """The relations of elements; what lacks an element that was told already is not told again."""
    elements = segment.elements
    notes = entry.spec.notes if entry.spec is not None else ()
    for kind, positions in notes:
        if kind != "R" and last < positions[0] and (kind != "P" or last < min(positions)):
            continue
        there = [position <= last and elements[position] != "" for position in positions]
        if kind == "P":
            broken = any(there) and not all(there)
        elif kind == "R":
            broken = not any(there)
        elif kind == "E":
            broken = sum(there) > 1
        elif kind == "C":
            broken = there[0] and not all(there)
        else:
            broken = there[0] and not any(there[1:])
        if broken:
            names = [f"{segment.id}{position:02d}" for position in positions]
            if not known.isdisjoint(names):
                continue
            message = _NOTES[kind].format(first=names[0], all=", ".join(names), others=", ".join(names[1:]))
            report(_fault("elements-together", message, segment, loop, names[0]))


_NOTES = {
    "P": "{all} stand together or not at all.",
    "R": "One of {all} is required.",
    "E": "Only one of {all} may be there.",
    "C": "{first} needs {others}.",
    "L": "{first} needs one of {others}.",
}


def _tell_extra(segment: Segment, known: int, loop: str, report: Report) -> None:
    if any(segment.elements[known + 1 :]):
        message = f"{segment.id} has more elements than the standard knows ({known})."
        report(_fault("element-unexpected", message, segment, loop, f"{segment.id}{known + 1:02d}"))


def _unused(name: str, segment: Segment, loop: str, report: Report) -> None:
    report(_fault("element-unused", f"{name} is not used by the guide and must be empty.", segment, loop, name))


def _missing(name: str, segment: Segment, loop: str, report: Report) -> None:
    report(_fault("element-missing", f"{name} is required and empty.", segment, loop, name))


def _fault(rule: str, message: str, segment: Segment, loop: str, element: str) -> X12Error:
    return X12Error(rule, message, segment_number=segment.number, loop=loop, element=element)
