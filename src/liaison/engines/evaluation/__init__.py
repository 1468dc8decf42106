"""The level of an evaluation and management visit: by medical decision making, or by the provider's time.

The rules are those of the AMA's guidelines for office visits of 2021, which since 2023 hold for visits at home and
consultations too, told in words of our own. A person decides; this says what the facts bear out, and why.
"""

from liaison.engines.evaluation.conditions import problem_of
from liaison.engines.evaluation.facts import Facts, NotFacts, Problem, Risk
from liaison.engines.evaluation.families import FAMILIES, Family, family_of
from liaison.engines.evaluation.level import Element, Evaluation, evaluate
from liaison.engines.evaluation.table import Level

__all__ = [
    "FAMILIES",
    "Element",
    "Evaluation",
    "Facts",
    "Family",
    "Level",
    "NotFacts",
    "Problem",
    "Risk",
    "evaluate",
    "family_of",
    "problem_of",
]
