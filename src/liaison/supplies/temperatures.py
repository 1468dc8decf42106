"""Temperatures of storage: typed with their unit, kept in °C, shown in the scale of the unit's display."""

import re
from decimal import ROUND_HALF_UP, Decimal

from liaison.kernel.errors import Invalid
from liaison.kernel.units import Unit, convert

_TYPED = re.compile(r"([+\-−–]?)\s*(\d{1,3}(?:[.,]\d{1,2})?)\s*(?:°|º|deg)?\s*([cf]?)", re.IGNORECASE)
_NAMES = {"c": Unit.CELSIUS, "f": Unit.FAHRENHEIT}
_SIGNS = {Unit.CELSIUS: "°C", Unit.FAHRENHEIT: "°F"}
COLDEST, WARMEST = Decimal(-200), Decimal(60)


def celsius(text: str, scale: str, field: str = "current") -> Decimal:
    """What was typed ("38.5 F", "4,2 °C", "-18") in °C; a bare number is in `scale`. Raises Invalid."""
    if scale not in _SIGNS:
        raise Invalid("no-scale", "Choose °F or °C, as the display shows it.", "scale")
    match = _TYPED.fullmatch(text.strip())
    if match is None:
        raise Invalid("bad-temperature", "Write a temperature with its unit, like 38.5 F or 4.2 C.", field)
    sign, number, name = match.groups()
    value = Decimal(number.replace(",", ".")) * (-1 if sign in ("-", "−", "–") else 1)
    found = convert(value, _NAMES[name.lower()] if name else Unit(scale), Unit.CELSIUS)
    if not COLDEST <= found <= WARMEST:
        raise Invalid("impossible-temperature", f"{shown(found, scale)} cannot be. Read the display again.", field)
    return found.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def number(value: Decimal, scale: str) -> Decimal:
    """A temperature in °C as the number of a scale, to a tenth."""
    return convert(value, Unit.CELSIUS, Unit(scale)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def shown(value: Decimal | None, scale: str) -> str:
    """A temperature in °C as a unit's display says it: `39.2 °F`; nothing for none."""
    if value is None:
        return ""
    return f"{number(value, scale)} {_SIGNS[Unit(scale)]}".replace("-", "−")


def plain(value: Decimal, scale: str) -> str:
    """A temperature in °C as the number of a scale, without a tenth that is none: `46.4`, `−58`."""
    return f"{number(value, scale):f}".removesuffix(".0").replace("-", "−")


def span(low: Decimal, high: Decimal, scale: str) -> str:
    """Two limits in °C as a display says them: `35.6 to 46.4 °F`."""
    return f"{plain(low, scale)} to {plain(high, scale)} {_SIGNS[Unit(scale)]}"


def both(value: Decimal | None) -> str:
    """A temperature in both scales, as people talk with a manufacturer: `9.4 °C (48.9 °F)`."""
    return f"{shown(value, Unit.CELSIUS)} ({shown(value, Unit.FAHRENHEIT)})" if value is not None else ""
