"""Filters of the pages of supplies."""

from decimal import Decimal

from django import template

from liaison.kernel.units import Unit
from liaison.supplies import temperatures, words
from liaison.supplies.models import StorageUnit

register = template.Library()


@register.filter
def warmth(value: Decimal | None, unit: StorageUnit) -> str:
    """A temperature as the unit's display says it: `39.2 °F`."""
    return temperatures.shown(value, unit.scale)


@register.filter
def other(value: Decimal | None, unit: StorageUnit) -> str:
    """A temperature in the scale that the unit's display does not show, for whoever asks in that one."""
    return temperatures.shown(value, Unit.FAHRENHEIT if unit.scale == Unit.CELSIUS else Unit.CELSIUS)


@register.filter
def limits(unit: StorageUnit) -> str:
    """Between what a unit must stay, as its display says it: `36 to 46 °F`."""
    return temperatures.span(unit.low_c, unit.high_c, unit.scale)


@register.filter
def doses(number: int | None, unit: str = "dose") -> str:
    """`3 doses`."""
    return words.doses(number or 0, unit)
