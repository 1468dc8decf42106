"""Chapters 5, 7 and 9: who a series is for, whether another dose is needed, when, and what a vaccine group says."""

from datetime import date

import pytest

from liaison.engines import cdsi
from tests.cdsi.support import TODAY, Row, antigen, dates, dose, patient, schedule, series, skip

pytestmark = pytest.mark.engine

Status = cdsi.SeriesStatus
RISK = {"type": "Risk", "group": "2", "default": False, "preference": 1}


def only(*doses: Row, given: list[tuple[str, str]] | None = None, today: date = TODAY) -> cdsi.GroupForecast:
    used = schedule(antigen(series("standard", *doses)))
    return cdsi.forecast(patient(*(given or [])), today, used).forecasts[0]


def test_dates_by_age_forecastdt_1_to_6() -> None:
    found = only(dose(1, None, "5 years", "6 years", "7 years + 4 weeks", "9 years"))
    assert dates(found) == ["2025-01-01", "2026-01-01", "2027-01-28"]
    assert found.latest == date(2028, 12, 31)


def test_dates_by_interval_where_there_are_none_by_age() -> None:
    second = dose(2, interval=("4 weeks", "4 weeks", "8 weeks", "12 weeks"))
    found = only(dose(1), second, given=[("2023-12-01", "900")])
    assert dates(found) == ["2023-12-29", "2024-01-26", "2024-02-22"]
    assert (found.number, found.status) == (2, Status.NOT_COMPLETE)


def test_recommended_and_past_due_never_precede_the_earliest_date() -> None:
    second = dose(2, None, "1 year", "1 year", "2 years", interval=("4 weeks", "4 weeks"))
    assert dates(only(dose(1), second, given=[("2023-12-15", "900")])) == ["2024-01-12", "2024-01-12", "2024-01-12"]


def test_without_any_date_the_day_of_birth_stands_in() -> None:
    assert dates(only(dose(1))) == ["2020-01-01", "2020-01-01", None]


def test_an_interval_from_a_dose_that_was_never_given_does_not_end_table_7_9() -> None:
    """The first dose is skipped by age, and nothing but the interval from it says when the second may be given."""
    first = dose(1, None, "2 months", skips=[skip({"kind": "age", "begin_age": "7 months"})])
    found = only(first, dose(2, interval=("8 weeks", "8 weeks")))
    assert (found.status, found.reasons) == (
        Status.AGED_OUT,
        ("Patient is unable to finish the series prior to the maximum age",),
    )
    assert dates(only(first, dose(2, None, "1 year", interval=("8 weeks", "8 weeks"))))[0] == "2021-01-01"


def test_an_interval_from_an_observation_of_unknown_day_does_not_take_the_dose_away() -> None:
    from_onset = [{"from": "other", "observation": "002", "spans": ["27 weeks", "27 weeks", None, None]}]
    risk = series("pregnant", dose(1, intervals=from_onset), **RISK, indications=[["001", None, None, ""]])
    used = schedule(antigen(risk))
    unknown = cdsi.forecast(patient(observations="001 002"), TODAY, used).forecasts[0]
    assert (unknown.status, unknown.earliest) == (Status.NOT_COMPLETE, date(2020, 1, 1))
    dated = cdsi.Patient(
        date(2000, 1, 1), "F", (), (cdsi.Observation("001"), cdsi.Observation("002", date(2023, 10, 1)))
    )
    assert cdsi.forecast(dated, TODAY, used).forecasts[0].earliest == date(2024, 4, 7)


def test_a_risk_series_counts_on_from_doses_that_the_series_by_age_holds_valid() -> None:
    """An infant's dose is too early for the risk series; it was valid by age, and the next one is the second."""
    by_age = series("by age", dose(1), dose(2), dose(3), equivalent_groups=["2"])
    at_risk = series("at risk", dose(1, "1 year", "1 year"), dose(2), **RISK, indications=[["001", None, None, ""]])
    result = cdsi.forecast(patient(("+60", "900"), observations="001"), TODAY, schedule(antigen(by_age, at_risk)))

    assert [(found.series, found.number) for found in result.forecasts] == [(("at risk",), 2)]
    told = [(each.series, each.status.value) for each in result.doses[0].by_antigen]
    assert told == [("at risk", "Not Valid"), ("by age", "Valid")]


def test_a_conflict_with_another_vaccine_delays_the_next_dose_calcdtconflict_3() -> None:
    live = dose(2, preferable=4)
    assert dates(only(dose(1), live, given=[("2023-12-20", "902")]))[0] == "2024-01-17"
    assert dates(only(dose(1), live, given=[("2023-12-20", "900")]))[0] == "2023-12-20"


def test_a_conflict_delays_nothing_that_another_preferable_vaccine_can_be_given_for_calcdtconflict_3() -> None:
    """A live vaccine among others: whoever may have one of the others need not wait."""
    either = dose(2, preferable=5)
    assert dates(only(dose(1), either, given=[("2023-12-20", "902")]))[0] == "2023-12-20"


