"""Elements by their names and types, as the dictionary has them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from liaison.engines.x12.dictionary import ElementSpec, segments
from liaison.engines.x12.segments import Segment
from liaison.engines.x12.values import parse_date

Value = str | int | Decimal | date | list["Value"] | dict[str, "Value"]


def named(segment: Segment) -> dict[str, Value]:
    """What a segment says: its elements that are there, by name, in their types.

    Codes and texts are str, decimals Decimal, counts int, dates date; composites are dicts, elements that repeat
    lists. What is not what its type says stays a str. Elements without a name are called by their number ("07").
    """
    spec = segments().get(segment.id)
    found: dict[str, Value] = {}
    for number, text in enumerate(segment.elements[1:], 1):
        if not text:
            continue
        element = spec.elements[number - 1] if spec is not None and number <= len(spec.elements) else None
        if element is None or element.name == "-":
            found[f"{number:02d}"] = text
        else:
            found[element.name] = _value(element, text, segment)
    return found


def value(segment: Segment, name: str) -> Value | None:
    """One element by its name; None where it is not there. KeyError for a name that the segment does not have."""
    spec = segments()[segment.id]
    number = spec.position(name)
    text = segment.get(number)
    return _value(spec.elements[number - 1], text, segment) if text else None


def _value(element: ElementSpec, text: str, segment: Segment) -> Value:
    if element.repeat > 1:
        return [_one(element, each, segment) for each in text.split(segment.delimiters.repetition)]
    return _one(element, text, segment)


def _one(element: ElementSpec, text: str, segment: Segment) -> Value:
    if not element.parts:
        return _typed(element.type, text)
    found: dict[str, Value] = {}
    for number, part in enumerate(text.split(segment.delimiters.component)):
        if part:
            spec = element.parts[number] if number < len(element.parts) else None
            found[spec.name if spec else f"{number + 1:02d}"] = _typed(spec.type if spec else "AN", part)
    return found


def _typed(kind: str, text: str) -> Value:
    if kind in ("DT", "PD"):
        return parse_date("20" + text if kind == "DT" and len(text) == 6 else text) or text
    if kind == "R":
        try:
            number = Decimal(text)
        except InvalidOperation:
            return text
        return number if number.is_finite() else text
    if kind == "N0" and len(text) < 19 and text.isascii() and text.removeprefix("-").isdigit():
        return int(text)
    return text
