"""The histories of the sample clinic's people: what a record of years looks like, and that it hangs together."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liaison.engines.population import generate
from liaison.engines.population.tables.drugs import CHILD_FORM, CONTRAINDICATED, DRUG_CLASS, DRUGS
from liaison.engines.population.tables.growth import HEAD_CM, HEIGHT_CM, MONTHS, WEIGHT_KG
from liaison.engines.population.tables.problems import CHRONIC, EPISODES

TODAY = date(2026, 11, 21)
Json = dict[str, Any]
WHEN = (
    "effectiveDateTime",
    "occurrenceDateTime",
    "onsetDateTime",
    "abatementDateTime",
    "authoredOn",
    "recordedDate",
)


@pytest.fixture(scope="module")
def bundles() -> list[Json]:
    return list(generate(11, 400, TODAY))


def kind(bundle: Json, name: str) -> list[Json]:
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == name]


def born(bundle: Json) -> date:
    return date.fromisoformat(bundle["entry"][0]["resource"]["birthDate"])


def code(resource: Json, name: str = "code") -> str:
    return str(resource[name]["coding"][0]["code"])


def observed(bundle: Json, loinc: str) -> list[tuple[date, float]]:
    """Days and values of one kind of measurement, oldest first."""
    return sorted(
        (date.fromisoformat(found["effectiveDateTime"][:10]), found["valueQuantity"]["value"])
        for found in kind(bundle, "Observation")
        if code(found) == loinc
    )


def days(resource: Json) -> list[date]:
    """Every day that a resource of the history names; a policy may have begun before the patient came."""
    if resource["resourceType"] == "Coverage":
        return []
    spans = [resource.get(name, {}) for name in ("period", "performedPeriod")]
    found = [resource[name] for name in WHEN if name in resource] + [day for span in spans for day in span.values()]
    return [date.fromisoformat(day[:10]) for day in found]


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32), today=st.dates(date(2024, 1, 1), date(2034, 12, 31)))
def test_nothing_happens_before_birth_or_today(seed: int, today: date) -> None:
    for bundle in generate(seed, 30, today):
        for entry in bundle["entry"]:
            for day in days(entry["resource"]):
                assert born(bundle) <= day < today, entry["resource"]


def test_measurements_are_within_their_visit(bundles: list[Json]) -> None:
    for bundle in bundles:
        visits = {f"urn:uuid:{visit['id']}": visit["period"] for visit in kind(bundle, "Encounter")}
        for found in kind(bundle, "Observation"):
            period = visits[found["encounter"]["reference"]]
            at = datetime.fromisoformat(found["effectiveDateTime"])
            assert datetime.fromisoformat(period["start"]) <= at <= datetime.fromisoformat(period["end"])


def test_visits_are_on_working_days_and_say_why(bundles: list[Json]) -> None:
    visits = [
        visit for bundle in bundles for visit in kind(bundle, "Encounter") if born(bundle) < TODAY - timedelta(30)
    ]
    assert all(visit["reasonCode"][0]["text"] for visit in visits)
    assert all(datetime.fromisoformat(visit["period"]["start"]).weekday() < 5 for visit in visits)


def test_children_grow(bundles: list[Json]) -> None:
    followed = 0
    for bundle in bundles:
        if (TODAY - born(bundle)).days > 17 * 365:
            continue
        heights = observed(bundle, "8302-2")
        followed += len(heights) > 4
        assert [value for _, value in heights] == sorted(value for _, value in heights)
        for _, value in observed(bundle, "9843-4"):
            assert 30 < value < 53
    assert followed > 40


def test_weight_height_and_body_mass_index_agree(bundles: list[Json]) -> None:
    for bundle in bundles:
        weights, heights = dict(observed(bundle, "29463-7")), dict(observed(bundle, "8302-2"))
        for day, index in observed(bundle, "39156-5"):
            assert index == pytest.approx(weights[day] / (heights[day] / 100) ** 2, abs=0.06)
            assert 11 < index < 40


def test_vital_signs_are_possible(bundles: list[Json]) -> None:
    limits = {"8867-4": (40, 190), "8310-5": (35.5, 40), "9279-1": (8, 60), "2708-6": (88, 100), "29463-7": (2, 140)}
    for bundle in bundles:
        for loinc, (low, high) in limits.items():
            assert all(low <= value <= high for _, value in observed(bundle, loinc))
        for panel in kind(bundle, "Observation"):
            if code(panel) == "85354-9":
                parts = {code(part): part["valueQuantity"]["value"] for part in panel["component"]}
                assert 70 <= parts["8480-6"] <= 195
                assert 35 <= parts["8462-4"] < parts["8480-6"] - 15


def test_some_values_are_abnormal(bundles: list[Json]) -> None:
    pressures = [
        part["valueQuantity"]["value"]
        for bundle in bundles
        for panel in kind(bundle, "Observation")
        for part in panel.get("component", [])
        if code(part) == "8480-6"
    ]
    assert 0.03 < sum(value >= 140 for value in pressures) / len(pressures) < 0.35
    assert any(value >= 38 for bundle in bundles for _, value in observed(bundle, "8310-5"))


def test_laboratory_marks_follow_the_reference_range(bundles: list[Json]) -> None:
    marks: Counter[str] = Counter()
    for bundle in bundles:
        for lab in kind(bundle, "Observation"):
            if code({"code": lab["category"][0]}) != "laboratory":
                continue
            value, (limits,) = lab["valueQuantity"]["value"], lab["referenceRange"]
            mark = code({"code": lab["interpretation"][0]})
            marks[mark] += 1
            assert (mark == "H") == ("high" in limits and value > limits["high"]["value"])
            assert (mark == "L") == ("low" in limits and value < limits["low"]["value"])
    assert set(marks) == {"H", "L", "N"}


def test_diabetes_shows_in_the_blood(bundles: list[Json]) -> None:
    ill, well = [], []
    for bundle in bundles:
        problems = {code(found) for found in kind(bundle, "Condition")}
        values = [value for _, value in observed(bundle, "4548-4")]
        (ill if "E11.9" in problems else well).extend(values)
    assert len(ill) > 30
    assert sum(ill) / len(ill) > 6.8
    assert max(well) < 6.7


def test_codes_are_billable_icd10cm_codes_with_their_own_words() -> None:
    import simple_icd_10_cm as icd  # reads its classification for seconds, and every worker reads this file

    for problem in (*CHRONIC, *EPISODES):
        assert icd.is_valid_item(problem.code), problem.code
        assert icd.is_leaf(problem.code), problem.code
        assert icd.get_description(problem.code) == problem.name


def test_resolved_problems_have_an_end_and_active_ones_none(bundles: list[Json]) -> None:
    states: Counter[str] = Counter()
    for bundle in bundles:
        for problem in kind(bundle, "Condition"):
            state = code(problem, "clinicalStatus")
            states[state] += 1
            assert (state == "resolved") == ("abatementDateTime" in problem)
            if state == "resolved":
                assert problem["onsetDateTime"] <= problem["abatementDateTime"]
    assert min(states["active"], states["resolved"]) > 100


def test_drugs_are_for_a_problem_on_record_and_not_against_an_allergy(bundles: list[Json]) -> None:
    keys = {drug.rxnorm: key for key, drug in DRUGS.items()}
    given = 0
    for bundle in bundles:
        problems = {f"urn:uuid:{found['id']}" for found in kind(bundle, "Condition")}
        allergies = {found["code"]["text"].lower() for found in kind(bundle, "AllergyIntolerance")}
        active: Counter[str] = Counter()
        for order in kind(bundle, "MedicationRequest"):
            given += 1
            key = keys[code(order, "medicationCodeableConcept")]
            assert order["reasonReference"][0]["reference"] in problems
            assert not allergies & set(CONTRAINDICATED.get(key, ()))
            if order["status"] == "active":
                active[DRUG_CLASS.get(key, key)] += 1
            if (TODAY - born(bundle)).days < 12 * 365:
                assert key in CHILD_FORM.values()
        assert max(active.values(), default=1) == 1
    assert given > 250


def test_drug_tables_agree() -> None:
    named = {key for problem in (*CHRONIC, *EPISODES) for key, _ in problem.drugs}
    assert named | set(CHILD_FORM) | set(CHILD_FORM.values()) | set(CONTRAINDICATED) | set(DRUG_CLASS) <= set(DRUGS)
    assert named | set(CHILD_FORM.values()) == set(DRUGS)


def test_growth_tables_have_a_value_for_each_age() -> None:
    for sex in ("female", "male"):
        assert len(HEIGHT_CM[sex]) == len(WEIGHT_KG[sex]) == len(MONTHS)
        assert MONTHS[len(HEAD_CM[sex]) - 1] == 36


def test_a_quarter_has_allergies_and_nobody_one_twice(bundles: list[Json]) -> None:
    lists = [[found["code"]["text"] for found in kind(bundle, "AllergyIntolerance")] for bundle in bundles]
    assert 0.17 < sum(map(bool, lists)) / len(lists) < 0.35
    assert all(len(set(names)) == len(names) for names in lists)
    for bundle in bundles:
        for found in kind(bundle, "AllergyIntolerance"):
            shown = {item["text"] for item in found["reaction"][0]["manifestation"]}
            assert found["criticality"] == "high" or not shown & {"Anaphylaxis", "Angioedema", "Wheezing"}


def doses(bundle: Json) -> dict[str, list[date]]:
    found: dict[str, list[date]] = {}
    for dose in kind(bundle, "Immunization"):
        found.setdefault(code(dose, "vaccineCode"), []).append(date.fromisoformat(dose["occurrenceDateTime"][:10]))
    return found


def test_children_have_their_series_at_allowed_ages_and_distances(bundles: list[Json]) -> None:
    live = {"03", "21"}
    for bundle in bundles:
        given = doses(bundle)
        for cvx, when in given.items():
            assert all(later - sooner >= timedelta(28) for sooner, later in pairwise(when)), cvx
        for cvx in live & set(given):
            assert given[cvx][0] >= born(bundle) + timedelta(361)
        moments = sorted({day for cvx in live & set(given) for day in given[cvx]})
        assert all(later - sooner >= timedelta(28) for sooner, later in pairwise(moments))
        if "119" in given:
            assert (given["119"][0] - born(bundle)).days <= 104


def test_most_children_are_up_to_date_some_behind_a_few_without(bundles: list[Json]) -> None:
    toddlers = [doses(b) for b in bundles if 2 * 365 < (TODAY - born(b)).days < 12 * 365]
    done = sum(len(given.get("20", [])) >= 4 and "03" in given for given in toddlers)
    assert 0.6 < done / len(toddlers) < 0.97
    assert any(not given for given in toddlers)


def test_vaccines_are_not_given_before_they_existed(bundles: list[Json]) -> None:
    since = {"216": date(2021, 6, 8), "187": date(2017, 10, 20), "165": date(2014, 12, 10), "309": date(2023, 9, 11)}
    seen: set[str] = set()
    for bundle in bundles:
        for cvx, when in doses(bundle).items():
            seen.add(cvx)
            assert min(when) >= since.get(cvx, date.min)
    assert {"08", "20", "49", "216", "10", "119", "03", "21", "83", "141", "165", "115", "203", "187", "309"} <= seen


def test_what_was_given_here_has_lot_and_route(bundles: list[Json]) -> None:
    given = [dose for bundle in bundles for dose in kind(bundle, "Immunization")]
    here = [dose for dose in given if dose["primarySource"]]
    assert len(here) > 300
    assert all(dose["lotNumber"] and dose["route"] and dose["encounter"] for dose in here)
    assert all("reportOrigin" in dose for dose in given if not dose["primarySource"])
    assert all(dose["expirationDate"] > dose["occurrenceDateTime"][:10] for dose in here)
