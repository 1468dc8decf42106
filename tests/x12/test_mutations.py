"""Good files broken in one place: the fault is named there, once as a rule, and pyx12 finds one in the same files."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from liaison.engines.x12 import check, write_835, write_837p
from tests.x12.mutations import Mutation, mutations
from tests.x12.oracle import complaints
from tests.x12.samples import batch, claim, envelope, remittance
from tests.x12.transactions import ELIGIBILITY, REVIEW, STATUS

pytestmark = pytest.mark.engine

CLAIMS = write_837p(batch(claim()))
ADVICE = write_835(remittance(), envelope())
SOURCES = {"837P": CLAIMS, "835": ADVICE, "271": ELIGIBILITY, "277": STATUS, "278": REVIEW}


def _certain(each: Mutation) -> bool:
    """What is wrong whatever the guide says: nobody knows the segment, or has so many or such long elements."""
    return each.kind in ("unknown", "extra", "long")


@pytest.mark.parametrize("kind", SOURCES)
def test_what_nobody_allows_is_named_at_its_segment(kind: str) -> None:
    assert check(SOURCES[kind]) == []
    for each in filter(_certain, mutations(SOURCES[kind])):
        problems = check(each.data)
        assert problems, each
        assert each.number in [problem.segment_number for problem in problems], (each, problems)


@pytest.mark.parametrize("kind", SOURCES)
def test_a_fault_is_told_once_as_a_rule(kind: str) -> None:
    told = [len(check(each.data)) for each in mutations(SOURCES[kind])]
    faults = [count for count in told if count]
    assert sum(count == 1 for count in faults) >= 0.85 * len(faults)
    assert max(faults) < 12


# Where one of the two finds a fault and the other none, and why (DIFFERENCES.md).
WE_ALONE: tuple[Callable[[Mutation], bool], ...] = (
    lambda each: any(problem.rule.endswith(("balance", "charge", "total")) for problem in check(each.data)),
    lambda each: {problem.rule for problem in check(each.data)} <= {"line-number", "pointer", "hl-parent", "hl-number"},
)

# A country's addresses have a state and a postal code: the scrubber of claims looks at them.
THEY_ALONE = {("empty", "N4", 2), ("empty", "N4", 3), ("code", "N4", 2)}


@pytest.mark.parametrize("kind", ["837P", "835"])
def test_pyx12_and_we_agree_about_broken_files(kind: str) -> None:
    every = list(mutations(SOURCES[kind]))
    for each in random.Random(7).sample(every, 40):
        ours, theirs = check(each.data), complaints(each.data)
        if theirs and (each.kind, each.segment, each.element) not in THEY_ALONE:
            assert ours, (each.kind, each.segment, each.number, each.element, theirs)
        elif ours and not theirs:
            assert any(why(each) for why in WE_ALONE), (each.kind, each.segment, each.number, each.element, ours)
