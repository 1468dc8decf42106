"""Measurements in words, as this clinic says them."""

from liaison.chart.models import Observation
from liaison.engines.vitals import BY_LOINC, KINDS
from liaison.kernel import units


def measured(row: Observation) -> str:
    """`122/76 mmHg`, `98.6 °F`, `172 lb`: an observation in the unit that the clinic types."""
    if row.parts:
        return "/".join(f"{part['value']:g}" for part in row.parts) + " mmHg"
    if row.value is None:
        return row.text_value
    kind = BY_LOINC.get(row.code)
    wanted = str(KINDS[kind].typed_unit) if kind and row.unit == KINDS[kind].unit else row.unit
    value = units.convert(row.value, row.unit, wanted)
    return units.display(round(value, units.places(wanted)), wanted)
