"""The table of medical decision making, in the order of the guideline's own: problems, data, risk.

Source: AMA, CPT Evaluation and Management (E/M) Code and Guideline Changes, in force since 1 January 2021 for the
office and since 1 January 2023 for the other settings. The wording is ours.
"""

from collections.abc import Callable
from enum import IntEnum

from liaison.engines.evaluation.facts import Facts, Problem, Risk


class Level(IntEnum):
    """How much a visit's medical decision making was."""

    STRAIGHTFORWARD = 1
    LOW = 2
    MODERATE = 3
    HIGH = 4

    @property
    def words(self) -> str:
        return self.name.lower()


P, R, L = Problem, Risk, Level

# Level; so many problems; of which kind; in words for one and for several
PROBLEMS: tuple[tuple[Level, int, Problem, str, str], ...] = (
    (L.HIGH, 1, P.SEVERE_CHRONIC, "a chronic illness, severely worse", "chronic illnesses, severely worse"),
    (L.HIGH, 1, P.THREAT, "a threat to life or bodily function", "threats to life or bodily function"),
    (
        L.MODERATE,
        1,
        P.WORSE_CHRONIC,
        "a chronic illness, worse or not at its goal",
        "chronic illnesses, not at their goal",
    ),
    (L.MODERATE, 2, P.STABLE_CHRONIC, "", "stable chronic illnesses"),
    (L.MODERATE, 1, P.UNDIAGNOSED, "a new problem of uncertain outcome", "new problems of uncertain outcome"),
    (L.MODERATE, 1, P.SYSTEMIC, "an acute illness with systemic symptoms", "acute illnesses with systemic symptoms"),
    (L.MODERATE, 1, P.COMPLICATED_INJURY, "a complicated acute injury", "complicated acute injuries"),
    (L.LOW, 2, P.MINOR, "", "minor or self-limited problems"),
    (L.LOW, 1, P.STABLE_CHRONIC, "a stable chronic illness", "stable chronic illnesses"),
    (L.LOW, 1, P.STABLE_ACUTE, "a stable acute illness", "stable acute illnesses"),
    (L.LOW, 1, P.ACUTE, "an uncomplicated acute illness or injury", "uncomplicated acute illnesses or injuries"),
    (L.STRAIGHTFORWARD, 1, P.MINOR, "a minor or self-limited problem", "minor or self-limited problems"),
)


def _tests(facts: Facts) -> int:
    return facts.notes + facts.results + facts.orders


def _documents(facts: Facts) -> int:
    return _tests(facts) + facts.historian


def _categories(facts: Facts) -> int:
    return (_documents(facts) >= 3) + facts.interpretation + facts.discussion


# Level; what must hold; in words
DATA: tuple[tuple[Level, Callable[[Facts], bool], str], ...] = (
    (L.HIGH, lambda f: _categories(f) >= 2, "two of: documents and tests, a test interpreted here, a discussion"),
    (L.MODERATE, lambda f: _documents(f) >= 3, "three of notes, results, tests ordered, an independent historian"),
    (L.MODERATE, lambda f: f.interpretation, "a test interpreted here that is not charged for"),
    (L.MODERATE, lambda f: f.discussion, "management discussed with another professional"),
    (L.LOW, lambda f: _tests(f) >= 2, "two of notes, results and tests ordered"),
    (L.LOW, lambda f: f.historian, "an independent historian was needed"),
)  # fmt: skip

RISKS: tuple[tuple[Level, Risk, str], ...] = (
    (L.HIGH, R.TOXICITY, "a drug that needs intensive monitoring for toxicity"),
    (L.HIGH, R.MAJOR_SURGERY_AT_RISK, "major elective surgery decided on, with risk factors"),
    (L.HIGH, R.EMERGENCY_SURGERY, "emergency major surgery decided on"),
    (L.HIGH, R.HOSPITAL, "hospital care, or more of it, decided on"),
    (L.HIGH, R.LESS_CARE, "not to resuscitate, or less care, because of a poor prognosis"),
    (L.HIGH, R.CONTROLLED_PARENTERAL, "a controlled substance given parenterally"),
    (L.MODERATE, R.PRESCRIPTION, "prescription drugs managed"),
    (L.MODERATE, R.MINOR_SURGERY_AT_RISK, "minor surgery decided on, with risk factors"),
    (L.MODERATE, R.MAJOR_SURGERY, "major elective surgery decided on, without risk factors"),
    (L.MODERATE, R.SOCIAL, "diagnosis or treatment limited by the patient's circumstances"),
    (L.LOW, R.LOW, "tests or treatment of low risk"),
)
