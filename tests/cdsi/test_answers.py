"""Cases in and out: a line in gives a line out, whatever is in it; what cannot be used is told by a sentence."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from liaison.engines import cdsi
from liaison.engines.cdsi.cases import BadCase, Difference, answer, compare, read_case
from liaison.engines.cdsi.explain import explain

pytestmark = pytest.mark.engine

CHILD: dict[str, Any] = {
    "id": "a",
    "dob": "2024-10-10",
    "gender": "F",
    "assessment_date": "2025-11-10",
    "observations": [],
    "doses": [{"date": "2025-10-10", "cvx": "03", "mvx": "MSD"}, {"date": "2025-10-20", "cvx": "21", "mvx": None}],
}


def answered(**more: Any) -> dict[str, Any]:
    return answer(read_case(json.dumps(CHILD | more)))


def forecast_of(row: dict[str, Any], group: str) -> dict[str, Any]:
    return next(found for found in row["forecasts"] if found["vaccine_group"] == group)


def test_a_child_after_two_live_vaccines_ten_days_apart() -> None:
    row = answered()

    assert row["flags"] == []
    assert [(dose["status"], dose["reason"]) for dose in row["doses"]] == [
        ("Valid", None),
        ("Not Valid", "Vaccine Conflict"),
    ]
    assert [each["antigen"] for each in row["doses"][0]["by_antigen"]] == ["Measles", "Mumps", "Rubella"]
    mmr = forecast_of(row, "MMR")
    assert (mmr["series_status"], mmr["forecast_number"], mmr["earliest"]) == ("not complete", 2, "2025-11-17")
    assert mmr["reason"].startswith("earliest: conflict with a previous vaccine ends (CALCDTCONFLICT-3)")
    assert forecast_of(row, "Varicella")["forecast_number"] == 1
    assert json.loads(json.dumps(row)) == row


@pytest.mark.parametrize(
    ("dose", "words"),
    [
        ({"date": "2026-01-01", "cvx": "03"}, "Dose 1 (CVX 03) is dated after the assessment date and was left out."),
        ({"date": "2024-10-09", "cvx": "03"}, "Dose 1 (CVX 03) is dated before birth and was left out."),
        ({"date": "2025-10-10", "cvx": "998"}, "Dose 1 (CVX 998) has a CVX code that the schedule does not know"),
        ({"date": "10/10/2025", "cvx": "03"}, "Dose 1 has no date and was left out."),
        ({"date": "2025-10-10"}, "Dose 1 has no CVX code and was left out."),
        ("MMR", "Dose 1 has no date and was left out."),
    ],
)
def test_a_dose_that_cannot_be_used_is_flagged_and_the_rest_goes_on(dose: object, words: str) -> None:
    row = answered(doses=[dose, {"date": "2025-10-10", "cvx": "21"}])

    assert len(row["flags"]) == 1
    assert row["flags"][0].startswith(words)
    assert row["doses"][0]["status"] is None
    assert row["doses"][0]["reason"]
    assert row["doses"][1]["status"] == "Valid"


def test_the_same_vaccine_twice_on_one_day_counts_once() -> None:
    once = answered(doses=CHILD["doses"][:1])
    twice = answered(doses=[CHILD["doses"][0], CHILD["doses"][0]])

    assert twice["flags"] == [
        "Dose 2 (CVX 03) is the same vaccine on the same day as another one and was left out as its duplicate."
    ]
    assert twice["forecasts"] == once["forecasts"]


def test_a_manufacturer_that_does_not_exist_is_flagged_and_the_dose_counts() -> None:
    row = answered(doses=[{"date": "2025-10-10", "cvx": "03", "mvx": "ZZZ"}])

    assert row["flags"] == ["Dose 1 (CVX 03) has a manufacturer's code that does not exist and counts without it."]
    assert (row["doses"][0]["status"], row["doses"][0]["reason"]) == ("Valid", None)
    assert answered(doses=[{"date": "2025-10-10", "cvx": "03", "mvx": "msd "}])["flags"] == []


def test_an_observation_code_that_does_not_exist_is_flagged() -> None:
    assert answered(observations=[{"code": "999"}, {"code": "7"}, {"date": "2025-01-01"}])["flags"] == [
        "Observation 3 has no code and was left out.",
        "Observation 1 (999) is no observation code of the schedule and was left out.",
    ]


def test_a_code_is_known_with_and_without_its_zeros() -> None:
    short = [{"date": "2025-10-10", "cvx": "3"}]
    assert (
        answered(doses=short, observations=[{"code": "7"}])["forecasts"]
        == (answered(doses=[{"date": "2025-10-10", "cvx": "03"}], observations=[{"code": "007"}])["forecasts"])
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("not json", "The line is not JSON."),
        ("[1]", "The line is not a JSON object."),
        ('{"id": "x", "assessment_date": "2025-11-10"}', "dob is not a date such as 2025-11-10: None."),
        ('{"id": "x", "dob": "2020-02-30", "assessment_date": "2025-11-10"}', "dob is not a date"),
        ('{"id": "x", "dob": "2020-01-01", "assessment_date": "soon"}', "assessment_date is not a date"),
        ('{"id": "x", "dob": "2020-01-01", "assessment_date": "2019-12-31"}', "The assessment date is before birth."),
        ('{"id": "x", "dob": "2020-01-01", "assessment_date": "2021-12-31", "doses": "none"}', "doses is not a list."),
    ],
)
def test_a_line_that_nobody_can_use_is_refused_in_a_sentence(line: str, words: str) -> None:
    with pytest.raises(BadCase) as bad:
        read_case(line)
    assert str(bad.value).startswith(words)


def test_a_dose_speaks_for_the_vaccine_group_that_is_asked() -> None:
    """Zoster vaccine under 50 counts as varicella; of a combination each group sees its own antigens."""
    pediarix = [{"date": "2024-11-25", "cvx": "110"}]
    assert answered(doses=pediarix, vaccine_group="HepB")["doses"][0]["status"] == "Valid"
    assert answered(doses=pediarix, vaccine_group="Polio")["doses"][0]["status"] == "Valid"
    early = [{"date": "2024-11-10", "cvx": "110"}]
    assert answered(doses=early, vaccine_group="HepB")["doses"][0]["status"] == "Valid"
    assert answered(doses=early, vaccine_group="Polio")["doses"][0]["status"] == "Not Valid"
    assert answered(doses=early)["doses"][0]["status"] == "Not Valid"


def test_every_difference_from_what_is_expected_is_found_and_blanks_are_not_compared() -> None:
    expected = {"series_status": "Complete", "forecast_number": None, "earliest": "2025-11-17", "recommended": None}
    doses = [CHILD["doses"][0] | {"expected_status": "Not Valid"}, CHILD["doses"][1] | {"expected_status": None}]
    case = read_case(json.dumps(CHILD | {"vaccine_group": "MMR", "expected": expected, "doses": doses}))

    assert compare(case, answer(case)) == [
        Difference("series_status", "Complete", "not complete"),
        Difference("dose 1 (CVX 03)", "Not Valid", "Valid"),
    ]


def test_a_forecast_that_is_expected_and_missing_is_a_difference() -> None:
    case = read_case(json.dumps(CHILD | {"vaccine_group": "Rabies", "expected": {"series_status": "not complete"}}))
    assert compare(case, answer(case)) == [Difference("forecast", "not complete", "none")]


def reasoning(group: str | None = "Varicella", **more: Any) -> str:
    case = read_case(json.dumps(CHILD | more))
    return "\n".join(explain(cdsi.Process(case.patient, case.assessment_date), group))


def test_the_reasoning_names_rules_dates_and_the_series_not_chosen() -> None:
    told = reasoning()

    assert "Female, born 2024-10-10, 13 months old when assessed on 2025-11-10." in told
    assert "Dose of 2025-10-20, at 12 months: CVX 21, varicella" in told
    assert "Varicella: Not Valid as dose 1 in 'Varicella childhood 2-dose series'" in told
    assert "Vaccine Conflict (CONFLICT-3), in order from 2025-11-07" in told
    assert "2025-11-17 conflict with a previous vaccine ends (CALCDTCONFLICT-3) <- earliest" in told
    assert "recommended not before the earliest date (FORECASTDT-5)" in told
    assert "not chosen: 'Varicella 13+ 2-dose series', Not Complete, no valid doses" in told
    assert "Measles" not in told


def test_the_reasoning_names_the_observation_that_forbids_or_makes_immune() -> None:
    forbidden = reasoning(observations=[{"code": "147"}])
    assert "Contraindicated: patient has a contraindication (table 7-10)" in forbidden
    assert "observation 147: T-lymphocyte [cell-mediated and humoral] - Complete defects (table 7-5)" in forbidden
    immune = reasoning(doses=[], observations=[{"code": "024", "date": "2025-02-01"}])
    assert "Observation 024 (2025-02-01): Healthcare provider verified history" in immune
    assert "Immune: patient has evidence of immunity (table 7-10)" in immune
    assert "(table 7-3)" in immune


def test_the_reasoning_tells_what_no_series_is_for_and_doses_skipped_in_a_row() -> None:
    assert reasoning("Rabies").endswith("Rabies: no series of it concerns this patient (tables 5-4 and 5-5).")
    td = [{"date": "2025-03-10", "cvx": "09"}]
    assert "doses 1 to 6 skipped in evaluation (table 6-11)" in reasoning("DTaP/Tdap/Td", dob="2018-03-10", doses=td)


def test_every_case_can_be_explained(shared: Callable[[str], Path]) -> None:
    lines = shared("data/cdsi/cases.jsonl").read_text("utf-8").splitlines()
    for line in lines[::9]:
        case = read_case(line)
        told = list(explain(cdsi.Process(case.patient, case.assessment_date)))
        assert len(told) > len(case.patient.doses)
        assert all(row == row.rstrip() for row in told)
