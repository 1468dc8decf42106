"""A bank's statement as data."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

YEARS = range(1990, 2101)
"""Years that a statement may be of; another is a typing error or a trick."""


class BankFileError(ValueError):
    """A file that cannot be read as a statement: a sentence for the person who chose it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line: `cents` came in, or went out (negative). `mark` tells it from all other lines of the account."""

    mark: str
    on: date
    cents: int
    reference: str
    words: str


@dataclass(frozen=True, slots=True)
class BankFile:
    """A statement: `account` is the last four of its number, `closing_cents` what the bank holds at the end."""

    format: str
    account: str
    rows: tuple[Row, ...]
    closing_cents: int | None
    last_on: date | None = None


def cents_of(text: str) -> int:
    """Cents of an amount as banks write it: `-12.5`, `(1,234.50)`, `$3`, `12.50-`, `12.50 DR`. Raises ValueError."""
    cleaned = text[:60].strip().upper().removeprefix("USD")
    for taken in "$, \u00a0":
        cleaned = cleaned.replace(taken, "")
    cleaned = cleaned.replace("\u2212", "-").removesuffix("CR")
    if cleaned.startswith("(") and cleaned.endswith(")"):
        cleaned = f"-{cleaned[1:-1]}"
    elif cleaned.endswith(("-", "DR")):
        cleaned = f"-{cleaned.removesuffix('-').removesuffix('DR')}"
    try:
        amount = Decimal(cleaned)
    except InvalidOperation:
        raise ValueError(text) from None
    if not amount.is_finite() or abs(amount) >= 10**12 or amount != amount.quantize(Decimal("0.01")):
        raise ValueError(text)
    return int(amount * 100)
