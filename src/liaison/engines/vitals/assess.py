"""Is this measurement normal for this person, and what does the assistant do about it?

Impossible values are refused before (`refuse_impossible`); abnormal ones are kept and marked here.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from liaison.engines.vitals.kinds import KINDS, VitalKind, in_both_units
from liaison.engines.vitals.ranges import ReferenceRanges, ReferenceRow
from liaison.kernel.units import trim


class Flag(StrEnum):
    """How a value stands to its reference range."""

    NORMAL = "normal"
    LOW = "low"
    HIGH = "high"
    CRITICAL_LOW = "critical_low"
    CRITICAL_HIGH = "critical_high"
    NOT_ASSESSED = "not_assessed"


class NextStep(StrEnum):
    """What the assistant does next."""

    NONE = "none"
    REPEAT = "repeat"
    TELL_PROVIDER = "tell_provider"


# HL7 code system v3-ObservationInterpretation
INTERPRETATION = {
    Flag.NORMAL: "N",
    Flag.LOW: "L",
    Flag.HIGH: "H",
    Flag.CRITICAL_LOW: "LL",
    Flag.CRITICAL_HIGH: "HH",
    Flag.NOT_ASSESSED: None,
}
_WORDS = {
    Flag.LOW: "low",
    Flag.HIGH: "high",
    Flag.CRITICAL_LOW: "critically low",
    Flag.CRITICAL_HIGH: "critically high",
}
_SEVERITY = (Flag.NOT_ASSESSED, Flag.NORMAL, Flag.LOW, Flag.HIGH, Flag.CRITICAL_LOW, Flag.CRITICAL_HIGH)
_URGENCY = (NextStep.NONE, NextStep.REPEAT, NextStep.TELL_PROVIDER)


@dataclass(frozen=True, slots=True)
class Assessment:
    """The verdict on a value: `interpretation` is the FHIR code (None when there is no range), `sentence` is shown."""

    flag: Flag
    interpretation: str | None
    sentence: str
    next_step: NextStep = NextStep.NONE
    row: ReferenceRow | None = None

    @property
    def abnormal(self) -> bool:
        """Whether the value is marked."""
        return self.flag not in {Flag.NORMAL, Flag.NOT_ASSESSED}

    @property
    def critical(self) -> bool:
        """Whether the provider is told at once."""
        return self.flag in {Flag.CRITICAL_LOW, Flag.CRITICAL_HIGH}


@dataclass(frozen=True, slots=True)
class BloodPressureAssessment:
    """The verdict on both parts, and on the pair by the worse of them."""

    systolic: Assessment
    diastolic: Assessment
    overall: Assessment


def assess(kind: VitalKind, value: Decimal, age_days: int, sex: str | None, ranges: ReferenceRanges) -> Assessment:
    """Compare a value in its unit of storage with the range for age in days and sex ("male", "female", other, None)."""
    row = ranges.find(kind, age_days, sex)
    flag = _flag(value, row)
    step = _next_step(value, flag, row)
    spec = KINDS[kind]
    shown = f"{spec.label} {in_both_units(spec, value)}"
    if row is None:
        return Assessment(flag, None, f"{shown}.", step)
    if flag is Flag.NORMAL:
        return Assessment(flag, "N", f"{shown}: normal.", step, row)
    usual = f" (usual {row.text})" if row.text else ""
    sentence = f"{shown}: {_WORDS[flag]}{usual}.{_what_to_do(step, ranges)}"
    return Assessment(flag, INTERPRETATION[flag], sentence, step, row)


def assess_blood_pressure(
    systolic: Decimal, diastolic: Decimal, age_days: int, sex: str | None, ranges: ReferenceRanges
) -> BloodPressureAssessment:
    """Compare both parts with their ranges; the pair is as bad as its worse part."""
    upper = assess(VitalKind.SYSTOLIC, systolic, age_days, sex, ranges)
    lower = assess(VitalKind.DIASTOLIC, diastolic, age_days, sex, ranges)
    worse = max(upper, lower, key=lambda part: _SEVERITY.index(part.flag))
    step = max(upper.next_step, lower.next_step, key=_URGENCY.index)
    shown = f"Blood pressure {trim(systolic)}/{trim(diastolic)} mmHg"
    if worse.flag is Flag.NOT_ASSESSED:
        sentence = f"{shown}."
    elif worse.flag is Flag.NORMAL:
        sentence = f"{shown}: normal."
    else:
        sentence = f"{shown}: {_WORDS[worse.flag]}.{_what_to_do(step, ranges)}"
    return BloodPressureAssessment(
        upper, lower, Assessment(worse.flag, worse.interpretation, sentence, step, worse.row)
    )


def bmi(weight_kg: Decimal, height_cm: Decimal) -> Decimal:
    """Return the body mass index in kg/m2 to one decimal; ValueError when a measure is not above zero."""
    if weight_kg <= 0 or height_cm <= 0:
        raise ValueError("The body mass index needs a weight and a height above zero.")
    height_m = height_cm / 100
    return (weight_kg / (height_m * height_m)).quantize(Decimal("0.1"))


def _flag(value: Decimal, row: ReferenceRow | None) -> Flag:
    if row is None:
        return Flag.NOT_ASSESSED
    if row.critical_low_to is not None and value <= row.critical_low_to:
        return Flag.CRITICAL_LOW
    if row.critical_high_from is not None and value >= row.critical_high_from:
        return Flag.CRITICAL_HIGH
    if row.low_below is not None and value < row.low_below:
        return Flag.LOW
    if row.high_from is not None and value >= row.high_from:
        return Flag.HIGH
    return Flag.NORMAL


def _next_step(value: Decimal, flag: Flag, row: ReferenceRow | None) -> NextStep:
    if flag in {Flag.CRITICAL_LOW, Flag.CRITICAL_HIGH}:
        return NextStep.TELL_PROVIDER
    if row is not None and row.repeat_from is not None and value >= row.repeat_from:
        return NextStep.REPEAT
    return NextStep.NONE


def _what_to_do(step: NextStep, ranges: ReferenceRanges) -> str:
    if step is NextStep.TELL_PROVIDER:
        return " Tell the provider now."
    if step is NextStep.REPEAT:
        return f" Let the patient rest {ranges.repeat_after_minutes} min, then repeat."
    return ""
