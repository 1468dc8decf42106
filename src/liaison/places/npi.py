"""The National Provider Identifier and its check digit."""

from liaison.kernel.errors import Invalid


def is_npi(npi: str) -> bool:
    """Whether ten digits are an NPI: Luhn's check over 80840 and the number (45 CFR 162.406)."""
    if len(npi) != 10 or not (npi.isascii() and npi.isdigit()):
        return False
    total = 24  # what the prefix 80840 adds
    for place, digit in enumerate(reversed(npi)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def check_npi(npi: str) -> None:
    """Raises Invalid unless empty or an NPI."""
    if npi and not is_npi(npi):
        raise Invalid("bad-npi", "That is no NPI: it has ten digits, the last of which checks the others.", "npi")
