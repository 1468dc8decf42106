"""How the chart looks in FHIR R4, both ways: `to_fhir` for what goes out, `from_fhir` for what comes in."""

from liaison.chart.fhir.allergies import allergy_from_fhir
from liaison.chart.fhir.conditions import condition_from_fhir
from liaison.chart.fhir.encounters import encounter_from_fhir
from liaison.chart.fhir.medications import medication_from_fhir
from liaison.chart.fhir.observations import observation_from_fhir
from liaison.chart.fhir.procedures import procedure_from_fhir

__all__ = [
    "allergy_from_fhir",
    "condition_from_fhir",
    "encounter_from_fhir",
    "medication_from_fhir",
    "observation_from_fhir",
    "procedure_from_fhir",
]
