"""Measurements are said in the units that the clinic types, rounded as it reads them."""

from decimal import Decimal

import pytest

from liaison.chart.models import Observation
from liaison.visits.words import measured


@pytest.mark.parametrize(
    ("code", "value", "unit", "said"),
    [
        ("8310-5", "37.11", "Cel", "98.8 °F"),
        ("29463-7", "77.474", "kg", "170.8 lb"),
        ("8302-2", "186.44", "cm", "73.4 in"),
        ("8867-4", "75", "/min", "75 /min"),
        ("59408-5", "98", "%", "98%"),
        ("4548-4", "6.1", "%", "6.1%"),
    ],
)
def test_a_value_with_its_unit(code: str, value: str, unit: str, said: str) -> None:
    assert measured(Observation(code=code, value=Decimal(value), unit=unit)) == said
