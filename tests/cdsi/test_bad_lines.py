"""Whatever a line has in it, it is refused by a sentence, or answered with a sentence for each thing left out."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liaison.engines.cdsi.cases import LONGEST, BadCase, Case, answer, compare, read_case

pytestmark = pytest.mark.engine

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
days = st.dates().map(str) | st.sampled_from(["2025-11-10", "2025-02-30", "11/10/2025", "20251110", "0001-01-01", ""])
doses = st.fixed_dictionaries(
    {},
    optional={
        "date": days | anything,
        "cvx": st.sampled_from(["03", "3", "133", "998", "13", ""]) | anything,
        "mvx": st.sampled_from(["MSD", "msd ", "ZZZ"]) | anything,
        "lot_expiration": days | st.just("2025-02") | anything,
        "sub_standard": st.booleans() | anything,
        "expected_status": anything,
    },
)
observations = st.fixed_dictionaries(
    {}, optional={"code": st.sampled_from(["007", "7", "14", "999"]) | anything, "date": days | anything}
)
rows = st.fixed_dictionaries(
    {},
    optional={
        "id": anything,
        "dob": days | anything,
        "assessment_date": days | anything,
        "gender": st.sampled_from(["F", "M", "q"]) | anything,
        "country_of_birth": anything,
        "vaccine_group": st.just("MMR") | anything,
        "expected": st.just({"series_status": "complete", "earliest": 3}) | anything,
        "doses": st.lists(doses | anything, max_size=4) | anything,
        "observations": st.lists(observations | anything, max_size=4) | anything,
    },
)
born = st.fixed_dictionaries({"dob": st.just("2020-01-01"), "assessment_date": st.just("2025-11-10")})


def read(row: dict[str, Any]) -> Case | str:
    try:
        return read_case(json.dumps(row))
    except BadCase as bad:
        return str(bad)


@settings(max_examples=150, deadline=None)
@given(rows | st.tuples(rows, born).map(lambda pair: pair[0] | pair[1]))
def test_a_line_is_refused_in_a_sentence_or_answered(row: dict[str, Any]) -> None:
    case = read(row)
    if isinstance(case, str):
        assert case.endswith(".")
        assert case.isprintable()
        return
    answered = answer(case)
    compare(case, answered)
    entered = row.get("doses") or []
    assert len(answered["doses"]) == len(entered)
    for dose in answered["doses"]:
        assert dose["status"] or dose["reason"] or dose["by_antigen"] == []
    assert all(flag.endswith(".") for flag in answered["flags"])
    json.dumps(answered, allow_nan=False).encode("ascii")


@settings(max_examples=80, deadline=None)
@given(st.text() | st.binary().map(lambda found: found.decode("latin-1")))
def test_garbage_is_no_case(line: str) -> None:
    with pytest.raises(BadCase):
        read_case(line)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("[" * 100_000, "The line is not JSON."),
        ('{"dob": NaN}', "The line is not JSON."),
        ('{"id": ' + "9" * 5000 + "}", "The line is not JSON."),
        (" " * (LONGEST + 1), "The line is longer than 1,000,000 characters."),
        ('{"dob": "0001-01-01", "assessment_date": "9999-12-31"}', "dob is not between 1850 and 2150: 0001-01-01."),
        ('{"dob": "2020-01-01", "assessment_date": "2020-01-02", "doses": 0}', "doses is not a list."),
        ('{"dob": "2020-01-01", "assessment_date": "2020-01-02", "expected": [1]}', "expected is not an object."),
    ],
)
def test_what_would_break_a_reader_is_refused(line: str, words: str) -> None:
    with pytest.raises(BadCase) as bad:
        read_case(line)
    assert str(bad.value) == words


def test_each_fault_of_a_dose_or_an_observation_is_told_by_its_number() -> None:
    row = {
        "dob": "2020-01-01",
        "assessment_date": "2025-11-10",
        "gender": "Q",
        "doses": [
            {"date": "2021-01-01", "cvx": "03", "sub_standard": "no", "lot_expiration": "soon"},
            {"date": "2019-01-01", "cvx": "03"},
        ],
        "observations": [{"code": "007", "date": "spring"}, {"code": "999"}, 7],
    }
    assert answer(read_case(json.dumps(row)))["flags"] == [
        "Gender 'Q' is neither F nor M and was taken as unknown.",
        "The lot expiration of dose 1 is no date, and does not count.",
        "sub_standard of dose 1 is neither true nor false, and does not count.",
        "The date of observation 1 ('007') is no date, and does not count.",
        "Observation 3 has no code and was left out.",
        "Observation 2 (999) is no observation code of the schedule and was left out.",
        "Dose 2 (CVX 03) is dated before birth and was left out.",
    ]


def test_a_lot_that_expires_in_a_month_is_good_to_its_last_day_calcdtlotexp_1() -> None:
    def status(day: str) -> str:
        dose = {"date": day, "cvx": "21", "lot_expiration": "2025-02"}
        row = {"dob": "2020-01-01", "assessment_date": "2025-11-10", "doses": [dose]}
        return str(answer(read_case(json.dumps(row)))["doses"][0]["status"])

    assert status("2025-02-28") == "Valid"
    assert status("2025-03-01") == "Sub-standard"
