"""Filters of the pages of supplies."""

from decimal import Decimal

from django import template

from liaison.supplies import temperatures, words
from liaison.supplies.models import StorageUnit

register = template.Library()


@register.filter
def warmth(value: Decimal | None, unit: StorageUnit) -> str:
    """A temperature as the unit's display says it: `39.2 °F`."""
    return temperatures.shown(value, unit.scale)


@register.filter
def both(value: Decimal | None) -> str:
    """A temperature in °C and °F."""
    return temperatures.both(value)


@register.filter
def doses(number: int | None, unit: str = "dose") -> str:
    """`3 doses`."""
    return words.doses(number or 0, unit)
