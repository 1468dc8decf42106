"""What the engine is told of a patient (section 4.1), and the immunization history put in order (section 4.2)."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import resources

from liaison.engines.cdsi.dates import FIRST, LAST, Duration, add
from liaison.engines.cdsi.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Dose:
    """A vaccine dose administered. `sub_standard` is the dose condition flag: recalled, misadministered, not kept cold.

    A lot expiration of which only month and year are known is the last day of the month (CALCDTLOTEXP-1).
    """

    date: dt.date
    cvx: str
    mvx: str | None = None
    lot_expiration: dt.date | None = None
    sub_standard: bool = False
    volume_ml: float | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """An active patient observation by its CDSi code, with the day it was made where that is known."""

    code: str
    date: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Patient:
    """Everything that decides about a patient's vaccines. `gender` is F, M or anything else for unknown.

    `country_of_birth` is an ISO 3166-1 code, or as the supporting data write it; empty where it is not known.
    """

    date_of_birth: dt.date
    gender: str = ""
    doses: tuple[Dose, ...] = ()
    observations: tuple[Observation, ...] = ()
    country_of_birth: str = ""


COUNTRIES = {"US": "U.S.", "USA": "U.S.", "UNITED STATES": "U.S."}
"""A country of birth as the supporting data write it, by its ISO 3166-1 code."""


@cache
def manufacturers() -> frozenset[str]:
    """The MVX codes that there are, those of former manufacturers too."""
    text = resources.files("liaison.engines.cdsi").joinpath("mvx.txt").read_text("ascii")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


class Flag(Enum):
    """Why something entered was left out, or looks wrong."""

    BEFORE_BIRTH = "is dated before birth and was left out"
    IN_FUTURE = "is dated after the assessment date and was left out"
    UNKNOWN_CVX = "has a CVX code that the schedule does not know and was left out"
    SAME_DAY = "is the same vaccine on the same day as another one and was left out as its duplicate"
    UNKNOWN_MVX = "has a manufacturer's code that does not exist and counts without it"
    UNKNOWN_OBSERVATION = "is no observation code of the schedule and was left out"
    FUTURE_OBSERVATION = "is dated after the assessment date"


@dataclass(frozen=True, slots=True)
class Flagged:
    """A dose or an observation, by its place among those entered, that was flagged."""

    kind: str
    index: int
    flag: Flag


class Administered:
    """A dose of the history: its place in order of time, the day as an ordinal, its antigens at that age."""

    __slots__ = ("antigens", "cvx", "day", "dose", "entered", "index", "mvx")

    def __init__(self, index: int, entered: int, dose: Dose, cvx: str, mvx: str, antigens: tuple[str, ...]) -> None:
        self.index = index
        self.entered = entered
        self.dose = dose
        self.cvx = cvx
        self.mvx = mvx
        self.day = dose.date.toordinal()
        self.antigens = antigens


class History:
    """A patient on an assessment date: doses in order of time, each in its antigens (section 4.2), and observations.

    What cannot be used is flagged and left out: the rest goes on.
    """

    __slots__ = (
        "_ages",
        "born",
        "by_antigen",
        "country",
        "doses",
        "flagged",
        "gender",
        "observations",
        "schedule",
        "today",
    )

    def __init__(self, patient: Patient, assessment_date: dt.date, schedule: Schedule) -> None:
        self.schedule = schedule
        self.born = patient.date_of_birth.toordinal()
        self.today = assessment_date.toordinal()
        self.gender = {"F": "Female", "M": "Male"}.get(patient.gender[:1].upper(), "Unknown")
        self.country = COUNTRIES.get(patient.country_of_birth.strip().upper(), patient.country_of_birth.strip())
        self.flagged: list[Flagged] = []
        self._ages: dict[Duration, int] = {}
        self.observations = self._observed(patient.observations)
        self.doses = self._organized(patient.doses)
        self.by_antigen: dict[str, list[Administered]] = {}
        for dose in self.doses:
            for antigen in dose.antigens:
                self.by_antigen.setdefault(antigen, []).append(dose)

    def age(self, span: Duration) -> int:
        """The day on which the patient reaches an age."""
        day = self._ages.get(span)
        if day is None:
            day = self._ages[span] = add(self.born, span)
        return day

    def age_from(self, span: Duration | None) -> int:
        """As `age`; without one, the first of all days."""
        return FIRST if span is None else self.age(span)

    def age_until(self, span: Duration | None) -> int:
        """As `age`; without one, the last of all days."""
        return LAST if span is None else self.age(span)

    def aged(self, begin: Duration | None, end: Duration | None, day: int) -> bool:
        """Whether the patient has the age on a day: from its beginning on, before its end."""
        return (begin is None or self.age(begin) <= day) and (end is None or day < self.age(end))

    def _observed(self, observations: Iterable[Observation]) -> Mapping[str, int | None]:
        """The most recent day of each observation that the schedule knows."""
        found: dict[str, int | None] = {}
        for entered, observation in enumerate(observations):
            code = observation.code.strip().zfill(3)
            if code not in self.schedule.observations:
                self.flagged.append(Flagged("observation", entered, Flag.UNKNOWN_OBSERVATION))
                continue
            day = observation.date.toordinal() if observation.date else None
            if day is not None and day > self.today:
                self.flagged.append(Flagged("observation", entered, Flag.FUTURE_OBSERVATION))
            known = found.get(code)
            found[code] = day if known is None else max(known, day or known)
        return found

    def _organized(self, doses: Iterable[Dose]) -> list[Administered]:
        """Figure 4-3: the doses that can be used, in order of time; of one day by their codes, however entered.

        Of the same vaccine twice on one day the one with a manufacturer is kept.
        """
        usable: list[tuple[int, str, bool, str, int, Dose]] = []
        for entered, dose in enumerate(doses):
            cvx, day = dose.cvx.strip().zfill(2), dose.date.toordinal()
            flag = None
            if day < self.born:
                flag = Flag.BEFORE_BIRTH
            elif day > self.today:
                flag = Flag.IN_FUTURE
            elif cvx not in self.schedule.vaccines:
                flag = Flag.UNKNOWN_CVX
            if flag:
                self.flagged.append(Flagged("dose", entered, flag))
            else:
                mvx = (dose.mvx or "").strip().upper()
                if mvx and mvx not in manufacturers():
                    self.flagged.append(Flagged("dose", entered, Flag.UNKNOWN_MVX))
                    mvx = ""
                usable.append((day, cvx, not mvx, mvx, entered, dose))
        ordered: list[Administered] = []
        for day, cvx, _, mvx, entered, dose in sorted(usable, key=lambda row: row[:5]):
            if ordered and (ordered[-1].day, ordered[-1].cvx) == (day, cvx):
                self.flagged.append(Flagged("dose", entered, Flag.SAME_DAY))
                continue
            antigens = tuple(
                found.antigen for found in self.schedule.vaccines[cvx] if self.aged(found.begin_age, found.end_age, day)
            )
            ordered.append(Administered(len(ordered), entered, dose, cvx, mvx, antigens))
        return ordered
