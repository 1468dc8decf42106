"""The patient's side of the schedule: a relevant patient series, how doses count in it, and what it forecasts.

The statuses are those of tables 3-1 to 3-3. A reason carries the number of the table or rule that gives it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from liaison.engines.cdsi.schedule import Series, SeriesDose, Vaccine

if TYPE_CHECKING:
    from liaison.engines.cdsi.patient import Administered


class EvaluationStatus(Enum):
    """Table 3-1."""

    VALID = "Valid"
    NOT_VALID = "Not Valid"
    EXTRANEOUS = "Extraneous"
    SUB_STANDARD = "Sub-standard"


class SeriesStatus(Enum):
    """Table 3-3."""

    NOT_COMPLETE = "Not Complete"
    COMPLETE = "Complete"
    IMMUNE = "Immune"
    CONTRAINDICATED = "Contraindicated"
    AGED_OUT = "Aged Out"
    NOT_RECOMMENDED = "Not Recommended"


class Reason(Enum):
    """Why a dose counts or does not: words, and where the specification says so."""

    EXPIRED = "Lot expired", "table 6-3"
    SUB_STANDARD = "Dose condition", "table 6-3"
    INADVERTENT = "Inadvertent Administration", "table 6-13"
    TOO_YOUNG = "Age: Too Young", "table 6-15"
    AGE_GRACE = "Age: Grace Period", "table 6-15"
    TOO_OLD = "Age: Too Old", "table 6-15"
    TOO_SOON = "Interval: Too Soon", "table 6-18"
    INTERVAL_GRACE = "Interval: Grace Period", "table 6-18"
    INTERVAL_ALLOWED = "Interval: Allowable", "table 6-21"
    CONFLICT = "Vaccine Conflict", "CONFLICT-3"
    LITTLE_VOLUME = "Volume administered is less than recommended volume", "table 6-26"
    NOT_PREFERABLE = "Not a preferable vaccine, but allowable", "table 6-29"
    NOT_ALLOWABLE = "Not a preferable or allowable vaccine", "table 6-29"
    WRONG_AGE_FOR_VACCINE = "Vaccine out of its recommended age range", "table 6-29"
    SERIES_DONE = "Series Already Complete", "figure 4-6, step 6"

    def __init__(self, words: str, rule: str) -> None:
        self.words = words
        self.rule = rule


class ForecastReason(Enum):
    """Why there is no other dose (table 7-10)."""

    COMPLETE = "Patient series is complete"
    PAST_HISTORY = "Not recommended at this time due to past immunization history"
    IMMUNE = "Patient has evidence of immunity"
    CONTRAINDICATED = "Patient has a contraindication"
    PAST_SEASON = "Past seasonal recommendation end date"
    TOO_OLD = "Patient has exceeded the maximum age"
    CANNOT_FINISH = "Patient is unable to finish the series prior to the maximum age"


class Finding(NamedTuple):
    """A reason, and the day that decides where there is one: from then on (until then, for a maximum) all is well."""

    reason: Reason
    day: int | None = None


class Evaluation(NamedTuple):
    """How a dose counts in a series: against which target dose, with what status, for which reasons."""

    given: Administered
    target: SeriesDose | None
    status: EvaluationStatus
    findings: tuple[Finding, ...]
    inadvertent: bool = False


class Basis(NamedTuple):
    """A day that a forecast was made from: the rule that gives it, and what it is."""

    rule: str
    what: str
    day: int


@dataclass(frozen=True, slots=True)
class Choice:
    """The prioritized patient series of a series group, and the rule that chose it (chapter 8)."""

    series: PatientSeries
    rule: str


@dataclass(slots=True)
class SeriesForecast:
    """The patient series forecast (chapter 7); days are ordinals, and None where the specification leaves a blank."""

    status: SeriesStatus
    reason: ForecastReason | None = None
    target: SeriesDose | None = None
    position: int = 0
    earliest: int | None = None
    unadjusted_recommended: int | None = None
    recommended: int | None = None
    unadjusted_past_due: int | None = None
    past_due: int | None = None
    latest: int | None = None
    vaccines: tuple[Vaccine, ...] = ()
    basis: tuple[Basis, ...] = ()


class PatientSeries:
    """A relevant patient series: an antigen series as this patient goes through it.

    `position` is the place of the target dose that waits among the series' doses; `satisfied` has the target doses
    that doses have met, `skipped` those passed over.
    """

    __slots__ = (
        "evaluated",
        "evaluations",
        "forecast",
        "position",
        "satisfied",
        "series",
        "skipped",
        "verdicts",
    )

    def __init__(self, series: Series) -> None:
        self.series = series
        self.evaluated = False
        self.evaluations: list[Evaluation] = []
        self.verdicts: dict[int, Evaluation] = {}
        """The evaluations by the index of the dose."""
        self.satisfied: list[tuple[SeriesDose, Administered]] = []
        self.skipped: list[SeriesDose] = []
        self.position = 0
        self.forecast: SeriesForecast | None = None

    def record(self, evaluation: Evaluation) -> None:
        """Keep the outcome for a dose; a valid one satisfies its target dose (table 6-31)."""
        self.evaluations.append(evaluation)
        self.verdicts[evaluation.given.index] = evaluation
        if evaluation.status is EvaluationStatus.VALID and evaluation.target is not None:
            self.satisfied.append((evaluation.target, evaluation.given))

    def status_of(self, dose: Administered) -> EvaluationStatus | None:
        """The status of a dose in this series; None while it has none."""
        found = self.verdicts.get(dose.index)
        return None if found is None else found.status

    def holds_inadvertent(self, dose: Administered) -> bool:
        """Whether a dose was an inadvertent administration in this series (table 6-13)."""
        found = self.verdicts.get(dose.index)
        return found is not None and found.inadvertent
