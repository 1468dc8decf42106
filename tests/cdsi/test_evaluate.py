"""Chapter 6: a dose counts or does not, each decision table at its edges."""

from datetime import date
from typing import Any

import pytest

from liaison.engines import cdsi
from tests.cdsi.support import ANTIGEN, BORN, TODAY, Row, antigen, dose, evaluated, patient, schedule, series, skip

pytestmark = pytest.mark.engine

AGED = dose(1, "2 months - 4 days", "2 months", None, None, "5 years")


def run(target: Row | list[Row], *doses: tuple[str, str], **more: Any) -> list[str]:
    targets = target if isinstance(target, list) else [target]
    used = schedule(antigen(series("standard", *targets)))
    return evaluated(cdsi.forecast(patient(*doses, **more), TODAY, used))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("2020-02-25", "Not Valid: TOO_YOUNG"),
        ("2020-02-26", "Valid: AGE_GRACE"),
        ("2020-02-29", "Valid: AGE_GRACE"),
        ("2020-03-01", "Valid"),
        ("2023-12-31", "Valid"),
    ],
)
def test_age_table_6_15(given: str, told: str) -> None:
    assert run(AGED, (given, "900")) == [told]


def test_too_old_is_extraneous_and_need_not_be_repeated() -> None:
    assert run(dose(1, None, None, None, None, "2 years"), ("2022-01-01", "900")) == ["Extraneous: TOO_OLD"]
    assert run(dose(1, None, None, None, None, "2 years"), ("2021-12-31", "900")) == ["Valid"]


def test_a_defective_dose_is_sub_standard_whatever_else_table_6_3() -> None:
    used = schedule(antigen(series("standard", AGED)))
    expired = cdsi.Dose(date(2021, 5, 2), "900", lot_expiration=date(2021, 5, 1))
    recalled = cdsi.Dose(date(2021, 6, 2), "900", sub_standard=True)
    last_day = cdsi.Dose(date(2021, 7, 1), "900", lot_expiration=date(2021, 7, 1))

    result = cdsi.forecast(cdsi.Patient(BORN, "F", (expired, recalled, last_day)), TODAY, used)

    assert evaluated(result) == ["Sub-standard: EXPIRED", "Sub-standard: SUB_STANDARD", "Valid"]


TWO = [dose(1), dose(2, interval=("4 weeks - 4 days", "4 weeks"))]


@pytest.mark.parametrize(
    ("days", "told"),
    [(123, "Not Valid: TOO_SOON"), (124, "Valid: INTERVAL_GRACE"), (127, "Valid: INTERVAL_GRACE"), (128, "Valid")],
)
def test_preferable_interval_table_6_18(days: int, told: str) -> None:
    assert run(TWO, ("+100", "900"), (f"+{days}", "900")) == ["Valid", told]


def test_an_allowable_interval_saves_a_dose_that_came_too_soon_table_6_21() -> None:
    saved = [{"from": "previous", "spans": ["14 days", None, None, None]}]
    second = dose(2, interval=("4 weeks - 4 days", "4 weeks"), allowable_intervals=saved)

    assert run([dose(1), second], ("+100", "900"), ("+114", "900"))[1] == "Valid: INTERVAL_ALLOWED"
    assert run([dose(1), second], ("+100", "900"), ("+113", "900"))[1] == "Not Valid: TOO_SOON"


def test_every_preferable_interval_must_be_met() -> None:
    third = dose(3)
    third["intervals"] = [
        {"from": "previous", "spans": ["4 weeks", "4 weeks", None, None]},
        {"from": "other", "target_dose": 1, "spans": ["16 weeks", "16 weeks", None, None]},
    ]
    given = [("+0", "900"), ("+56", "900")]
    assert run([dose(1), dose(2), third], *given, ("+111", "900"))[2] == "Not Valid: TOO_SOON"
    assert run([dose(1), dose(2), third], *given, ("+112", "900"))[2] == "Valid"


def test_an_interval_counts_from_a_dose_that_was_not_valid_too_calcdtint_1() -> None:
    first = dose(1, "2 months", "2 months")
    told = run([first, TWO[1]], ("+40", "900"), ("+61", "900"), ("+75", "900"), ("+95", "900"))
    assert told == ["Not Valid: TOO_YOUNG", "Valid", "Not Valid: TOO_SOON", "Not Valid: TOO_SOON"]


