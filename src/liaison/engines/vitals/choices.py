"""How a vital sign was taken: site, position, route, each with its SNOMED CT code for the FHIR form.

Codes as in the HL7 US "Vital Signs with Qualifying Elements" value sets.
"""

from enum import Enum


class Choice(Enum):
    """A choice on a form; the value is what is stored."""

    label: str
    snomed: str
    display: str

    def __new__(cls, value: str, label: str, snomed: str, display: str) -> "Choice":
        member = object.__new__(cls)
        member._value_ = value
        member.label = label
        member.snomed = snomed
        member.display = display
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Return (stored value, label) pairs in the order of the form."""
        return [(member.value, member.label) for member in cls]

    @classmethod
    def of_snomed(cls, code: str) -> "Choice | None":
        """Return the choice of a SNOMED CT code, or None when this clinic does not offer it."""
        return next((member for member in cls if member.snomed == code), None)


class BloodPressureSite(Choice):
    """Where the cuff sat."""

    RIGHT_ARM = "right-arm", "Right arm", "368209003", "Right upper arm structure"
    LEFT_ARM = "left-arm", "Left arm", "368208006", "Left upper arm structure"
    RIGHT_WRIST = "right-wrist", "Right wrist", "9736006", "Structure of right wrist region"
    LEFT_WRIST = "left-wrist", "Left wrist", "5951000", "Structure of left wrist region"
    RIGHT_LEG = "right-leg", "Right leg (thigh)", "11207009", "Structure of right thigh"
    LEFT_LEG = "left-leg", "Left leg (thigh)", "61396006", "Structure of left thigh"


class Position(Choice):
    """How the patient was while the blood pressure was taken."""

    SITTING = "sitting", "Sitting", "33586001", "Sitting position"
    STANDING = "standing", "Standing", "10904000", "Orthostatic body position"
    LYING = "lying", "Lying", "40199007", "Supine body position"


class TemperatureRoute(Choice):
    """Where the thermometer was."""

    ORAL = "oral", "Oral", "74262004", "Oral cavity structure"
    TYMPANIC = "tympanic", "Ear (tympanic)", "42859004", "Tympanic membrane structure"
    TEMPORAL = "temporal", "Forehead (temporal)", "15672000", "Superficial temporal artery"
    AXILLARY = "axillary", "Armpit (axillary)", "91470000", "Axillary region structure"
    RECTAL = "rectal", "Rectal", "34402009", "Rectum structure"
