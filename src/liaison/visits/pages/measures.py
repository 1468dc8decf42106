"""The fields of the vital signs step: units, what was measured before, what was measured today and how it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from liaison.chart import queries as charts
from liaison.chart import vitals
from liaison.chart.models import Observation
from liaison.chart.queries import Chart
from liaison.chart.vitals import BLOOD_PRESSURE, FORM_KIND, KIND_OF, Reading, Taken
from liaison.engines.vitals import BY_LOINC, KINDS, Assessment, BloodPressureSite, Choice, Position, TemperatureRoute
from liaison.kernel import clock, names, units
from liaison.kernel.errors import Invalid
from liaison.kernel.units import Unit
from liaison.visits.models import Visit
from liaison.visits.protocol import StepRule

_OTHER_UNIT = {
    "temperature": Unit.CELSIUS,
    "weight": Unit.KG,
    "height": Unit.CM,
    "head": Unit.INCH,
}
_EXAMPLES = {"bp": "120/80", "pain": "0"}


@dataclass(frozen=True, slots=True)
class Said:
    """A measurement of today and the sentence about it."""

    value: str
    sentence: str
    level: str  # high for whatever is abnormal, usual, or nothing
    at: datetime
    how: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """One field of the form. `units` are (code, label) pairs, the usual one first; `before` is the last value known."""

    key: str
    label: str
    units: list[tuple[str, str]]
    required: bool
    before: str = ""
    taken: list[Said] = field(default_factory=list)
    value: str = ""
    unit: str = ""
    site: str = ""
    position: str = ""
    route: str = ""
    error: str = ""
    verdict: tuple[str, str] = ("", "")  # about what is typed now: sentence and level
    sites: list[tuple[str, str]] = field(default_factory=list)
    positions: list[tuple[str, str]] = field(default_factory=list)
    routes: list[tuple[str, str]] = field(default_factory=list)
    placeholder: str = ""

    @property
    def repeat(self) -> bool:
        """Whether the next value typed is a repeat of one taken today."""
        return bool(self.taken)


def measures_of(
    visit: Visit, chart: Chart | None, rule: StepRule, typed: Mapping[str, str], errors: Mapping[str, str]
) -> list[Measure]:
    """The fields of a vital signs step, in the protocol's order."""
    taken: dict[str, list[Taken]] = {}
    if visit.encounter is not None:
        for one in charts.taken_of(visit.encounter, visit.patient):
            taken.setdefault(FORM_KIND.get(one.observation.code, ""), []).append(one)
    before = _before(visit, chart)
    required = set(rule.get("required", ()))
    return [
        Measure(
            key=key,
            label="Blood pressure" if key == BLOOD_PRESSURE else KINDS[KIND_OF[key]].label,
            units=_units(key),
            required=key in required,
            before=before.get(key, ""),
            taken=[_said(one) for one in taken.get(key, ())],
            value=typed.get(key, ""),
            unit=typed.get(f"{key}-unit", ""),
            site=typed.get(f"{key}-site", ""),
            position=typed.get(f"{key}-position", "sitting"),
            route=typed.get(f"{key}-route", ""),
            error=errors.get(key, ""),
            verdict=look(visit, key, typed) if typed.get(key) and key not in errors else ("", ""),
            sites=BloodPressureSite.choices() if key == BLOOD_PRESSURE else [],
            positions=Position.choices() if key == BLOOD_PRESSURE else [],
            routes=TemperatureRoute.choices() if key == "temperature" else [],
            placeholder=_EXAMPLES.get(key, ""),
        )
        for key in rule.get("measures", ())
        if key == BLOOD_PRESSURE or key in KIND_OF
    ]


def readings_of(rule: StepRule, typed: Mapping[str, str]) -> list[Reading]:
    """What was typed into the fields; empty ones are not readings."""
    return [_reading(key, typed) for key in rule.get("measures", ()) if typed.get(key, "").strip()]


def _reading(key: str, typed: Mapping[str, str]) -> Reading:
    return Reading(
        kind=key,
        value=typed.get(key, "").strip(),
        unit=typed.get(f"{key}-unit", ""),
        site=typed.get(f"{key}-site", ""),
        position=typed.get(f"{key}-position", "") if key == BLOOD_PRESSURE else "",
        route=typed.get(f"{key}-route", ""),
    )


