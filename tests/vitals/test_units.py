"""Units: what an assistant types becomes what the record stores, and back without loss."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.kernel import units
from liaison.kernel.units import Unit

pytestmark = pytest.mark.engine

D = Decimal


@pytest.mark.parametrize(
    ("typed", "default", "storage", "stored"),
    [
        ("172 lb", Unit.LB, Unit.KG, "78.018"),
        ("172", Unit.LB, Unit.KG, "78.018"),
        ("172#", Unit.LB, Unit.KG, "78.018"),
        ("172 lbs.", Unit.KG, Unit.KG, "78.018"),
        ("7 lb 3 oz", Unit.LB, Unit.KG, "3.26"),
        ("7lb, 3oz", Unit.KG, Unit.KG, "3.26"),
        ("3245 g", Unit.LB, Unit.KG, "3.245"),
        ("78,2 kg", Unit.LB, Unit.KG, "78.2"),
        ("5'10\"", Unit.INCH, Unit.CM, "177.8"),
        ("5’10”", Unit.INCH, Unit.CM, "177.8"),
        ("5' 10", Unit.CM, Unit.CM, "177.8"),
        ("5 ft 10 in", Unit.INCH, Unit.CM, "177.8"),
        ("6'", Unit.INCH, Unit.CM, "182.88"),
        ("5'10.5\"", Unit.INCH, Unit.CM, "179.07"),
        ("70", Unit.INCH, Unit.CM, "177.8"),
        ("1.78 m", Unit.INCH, Unit.CM, "178"),
        ("98.6 F", Unit.FAHRENHEIT, Unit.CELSIUS, "37"),
        ("98.6", Unit.FAHRENHEIT, Unit.CELSIUS, "37"),
        ("100.4 ° F", Unit.CELSIUS, Unit.CELSIUS, "38"),
        ("37,1", Unit.CELSIUS, Unit.CELSIUS, "37.1"),
        ("37.1°C", Unit.FAHRENHEIT, Unit.CELSIUS, "37.1"),
        ("98%", Unit.PERCENT, Unit.PERCENT, "98"),
        ("72 bpm", Unit.PER_MINUTE, Unit.PER_MINUTE, "72"),
        ("16/min", Unit.PER_MINUTE, Unit.PER_MINUTE, "16"),
        ("4/10", Unit.SCORE, Unit.SCORE, "4"),
        ("24.5 kg/m2", Unit.KG_PER_M2, Unit.KG_PER_M2, "24.5"),
    ],
)
def test_typed_input_becomes_the_stored_value(typed: str, default: Unit, storage: Unit, stored: str) -> None:
    assert units.parse_to(typed, default, storage) == D(stored)


@pytest.mark.parametrize(
    ("typed", "default", "words"),
    [
        ("", Unit.LB, "Nothing was typed"),
        ("heavy", Unit.LB, "for example 172 lb"),
        ("-5", Unit.LB, "cannot be read as a number"),
        ("172 stone", Unit.LB, "“stone” is not a unit"),
        ("172 F", Unit.LB, "“°F” does not measure weight"),
        ("5 10", Unit.INCH, "cannot be read together"),
        ("5'13\"", Unit.INCH, "fewer than 12 in"),
        ("7.5 lb 3 oz", Unit.LB, "whole lb"),
        ("1,234", Unit.G, "without the comma"),
        ("1 2 3", Unit.LB, "too many numbers"),
        ("120/80", Unit.MMHG, "not a unit that is known here"),
    ],
)
def test_what_cannot_be_read_is_answered_with_a_sentence(typed: str, default: Unit, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        units.parse(typed, default)


def test_blood_pressure_is_two_numbers() -> None:
    for typed in ("120/80", " 120 / 80 ", "120 over 80", "120/80 mmHg"):
        assert units.parse_blood_pressure(typed) == (D(120), D(80))
    for typed in ("120", "120/", "120.5/80", "abc"):
        with pytest.raises(ValueError, match="for example 120/80"):
            units.parse_blood_pressure(typed)


def test_a_weight_does_not_become_a_length() -> None:
    with pytest.raises(ValueError, match="A weight in kg cannot be turned into cm"):
        units.convert(D(70), Unit.KG, Unit.CM)
    with pytest.raises(ValueError, match="stone"):
        units.convert(D(70), Unit.KG, "stone")


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        ("98.60", Unit.FAHRENHEIT, "98.6 °F"),
        ("120", Unit.MMHG, "120 mmHg"),
        ("98", Unit.PERCENT, "98%"),
        ("172.0", Unit.LB, "172 lb"),
        ("70", Unit.INCH, "70 in"),
        ("4", Unit.SCORE, "4"),
    ],
)
def test_values_are_shown_with_their_unit(value: str, unit: Unit, shown: str) -> None:
    assert units.display(D(value), unit) == shown


@pytest.mark.parametrize(
    ("shown", "stored"),
    [(Unit.LB, Unit.KG), (Unit.OZ, Unit.KG), (Unit.INCH, Unit.CM), (Unit.FAHRENHEIT, Unit.CELSIUS), (Unit.G, Unit.KG)],
)
@given(tenths=st.integers(0, 9999))
def test_one_decimal_survives_storage(shown: Unit, stored: Unit, tenths: int) -> None:
    value = D(tenths).scaleb(-1) if shown is not Unit.G else D(tenths)
    assert units.convert(units.convert(value, shown, stored), stored, shown) == value


@given(st.text(max_size=12), st.sampled_from(list(Unit)))
def test_reading_any_text_gives_a_measure_or_a_sentence(text: str, default: Unit) -> None:
    try:
        measure = units.parse(text, default)
    except ValueError as refused:
        sentence = str(refused)
    else:
        assert units.dimension(measure.unit) is units.dimension(default)
        assert measure.value >= 0
        return
    assert sentence.endswith(".")