def test_an_inadvertent_vaccine_is_not_valid_and_starts_no_interval_table_6_13() -> None:
    second = TWO[1] | {"inadvertent": 1}
    told = run([dose(1), second], ("+100", "900"), ("+120", "902"), ("+130", "900"))
    assert told == ["Valid", "Not Valid: INADVERTENT", "Valid"]


def test_an_interval_from_the_most_recent_vaccine_of_a_type_calcdtint_8() -> None:
    second = dose(2)
    second["intervals"] = [{"from": "other", "most_recent": 2, "spans": ["1 year", "1 year", None, None]}]
    assert run([dose(1), second], ("+100", "901"), ("+130", "901"))[1] == "Valid: NOT_PREFERABLE"
    assert run([dose(1), second], ("+100", "900"), ("+130", "901"))[1] == "Not Valid: TOO_SOON, NOT_PREFERABLE"


def test_an_interval_in_force_on_the_day_of_the_dose_relevant_1() -> None:
    second = dose(2)
    second["intervals"] = [
        {"from": "previous", "spans": ["2 weeks", "2 weeks", None, None], "period": [None, "2020-12-15"]},
        {"from": "previous", "spans": ["8 weeks", "8 weeks", None, None], "period": ["2020-12-16", None]},
    ]
    assert run([dose(1), second], ("2020-12-01", "900"), ("2020-12-15", "900"))[1] == "Valid"
    assert run([dose(1), second], ("2020-12-02", "900"), ("2020-12-16", "900"))[1] == "Not Valid: TOO_SOON"


@pytest.mark.parametrize(
    ("first", "days", "told"),
    [("+100", 123, "CONFLICT"), ("+100", 124, "Valid"), ("+100", 100 + 400, "Valid")],
)
def test_a_live_vaccine_stands_in_the_way_of_the_next_conflict_3(first: str, days: int, told: str) -> None:
    assert told in run([dose(1), dose(2)], (first, "902"), (f"+{days}", "902"))[1]


def test_a_conflict_lasts_longer_after_a_dose_that_was_not_valid_calcdtconflict_2() -> None:
    first = dose(1, "2 months", "2 months")
    assert "CONFLICT" in run(first, ("+50", "902"), ("+77", "902"))[1]
    assert run(first, ("+50", "902"), ("+78", "902"))[1] == "Valid: NOT_PREFERABLE"


def test_allowable_vaccines_and_their_ages_table_6_29() -> None:
    assert run(dose(1), ("+10", "901")) == ["Valid: NOT_PREFERABLE"]
    assert run(dose(1), ("2023-01-01", "901")) == ["Not Valid: WRONG_AGE_FOR_VACCINE"]
    assert run(dose(1, allowable=3), ("+10", "901")) == ["Not Valid: NOT_ALLOWABLE"]


def test_a_preferable_product_is_told_by_its_manufacturer_table_6_26() -> None:
    product = dose(1, preferable=2, allowable=3)
    assert run(product, ("+10", "900/MSD")) == ["Valid"]
    assert run(product, ("+10", "900/SKB")) == ["Not Valid: NOT_ALLOWABLE"]
    assert run(product, ("+10", "900")) == ["Not Valid: NOT_ALLOWABLE"]


def test_too_little_volume_is_told_and_decides_nothing() -> None:
    used = schedule(antigen(series("standard", dose(1))))
    given = cdsi.Dose(date(2021, 5, 2), "900", volume_ml=0.25)
    assert evaluated(cdsi.forecast(cdsi.Patient(BORN, "F", (given,)), TODAY, used)) == ["Valid: LITTLE_VOLUME"]


def test_doses_after_the_last_target_dose_are_extraneous_figure_4_6() -> None:
    assert run(dose(1), ("+10", "900"), ("+50", "900")) == ["Valid", "Extraneous: SERIES_DONE"]


def test_a_recurring_dose_comes_again_figure_4_6() -> None:
    yearly = dose(2, interval=("1 year", "1 year"), recurring=True)
    told = run([dose(1), yearly], ("+10", "900"), ("+400", "900"), ("+500", "900"), ("+900", "900"))
    assert told == ["Valid", "Valid", "Not Valid: TOO_SOON", "Valid"]


