"""Vital signs: impossible values are refused, abnormal ones marked by age, and the assistant is told what to do."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.engines import vitals
from liaison.engines.vitals import BloodPressureSite, Flag, NextStep, Position, TemperatureRoute, VitalKind

pytestmark = pytest.mark.engine

D = Decimal
RANGES = vitals.default_reference_ranges()
YEAR = 366
ADULT, CHILD_5, INFANT, NEWBORN, OLD = 40 * YEAR, 5 * YEAR, 200, 10, 80 * YEAR

KNOWN = [
    (VitalKind.PULSE, "72", ADULT, Flag.NORMAL),
    (VitalKind.PULSE, "60", ADULT, Flag.NORMAL),
    (VitalKind.PULSE, "59", ADULT, Flag.LOW),
    (VitalKind.PULSE, "100", ADULT, Flag.NORMAL),
    (VitalKind.PULSE, "101", ADULT, Flag.HIGH),
    (VitalKind.PULSE, "40", ADULT, Flag.CRITICAL_LOW),
    (VitalKind.PULSE, "131", ADULT, Flag.CRITICAL_HIGH),
    (VitalKind.PULSE, "131", NEWBORN, Flag.NORMAL),
    (VitalKind.PULSE, "131", INFANT, Flag.NORMAL),
    (VitalKind.PULSE, "131", CHILD_5, Flag.HIGH),
    (VitalKind.PULSE, "72", NEWBORN, Flag.CRITICAL_LOW),
    (VitalKind.RESPIRATION, "16", ADULT, Flag.NORMAL),
    (VitalKind.RESPIRATION, "40", INFANT, Flag.NORMAL),
    (VitalKind.RESPIRATION, "40", ADULT, Flag.CRITICAL_HIGH),
    (VitalKind.RESPIRATION, "8", ADULT, Flag.CRITICAL_LOW),
    (VitalKind.TEMPERATURE, "37", ADULT, Flag.NORMAL),
    (VitalKind.TEMPERATURE, "37.94", ADULT, Flag.NORMAL),
    (VitalKind.TEMPERATURE, "38", ADULT, Flag.HIGH),
    (VitalKind.TEMPERATURE, "38", NEWBORN, Flag.CRITICAL_HIGH),
    (VitalKind.TEMPERATURE, "38", 60, Flag.CRITICAL_HIGH),
    (VitalKind.TEMPERATURE, "38", INFANT, Flag.HIGH),
    (VitalKind.TEMPERATURE, "37.8", OLD, Flag.HIGH),
    (VitalKind.TEMPERATURE, "40", CHILD_5, Flag.CRITICAL_HIGH),
    (VitalKind.TEMPERATURE, "35.9", ADULT, Flag.LOW),
    (VitalKind.OXYGEN_SATURATION, "95", ADULT, Flag.NORMAL),
    (VitalKind.OXYGEN_SATURATION, "94", ADULT, Flag.LOW),
    (VitalKind.OXYGEN_SATURATION, "89", ADULT, Flag.CRITICAL_LOW),
    (VitalKind.PAIN, "6", ADULT, Flag.NORMAL),
    (VitalKind.PAIN, "7", ADULT, Flag.HIGH),
    (VitalKind.BMI, "24.9", ADULT, Flag.NORMAL),
    (VitalKind.BMI, "25", ADULT, Flag.HIGH),
    (VitalKind.BMI, "18.4", ADULT, Flag.LOW),
    (VitalKind.BMI, "17", CHILD_5, Flag.NOT_ASSESSED),
    (VitalKind.WEIGHT, "80", ADULT, Flag.NOT_ASSESSED),
]


@pytest.mark.parametrize(("kind", "value", "age_days", "flag"), KNOWN)
def test_values_are_marked_by_age(kind: VitalKind, value: str, age_days: int, flag: Flag) -> None:
    verdict = vitals.assess(kind, D(value), age_days, "female", RANGES)
    assert verdict.flag is flag
    assert verdict.interpretation == vitals.INTERPRETATION[flag]
    assert ("Tell the provider now." in verdict.sentence) is verdict.critical


@pytest.mark.parametrize(
    ("reading", "age_days", "sex", "flag", "step"),
    [
        ("118/76", ADULT, "male", Flag.NORMAL, NextStep.NONE),
        ("132/76", ADULT, "male", Flag.HIGH, NextStep.NONE),
        ("159/99", ADULT, "male", Flag.HIGH, NextStep.NONE),
        ("160/76", ADULT, "male", Flag.HIGH, NextStep.REPEAT),
        ("130/100", ADULT, "male", Flag.HIGH, NextStep.REPEAT),
        ("180/90", ADULT, "male", Flag.CRITICAL_HIGH, NextStep.TELL_PROVIDER),
        ("150/120", ADULT, "male", Flag.CRITICAL_HIGH, NextStep.TELL_PROVIDER),
        ("88/62", ADULT, "male", Flag.LOW, NextStep.NONE),
        ("78/50", ADULT, "male", Flag.CRITICAL_LOW, NextStep.TELL_PROVIDER),
        ("102/62", CHILD_5, "male", Flag.NORMAL, NextStep.NONE),
        ("103/62", CHILD_5, "male", Flag.HIGH, NextStep.REPEAT),
        ("103/62", CHILD_5, "female", Flag.NORMAL, NextStep.NONE),
        ("103/62", CHILD_5, None, Flag.HIGH, NextStep.REPEAT),
        ("79/50", CHILD_5, "male", Flag.CRITICAL_LOW, NextStep.TELL_PROVIDER),
        ("80/50", CHILD_5, "male", Flag.NORMAL, NextStep.NONE),
        ("140/60", CHILD_5, "male", Flag.CRITICAL_HIGH, NextStep.TELL_PROVIDER),
        ("69/40", INFANT, "male", Flag.CRITICAL_LOW, NextStep.TELL_PROVIDER),
    ],
)
def test_a_blood_pressure_is_as_bad_as_its_worse_part(
    reading: str, age_days: int, sex: str | None, flag: Flag, step: NextStep
) -> None:
    systolic, diastolic = map(D, reading.split("/"))
    overall = vitals.assess_blood_pressure(systolic, diastolic, age_days, sex, RANGES).overall
    assert (overall.flag, overall.next_step) == (flag, step)
    assert f"Blood pressure {reading} mmHg" in overall.sentence


def test_a_high_blood_pressure_is_repeated_after_rest() -> None:
    overall = vitals.assess_blood_pressure(D(165), D(95), ADULT, "male", RANGES).overall
    assert overall.sentence == "Blood pressure 165/95 mmHg: high. Let the patient rest 5 min, then repeat."


def test_a_fever_is_told_in_the_units_of_the_thermometer() -> None:
    verdict = vitals.assess(VitalKind.TEMPERATURE, D("38.5"), ADULT, None, RANGES)
    assert verdict.sentence == "Temperature 101.3 °F (38.5 °C): high (usual 36–37.9 °C)."


@pytest.mark.parametrize(
    ("kind", "value", "age_days", "words"),
    [
        (VitalKind.PULSE, "720", ADULT, "above 350 /min is not possible"),
        (VitalKind.TEMPERATURE, "98.6", ADULT, r"above 113 °F \(45 °C\) is not possible"),
        (VitalKind.WEIGHT, "80", INFANT, r"above 55.1 lb \(25 kg\) is not possible at this age"),
        (VitalKind.HEIGHT, "5.9", ADULT, r"below 19.69 in \(50 cm\)"),
        (VitalKind.OXYGEN_SATURATION, "101", ADULT, "above 100%"),
        (VitalKind.PAIN, "11", ADULT, "above 10 is not possible"),
        (VitalKind.PAIN, "3.5", ADULT, "whole number from 0 to 10"),
        (VitalKind.PULSE, "NaN", ADULT, "write a number"),
    ],
)
def test_impossible_values_are_refused_with_the_limit(kind: VitalKind, value: str, age_days: int, words: str) -> None:
    with pytest.raises(vitals.ImpossibleValue, match=words):
        vitals.refuse_impossible(kind, D(value), age_days)


def test_a_blood_pressure_the_wrong_way_round_is_refused() -> None:
    vitals.refuse_impossible_blood_pressure(D(120), D(80), ADULT)
    with pytest.raises(vitals.ImpossibleValue, match="Check their order"):
        vitals.refuse_impossible_blood_pressure(D(80), D(120), ADULT)


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        (VitalKind.WEIGHT, "172", "78.018"),
        (VitalKind.HEIGHT, "5'10\"", "177.8"),
        (VitalKind.TEMPERATURE, "98.6", "37"),
        (VitalKind.TEMPERATURE, "37,1", "37.1"),
        (VitalKind.PULSE, "72", "72"),
        (VitalKind.OXYGEN_SATURATION, "98 %", "98"),
        (VitalKind.PAIN, "4/10", "4"),
    ],
)
def test_what_is_typed_is_read_into_the_unit_of_storage(kind: VitalKind, typed: str, stored: str) -> None:
    assert vitals.read_measurement(kind, typed, ADULT) == D(stored)


@pytest.mark.parametrize(
    ("kind", "typed", "words"),
    [
        (VitalKind.TEMPERATURE, "37.1 F", "below 77 °F"),
        (VitalKind.WEIGHT, "1720", "above 1433 lb"),
        (VitalKind.PULSE, "72.5", "Pulse: write a whole number"),
        (VitalKind.WEIGHT, "heavy", "Weight: this cannot be read as a number"),
    ],
)
def test_what_cannot_be_is_refused_at_the_field(kind: VitalKind, typed: str, words: str) -> None:
    with pytest.raises(vitals.ImpossibleValue, match=words):
        vitals.read_measurement(kind, typed, ADULT)


def test_a_typed_blood_pressure_is_read_and_checked() -> None:
    assert vitals.read_blood_pressure("128/82", ADULT) == (D(128), D(82))
    for typed, words in {
        "82/128": "Check their order",
        "120": "for example 120/80",
        "400/80": "above 350 mmHg",
    }.items():
        with pytest.raises(vitals.ImpossibleValue, match=words):
            vitals.read_blood_pressure(typed, ADULT)


def test_body_mass_index() -> None:
    assert vitals.bmi(D(70), D(175)) == D("22.9")
    with pytest.raises(ValueError, match="above zero"):
        vitals.bmi(D(70), D(0))


def test_every_choice_has_its_own_snomed_code() -> None:
    for kind in (BloodPressureSite, Position, TemperatureRoute):
        codes = [choice.snomed for choice in kind]
        assert len(set(codes)) == len(codes)
        assert all(kind.of_snomed(choice.snomed) is choice for choice in kind)
    assert BloodPressureSite("left-arm").label == "Left arm"


def test_a_clinic_may_move_its_limits_and_hears_what_is_wrong() -> None:
    document = vitals.default_document()
    for row in document["rows"]:
        if row["kind"] == "systolic" and row["from"] == {"years": 18}:
            row["repeat_from"] = "140"
    strict = vitals.parse_reference_ranges(document)
    assert vitals.assess_blood_pressure(D(145), D(70), ADULT, None, strict).overall.next_step is NextStep.REPEAT


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "mood"}, "row 1: the kind must be one of"),
        ({"sex": "m"}, "row 1: the sex"),
        ({"low_below": "50"}, "row 1: the limits must rise"),
        ({"from": {"weeks": 1}}, "row 1: write an age"),
        ({"to": {"years": 90}}, "two rows of systolic hold for the same age"),
        ({"source": "hearsay"}, "row 1: the source “hearsay” is not listed"),
        ({"hihg_from": "9"}, "“hihg_from” is not a known entry"),
        ({"high_from": "much"}, "high_from is not a number"),
    ],
)
def test_a_wrong_document_is_refused_by_row(change: dict[str, Any], words: str) -> None:
    document = vitals.default_document()
    document["rows"][0] |= change
    with pytest.raises(ValueError, match=words):
        vitals.parse_reference_ranges(document)


def test_every_row_of_the_packaged_document_names_a_dated_source() -> None:
    document = vitals.default_document()
    assert all(source["name"] and source["date"] for source in document["sources"].values())
    assert {row["source"] for row in document["rows"]} == set(document["sources"])


@given(
    st.sampled_from(list(VitalKind)),
    st.decimals("-5", "400", places=1),
    st.decimals("0", "50", places=1),
    st.integers(0, 120 * YEAR),
    st.sampled_from(["male", "female", "other", None]),
)
def test_a_higher_value_is_never_marked_lower(
    kind: VitalKind, value: Decimal, more: Decimal, age_days: int, sex: str | None
) -> None:
    order = [Flag.CRITICAL_LOW, Flag.LOW, Flag.NORMAL, Flag.HIGH, Flag.CRITICAL_HIGH]
    less, greater = (vitals.assess(kind, v, age_days, sex, RANGES).flag for v in (value, value + more))
    if Flag.NOT_ASSESSED in {less, greater}:
        assert less is greater
    else:
        assert order.index(less) <= order.index(greater)


@given(st.sampled_from([*list(VitalKind)]), st.integers(0, 120 * YEAR), st.sampled_from(["male", "female", None]))
def test_what_is_normal_is_possible_at_every_age(kind: VitalKind, age_days: int, sex: str | None) -> None:
    row = RANGES.find(kind, age_days, sex)
    for value in () if row is None else (row.low, row.high):
        if value is not None:
            vitals.refuse_impossible(kind, value, age_days)
            assert vitals.assess(kind, value, age_days, sex, RANGES).flag is Flag.NORMAL
