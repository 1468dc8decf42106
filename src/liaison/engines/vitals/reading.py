"""From what an assistant typed to a checked value in the unit of storage."""

from decimal import Decimal

from liaison.engines.vitals.kinds import (
    KINDS,
    ImpossibleValue,
    VitalKind,
    refuse_impossible,
    refuse_impossible_blood_pressure,
)
from liaison.kernel.units import Unit, parse, parse_blood_pressure

_COUNTED = frozenset({VitalKind.SYSTOLIC, VitalKind.DIASTOLIC, VitalKind.PULSE, VitalKind.RESPIRATION})


def read_measurement(kind: VitalKind, text: str, age_days: int) -> Decimal:
    """Read typed input into the unit of storage; a bare number is in the unit of the form (lb, in, °F, …).

    A bare temperature up to 45 is taken as °C, for nobody has 45 °F. ImpossibleValue with a sentence for whatever
    cannot be read or cannot be.
    """
    spec = KINDS[kind]
    try:
        measure = parse(text, spec.typed_unit)
        if measure.unit is Unit.FAHRENHEIT and measure.value <= 45:
            measure = parse(text, Unit.CELSIUS)
    except ValueError as refused:
        sentence = str(refused)
        raise ImpossibleValue(kind, f"{spec.label}: {sentence[0].lower()}{sentence[1:]}") from None
    if kind in _COUNTED and measure.value != measure.value.to_integral_value():
        raise ImpossibleValue(kind, f"{spec.label}: write a whole number.")
    value = measure.to(spec.unit).value
    refuse_impossible(kind, value, age_days)
    return value


def read_blood_pressure(text: str, age_days: int) -> tuple[Decimal, Decimal]:
    """Read "120/80" into systolic and diastolic in mm[Hg]; ImpossibleValue with a sentence otherwise."""
    try:
        systolic, diastolic = parse_blood_pressure(text)
    except ValueError as refused:
        raise ImpossibleValue(VitalKind.SYSTOLIC, str(refused)) from None
    refuse_impossible_blood_pressure(systolic, diastolic, age_days)
    return systolic, diastolic
