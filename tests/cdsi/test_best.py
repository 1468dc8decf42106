"""Chapter 8: of the series that might protect a patient, the best for each series group is chosen."""

import pytest

from liaison.engines import cdsi
from liaison.engines.cdsi.best import points
from tests.cdsi.support import ANTIGEN, TODAY, Row, antigen, dose, patient, schedule, series

pytestmark = pytest.mark.engine

RISK = {"type": "Risk", "group": "2", "default": False, "indications": [["001", None, None, ""]]}


def chosen(*found: Row, given: tuple[tuple[str, str], ...] = (), observations: str = "") -> dict[str, tuple[str, str]]:
    """By series group, the prioritized series and the rule that chose it."""
    process = cdsi.Process(patient(*given, observations=observations), TODAY, schedule(antigen(*found)))
    return {group: (c.series.series.name, c.rule) for group, c in process.prioritized[ANTIGEN].items()}


def best(*found: Row, given: tuple[tuple[str, str], ...] = (), observations: str = "") -> list[str]:
    process = cdsi.Process(patient(*given, observations=observations), TODAY, schedule(antigen(*found)))
    return [each.series.name for each in process.best[ANTIGEN]]


def test_without_doses_the_default_series_is_chosen_table_8_3() -> None:
    assert chosen(series("a", dose(1)), series("b", dose(1), default=False)) == {
        "1": ("a", "table 8-3: the default series")
    }


def test_the_only_series_that_was_begun_in_time_is_chosen_selectscore_2() -> None:
    early = series("early", dose(1), dose(2), maximum_age_to_start="1 year")
    late = series("late", dose(1, "1 year"), default=False, preference=2)
    assert chosen(early, late, given=(("+500", "900"),)) == {"1": ("late", "table 8-3: the only scorable series")}
    assert chosen(early, late, given=(("+300", "900"),)) == {"1": ("early", "table 8-3: the only scorable series")}


def test_the_only_complete_series_is_chosen_table_8_3() -> None:
    short, long = series("short", dose(1), default=False), series("long", dose(1), dose(2))
    assert chosen(short, long, given=(("+10", "900"),)) == {"1": ("short", "table 8-3: the only complete series")}


def test_among_complete_series_the_most_valid_doses_win_table_8_7() -> None:
    given = (("+10", "900"), ("+50", "900"))
    name, rule = chosen(series("one", dose(1)), series("two", dose(1), dose(2), default=False), given=given)["1"]
    assert (name, rule) == ("two", "SELECTBEST-2: the highest score, 1")


def test_a_tie_goes_to_the_better_preference_selectbest_2() -> None:
    second = series("second", dose(1), preference=2)
    first = series("first", dose(1), default=False, preference=1)
    assert chosen(second, first, given=(("+10", "900"),))["1"][0] == "first"


def test_among_series_in_process_a_product_path_with_valid_doses_only_wins_table_8_9() -> None:
    plain = series("plain", dose(1), dose(2), dose(3))
    product = series("product", dose(1), dose(2), dose(3), default=False, product_path=True, preference=2)
    assert chosen(plain, product, given=(("+10", "900"),))["1"][0] == "product"


def test_a_series_that_cannot_be_completed_in_time_loses_selectb_3() -> None:
    closing = dose(3, None, None, None, None, "4 years + 1 month", interval=("6 months", "6 months"))
    short = series("short", dose(1), dose(2), closing)
    open_ = series("open", dose(1), dose(2), dose(3), default=False, preference=2)
    assert chosen(short, open_, given=(("+10", "900"),))["1"][0] == "open"


def test_without_a_default_series_those_without_doses_are_scored_table_8_11() -> None:
    product = series("product", dose(1), default=False, product_path=True)
    plain = series("plain", dose(1), default=False, preference=2)
    assert chosen(product, plain)["1"][0] == "plain"


def test_only_the_highest_priority_of_a_group_is_scorable_selectscore_2() -> None:
    low = series("low", dose(1), **RISK | {"priority": "B", "preference": 1})
    high = series("high", dose(1, None, "9 years"), **RISK | {"priority": "A", "preference": 2})
    assert chosen(low, high, observations="001") == {"2": ("high", "table 8-3: the only scorable series")}


def test_a_series_that_the_patient_has_aged_out_of_does_not_stand_above_others_selectscore_2() -> None:
    adults = series("adults", dose(1, "2 years", "2 years"), **RISK | {"priority": "B"})
    infants = series("infants", dose(1, None, "2 months", None, None, "2 years"), **RISK)
    assert chosen(adults, infants, observations="001") == {"2": ("adults", "table 8-3: the only scorable series")}
    assert chosen(infants, observations="001") == {"2": ("infants", "table 8-3: the only scorable series")}


def test_a_contraindicated_series_does_not_stand_above_others_selectb_24() -> None:
    forbidden: Row = {"vaccine_contraindications": [["002", "", None, None, [["902", None, None]]]]}
    live = series("live", dose(1, preferable=4), **RISK)
    dead = series("dead", dose(1), **RISK | {"priority": "B"})
    used = schedule(antigen(live, dead, **forbidden))
    process = cdsi.Process(patient(observations="001 002"), TODAY, used)
    assert process.prioritized[ANTIGEN]["2"].series.series.name == "dead"
    assert chosen(live, dead, observations="001")["2"][0] == "live"


def test_an_evaluation_only_series_counts_when_it_is_complete() -> None:
    proof = series("proof", dose(1), type="Evaluation Only", default=False)
    long = series("long", dose(1), dose(2))
    assert chosen(long, proof, given=(("+10", "900"),))["1"][0] == "proof"
    assert chosen(long, proof)["1"][0] == "long"


STANDARD = series("standard", dose(1), equivalent_groups=["2"])
AT_RISK = series("at risk", dose(1), dose(2), **RISK | {"equivalent_groups": ["1"]})


def test_a_risk_series_takes_the_place_of_an_equivalent_standard_one_table_8_14() -> None:
    assert best(STANDARD, AT_RISK, observations="001") == ["at risk"]
    assert best(STANDARD, AT_RISK) == ["standard"]


def test_a_complete_equivalent_series_makes_the_other_needless_table_8_14() -> None:
    assert best(STANDARD, AT_RISK, given=(("+10", "900"),), observations="001") == ["standard"]


def test_series_groups_that_are_not_equivalent_are_both_needed() -> None:
    apart = [series("standard", dose(1)), series("at risk", dose(1), dose(2), **RISK)]
    assert best(*apart, observations="001") == ["standard", "at risk"]


@pytest.mark.parametrize(
    ("true", "gained"),
    [([True, False], [2, -2]), ([True, True, False], [0, 0, -2]), ([False, False], [-2, -2])],
)
def test_points_for_one_for_several_and_for_none(true: list[bool], gained: list[int]) -> None:
    assert points(true, 2, 0) == gained
