"""Reference ranges as a clinic keeps them: a JSON document, read once into rows by kind, age and sex."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from importlib import resources
from typing import Any

from liaison.engines.vitals.kinds import DAYS_A_MONTH, DAYS_A_YEAR, KINDS, VitalKind
from liaison.kernel.units import label, trim

_LIMITS = ("critical_low_to", "low_below", "high_from", "repeat_from", "critical_high_from")
_ROW_KEYS = {"kind", "sex", "from", "to", "source", *_LIMITS}


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """One row: ages from `from_days` up to but not including `to_days` (None: for life), limits in storage units."""

    kind: VitalKind
    sex: str | None
    from_days: int
    to_days: int | None
    source: str
    critical_low_to: Decimal | None = None
    low_below: Decimal | None = None
    high_from: Decimal | None = None
    repeat_from: Decimal | None = None
    critical_high_from: Decimal | None = None

    @property
    def low(self) -> Decimal | None:
        """The lowest normal value (FHIR `referenceRange.low`)."""
        if self.low_below is not None or self.critical_low_to is None:
            return self.low_below
        return self.critical_low_to + KINDS[self.kind].resolution

    @property
    def high(self) -> Decimal | None:
        """The highest normal value in the steps in which the kind is read (FHIR `referenceRange.high`)."""
        top = self.high_from if self.high_from is not None else self.critical_high_from
        return None if top is None else top - KINDS[self.kind].resolution

    @property
    def text(self) -> str:
        """The range of normal values as the clinic writes it: “60–100 /min”, “95 % or more”."""
        mark = label(KINDS[self.kind].unit)
        unit = f" {mark}" if mark else ""
        low, high = self.low, self.high
        if low is not None and high is not None:
            return f"{trim(low)}–{trim(high)}{unit}"
        if low is not None:
            return f"{trim(low)}{unit} or more"
        return "" if high is None else f"up to {trim(high)}{unit}"


@dataclass(frozen=True, slots=True)
class ReferenceRanges:
    """A parsed document of reference ranges."""

    rows: Mapping[VitalKind, tuple[ReferenceRow, ...]]
    repeat_after_minutes: int

    def find(self, kind: VitalKind, age_days: int, sex: str | None) -> ReferenceRow | None:
        """Return the row for an age in days and a sex ("male", "female"), or None when the document has none.

        For another or unknown sex the row with the lowest `high_from` holds: it marks rather too much than too little.
        """
        fitting = [
            row
            for row in self.rows.get(kind, ())
            if row.from_days <= age_days and (row.to_days is None or age_days < row.to_days)
        ]
        same = [row for row in fitting if row.sex in {None, sex}]
        return min(same or fitting, key=lambda row: row.high_from or Decimal("Infinity"), default=None)


def parse_reference_ranges(document: Mapping[str, Any]) -> ReferenceRanges:
    """Read a document of kind "reference-ranges"; ValueError with a sentence that names the row that is wrong."""
    rows: dict[VitalKind, list[ReferenceRow]] = {}
    sources = document.get("sources", {})
    for number, raw in enumerate(document.get("rows", ()), start=1):
        row = _row(raw, f"Reference ranges, row {number}")
        if row.source not in sources:
            raise ValueError(f"Reference ranges, row {number}: the source “{row.source}” is not listed.")
        rows.setdefault(row.kind, []).append(row)
    if not rows:
        raise ValueError("Reference ranges: the document has no rows.")
    for same_kind in rows.values():
        _refuse_overlap(same_kind)
    minutes = document.get("repeat_after_minutes", 5)
    if not isinstance(minutes, int) or not 1 <= minutes <= 60:
        raise ValueError("Reference ranges: repeat_after_minutes is a whole number from 1 to 60.")
    return ReferenceRanges({kind: tuple(same) for kind, same in rows.items()}, minutes)


def default_document() -> dict[str, Any]:
    """Return the document that a new clinic starts with, as plain JSON data."""
    text = resources.files("liaison.engines.vitals").joinpath("reference_ranges.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def default_reference_ranges() -> ReferenceRanges:
    """Return the parsed ranges that a new clinic starts with."""
    return parse_reference_ranges(default_document())


def _row(raw: Mapping[str, Any], place: str) -> ReferenceRow:
    unknown = set(raw) - _ROW_KEYS
    if unknown:
        raise ValueError(f"{place}: “{min(unknown)}” is not a known entry.")
    try:
        kind = VitalKind(raw["kind"])
    except (KeyError, ValueError):
        raise ValueError(f"{place}: the kind must be one of {', '.join(VitalKind)}.") from None
    if raw.get("sex") not in {None, "male", "female"}:
        raise ValueError(f"{place}: the sex is male, female or left out.")
    start = _days(raw.get("from", {"days": 0}), place)
    end = _days(raw["to"], place) if "to" in raw else None
    if end is not None and end <= start:
        raise ValueError(f"{place}: the age “to” must be above the age “from”.")
    limits = {name: _number(raw[name], name, place) for name in _LIMITS if name in raw}
    in_order = [limits[name] for name in _LIMITS if name in limits]
    if not in_order or in_order != sorted(in_order):
        raise ValueError(f"{place}: the limits must rise from critical_low_to to critical_high_from.")
    return ReferenceRow(kind, raw.get("sex"), start, end, str(raw.get("source", "")), **limits)


def _number(raw: Any, name: str, place: str) -> Decimal:
    try:
        value = Decimal(str(raw))
    except InvalidOperation:
        raise ValueError(f"{place}: {name} is not a number.") from None
    if not value.is_finite():
        raise ValueError(f"{place}: {name} is not a number.")
    return value


def _days(raw: Any, place: str) -> int:
    """Age in days; months and years by their mean length, rounded down."""
    sizes = {"days": Decimal(1), "months": DAYS_A_MONTH, "years": DAYS_A_YEAR}
    if isinstance(raw, Mapping) and len(raw) == 1:
        name, count = next(iter(raw.items()))
        if name in sizes and isinstance(count, int) and count >= 0:
            return int(sizes[name] * count)
    raise ValueError(f"{place}: write an age as whole days, months or years, for example {{'years': 18}}.")


def _refuse_overlap(rows: list[ReferenceRow]) -> None:
    for sex in ("male", "female"):
        end: int | None = 0
        for row in sorted((row for row in rows if row.sex in {None, sex}), key=lambda row: row.from_days):
            if end is None or row.from_days < end:
                raise ValueError(f"Reference ranges: two rows of {row.kind} hold for the same age.")
            end = row.to_days
