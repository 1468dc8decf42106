"""835: what the payer paid and why, to the cent."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.engines.x12 import Adjustment, X12Error, balance_problems, check, read_835, write_835
from liaison.engines.x12.segments import Segment
from liaison.engines.x12.values import money, read_money
from tests.x12.oracle import complaints
from tests.x12.samples import envelope, remittance

pytestmark = pytest.mark.engine


def test_a_written_remittance_is_accepted_and_read_back() -> None:
    data = write_835(remittance(), envelope())
    assert complaints(data) == []
    assert check(data) == []
    assert read_835(data) == [remittance()]


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


def test_each_level_that_does_not_balance_is_named() -> None:
    sent = remittance()
    claim = sent.claims[0]
    line = replace(claim.lines[0], paid_cents=8_001)
    assert any("line 1" in words for words in balance_problems(replace(sent, claims=(replace(claim, lines=(line,)),))))
    wrong = replace(claim, paid_cents=7_999)
    assert any("CLP04" in words for words in balance_problems(replace(sent, claims=(wrong,))))
    assert any("CLP03" in words for words in balance_problems(replace(sent, claims=(replace(claim, charge_cents=1),))))
    assert any("BPR02" in words for words in balance_problems(replace(sent, payment_cents=1)))
    assert balance_problems(sent) == []


@given(st.integers(-(10**12), 10**12))
def test_cents_survive_the_decimal_of_x12(cents: int) -> None:
    assert read_money(Segment(["AMT", money(cents)]), 1) == cents


@pytest.mark.parametrize("wrong", ["", "-", ".", "1.005", "1,50", "1e3", "NaN", "٣", "1" * 30])
def test_what_is_no_amount_is_refused(wrong: str) -> None:
    with pytest.raises(X12Error) as refused:
        read_money(Segment(["AMT", wrong], 9), 1)
    assert (refused.value.rule, refused.value.segment_number, refused.value.element) == ("money", 9, "AMT01")
