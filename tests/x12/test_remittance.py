"""835: what the payer paid and why, to the cent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liaison.engines.x12 import (
    Adjustment,
    Inpatient,
    Outpatient,
    ProviderAdjustment,
    RemitClaim,
    RemitLine,
    Remittance,
    X12Error,
    balance,
    balance_problems,
    check,
    read_835,
    write_835,
)
from liaison.engines.x12.segments import Segment
from liaison.engines.x12.values import money, read_money
from tests.x12.oracle import complaints
from tests.x12.samples import TODAY, envelope, full_remittance, remittance

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("sent", [remittance(), full_remittance()], ids=["plain", "full"])
def test_a_written_remittance_is_accepted_and_read_back(sent: Remittance) -> None:
    data = write_835(sent, envelope())
    assert complaints(data) == []
    assert check(data) == []
    assert read_835(data) == [sent]
    assert balance(sent) == []


def test_a_correction_follows_its_reversal_and_interest_is_paid_beside() -> None:
    (paid,) = read_835(write_835(full_remittance(), envelope()))
    taken, whole = paid.claims
    assert (taken.is_reversal, taken.reference("F8"), whole.is_forwarded) == (True, "SUN0", True)
    assert (whole.interest_cents, paid.interest_cents, paid.capitation_cents) == (125, 125, 3_000)
    assert [each.says for each in paid.provider_adjustments] == ["interest", "capitation"]


def test_several_remittances_travel_in_one_file() -> None:
    other = replace(remittance(), trace_number="EFT0002")
    assert read_835(write_835([remittance(), other], envelope())) == [remittance(), other]


def test_money_taken_back_is_a_debit() -> None:
    back = replace(remittance(), claims=(), payment_cents=-1_000)
    assert balance_problems(back) == []
    assert read_835(write_835(back, envelope())) == [back]


def test_many_adjustments_of_a_group_need_more_than_one_segment() -> None:
    sent = remittance()
    changes = tuple(Adjustment("CO", str(carc), 100) for carc in range(1, 9))
    line = replace(sent.claims[0].lines[0], adjustments=changes)
    sent = replace(sent, claims=(replace(sent.claims[0], lines=(line,)),))
    data = write_835(sent, envelope())
    assert data.count(b"CAS*CO") == 2
    assert read_835(data) == [sent]


SENT = remittance()
FIRST = SENT.claims[0]


@pytest.mark.parametrize(
    ("wrong", "rule", "element", "expected", "found"),
    [
        ({"lines": (replace(FIRST.lines[0], paid_cents=8_001),)}, "line-balance", "SVC03", 8_000, 8_001),
        ({"paid_cents": 7_999}, "claim-balance", "CLP04", 8_000, 7_999),
        ({"charge_cents": 1}, "claim-charge", "CLP03", 15_000, 1),
        ({"patient_responsibility_cents": 1}, "patient-share", "CLP05", 3_000, 1),
    ],
)
def test_each_level_that_does_not_balance_is_named(
    wrong: dict[str, Any], rule: str, element: str, expected: int, found: int
) -> None:
    changed = replace(SENT, claims=(replace(FIRST, **wrong), SENT.claims[1]))
    finding = next(each for each in balance(changed) if each.rule == rule)
    assert (finding.element, finding.expected_cents, finding.found_cents) == (element, expected, found)
    assert finding.claim == "C1001"
    assert finding.blocks == (rule != "patient-share")
    told = {problem.rule: problem for problem in check(write_835(changed, envelope()))}
    assert (rule in told) == finding.blocks
    if finding.blocks:
        assert told[rule].element == element
        assert "C1001" not in str(told[rule])


def test_a_payment_that_is_not_its_claims_is_named() -> None:
    wrong = replace(SENT, payment_cents=1)
    (finding,) = balance(wrong)
    assert (finding.rule, finding.expected_cents, finding.found_cents, finding.blocks) == (
        "payment-balance",
        7_000,
        1,
        True,
    )
    assert [problem.rule for problem in check(write_835(wrong, envelope()))] == ["payment-balance"]
    assert balance_problems(wrong) == [str(finding)]


def test_interest_that_is_told_and_not_paid_is_named_and_does_not_block() -> None:
    paid = full_remittance()
    wrong = replace(paid, provider_adjustments=paid.provider_adjustments[1:], payment_cents=paid.payment_cents - 125)
    (finding,) = balance(wrong)
    assert (finding.rule, finding.expected_cents, finding.found_cents, finding.blocks) == ("interest", 125, 0, False)
    assert check(write_835(wrong, envelope())) == []


def test_a_predetermination_has_nothing_to_balance() -> None:
    told = replace(FIRST, status_code="25", paid_cents=0)
    assert balance(replace(SENT, claims=(told, SENT.claims[1]), payment_cents=-1_000)) == []


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_check_and_balance_agree_about_any_remittance(data: st.DataObject) -> None:
    cents = st.integers(-3, 3)

    def line() -> RemitLine:
        off = tuple(Adjustment(data.draw(st.sampled_from(["CO", "PR"])), "45", data.draw(cents)) for _ in range(2))
        return RemitLine("99213", data.draw(cents), data.draw(cents), off)

    claims = tuple(
        RemitClaim(
            f"C{number}", data.draw(st.sampled_from(["1", "22", "25"])), data.draw(cents), data.draw(cents), 0, "P",
            (Adjustment("OA", "23", data.draw(cents)),), tuple(line() for _ in range(data.draw(st.integers(0, 2)))),
        )
        for number in range(data.draw(st.integers(0, 3)))
    )  # fmt: skip
    changes = tuple(ProviderAdjustment("1", TODAY, "WO", data.draw(cents)) for _ in range(data.draw(st.integers(0, 2))))
    any_one = replace(SENT, claims=claims, provider_adjustments=changes, payment_cents=data.draw(st.integers(0, 5)))
    rules = {"line-balance", "claim-balance", "claim-charge", "payment-balance"}
    told = [(each.rule, each.element) for each in check(write_835(any_one, envelope())) if each.rule in rules]
    assert sorted(told) == sorted((each.rule, each.element) for each in balance(any_one) if each.blocks)


@given(st.integers(-(10**12), 10**12))
def test_cents_survive_the_decimal_of_x12(cents: int) -> None:
    assert read_money(Segment(["AMT", money(cents)]), 1) == cents


@pytest.mark.parametrize("wrong", ["", "-", ".", "1.005", "1,50", "1e3", "NaN", "٣", "1" * 30])
def test_what_is_no_amount_is_refused(wrong: str) -> None:
    with pytest.raises(X12Error) as refused:
        read_money(Segment(["AMT", wrong], 9), 1)
    assert (refused.value.rule, refused.value.segment_number, refused.value.element) == ("money", 9, "AMT01")


def test_a_stay_and_an_outpatient_claim_come_back_whole() -> None:
    stay = Inpatient(
        3, 10_050, 1, 250_000, 1, 2, 3, 4, 5, 6, 7, 8, 9, Decimal("2.5"), 11, 12, 13, 14, 15, ("MA01", "N130")
    )
    moa = Outpatient(Decimal("0.8"), 4_200, 100, 200)
    sent = remittance()
    for claim in (
        replace(sent.claims[0], inpatient=stay, remark_codes=stay.remark_codes),
        replace(sent.claims[0], outpatient=moa, remark_codes=("MA07",)),
        replace(sent.claims[0], inpatient=stay, outpatient=moa, remark_codes=("MA07", *stay.remark_codes)),
    ):
        data = write_835(replace(sent, claims=(claim,)), envelope())
        assert [problem for problem in check(data) if not problem.rule.endswith("balance")] == []
        assert read_835(data)[0].claims == (claim,)