def look(visit: Visit, key: str, typed: Mapping[str, str]) -> tuple[str, str]:
    """The sentence about a value that was just typed, and its level: why (refused), high, usual, or nothing."""
    if key != BLOOD_PRESSURE and key not in KIND_OF:
        return "", ""
    if not typed.get(key, "").strip():
        return "", ""
    day = clock.now().astimezone(ZoneInfo(visit.site.zone)).date()
    age = max(0, names.age_days(visit.patient.birth_date, day))
    try:
        observation = vitals.observed(_reading(key, typed), age)
    except Invalid as refusal:
        return refusal.sentence, "why"
    verdict = vitals.assessed(observation, age, visit.patient.sex, vitals.ranges())
    return (verdict.sentence, _level(verdict)) if verdict else ("", "")


def _level(verdict: Assessment) -> str:
    return "high" if verdict.abnormal else "usual" if verdict.interpretation == "N" else ""


def _units(key: str) -> list[tuple[str, str]]:
    if key == BLOOD_PRESSURE:
        return [(Unit.MMHG, "mmHg")]
    codes = [KINDS[KIND_OF[key]].typed_unit]
    if key in _OTHER_UNIT:
        codes.append(_OTHER_UNIT[key])
    return [(code, units.label(code) or "0 to 10") for code in codes]


def _said(one: Taken) -> Said:
    row = one.observation
    kind = BY_LOINC.get(row.code)
    # What follows from two other measures is worth a look, but red is kept for what is measured and dangerous
    derived = kind is not None and KINDS[kind].derived
    level = "" if derived and not one.assessment.critical else _level(one.assessment)
    how = [_label(BloodPressureSite, row.site), _label(Position, row.position), _label(TemperatureRoute, row.method)]
    return Said(
        shown(row),
        one.assessment.sentence,
        level,
        row.effective_at,
        ", ".join(filter(None, how)).lower(),
    )


def _label(choice: type[Choice], value: str) -> str:
    return choice(value).label if value in choice._value2member_map_ else ""


def shown(row: Observation) -> str:
    """A measurement as the clinic reads it, in the unit it types."""
    if row.parts:
        return "/".join(f"{found['value']:g}" for found in row.parts if found.get("value") is not None)
    key = FORM_KIND.get(row.code, "")
    if row.value is None:
        return row.text_value
    if key in KIND_OF:
        spec = KINDS[KIND_OF[key]]
        if row.unit == spec.unit:
            return units.display(units.convert(row.value, spec.unit, spec.typed_unit), spec.typed_unit, _decimals(key))
    return (
        units.display(row.value, row.unit)
        if row.unit in Unit._value2member_map_
        else f"{units.trim(row.value)} {row.unit}".strip()
    )


def _decimals(key: str) -> int | None:
    return 1 if key in ("temperature", "weight", "height", "head") else 0


def _before(visit: Visit, chart: Chart | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for trend in chart.vitals if chart else ():
        key = FORM_KIND.get(trend.code)
        row = next((p for p in trend.points if p.encounter_id != visit.encounter_id), None)
        if key and row is not None:
            found.setdefault(key, f"{shown(row)}, {row.effective_at:%b %Y}")
    return found


def summary(taken: list[Taken]) -> list[dict[str, Any]]:
    """Measurements for the provider's screen, in the order in which they are read out.

    One that was repeated is one line: the last reading with its verdict, and those `before` it.
    """
    order = [BLOOD_PRESSURE, *(str(kind) for kind in KINDS)]
    lines: dict[str, tuple[int, dict[str, Any]]] = {}
    for one in sorted(taken, key=lambda found: found.observation.effective_at):
        kind = BY_LOINC.get(one.observation.code)
        pressure = FORM_KIND.get(one.observation.code) == BLOOD_PRESSURE
        label = "Blood pressure" if pressure else KINDS[kind].label if kind else one.observation.display
        place = order.index(BLOOD_PRESSURE if pressure or kind is None else kind)
        said = _said(one)
        earlier = lines[label][1] if label in lines else None
        before = [*earlier["before"], earlier["value"]] if earlier else []
        line = {"label": label, "value": said.value, "level": said.level, "sentence": said.sentence, "before": before}
        lines[label] = (place, line)
    return [line for _, line in sorted(lines.values(), key=lambda found: found[0])]
