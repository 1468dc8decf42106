"""The National Provider Identifier, by which X12 names whoever treats, orders and bills."""

from functools import lru_cache


@lru_cache(maxsize=4096)
def is_npi(text: str) -> bool:
    """Whether a text is an NPI by its check digit: Luhn's over 80840 and the ten digits (45 CFR 162.406)."""
    if len(text) != 10 or not (text.isascii() and text.isdecimal()):
        return False
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in text[8::-2])
    return (24 + sum(doubled) + sum(int(digit) for digit in text[9::-2])) % 10 == 0
