"""Vital signs between form and record: what was typed becomes an observation in one unit, with its assessment."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from liaison.chart.models import LOINC, Observation
from liaison.documents.models import Document
from liaison.documents.queries import in_force
from liaison.engines.vitals import (
    BLOOD_PRESSURE_PANEL_DISPLAY,
    BLOOD_PRESSURE_PANEL_LOINC,
    BY_LOINC,
    KINDS,
    Assessment,
    BloodPressureSite,
    Choice,
    ImpossibleValue,
    NextStep,
    Position,
    ReferenceRanges,
    TemperatureRoute,
    VitalKind,
    assess,
    assess_blood_pressure,
    default_reference_ranges,
    parse_reference_ranges,
    refuse_impossible,
    refuse_impossible_blood_pressure,
)
from liaison.kernel import units
from liaison.kernel.errors import Invalid, NotFound

BLOOD_PRESSURE = "bp"
SYSTOLIC, DIASTOLIC = KINDS[VitalKind.SYSTOLIC], KINDS[VitalKind.DIASTOLIC]
KIND_OF: Mapping[str, VitalKind] = {
    "pulse": VitalKind.PULSE,
    "temperature": VitalKind.TEMPERATURE,
    "respiration": VitalKind.RESPIRATION,
    "spo2": VitalKind.OXYGEN_SATURATION,
    "weight": VitalKind.WEIGHT,
    "height": VitalKind.HEIGHT,
    "head": VitalKind.HEAD_CIRCUMFERENCE,
    "pain": VitalKind.PAIN,
}
FORM_KIND = {KINDS[kind].loinc: name for name, kind in KIND_OF.items()} | {BLOOD_PRESSURE_PANEL_LOINC: BLOOD_PRESSURE}
_IN_ORDER = (
    BLOOD_PRESSURE_PANEL_LOINC,
    *(KINDS[kind].loinc for kind in KIND_OF.values() if kind not in (VitalKind.HEAD_CIRCUMFERENCE, VitalKind.PAIN)),
    *(KINDS[kind].loinc for kind in (VitalKind.BMI, VitalKind.HEAD_CIRCUMFERENCE, VitalKind.PAIN)),
)
Typed = str | int | float | Decimal


@dataclass(frozen=True, slots=True)
class Reading:
    """One measurement as it was taken.

    `kind`: bp, pulse, temperature, respiration, spo2, weight, height, head, pain. A number without `unit` (a UCUM code
    or the clinic's word for it) is in the unit the clinic types: °F, lb, in, mmHg, /min, %, cm for a head. A blood
    pressure has `systolic` and `diastolic`, or a `value` such as "120/80" or (120, 80).
    """

    kind: str
    value: Typed | tuple[Typed, Typed] | None = None
    unit: str = ""
    systolic: Typed | None = None
    diastolic: Typed | None = None
    site: str = ""
    position: str = ""
    route: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A measurement in the record, and how it stands to what is usual at the patient's age."""

    observation: Observation
    assessment: Assessment

    @property
    def tell_provider(self) -> bool:
        """Whether the provider must hear of it now: a critical value, or a blood pressure from the repeat limit up."""
        step = self.assessment.next_step
        repeat = step is NextStep.REPEAT and self.observation.code == BLOOD_PRESSURE_PANEL_LOINC
        return step is NextStep.TELL_PROVIDER or repeat


def place_of(loinc: str) -> int:
    """Where a vital sign stands in a list: blood pressure first, as a clinic reads them."""
    return _IN_ORDER.index(loinc) if loinc in _IN_ORDER else len(_IN_ORDER)


def ranges() -> ReferenceRanges:
    """The reference ranges in force: the practice's document, or the ones every clinic starts with."""
    try:
        document = in_force("reference-ranges", "default")
    except NotFound:
        return _default_ranges()
    return _parsed(document)


@lru_cache(maxsize=1)
def _default_ranges() -> ReferenceRanges:
    return default_reference_ranges()


_by_document: dict[UUID, ReferenceRanges] = {}


def _parsed(document: Document) -> ReferenceRanges:
    # An edition in force never changes, so its id says all
    if document.pk not in _by_document:
        _by_document[document.pk] = parse_reference_ranges(document.body)
    return _by_document[document.pk]


def observed(reading: Reading, age_days: int) -> Observation:
    """The observation that a reading makes, in the unit of storage.

    Raises Invalid with field=kind for what cannot be true.
    """
    if reading.kind == BLOOD_PRESSURE:
        return _pressure(reading, age_days)
    if reading.kind not in KIND_OF:
        raise Invalid("unknown-measure", f"“{reading.kind}” is not something this clinic measures.", reading.kind)
    kind = KIND_OF[reading.kind]
    spec = KINDS[kind]
    if isinstance(reading.value, tuple) or reading.value is None or not str(reading.value).strip():
        raise Invalid("no-value", f"{spec.label}: write a number.", reading.kind)
    try:
        value = _stored(reading.value, reading.unit, spec.typed_unit, spec.unit)
        refuse_impossible(kind, value, age_days)
    except ImpossibleValue as impossible:
        raise Invalid("impossible", impossible.sentence, reading.kind)
    except ValueError as wrong:
        raise Invalid("not-a-measure", f"{spec.label}: {wrong}", reading.kind)
    return Observation(
        system=LOINC,
        code=spec.loinc,
        display=spec.loinc_display,
        value=value,
        unit=str(spec.unit),
        method=_chosen(TemperatureRoute, reading.route, reading.kind) if kind is VitalKind.TEMPERATURE else "",
        note=reading.note[:300],
    )


def _stored(value: Typed, unit: str, typed_unit: str, stored_unit: str) -> Decimal:
    known = unit in units.Unit._value2member_map_
    text = str(value) if known or not unit else f"{value} {unit}"
    return units.parse_to(text, unit if known else typed_unit, stored_unit)


def _pressure(reading: Reading, age_days: int) -> Observation:
    upper, lower = reading.systolic, reading.diastolic
    try:
        if isinstance(reading.value, tuple):
            upper, lower = reading.value
        elif reading.value is not None and str(reading.value).strip():
            upper, lower = units.parse_blood_pressure(str(reading.value))
        if upper is None or lower is None or not str(upper).strip() or not str(lower).strip():
            raise Invalid("no-value", "Blood pressure: write both numbers, for example 120/80.", BLOOD_PRESSURE)
        systolic = _stored(upper, "", SYSTOLIC.unit, SYSTOLIC.unit)
        diastolic = _stored(lower, "", DIASTOLIC.unit, DIASTOLIC.unit)
        refuse_impossible_blood_pressure(systolic, diastolic, age_days)
    except ImpossibleValue as impossible:
        raise Invalid("impossible", impossible.sentence, BLOOD_PRESSURE)
    except ValueError as wrong:
        raise Invalid("not-a-measure", f"Blood pressure: {wrong}", BLOOD_PRESSURE)
    parts = [
        {"code": spec.loinc, "display": spec.loinc_display, "value": float(value), "unit": str(spec.unit)}
        for spec, value in ((SYSTOLIC, systolic), (DIASTOLIC, diastolic))
    ]
    return Observation(
        system=LOINC,
        code=BLOOD_PRESSURE_PANEL_LOINC,
        display=BLOOD_PRESSURE_PANEL_DISPLAY,
        parts=parts,
        site=_chosen(BloodPressureSite, reading.site, BLOOD_PRESSURE),
        position=_chosen(Position, reading.position, BLOOD_PRESSURE),
        note=reading.note[:300],
    )


def _chosen(choice: type[Choice], value: str, field: str) -> str:
    if value and value not in choice._value2member_map_:
        labels = ", ".join(member.label.lower() for member in choice)
        raise Invalid("unknown-choice", f"“{value}” is not one of: {labels}.", field)
    return value


def part(observation: Observation, loinc: str) -> Decimal | None:
    """A part's value: the systolic (8480-6) or diastolic (8462-4) of a blood pressure."""
    for found in observation.parts:
        if found.get("code") == loinc and found.get("value") is not None:
            return Decimal(str(found["value"]))
    return None


def alike(observation: Observation) -> str:
    """The code under which a measurement stands with all others of its kind, however another system coded it.

    What is not in the unit of storage stands by its own code: its numbers cannot be drawn on one line with the others.
    """
    if part(observation, SYSTOLIC.loinc) is not None and part(observation, DIASTOLIC.loinc) is not None:
        return BLOOD_PRESSURE_PANEL_LOINC
    kind = BY_LOINC.get(observation.code)
    if kind is not None and observation.unit == KINDS[kind].unit:
        return KINDS[kind].loinc
    return observation.code or observation.display


def assessed(observation: Observation, age_days: int, sex: str, rows: ReferenceRanges) -> Assessment | None:
    """How a vital sign in the unit of storage stands to its range; None for what is none, or is in another unit."""
    systolic, diastolic = part(observation, SYSTOLIC.loinc), part(observation, DIASTOLIC.loinc)
    if systolic is not None and diastolic is not None:
        return assess_blood_pressure(systolic, diastolic, age_days, sex, rows).overall
    kind = BY_LOINC.get(observation.code)
    if kind is None or observation.value is None or observation.unit != KINDS[kind].unit:
        return None
    return assess(kind, observation.value, age_days, sex, rows)
