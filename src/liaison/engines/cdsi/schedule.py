"""The supporting data in memory: antigen series, their doses, and what holds for the whole schedule.

Section 2.4 and appendix A name these things; an attribute that the data leave empty is None, or an empty tuple. Section
3.3 says which instance counts on a day: `in_force`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from liaison.engines.cdsi.dates import FIRST, LAST, Duration

GENDERS = ("Female", "Male", "Unknown")
"""As the data name those whom a series is for."""


@dataclass(frozen=True, slots=True)
class Period:
    """The days between an effective and a cessation date, both included (RELEVANT-1, RELEVANT-2)."""

    first: int = FIRST
    last: int = LAST


@dataclass(frozen=True, slots=True)
class Age:
    """Ages of a series dose (table 6-14, table 7-12)."""

    absolute_minimum: Duration | None
    minimum: Duration | None
    earliest_recommended: Duration | None
    latest_recommended: Duration | None
    maximum: Duration | None
    period: Period


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval of a series dose, preferable or allowable, and from what it is measured (CALCDTINT-1, -2, -8, -9)."""

    from_previous: bool
    from_target_dose: int | None
    from_most_recent: frozenset[str]
    from_observation: str | None
    absolute_minimum: Duration | None
    minimum: Duration | None
    earliest_recommended: Duration | None
    latest_recommended: Duration | None
    priority: bool
    period: Period


@dataclass(frozen=True, slots=True)
class Vaccine:
    """A preferable or allowable vaccine of a series dose; `mvx` and `trade_name` narrow it to one product."""

    cvx: str
    begin_age: Duration | None
    end_age: Duration | None
    mvx: str | None
    trade_name: str | None
    volume_ml: float | None
    forecast: bool


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a conditional skip (tables 6-6 to 6-9); `kind` is age, series, interval or count."""

    kind: str
    start: int
    end: int
    begin_age: Duration | None
    end_age: Duration | None
    interval: Duration | None
    count: int
    count_logic: str
    valid_only: bool
    vaccines: frozenset[str]
    others: bool
    """Whether some of the vaccine types do not contain the antigen at every age: then all doses are looked at."""
    series_groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class SkipSet:
    """Conditions of which all or one must be met (table 6-10)."""

    all_of: bool
    conditions: tuple[Condition, ...]
    period: Period


@dataclass(frozen=True, slots=True)
class Skip:
    """A conditional skip (table 6-11)."""

    all_of: bool
    sets: tuple[SkipSet, ...]


@dataclass(frozen=True, slots=True)
class SeriesDose:
    """A dose of an antigen series: everything that chapters 6 and 7 ask of it."""

    number: int
    ages: tuple[Age, ...]
    intervals: tuple[Interval, ...]
    allowable_intervals: tuple[Interval, ...]
    preferable: tuple[Vaccine, ...]
    preferable_by_cvx: Mapping[str, tuple[Vaccine, ...]]
    allowable_by_cvx: Mapping[str, tuple[Vaccine, ...]]
    inadvertent: frozenset[str]
    evaluation_skips: tuple[Skip, ...]
    forecast_skips: tuple[Skip, ...]
    """Conditional skips by their context (section 3.3); those for both stand in both."""
    recurring: bool
    season_start: int | None
    season_end: int | None
    named: tuple[Vaccine, ...]
    """The preferable vaccines with the forecast vaccine type flag: those that a forecast names."""
    impacted: bool
    """Whether a preferable vaccine is of an impacted vaccine type (table 6-24)."""


@dataclass(frozen=True, slots=True)
class Indication:
    """What makes a risk series relevant (table 5-4)."""

    observation: str
    begin_age: Duration | None
    end_age: Duration | None
    guidance: str


@dataclass(frozen=True, slots=True)
class Series:
    """An antigen series: one path to immunity against one disease, with what selects it (chapters 5 and 8)."""

    name: str
    antigen: str
    vaccine_group: str
    type: str
    group: str
    group_name: str
    equivalent_groups: frozenset[str]
    genders: frozenset[str]
    default: bool
    product_path: bool
    priority: str
    preference: int
    minimum_age_to_start: Duration | None
    maximum_age_to_start: Duration | None
    guidance: tuple[str, ...]
    indications: tuple[Indication, ...]
    doses: tuple[SeriesDose, ...]


@dataclass(frozen=True, slots=True)
class BirthDateImmunity:
    """Born before a date, in a country, without an exclusion: presumed immune (table 7-3)."""

    before: int
    country: str
    exclusions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Contraindication:
    """An observation that forbids the antigen, or, when `vaccines` are named, these (tables 7-5 and 7-6)."""

    observation: str
    guidance: str
    begin_age: Duration | None
    end_age: Duration | None
    vaccines: Mapping[str, tuple[Duration | None, Duration | None]]


@dataclass(frozen=True, slots=True)
class Antigen:
    """What the schedule says of one antigen."""

    name: str
    immune_by: frozenset[str]
    immune_by_birth: tuple[BirthDateImmunity, ...]
    contraindications: tuple[Contraindication, ...]
    vaccine_contraindications: tuple[Contraindication, ...]
    series: tuple[Series, ...]
    series_by_age: tuple[Series, ...]
    """Those that need no indication."""
    indicated_by: frozenset[str]
    """The observations that indicate one of the others."""
    observed: frozenset[str]
    """Every observation that decides anything for the antigen."""
    defaults: Mapping[str, tuple[Series, ...] | None]
    """By gender, the default series of each series group: what table 8-3 chooses for somebody without a dose of whom
    nothing is observed. None where a group has not exactly one."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A vaccine type conflict: how long the previous vaccine stands in the way of the current (table 6-24)."""

    begin: Duration
    minimum_end: Duration
    end: Duration


@dataclass(frozen=True, slots=True)
class Association:
    """An antigen that a vaccine type contains, for patients of an age (section 4.2)."""

    antigen: str
    begin_age: Duration | None
    end_age: Duration | None


@dataclass(frozen=True, slots=True)
class VaccineGroup:
    """A vaccine group and its antigens; `full` is the administer full vaccine group flag."""

    name: str
    antigens: tuple[str, ...]
    full: bool


@dataclass(frozen=True, slots=True)
class Schedule:
    """A release of the schedule: everything that the engine knows of vaccines."""

    source: str
    version: str
    antigens: Mapping[str, Antigen]
    groups: tuple[VaccineGroup, ...]
    vaccines: Mapping[str, tuple[Association, ...]]
    vaccine_names: Mapping[str, str]
    conflicts: Mapping[str, Mapping[str, Conflict]]
    observations: Mapping[str, str]
    coded: Mapping[tuple[str, str], tuple[str, ...]]
    """The observations that a code stands for, by system (SNOMED, CVX, CDCPHINVS) and code."""

    @property
    def immunity(self) -> frozenset[str]:
        """The observations that are evidence of immunity to some antigen (table 7-3)."""
        return frozenset(code for antigen in self.antigens.values() for code in antigen.immune_by)


_Timed = TypeVar("_Timed", Age, Interval, SkipSet)


ALWAYS = Period()
"""Of an instance that names neither an effective nor a cessation date."""


def in_force(instances: tuple[_Timed, ...], day: int) -> tuple[_Timed, ...]:
    """The instances that count on a day (RELEVANT-1 with a date administered, RELEVANT-2 with the assessment date)."""
    for instance in instances:
        if instance.period is not ALWAYS:
            return tuple([found for found in instances if found.period.first <= day <= found.period.last])
    return instances
