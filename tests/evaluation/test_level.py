"""The level of a visit: two of three elements, or time, by the tables of 2021 and 2023."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.engines.evaluation import FAMILIES, Facts, Level, NotFacts, Problem, Risk, evaluate, family_of, problem_of

pytestmark = pytest.mark.engine
P, R = Problem, Risk
OFFICE = FAMILIES[1]


def facts(problems: dict[Problem, int] | None = None, *risks: Risk, **more: object) -> Facts:
    return Facts(problems or {}, risks=frozenset(risks), **more)  # type: ignore[arg-type]  # of Facts


CASES = [
    (facts(), "99212"),
    (facts({P.MINOR: 1}), "99212"),
    (facts({P.MINOR: 2}, R.LOW), "99213"),
    (facts({P.ACUTE: 1}, R.LOW), "99213"),
    (facts({P.ACUTE: 1}, orders=1), "99212"),
    (facts({P.ACUTE: 1}, orders=2), "99213"),
    (facts({P.ACUTE: 1}, R.PRESCRIPTION), "99213"),
    (facts({P.ACUTE: 1}, R.PRESCRIPTION, orders=2), "99213"),
    (facts({P.ACUTE: 1}, R.PRESCRIPTION, orders=3), "99214"),
    (facts({P.STABLE_CHRONIC: 1}, R.PRESCRIPTION), "99213"),
    (facts({P.STABLE_CHRONIC: 2}, R.PRESCRIPTION), "99214"),
    (facts({P.STABLE_CHRONIC: 1, P.ACUTE: 3}, R.PRESCRIPTION), "99213"),
    (facts({P.WORSE_CHRONIC: 1}, R.PRESCRIPTION), "99214"),
    (facts({P.UNDIAGNOSED: 1}, R.LOW, orders=2), "99213"),
    (facts({P.UNDIAGNOSED: 1}, R.LOW, orders=2, historian=True), "99214"),
    (facts({P.SYSTEMIC: 1}, R.SOCIAL), "99214"),
    (facts({P.COMPLICATED_INJURY: 1}, interpretation=True), "99214"),
    (facts({P.STABLE_ACUTE: 1}, historian=True), "99213"),
    (facts({P.THREAT: 1}, R.HOSPITAL), "99215"),
    (facts({P.THREAT: 1}, R.PRESCRIPTION), "99214"),
    (facts({P.SEVERE_CHRONIC: 1}, R.PRESCRIPTION, notes=1, results=1, orders=1, discussion=True), "99215"),
    (facts({P.SEVERE_CHRONIC: 1}, interpretation=True, discussion=True), "99215"),
    (facts({P.MINOR: 1}, R.TOXICITY, notes=3, discussion=True), "99215"),
]


@pytest.mark.parametrize(("given", "code"), CASES)
def test_two_of_three_elements_make_the_level(given: Facts, code: str) -> None:
    assert evaluate(OFFICE, given).code == code


@pytest.mark.parametrize(
    ("family", "minutes", "code"),
    [
        (family, step.minutes + more, family.codes[family.codes.index(step.code) - back] if step.level > back else "")
        for family in FAMILIES
        for step in family.steps
        for more, back in ((0, 0), (-1, 1))
    ],
)
def test_the_least_minutes_must_be_met(family: object, minutes: int, code: str) -> None:
    found = evaluate(family, Facts(minutes=minutes))  # type: ignore[arg-type]  # a Family
    assert found.by_time == (None if not code else Level(found.family.codes[-4:].index(code) + 1))
    assert found.code == (code or found.family.codes[-4])


def test_the_minutes_are_those_of_the_guideline() -> None:
    told = {step.code: step.minutes for family in FAMILIES for step in family.steps}
    assert told == {
        "99202": 15, "99203": 30, "99204": 45, "99205": 60, "99212": 10, "99213": 20, "99214": 30, "99215": 40,
        "99242": 20, "99243": 30, "99244": 40, "99245": 55, "99341": 15, "99342": 30, "99344": 60, "99345": 75,
        "99347": 20, "99348": 30, "99349": 40, "99350": 60,
    }  # fmt: skip


def test_time_counts_where_it_reaches_more_than_decision_making() -> None:
    found = evaluate(OFFICE, facts({P.ACUTE: 1}, R.LOW, minutes=30))
    assert (found.code, found.by, found.decision) == ("99214", "time", Level.LOW)
    assert found.reasons[-1] == "30 minutes reach 99214, which asks for 30."
    found = evaluate(OFFICE, facts({P.ACUTE: 1}, R.LOW, minutes=9))
    assert (found.code, found.by) == ("99213", "decision")
    assert found.reasons[-1] == "9 minutes are fewer than the 10 that 99212 asks for."


def test_every_element_says_by_what_it_reaches_its_level() -> None:
    found = evaluate(OFFICE, facts({P.STABLE_CHRONIC: 2, P.MINOR: 1}, R.PRESCRIPTION, orders=2))
    assert found.reasons == (
        "Problems: moderate, by 2 stable chronic illnesses.",
        "Data: limited, by two of notes, results and tests ordered.",
        "Risk: moderate, by prescription drugs managed.",
        "Two of the three reach moderate: 99214.",
    )


def test_every_code_finds_its_family_and_a_preventive_visit_has_none() -> None:
    assert all(family_of(code) is family for family in FAMILIES for code in family.codes)
    assert family_of("99396") is None
    assert FAMILIES[1].codes[0] == "99211"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("I10", P.STABLE_CHRONIC), ("E11.9", P.STABLE_CHRONIC), ("E11.65", P.WORSE_CHRONIC), ("J00", P.MINOR),
        ("J45.909", P.STABLE_CHRONIC), ("J45.901", P.WORSE_CHRONIC), ("J45.902", P.THREAT), ("J02.9", P.ACUTE),
        ("J18.9", P.SYSTEMIC), ("R07.9", P.UNDIAGNOSED), ("S06.0X0A", P.COMPLICATED_INJURY), ("S93.401A", P.ACUTE),
        ("I21.4", P.THREAT), ("Z00.00", None), ("Z23", None), ("W57.XXXA", None), ("", None),
    ],
)  # fmt: skip
def test_a_diagnosis_is_taken_for_a_kind_of_problem(code: str, kind: Problem | None) -> None:
    assert problem_of(code) is kind


counts = st.integers(0, 4)
some_facts = st.builds(
    Facts,
    problems=st.dictionaries(st.sampled_from(Problem), counts),
    notes=counts, results=counts, orders=counts,
    historian=st.booleans(), interpretation=st.booleans(), discussion=st.booleans(),
    risks=st.frozensets(st.sampled_from(Risk)),
    minutes=st.none() | st.integers(0, 200),
)  # fmt: skip


@given(some_facts, st.sampled_from(FAMILIES), st.data())
def test_more_of_anything_never_lowers_the_level(least: Facts, family: object, data: st.DataObject) -> None:
    problem = data.draw(st.sampled_from(Problem))
    more = (
        replace(least, problems={**least.problems, problem: least.problems.get(problem, 0) + 1}),
        replace(least, notes=least.notes + 1),
        replace(least, results=least.results + 1),
        replace(least, orders=least.orders + 1),
        replace(least, historian=True),
        replace(least, interpretation=True),
        replace(least, discussion=True),
        replace(least, risks=least.risks | {data.draw(st.sampled_from(Risk))}),
        replace(least, minutes=(least.minutes or 0) + data.draw(st.integers(0, 60))),
    )
    before = evaluate(family, least).level  # type: ignore[arg-type]  # a Family
    assert all(evaluate(family, one).level >= before for one in more)  # type: ignore[arg-type]  # a Family


@given(some_facts)
def test_facts_are_stored_and_read_again(one: Facts) -> None:
    again = Facts.from_json(one.as_json())
    assert replace(again, problems={}) == replace(one, problems={})
    assert again.problems == {kind: number for kind, number in one.problems.items() if number}


@pytest.mark.parametrize("wrong", [{"notes": "many"}, {"problems": {"odd": 1}}, {"risks": ["odd"]}, {"minutes": 1441}])
def test_what_are_no_facts_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(NotFacts):
        Facts.from_json(wrong)
