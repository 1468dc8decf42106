"""How a vital sign was taken: site, position, route, each with its SNOMED CT code for the FHIR form.

Codes as in the HL7 US "Vital Signs with Qualifying Elements" value sets.
"""

from enum import StrEnum
from typing import Self


class Choice(StrEnum):
    """A choice on a form; the value is what is stored."""

    @property
    def label(self) -> str:
        """What the form shows."""
        return _FACTS[self][0]

    @property
    def snomed(self) -> str:
        """The SNOMED CT code."""
        return _FACTS[self][1]

    @property
    def display(self) -> str:
        """The words that go with the code in FHIR."""
        return _FACTS[self][2]

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Return (stored value, label) pairs in the order of the form."""
        return [(member.value, member.label) for member in cls]

    @classmethod
    def of_snomed(cls, code: str) -> Self | None:
        """Return the choice of a SNOMED CT code, or None when this clinic does not offer it."""
        return next((member for member in cls if member.snomed == code), None)


class BloodPressureSite(Choice):
    """Where the cuff sat."""

    RIGHT_ARM = "right-arm"
    LEFT_ARM = "left-arm"
    RIGHT_WRIST = "right-wrist"
    LEFT_WRIST = "left-wrist"
    RIGHT_LEG = "right-leg"
    LEFT_LEG = "left-leg"


class Position(Choice):
    """How the patient was while the blood pressure was taken."""

    SITTING = "sitting"
    STANDING = "standing"
    LYING = "lying"


class TemperatureRoute(Choice):
    """Where the thermometer was."""

    ORAL = "oral"
    TYMPANIC = "tympanic"
    TEMPORAL = "temporal"
    AXILLARY = "axillary"
    RECTAL = "rectal"


_FACTS: dict[Choice, tuple[str, str, str]] = {
    BloodPressureSite.RIGHT_ARM: ("Right arm", "368209003", "Right upper arm structure"),
    BloodPressureSite.LEFT_ARM: ("Left arm", "368208006", "Left upper arm structure"),
    BloodPressureSite.RIGHT_WRIST: ("Right wrist", "9736006", "Structure of right wrist region"),
    BloodPressureSite.LEFT_WRIST: ("Left wrist", "5951000", "Structure of left wrist region"),
    BloodPressureSite.RIGHT_LEG: ("Right leg (thigh)", "11207009", "Structure of right thigh"),
    BloodPressureSite.LEFT_LEG: ("Left leg (thigh)", "61396006", "Structure of left thigh"),
    Position.SITTING: ("Sitting", "33586001", "Sitting position"),
    Position.STANDING: ("Standing", "10904000", "Orthostatic body position"),
    Position.LYING: ("Lying", "40199007", "Supine body position"),
    TemperatureRoute.ORAL: ("Oral", "74262004", "Oral cavity structure"),
    TemperatureRoute.TYMPANIC: ("Ear (tympanic)", "42859004", "Tympanic membrane structure"),
    TemperatureRoute.TEMPORAL: ("Forehead (temporal)", "15672000", "Superficial temporal artery"),
    TemperatureRoute.AXILLARY: ("Armpit (axillary)", "91470000", "Axillary region structure"),
    TemperatureRoute.RECTAL: ("Rectal", "34402009", "Rectum structure"),
}