def test_an_inadvertent_dose_delays_the_next_to_its_day_forecastdtcan_1() -> None:
    first = dose(1, None, "1 year", inadvertent=1)
    assert dates(only(first, given=[("2023-12-20", "902")]))[0] == "2023-12-20"


SEASON = {"season": ["2023-09-01", "2024-03-31"]}


def test_a_season_begins_and_ends() -> None:
    assert dates(only(dose(1, None, "6 months", **SEASON)))[0] == "2023-09-01"
    past = only(dose(1, None, "6 months", **SEASON), today=date(2024, 4, 1))
    assert (past.status, past.reasons) == (Status.NOT_RECOMMENDED, ("Past seasonal recommendation end date",))
    assert only(dose(1, **SEASON), today=date(2024, 3, 31)).status is Status.NOT_COMPLETE


def test_the_dose_number_of_a_season_counts_from_its_start_forecastdn_1() -> None:
    two = [dose(1, **SEASON), dose(2, **SEASON), dose(3, **SEASON)]
    assert only(*two, given=[("2022-10-01", "900"), ("2023-10-01", "900")]).number == 2


@pytest.mark.parametrize(
    ("today", "status", "reason"),
    [
        (date(2021, 12, 31), Status.NOT_COMPLETE, ()),
        (date(2022, 1, 1), Status.AGED_OUT, ("Patient has exceeded the maximum age",)),
    ],
)
def test_maximum_age_table_7_10(today: date, status: Status, reason: tuple[str, ...]) -> None:
    found = only(dose(1, None, None, None, None, "2 years"), today=today)
    assert (found.status, found.reasons) == (status, reason)


def test_a_series_that_cannot_be_finished_in_time_is_aged_out() -> None:
    second = dose(2, None, None, None, None, "5 years", interval=("2 years", "2 years"))
    found = only(dose(1), second, given=[("2023-12-01", "900")])
    assert found.reasons == ("Patient is unable to finish the series prior to the maximum age",)


def test_all_doses_given_is_complete_and_all_skipped_is_not_recommended() -> None:
    assert only(dose(1), given=[("2023-12-01", "900")]).status is Status.COMPLETE
    old = skip({"kind": "age", "begin_age": "1 year"}, context="forecast")
    found = only(dose(1, skips=[old]))
    assert (found.status, found.reasons) == (
        Status.NOT_RECOMMENDED,
        ("Not recommended at this time due to past immunization history",),
    )


def test_a_forecast_that_will_be_illogical_is_made_anew_section_7_6() -> None:
    """On its earliest date the child is five, and dose 2 is skipped: dose 3 is forecast now."""
    second = dose(2, interval=("1 year", "1 year"), skips=[skip({"kind": "age", "begin_age": "4 years + 10 months"})])
    third = dose(3, interval=("14 months", "14 months"))
    found = only(dose(1), second, third, given=[("2023-12-01", "900")])
    assert dates(found)[0] == "2025-02-01"


IMMUNITY: Row = {"immune_by": ["001"], "immune_by_birth": [["1957-01-01", "U.S.", ["002"]]]}


@pytest.mark.parametrize(
    ("born", "country", "observations", "immune"),
    [
        (date(2020, 1, 1), "", "001", True),
        (date(1956, 12, 31), "U.S.", "", True),
        (date(1957, 1, 1), "U.S.", "", False),
        (date(1956, 12, 31), "U.S.", "002", False),
        (date(1956, 12, 31), "", "", False),
        (date(1956, 12, 31), "France", "", False),
    ],
)
def test_evidence_of_immunity_table_7_3(born: date, country: str, observations: str, immune: bool) -> None:
    used = schedule(antigen(series("standard", dose(1)), **IMMUNITY))
    seen = tuple(cdsi.Observation(code) for code in observations.split())
    found = cdsi.forecast(cdsi.Patient(born, "M", (), seen, country), TODAY, used).forecasts[0]
    assert (found.status is Status.IMMUNE) == immune


def contraindicated(age: str | None = None, end: str | None = None) -> Status:
    used = schedule(antigen(series("standard", dose(1)), contraindications=[["001", "", age, end, []]]))
    return cdsi.forecast(patient(observations="001"), TODAY, used).forecasts[0].status


def test_an_antigen_contraindication_and_its_ages_table_7_5() -> None:
    assert contraindicated() is Status.CONTRAINDICATED
    assert contraindicated("4 years") is Status.CONTRAINDICATED
    assert contraindicated("4 years + 1 day") is Status.NOT_COMPLETE
    assert contraindicated(None, "4 years") is Status.NOT_COMPLETE


def test_vaccine_contraindications_forbid_a_series_only_when_all_its_vaccines_are_table_7_7() -> None:
    forbidden: Row = {"vaccine_contraindications": [["001", "", None, None, [["900", None, None]]]]}
    used = schedule(antigen(series("standard", dose(1)), **forbidden))
    assert cdsi.forecast(patient(observations="001"), TODAY, used).forecasts[0].status is Status.CONTRAINDICATED
    other = schedule(antigen(series("standard", dose(1), dose(2, preferable=4)), **forbidden))
    found = cdsi.forecast(patient(observations="001"), TODAY, other).forecasts[0]
    assert (found.status, found.vaccines) == (Status.NOT_COMPLETE, ())


