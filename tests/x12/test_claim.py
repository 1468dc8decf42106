"""837P: what we write is what the independent validator accepts, and what the payer reads is what we meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liaison.engines.x12 import (
    Accident,
    Claim,
    Drug,
    Person,
    ServiceLine,
    Subscriber,
    X12Error,
    check,
    read_837p,
    write_837p,
)
from tests.x12.oracle import complaints
from tests.x12.samples import (
    CHILD,
    HOLDER,
    NORTH,
    STREET,
    SUBMITTER,
    TODAY,
    VISIT,
    batch,
    claim,
    full_claim,
    full_line,
    secondary_claim,
)

pytestmark = pytest.mark.engine

EMPLOYER = Subscriber("WC77", Person("Maple Works", is_organization=True, address=STREET), filing_indicator="WC")


LINES = (VISIT, full_line())
OF_LINES = claim("C1005", lines=LINES, total_cents=sum(line.charge_cents for line in LINES))


@pytest.mark.parametrize(
    "content",
    [
        (claim(),), (full_claim(),), (claim(), full_claim(), claim("C1003")), (secondary_claim(),), (OF_LINES,),
        (claim(frequency="8", original_claim_number="SUN1"),),
        (claim(subscriber=EMPLOYER, patient=CHILD, relationship="20", property_claim_number="WC1"),),
    ],
)  # fmt: skip
def test_a_written_file_is_accepted_by_pyx12_and_by_our_own_check(content: tuple[Claim, ...]) -> None:
    data = write_837p(batch(*content))
    assert complaints(data) == []
    assert check(data) == []


def test_the_independent_validator_does_complain_about_a_wrong_file() -> None:
    data = write_837p(batch())
    assert complaints(data.replace(b"CLM*C1001*175.5", b"CLM*C1001*")) != []
    assert complaints(data.replace(b"NM1*IL*", b"NM1*XX*")) != []


def test_reading_gives_back_what_was_written() -> None:
    sent = batch(
        claim(), full_claim(), secondary_claim(), OF_LINES,
        claim(subscriber=EMPLOYER, patient=CHILD, relationship="20", property_claim_number="WC1"), pay_to=STREET,
    )  # fmt: skip
    received = read_837p(write_837p(sent))
    assert received == sent
    assert received.envelope is not None
    assert received.envelope.sender_id == "MAPLE01"
    assert received.total_cents == 17_550 * 4 + 17_000


def test_names_of_any_script_never_stop_a_file() -> None:
    person = replace(HOLDER, last_name="Núñez~Ødegård*", first_name="Łucja\n")
    data = write_837p(batch(claim(subscriber=replace(claim().subscriber, person=person))))
    assert complaints(data) == []
    assert read_837p(data).claims[0].subscriber.person.last_name == "Nunez Odegard"


NORTH_WITHOUT = replace(NORTH, address=None)
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"total_cents": 1}, "claim-total"),
    ({"diagnoses": ()}, "diagnosis-count"),
    ({"diagnoses": ("J02.0",)}, "pointer"),
    ({"lines": (), "total_cents": 0}, "line-count"),
    ({"patient": CHILD}, "relationship"),
    ({"patient": replace(CHILD, birth_date=None), "relationship": "19"}, "patient"),
    ({"frequency": "7"}, "original-claim"),
    ({"accident": Accident(("AA",))}, "accident"),
    ({"lines": (replace(VISIT, drug=Drug("1234", 1, "ML")),), "total_cents": 15_000}, "ndc"),
    ({"lines": (replace(VISIT, facility=NORTH_WITHOUT),), "total_cents": 15_000}, "facility"),
    ({"others": (), "lines": secondary_claim().lines}, "other-payer"),
    ({"control_number": "A*B"}, "delimiter-in-data"),
    ({"control_number": "X" * 21}, "identifier"),
    ({"control_number": ""}, "identifier"),
]


@pytest.mark.parametrize(("changes", "rule"), WRONG)
def test_a_claim_that_cannot_be_sent_is_refused_with_its_rule(changes: dict[str, Any], rule: str) -> None:
    with pytest.raises(X12Error) as refused:
        write_837p(batch(claim(**{"control_number": "C1001", **changes})))
    assert refused.value.rule == rule


def test_a_refusal_names_the_claim_and_never_the_person() -> None:
    nameless = Person("日本", "太郎", birth_date=date(1990, 1, 1), address=STREET)
    with pytest.raises(X12Error) as refused:
        write_837p(batch(claim("C7", subscriber=replace(claim().subscriber, person=nameless))))
    assert "C7" in str(refused.value)
    assert "日本" not in str(refused.value)


def test_a_batch_needs_somebody_to_call() -> None:
    with pytest.raises(X12Error, match="telephone"):
        write_837p(batch(submitter=replace(SUBMITTER, phone="")))


@settings(max_examples=40, deadline=None)
@given(
    charges=st.lists(st.integers(0, 9_999_999), min_size=1, max_size=8),
    last=st.from_regex(r"[A-Za-z][A-Za-z' -]{0,20}[a-z]", fullmatch=True),
    units=st.integers(1, 99),
    paid=st.integers(0, 50_000),
)
def test_any_plain_claim_survives_the_round_trip(charges: list[int], last: str, units: int, paid: int) -> None:
    lines = tuple(ServiceLine("99213", cents, TODAY, (1,), units=units) for cents in charges)
    person = replace(HOLDER, last_name=" ".join(last.split()))
    sent = batch(
        claim(
            lines=lines,
            total_cents=sum(charges),
            subscriber=replace(claim().subscriber, person=person),
            patient_paid_cents=paid,
        )
    )
    assert read_837p(write_837p(sent)) == sent


def test_a_period_of_days_is_kept() -> None:
    sent = batch(claim(lines=(replace(VISIT, end_date=date(2026, 3, 3), place_of_service="12"),), total_cents=15_000))
    assert read_837p(write_837p(sent)) == sent
