"""What a visit's level hangs on: the problems addressed, the data, the risk, and the provider's time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

MOST = 99
MOST_MINUTES = 1440


class NotFacts(ValueError):
    """The facts cannot be read; the sentence says which."""


class Problem(StrEnum):
    """How a problem stood when it was addressed, from the least to the most serious."""

    MINOR = "minor"
    STABLE_CHRONIC = "stable-chronic"
    STABLE_ACUTE = "stable-acute"
    ACUTE = "acute"
    WORSE_CHRONIC = "worse-chronic"
    UNDIAGNOSED = "undiagnosed"
    SYSTEMIC = "systemic"
    COMPLICATED_INJURY = "complicated-injury"
    SEVERE_CHRONIC = "severe-chronic"
    THREAT = "threat"


class Risk(StrEnum):
    """What was decided for the patient, by the risk that it carries."""

    LOW = "low"
    PRESCRIPTION = "prescription"
    MINOR_SURGERY_AT_RISK = "minor-surgery-at-risk"
    MAJOR_SURGERY = "major-surgery"
    SOCIAL = "social"
    TOXICITY = "toxicity"
    MAJOR_SURGERY_AT_RISK = "major-surgery-at-risk"
    EMERGENCY_SURGERY = "emergency-surgery"
    HOSPITAL = "hospital"
    LESS_CARE = "less-care"
    CONTROLLED_PARENTERAL = "controlled-parenteral"


COUNTS = ("notes", "results", "orders")
MARKS = ("historian", "interpretation", "discussion")


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one visit, as far as the note shows them.

    `notes` are external notes reviewed, one for each source; `results` and `orders` are unique tests, a test that is
    ordered here counting once. `minutes` is the provider's own time on the day of the visit, None where nobody says.
    """

    problems: Mapping[Problem, int] = field(default_factory=dict)
    notes: int = 0
    results: int = 0
    orders: int = 0
    historian: bool = False
    interpretation: bool = False
    discussion: bool = False
    risks: frozenset[Risk] = frozenset()
    minutes: int | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "problems": {kind.value: number for kind, number in self.problems.items() if number},
            **{name: getattr(self, name) for name in (*COUNTS, *MARKS)},
            "risks": sorted(self.risks),
            "minutes": self.minutes,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Facts":
        """From what was stored or sent. Raises NotFacts."""
        try:
            problems = {Problem(kind): _count(number) for kind, number in dict(stored.get("problems") or {}).items()}
            minutes = stored.get("minutes")
            return cls(
                problems={kind: number for kind, number in problems.items() if number},
                risks=frozenset(Risk(one) for one in stored.get("risks") or ()),
                minutes=None if minutes in (None, "") else _count(minutes, MOST_MINUTES),
                notes=_count(stored.get("notes") or 0),
                results=_count(stored.get("results") or 0),
                orders=_count(stored.get("orders") or 0),
                historian=bool(stored.get("historian")),
                interpretation=bool(stored.get("interpretation")),
                discussion=bool(stored.get("discussion")),
            )
        except (TypeError, ValueError) as problem:
            raise NotFacts(str(problem)) from None


def _count(value: Any, most: int = MOST) -> int:
    number = int(value)
    if not 0 <= number <= most:
        raise ValueError(f"Write a whole number from 0 to {most}.")
    return number
