"""What a vital sign is: its LOINC code, its one unit of storage, and the limits beyond which no living body goes."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from liaison.kernel.units import Unit, convert, display


class VitalKind(StrEnum):
    """The vital signs that an assistant measures, and the body mass index that follows from two of them."""

    SYSTOLIC = "systolic"
    DIASTOLIC = "diastolic"
    PULSE = "pulse"
    TEMPERATURE = "temperature"
    RESPIRATION = "respiration"
    OXYGEN_SATURATION = "oxygen-saturation"
    WEIGHT = "weight"
    HEIGHT = "height"
    HEAD_CIRCUMFERENCE = "head-circumference"
    PAIN = "pain"
    BMI = "bmi"


@dataclass(frozen=True, slots=True)
class KindSpec:
    """The facts of one kind.

    `resolution` is the smallest step in which the clinic reads it; `limits` are rows of (age in days below which the
    row holds, or None for every later age; lowest possible; highest possible), youngest first.
    """

    kind: VitalKind
    label: str
    loinc: str
    loinc_display: str
    unit: Unit
    resolution: Decimal
    limits: tuple[tuple[int | None, Decimal, Decimal], ...]
    typed_unit: Unit
    whole: bool = False
    derived: bool = False


BLOOD_PRESSURE_PANEL_LOINC = "85354-9"
BLOOD_PRESSURE_PANEL_DISPLAY = "Blood pressure panel with all children optional"
VITAL_SIGNS_CATEGORY = "vital-signs"
DAYS_A_YEAR = Decimal("365.25")
DAYS_A_MONTH = Decimal("30.4375")


def _limits(*rows: tuple[float | None, str, str]) -> tuple[tuple[int | None, Decimal, Decimal], ...]:
    return tuple(
        (None if years is None else int(Decimal(str(years)) * DAYS_A_YEAR), Decimal(low), Decimal(high))
        for years, low, high in rows
    )


_ONE, _TENTH = Decimal(1), Decimal("0.1")
_SPECS = (
    KindSpec(
        VitalKind.SYSTOLIC, "Systolic blood pressure", "8480-6", "Systolic blood pressure", Unit.MMHG, _ONE,
        _limits((None, "20", "350")), Unit.MMHG,
    ),
    KindSpec(
        VitalKind.DIASTOLIC, "Diastolic blood pressure", "8462-4", "Diastolic blood pressure", Unit.MMHG, _ONE,
        _limits((None, "5", "250")), Unit.MMHG,
    ),
    KindSpec(
        VitalKind.PULSE, "Pulse", "8867-4", "Heart rate", Unit.PER_MINUTE, _ONE,
        _limits((None, "10", "350")), Unit.PER_MINUTE,
    ),
    KindSpec(
        VitalKind.TEMPERATURE, "Temperature", "8310-5", "Body temperature", Unit.CELSIUS, _TENTH,
        _limits((None, "25", "45")), Unit.FAHRENHEIT,
    ),
    KindSpec(
        VitalKind.RESPIRATION, "Respiration", "9279-1", "Respiratory rate", Unit.PER_MINUTE, _ONE,
        _limits((None, "2", "150")), Unit.PER_MINUTE,
    ),
    KindSpec(
        VitalKind.OXYGEN_SATURATION, "Oxygen saturation", "59408-5",
        "Oxygen saturation in Arterial blood by Pulse oximetry", Unit.PERCENT, _ONE,
        _limits((None, "20", "100")), Unit.PERCENT,
    ),
    KindSpec(
        VitalKind.WEIGHT, "Weight", "29463-7", "Body weight", Unit.KG, _TENTH,
        _limits((1, "0.3", "25"), (2, "1.5", "40"), (6, "3", "110"), (12, "6", "260"), (18, "10", "450"),
                (None, "20", "650")), Unit.LB,
    ),
    KindSpec(
        VitalKind.HEIGHT, "Height", "8302-2", "Body height", Unit.CM, _TENTH,
        _limits((1, "20", "110"), (2, "35", "125"), (6, "40", "170"), (12, "50", "220"), (None, "50", "280")),
        Unit.INCH,
    ),
    KindSpec(
        VitalKind.HEAD_CIRCUMFERENCE, "Head circumference", "9843-4", "Head Occipital-frontal circumference",
        Unit.CM, _TENTH, _limits((2, "15", "70"), (None, "30", "90")), Unit.CM,
    ),
    KindSpec(
        VitalKind.PAIN, "Pain", "72514-3", "Pain severity - 0-10 verbal numeric rating [Score] - Reported",
        Unit.SCORE, _ONE, _limits((None, "0", "10")), Unit.SCORE, whole=True,
    ),
    KindSpec(
        VitalKind.BMI, "Body mass index", "39156-5", "Body mass index (BMI) [Ratio]", Unit.KG_PER_M2, _TENTH,
        _limits((None, "4", "250")), Unit.KG_PER_M2, derived=True,
    ),
)  # fmt: skip
KINDS: dict[VitalKind, KindSpec] = {spec.kind: spec for spec in _SPECS}
BY_LOINC: dict[str, VitalKind] = {spec.loinc: spec.kind for spec in _SPECS} | {
    "2708-6": VitalKind.OXYGEN_SATURATION,  # US Core sends both codes; older systems this one alone
    "8306-3": VitalKind.HEIGHT,  # length of a lying child
    "8287-5": VitalKind.HEAD_CIRCUMFERENCE,
    "3141-9": VitalKind.WEIGHT,
    "3137-7": VitalKind.HEIGHT,
    "8331-1": VitalKind.TEMPERATURE,  # oral
}


class ImpossibleValue(ValueError):
    """A measurement that cannot be true of a living person of this age; `sentence` names the limit, not the value."""

    def __init__(self, kind: VitalKind, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.sentence = sentence


def plausible(kind: VitalKind, age_days: int) -> tuple[Decimal, Decimal]:
    """Return the lowest and the highest possible value at an age, in the unit of storage."""
    for below, low, high in KINDS[kind].limits:
        if below is None or age_days < below:
            return low, high
    raise AssertionError("the last row of limits holds for every age")


def refuse_impossible(kind: VitalKind, value: Decimal, age_days: int) -> None:
    """Raise ImpossibleValue when a value in the unit of storage is not a number or lies beyond `plausible`."""
    spec = KINDS[kind]
    if not value.is_finite():
        raise ImpossibleValue(kind, f"{spec.label}: write a number.")
    if spec.whole and value != value.to_integral_value():
        raise ImpossibleValue(kind, f"{spec.label} is a whole number from 0 to 10.")
    low, high = plausible(kind, age_days)
    if low <= value <= high:
        return
    side, limit = ("below", low) if value < low else ("above", high)
    at_age = " at this age" if len(spec.limits) > 1 else ""
    raise ImpossibleValue(
        kind, f"{spec.label} {side} {in_both_units(spec, limit)} is not possible{at_age}. Check number and unit."
    )


def refuse_impossible_blood_pressure(systolic: Decimal, diastolic: Decimal, age_days: int) -> None:
    """Raise ImpossibleValue when either part is impossible or the lower number is not below the upper."""
    refuse_impossible(VitalKind.SYSTOLIC, systolic, age_days)
    refuse_impossible(VitalKind.DIASTOLIC, diastolic, age_days)
    if diastolic >= systolic:
        raise ImpossibleValue(
            VitalKind.DIASTOLIC, "The diastolic (second) number must be below the systolic (first). Check their order."
        )


def in_both_units(spec: KindSpec, value: Decimal) -> str:
    """Return a stored value as the clinic reads it, with the unit of storage beside it where they differ."""
    stored = display(value, spec.unit)
    if spec.typed_unit is spec.unit:
        return stored
    return f"{to_typed(spec, value)} ({stored})"


def to_typed(spec: KindSpec, value: Decimal) -> str:
    """Return a stored value in the unit in which the clinic types it."""
    return display(convert(value, spec.unit, spec.typed_unit), spec.typed_unit)
