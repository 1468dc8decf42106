"""Money as people type it: whole cents, or a sentence that says why not."""

import pytest

from liaison.kernel.money import cents

pytestmark = pytest.mark.engine


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("25", 2500),
        (" $1,234.5 ", 123450),
        ("-3.07", -307),
        ("1,234,567.89", 123456789),
        ("1e2", 10000),
        ("9999999.99", 999999999),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, amount: int) -> None:
    assert cents(text) == amount


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is not an amount"), ("many", "is not an amount"), ("NaN", "is not an amount"),
        ("sNaN", "is not an amount"), ("Infinity", "is not an amount"), ("10,000,000", "is too large"),
        ("-1e999999", "is too large"), ("0.005", "more than two decimals"), ("1e-999999", "more than two decimals"),
        ("9" * 400, "is too large"), ("12,50", "is not an amount"), ("1,2345", "is not an amount"),
        (",500", "is not an amount"), ("1,,000", "is not an amount"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_told_in_a_sentence(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as refused:
        cents(text)
    assert str(refused.value).startswith(f"“{text[:40]}” ")
