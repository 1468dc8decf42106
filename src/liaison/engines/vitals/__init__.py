"""Vital signs: what they are, what is impossible, what is abnormal at an age, and what the assistant does then."""

from liaison.engines.vitals.assess import (
    INTERPRETATION,
    Assessment,
    BloodPressureAssessment,
    Flag,
    NextStep,
    assess,
    assess_blood_pressure,
    bmi,
)
from liaison.engines.vitals.choices import BloodPressureSite, Choice, Position, TemperatureRoute
from liaison.engines.vitals.kinds import (
    BLOOD_PRESSURE_PANEL_DISPLAY,
    BLOOD_PRESSURE_PANEL_LOINC,
    BY_LOINC,
    KINDS,
    VITAL_SIGNS_CATEGORY,
    ImpossibleValue,
    KindSpec,
    VitalKind,
    plausible,
    refuse_impossible,
    refuse_impossible_blood_pressure,
)
from liaison.engines.vitals.ranges import (
    ReferenceRanges,
    ReferenceRow,
    default_document,
    default_reference_ranges,
    parse_reference_ranges,
)
from liaison.engines.vitals.reading import read_blood_pressure, read_measurement

__all__ = [
    "BLOOD_PRESSURE_PANEL_DISPLAY",
    "BLOOD_PRESSURE_PANEL_LOINC",
    "BY_LOINC",
    "INTERPRETATION",
    "KINDS",
    "VITAL_SIGNS_CATEGORY",
    "Assessment",
    "BloodPressureAssessment",
    "BloodPressureSite",
    "Choice",
    "Flag",
    "ImpossibleValue",
    "KindSpec",
    "NextStep",
    "Position",
    "ReferenceRanges",
    "ReferenceRow",
    "TemperatureRoute",
    "VitalKind",
    "assess",
    "assess_blood_pressure",
    "bmi",
    "default_document",
    "default_reference_ranges",
    "parse_reference_ranges",
    "plausible",
    "read_blood_pressure",
    "read_measurement",
    "refuse_impossible",
    "refuse_impossible_blood_pressure",
]
