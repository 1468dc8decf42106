"""The CDC's own cases: every healthy one, and every underlying condition but those told in DIFFERENCES.md."""

import re
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest

from liaison.engines.cdsi.cases import Case, answer, compare, read_case

pytestmark = pytest.mark.engine

CASES = "data/cdsi/cases.jsonl"
DIFFERENCES = resources.files("liaison.engines.cdsi").joinpath("DIFFERENCES.md").read_text("utf-8")


@pytest.fixture(scope="module")
def cases(shared: Callable[[str], Path]) -> list[Case]:
    return [read_case(line) for line in shared(CASES).read_text("utf-8").splitlines()]


def failing(cases: list[Case], suite: str) -> dict[str, list[str]]:
    found = {}
    for case in cases:
        if case.row["suite"] == suite and (differences := compare(case, answer(case))):
            found[case.id] = [f"{each.what}: expected {each.expected}, got {each.got}" for each in differences]
    return found


def test_every_healthy_case_agrees(cases: list[Case]) -> None:
    assert failing(cases, "healthy") == {}


def test_what_differs_under_underlying_conditions_is_told_and_nothing_else(cases: list[Case]) -> None:
    rows = [line for line in DIFFERENCES.splitlines() if line.startswith("| 20")]
    told = {case_id for row in rows for case_id in re.findall(r"\d{4}-UC-\d{4}", row.split("|")[1])}

    assert failing(cases, "underlying").keys() == told


def test_no_case_has_anything_flagged(cases: list[Case]) -> None:
    """The CDC's rows are clean: a dose or observation that we left out would be a fault of ours."""
    assert {case.id: flags for case in cases if (flags := answer(case)["flags"])} == {}