def test_a_vaccine_belongs_to_an_antigen_from_an_age_on_section_4_2() -> None:
    used = schedule(antigen(series("standard", dose(1))))
    result = cdsi.forecast(patient(("+900", "903")), TODAY, used)
    assert [given.by_antigen for given in result.doses] == [()]


def count(number: int, logic: str, **more: object) -> Row:
    return {"kind": "count", "count": number, "count_logic": logic, **more}


SKIPS = [
    ("age reached", skip({"kind": "age", "begin_age": "1 year"}), 2),
    ("age not reached", skip({"kind": "age", "begin_age": "3 years"}), 1),
    ("age of the first dose, not of the second", skip({"kind": "age", "end_age": "1 year"}), 3),
    ("only for forecasts", skip({"kind": "age", "begin_age": "1 year"}, context="forecast"), 1),
    ("only in evaluation", skip({"kind": "age", "begin_age": "1 year"}, context="evaluation"), 2),
    ("more than none before", skip(count(0, "greater than")), 2),
    ("more than one before", skip(count(1, "greater than")), 1),
    ("exactly one before", skip(count(1, "equal to")), 2),
    ("less than one before: so the first dose", skip(count(1, "less than")), 3),
    ("one valid before, but there is none", skip(count(0, "greater than", valid_only=True)), 1),
    ("one of another vaccine", skip(count(0, "greater than", vaccines=1)), 1),
    ("one of this vaccine", skip(count(0, "greater than", vaccines=2)), 2),
    ("one before 2020-02-01", skip(count(0, "greater than", end="2020-02-01")), 2),
    ("one from 2020-02-01 on", skip(count(0, "greater than", start="2020-02-01")), 1),
    ("one before the age of 4 weeks", skip(count(0, "greater than", end_age="4 weeks")), 2),
    ("one before the age of 1 week", skip(count(0, "greater than", end_age="1 week")), 1),
    ("18 months since the last", skip({"kind": "interval", "interval": "18 months"}), 2),
    ("3 years since the last", skip({"kind": "interval", "interval": "3 years"}), 1),
    ("both", skip(count(0, "greater than"), {"kind": "age", "begin_age": "1 year"}), 2),
    ("both, one fails", skip(count(0, "greater than"), {"kind": "age", "begin_age": "3 years"}), 1),
    ("either", skip(count(0, "greater than"), {"kind": "age", "begin_age": "3 years"}, all_of=False), 2),
    ("neither", skip(count(9, "greater than"), {"kind": "age", "begin_age": "3 years"}, all_of=False), 1),
    ("in force", skip(count(0, "greater than"), period=["2022-01-01", None]), 2),
    ("not in force yet", skip(count(0, "greater than"), period=["2022-02-02", None]), 1),
    ("no longer in force", skip(count(0, "greater than"), period=[None, "2022-01-31"]), 1),
]


@pytest.mark.parametrize(("words", "skipping", "met"), SKIPS, ids=[found[0] for found in SKIPS])
def test_conditional_skip_tables_6_6_to_6_11(words: str, skipping: Row, met: int) -> None:
    """A dose too young at two weeks, then one on 2022-02-01: which target dose does it meet?"""
    used = schedule(antigen(series("standard", dose(1, "4 weeks", "4 weeks", skips=[skipping]), dose(2), dose(3))))
    result = cdsi.forecast(patient(("+14", "900"), ("2022-02-01", "900")), TODAY, used)
    assert result.doses[1].by_antigen[0].target_dose == met


def test_a_completed_series_of_another_group_skips_a_dose_table_6_7() -> None:
    risk = {"type": "Risk", "group": "2", "default": False, "indications": [["001", None, None, ""]]}
    done = skip({"kind": "series", "series_groups": ["1"]})
    used = schedule(antigen(series("standard", dose(1)), series("risk", dose(1, skips=[done]), dose(2), **risk)))
    process = cdsi.Process(patient(("+14", "900"), observations="001"), TODAY, used)
    run_ = process.runs[ANTIGEN]
    found = next(each for each in run_.series if each.series.type == "Risk")

    assert [each.target.number for each in run_.evaluated(found).evaluations if each.target] == [2]
