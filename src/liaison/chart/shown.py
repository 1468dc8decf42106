"""A chart's measurements in words and numbers, as the page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from liaison.chart.models import Observation
from liaison.chart.queries import Trend
from liaison.chart.vitals import DIASTOLIC, SYSTOLIC, part
from liaison.engines.vitals import BLOOD_PRESSURE_PANEL_LOINC, BY_LOINC, KINDS, Assessment, KindSpec, VitalKind
from liaison.immunize.models import Immunization
from liaison.kernel import units

MOST_POINTS, MOST_EARLIER = 24, 3
_ORDER = (
    VitalKind.PULSE, VitalKind.TEMPERATURE, VitalKind.RESPIRATION, VitalKind.OXYGEN_SATURATION, VitalKind.WEIGHT,
    VitalKind.HEIGHT, VitalKind.BMI, VitalKind.HEAD_CIRCUMFERENCE, VitalKind.PAIN,
)  # fmt: skip
_FLAGS = {
    "L": ("low", False), "H": ("high", False), "A": ("abnormal", False), "LL": ("critically low", True),
    "HH": ("critically high", True), "AA": ("critically abnormal", True),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Value:
    """One measurement: its number with the unit, when, and what is marked about it."""

    text: str
    at: datetime
    flag: str = ""
    critical: bool = False
    how: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """One kind of measurement: the newest value, earlier ones, and the points of its trend, oldest first."""

    label: str
    latest: Value
    earlier: Sequence[Value]
    points: Sequence[float]
    second: Sequence[float]
    marked: Sequence[bool]
    words: str
    count: int


def measures(trends: Sequence[Trend]) -> list[Measure]:
    """Trends as the page shows them: blood pressure first, then in the order in which they are taken, then by name."""
    return [_measure(trend) for trend in sorted(trends, key=_place)]


def _place(trend: Trend) -> tuple[int, str]:
    if part(trend.latest, SYSTOLIC.loinc) is not None:
        return 0, ""
    kind = BY_LOINC.get(trend.code)
    return (_ORDER.index(kind) + 1 if kind in _ORDER else 99), trend.display.casefold()


def _measure(trend: Trend) -> Measure:
    spec = _spec(trend.latest)
    values = [_value(row) for row in trend.points[: 1 + MOST_EARLIER]]
    drawn = [row for row in reversed(trend.points[:MOST_POINTS]) if _number(row) is not None]
    seconds = [found for row in drawn if (found := part(row, DIASTOLIC.loinc)) is not None]
    label = _label(trend, spec)
    return Measure(
        label=label,
        latest=values[0] if values[0].flag else _judged(values[0], trend.assessment),
        earlier=values[1:],
        points=[float(_number(row) or 0) for row in drawn],
        second=[float(one) for one in seconds] if len(seconds) == len(drawn) else [],
        marked=[row.interpretation in _FLAGS for row in drawn],
        words=f"{label}: {len(drawn)} measurements, the last {values[0].text}",
        count=len(trend.points),
    )


def _judged(value: Value, verdict: Assessment | None) -> Value:
    """A value that came without a mark, with the one that its range gives it."""
    flag, critical = _FLAGS.get(verdict.interpretation or "", ("", False)) if verdict else ("", False)
    return replace(value, flag=flag, critical=critical)


def _label(trend: Trend, spec: KindSpec | None) -> str:
    if trend.code == BLOOD_PRESSURE_PANEL_LOINC or part(trend.latest, SYSTOLIC.loinc) is not None:
        return "Blood pressure"
    return spec.label if spec else trend.display


def _spec(row: Observation) -> KindSpec | None:
    """What kind of vital sign a measurement is, when it is in the unit of storage."""
    kind = BY_LOINC.get(row.code)
    return KINDS[kind] if kind and row.unit == KINDS[kind].unit else None


def _value(row: Observation) -> Value:
    flag, critical = _FLAGS.get(row.interpretation, ("", False))
    how = ", ".join(word.replace("-", " ") for word in (row.site, row.position, row.method) if word)
    return Value(said(row), row.effective_at, flag, critical, how)


def _number(row: Observation) -> Decimal | None:
    """What a trend draws: the value as the clinic reads it, of a blood pressure the systolic."""
    systolic = part(row, SYSTOLIC.loinc)
    if systolic is not None or row.value is None:
        return systolic
    spec = _spec(row)
    return units.convert(row.value, spec.unit, spec.typed_unit) if spec else row.value


def said(row: Observation) -> str:
    """A measurement or result with its unit, as the clinic reads it: `148/88 mmHg`, `98.6 °F`, `6.8%`, `negative`."""
    systolic, diastolic = part(row, SYSTOLIC.loinc), part(row, DIASTOLIC.loinc)
    if systolic is not None and diastolic is not None:
        return f"{units.trim(systolic):f}/{units.trim(diastolic):f} mmHg"
    if row.value is None:
        return row.text_value or _parts_said(row) or "no value"
    spec = _spec(row)
    if spec:
        return units.display(units.convert(row.value, spec.unit, spec.typed_unit), spec.typed_unit)
    return _with_unit(row.value, row.unit)


def _with_unit(value: Decimal, unit: str) -> str:
    number = units.trim(round(value, 2))
    if unit in units.Unit._value2member_map_:
        return units.display(number, unit)
    shown = unit.replace("{", "").replace("}", "")
    return f"{number:f}{'' if shown in ('', '%') else ' '}{shown}" if shown != "1" else f"{number:f}"


def _parts_said(row: Observation) -> str:
    """The parts of a panel that has no value of its own."""
    found = []
    for one in row.parts[:6]:
        value = one.get("value")
        text = _with_unit(Decimal(str(value)), str(one.get("unit") or "")) if value is not None else one.get("text", "")
        if text:
            found.append(f"{one.get('display') or one.get('code')}: {text}")
    return "; ".join(found)


@dataclass(frozen=True, slots=True)
class Doses:
    """The doses of one vaccine, newest first."""

    display: str
    rows: Sequence[Immunization]


def doses(history: Sequence[Immunization]) -> list[Doses]:
    """A vaccine history by vaccine, the one given last first."""
    found: dict[str, list[Immunization]] = {}
    for row in history:
        found.setdefault(row.cvx or row.display, []).append(row)
    return [Doses(rows[0].display, rows) for rows in found.values()]