def test_recommended_vaccines_are_those_the_data_name_forecastrecvac_1() -> None:
    assert [vaccine.cvx for vaccine in only(dose(1)).vaccines] == ["900"]


@pytest.mark.parametrize(
    ("ages", "gender", "observations", "relevant"),
    [
        (("4 years", None), "F", "001", True),
        (("4 years + 1 day", None), "F", "001", False),
        ((None, "4 years"), "F", "001", False),
        ((None, None), "F", "002", False),
        ((None, None), "M", "001", False),
        ((None, None), "X", "001", False),
    ],
)
def test_a_risk_series_needs_gender_indication_and_age_tables_5_4_and_5_5(
    ages: tuple[str | None, str | None], gender: str, observations: str, relevant: bool
) -> None:
    risk = series("risk", dose(1), **RISK, genders=["Female"], indications=[["001", *ages, "Ask."]])
    used = schedule(antigen(series("standard", dose(1)), risk))
    result = cdsi.forecast(patient(observations=observations, gender=gender), TODAY, used)
    assert [found.series for found in result.forecasts if found.series_type == "Risk"] == [("risk",)] * relevant
    assert all(found.guidance == ("Ask.",) for found in result.forecasts if found.series_type == "Risk")


def test_an_indication_that_begins_later_is_told_where_nothing_else_is_relevant_table_5_4() -> None:
    risk = series("risk", dose(1, None, "9 years"), **RISK, indications=[["001", "9 years", "17 years", ""]])
    alone = cdsi.forecast(patient(observations="001"), TODAY, schedule(antigen(risk))).forecasts
    assert [dates(found)[0] for found in alone] == ["2029-01-01"]
    assert not cdsi.forecast(patient(observations="002"), TODAY, schedule(antigen(risk))).forecasts
    both = cdsi.forecast(patient(observations="001"), TODAY, schedule(antigen(series("standard", dose(1)), risk)))
    assert [found.series for found in both.forecasts] == [("standard",)]


def several(full: bool, first: Row, second: Row, *given: tuple[str, str], observations: str = "") -> cdsi.GroupForecast:
    one = antigen(series("one", first), contraindications=[["001", "", None, None, []]])
    two = antigen(series("two", second), name="Otheritis")
    used = schedule(one, two, groups=[["Both", ["Testitis", "Otheritis"], full]])
    return cdsi.forecast(patient(*given, observations=observations), TODAY, used).forecasts[0]


def test_a_group_of_several_antigens_waits_for_the_last_multiantvg_1() -> None:
    found = several(True, dose(1, None, "5 years", "6 years"), dose(1, None, "7 years", "8 years"))
    assert dates(found) == ["2027-01-01", "2027-01-01", None]
    assert found.antigens == ("Testitis", "Otheritis")


def test_a_priority_interval_takes_the_first_date_forecastpriority_1() -> None:
    soon = dose(2, interval=("4 weeks", "4 weeks"))
    soon["intervals"][0]["priority"] = True
    one = antigen(series("one", dose(1), soon))
    two = antigen(series("two", dose(1), dose(2, None, "9 years")), name="Otheritis")
    used = schedule(one, two, groups=[["Both", ["Testitis", "Otheritis"], True]])
    found = cdsi.forecast(patient(("2023-12-01", "900")), TODAY, used).forecasts[0]
    assert dates(found)[0] == "2023-12-29"


def test_one_complete_antigen_does_not_complete_its_group_table_9_4() -> None:
    found = several(True, dose(1), dose(1, "5 years", "5 years"), ("2023-12-01", "900"))
    assert (found.status, found.antigens, found.number) == (Status.NOT_COMPLETE, ("Otheritis",), 1)


def test_a_contraindicated_antigen_forbids_a_full_group_only() -> None:
    assert several(True, dose(1), dose(1), observations="001").status is Status.CONTRAINDICATED
    found = several(False, dose(1), dose(1), observations="001")
    assert (found.status, found.antigens) == (Status.NOT_COMPLETE, ("Otheritis",))
    done = several(False, dose(1, "5 years"), dose(1), ("2023-12-01", "900"), observations="001")
    assert done.status is Status.CONTRAINDICATED


def test_a_risk_series_counts_on_and_speaks_first() -> None:
    risk = series("risk", dose(1, "4 years", "4 years"), **RISK, indications=[["001", None, None, ""]])
    used = schedule(antigen(series("standard", dose(1), dose(2)), risk))
    given = [("2022-01-01", "900"), ("2023-01-01", "900")]
    found = cdsi.forecast(patient(*given, observations="001"), TODAY, used).forecasts
    assert [(each.series, each.number) for each in found] == [(("risk",), 3), (("standard",), None)]
