"""What a problem list tells: each ICD-10-CM code of the packaged map, how long it holds; the schedule's own codes."""

from datetime import date, timedelta
from typing import Any

import pytest

from liaison.engines import cdsi
from liaison.engines.cdsi import conditions
from liaison.engines.cdsi.conditions import ICD10CM, Condition, observations_of, reactions_to

pytestmark = pytest.mark.engine

SCHEDULE = cdsi.default_schedule()
TODAY = date(2025, 11, 10)


def told(*codes: str, **more: Any) -> set[str]:
    found = observations_of([Condition(ICD10CM, code)._replace(**more) for code in codes], SCHEDULE, TODAY)
    return {each.code for each in found}


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_each_row_of_the_map_has_the_observation_s_own_title_and_codes_that_exist() -> None:
    import simple_icd_10_cm as icd10cm  # reads its classification for seconds, and every worker reads this file

    for code, rows in conditions.icd10cm().items():
        assert icd10cm.is_valid_item(code), code
        for row in rows:
            if row.observation != "-":
                assert SCHEDULE.observations[row.observation] == row.title
            assert row.holds in ("", "ever", "onset", "weeks") or row.holds.removesuffix(" days").isdigit()


@pytest.mark.parametrize(
    ("code", "observations"),
    [
        ("E11.9", "014"),
        ("e119", "014"),
        ("E11.22", "014 161 256 265"),
        ("E10.319", "014 264 265 266"),
        ("B20", "186"),
        ("Z90.81", "160"),
        ("D57.1", "258 259 279"),
        ("D57.3", ""),
        ("Z99.2", "032"),
        ("N18.6", "114 161"),
        ("K74.60", "015"),
        ("J45.40", "027 253"),
        ("J45.20", "027"),
        ("I50.22", "016 254"),
        ("G96.00", "010"),
        ("Z96.21", "011"),
        ("C91.01", "178"),
        ("Z94.0", "157 269"),
        ("Z94.84", "004 269"),
        ("F17.210", "042"),
        ("F17.211", ""),
        ("I10", ""),
        ("E66.01", "257"),
        ("O10.03", ""),
        ("", ""),
        ("?", ""),
    ],
)
def test_what_a_code_tells(code: str, observations: str) -> None:
    assert told(code) == set(observations.split())


def test_what_a_code_does_not_tell_for_certain_is_left_to_a_person() -> None:
    assert told("D84.1", "Z79.52", "Z88.7", "O99.03") == set()
    assert "154" not in told("B20")


def test_a_pregnancy_that_ended_does_not_count_and_none_lasts_longer_than_it_can() -> None:
    assert told("Z34.90") == {"007"}
    assert told("Z34.90", active=False) == set()
    assert told("Z34.90", noted=ago(100)) == {"007"}
    assert told("Z34.90", noted=ago(300)) == set()
    assert told("Z34.90", onset=ago(100)) == {"007", "170"}


def test_the_weeks_of_a_pregnancy_tell_when_it_began() -> None:
    """Twenty weeks on the first of September; Tdap is for the 27th week on."""
    seen = observations_of([Condition(ICD10CM, "Z3A.20", noted=date(2025, 9, 1))], SCHEDULE, TODAY)
    assert {(each.code, each.date) for each in seen} == {("007", date(2025, 9, 1)), ("170", date(2025, 4, 14))}

    mother = cdsi.Patient(date(1995, 1, 1), "F", (), seen)
    found = [f for f in cdsi.forecast(mother, TODAY).forecasts if f.series == ("Pertussis risk 1-dose series",)]
    assert [each.earliest for each in found] == [date(2025, 10, 20)]
    assert told("Z3A.01", noted=TODAY) == {"007"}


def test_immunity_remains_when_the_disease_is_over_other_conditions_do_not() -> None:
    assert told("B01.9", active=False) == {"024"}
    assert told("E11.9", active=False) == set()
    varicella = next(code for (system, code), told_by in SCHEDULE.coded.items() if "024" in told_by)
    over = [Condition("SNOMED", code, active=False) for code in (varicella, "73211009")]
    assert [each.code for each in observations_of(over, SCHEDULE, TODAY)] == ["024"]


def test_what_passes_counts_for_its_days() -> None:
    assert told("A09", noted=ago(3)) == {"029"}
    assert told("A09", noted=ago(30)) == set()
    assert told("Z51.11", noted=ago(80)) == {"158", "168"}


def test_a_snomed_code_stands_for_what_the_schedule_says_but_not_for_what_it_cannot_tell() -> None:
    hiv, aids = Condition("SNOMED", "86406008"), Condition("SNOMED", "62479008")
    assert [each.code for each in observations_of([hiv], SCHEDULE, TODAY)] == ["186"]
    assert [each.code for each in observations_of([aids], SCHEDULE, TODAY)] == ["154"]
    assert observations_of([Condition("SNOMED", "1")], SCHEDULE, TODAY) == ()


def test_a_reaction_to_a_vaccine_forbids_its_antigens_and_an_immune_globulin_is_none() -> None:
    assert {SCHEDULE.observations[code] for code in reactions_to("03", SCHEDULE)} == {
        "Severe allergic reaction after previous dose of Measles",
        "Severe allergic reaction after previous dose of Mumps",
        "Severe allergic reaction after previous dose of Rubella",
    }
    assert reactions_to("13", SCHEDULE) == []
    assert reactions_to("nonsense", SCHEDULE) == []


@pytest.mark.parametrize(
    ("country", "status"), [("US", "Immune"), ("us", "Immune"), ("MX", "Not Complete"), ("", "Not Complete")]
)
def test_a_country_of_birth_is_told_by_its_code(country: str, status: str) -> None:
    old = cdsi.Patient(date(1970, 1, 1), "F", country_of_birth=country)
    varicella = next(f for f in cdsi.forecast(old, TODAY).forecasts if f.vaccine_group == "Varicella")
    assert varicella.status.value == status
