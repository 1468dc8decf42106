"""Money: whole US cents in an `int`, nothing else."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")


def ungrouped(text: str) -> str:
    """`"1,234"` as `"1234"`. A comma elsewhere stays, for it may be meant for the point: `"12,50"`."""
    return _THOUSANDS.sub("", text)


def cents(text: str | Decimal) -> int:
    """Cents of a typed amount such as `"$1,234.5"`. Raises ValueError with a sentence for the person who typed it."""
    said = f"“{str(text)[:40]}”"
    try:
        amount = Decimal(ungrouped(str(text).strip().replace("$", "")))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise ValueError(f"{said} is not an amount. Type dollars and cents, for example 25.00.")
    if abs(amount) >= 10_000_000:
        raise ValueError(f"{said} is too large. Amounts stay under $10,000,000.")
    if amount != amount.quantize(Decimal("0.01")):
        raise ValueError(f"{said} has more than two decimals. Type dollars and cents, for example 25.00.")
    return int(amount * 100)


def dollars(amount_cents: int) -> str:
    """`123450` as `$1,234.50`; a negative amount with a minus sign in front."""
    sign = "−" if amount_cents < 0 else ""
    return f"{sign}${abs(amount_cents) // 100:,}.{abs(amount_cents) % 100:02d}"


def decimal(amount_cents: int) -> Decimal:
    """`123450` as `Decimal("1234.50")`, as FHIR Money and X12 write it."""
    return Decimal(amount_cents) / 100


def percent_of(amount_cents: int, percent: int) -> int:
    """A whole percentage of an amount, rounded half up to a cent."""
    return int((Decimal(amount_cents) * percent / 100).quantize(Decimal(1), ROUND_HALF_UP))
