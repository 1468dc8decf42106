"""Section 7.4, determine forecast need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from liaison.engines.cdsi.dates import LAST, add
from liaison.engines.cdsi.evaluate.age import relevant_age
from liaison.engines.cdsi.evaluate.interval import reference_day
from liaison.engines.cdsi.schedule import Age, Interval, SeriesDose, Vaccine, in_force
from liaison.engines.cdsi.series import Basis, ForecastReason, PatientSeries, SeriesStatus

if TYPE_CHECKING:
    from liaison.engines.cdsi.patient import History
    from liaison.engines.cdsi.process import AntigenRun


class Candidate:
    """The target dose that waits, with what sections 7.4 and 7.5 both ask of it on the assessment date."""

    __slots__ = ("age", "basis", "earliest", "intervals", "position", "target")

    def __init__(self, target: SeriesDose, position: int, series: PatientSeries, history: History) -> None:
        self.target = target
        self.position = position
        self.age: Age | None = relevant_age(target, history.today)
        self.intervals: list[tuple[Interval, int]] = []
        for interval in target.intervals and in_force(target.intervals, history.today):
            reference = reference_day(interval, series, history, None)
            if reference is not None:
                self.intervals.append((interval, reference))
        self.basis = self._candidates(series, history)
        if self.basis:
            self.earliest = max([found.day for found in self.basis])
        else:
            self.earliest = without_any_date(target, history)

    def _candidates(self, series: PatientSeries, history: History) -> list[Basis]:
        """The dates of which FORECASTDTCAN-1 takes the latest."""
        found = []
        if self.age is not None and self.age.minimum is not None:
            found.append(Basis("CALCDTAGE-4", "minimum age", history.age(self.age.minimum)))
        for interval, reference in self.intervals:
            if interval.minimum is not None:
                found.append(Basis("CALCDTINT-4", "minimum interval", add(reference, interval.minimum)))
        if self.target.season_start is not None:
            found.append(Basis("FORECASTDTCAN-1", "season starts", self.target.season_start))
        if series.evaluations:
            found += self._administered(series)
        if self.target.impacted:
            day = max([history.today, *[each.day for each in found]])
            if (conflict := conflict_end(self.target, history, day)) is not None:
                found.append(Basis("CALCDTCONFLICT-3", "conflict with a previous vaccine ends", conflict))
        return found

    def _administered(self, series: PatientSeries) -> Iterator[Basis]:
        inadvertent = [e.given.day for e in series.evaluations if e.inadvertent]
        if inadvertent:
            yield Basis("FORECASTDTCAN-1", "inadvertent administration", max(inadvertent))
        evaluated = [e.given.day for e in series.evaluations if e.target is not None]
        if evaluated:
            yield Basis("FORECASTDTCAN-1", "most recent dose", max(evaluated))


def without_any_date(target: SeriesDose, history: History) -> int:
    """The assumed value of table 7-9: an interval from a dose that was never given does not end.

    What the data do not restrict can be given from birth on, and so can what waits for an observation without a
    date (DEFPATIENT-012 knows none).
    """
    waits = any(interval.from_observation is None for interval in in_force(target.intervals, history.today))
    return LAST if waits else history.born


def conflict_end(target: SeriesDose, history: History, day: int) -> int | None:
    """CALCDTCONFLICT-3: the latest day on which a previous dose ceases to stand in the way of a preferable vaccine.

    Where the patient has the age for several of them on the day, the first to be free decides (DIFFERENCES.md).
    """
    usable = [found for found in target.preferable if history.aged(found.begin_age, found.end_age, day)]
    ends = [free_from(vaccine, history) for vaccine in usable or target.preferable]
    return None if None in ends else min([end for end in ends if end is not None], default=None)


def free_from(vaccine: Vaccine, history: History) -> int | None:
    """The day from which no dose given stands in the way of a vaccine; None where none does."""
    conflicts = history.schedule.conflicts.get(vaccine.cvx, {})
    ends = [add(dose.day, conflicts[dose.cvx].end) for dose in history.doses if dose.cvx in conflicts]
    return max(ends, default=None)


def forecast_need(
    candidate: Candidate | None, series: PatientSeries, run: AntigenRun
) -> tuple[SeriesStatus, ForecastReason | None]:
    """Table 7-10: should the patient receive another target dose? Without a candidate no target dose is left."""
    if candidate is None:
        if series.satisfied:
            return SeriesStatus.COMPLETE, ForecastReason.COMPLETE
        return SeriesStatus.NOT_RECOMMENDED, ForecastReason.PAST_HISTORY
    if run.immune:
        return SeriesStatus.IMMUNE, ForecastReason.IMMUNE
    if run.is_contraindicated(series):
        return SeriesStatus.CONTRAINDICATED, ForecastReason.CONTRAINDICATED
    today, target = run.history.today, candidate.target
    if target.season_end is not None and today > target.season_end:
        return SeriesStatus.NOT_RECOMMENDED, ForecastReason.PAST_SEASON
    end = LAST if candidate.age is None else run.history.age_until(candidate.age.maximum)
    if today >= end:
        return SeriesStatus.AGED_OUT, ForecastReason.TOO_OLD
    if candidate.earliest >= end:
        return SeriesStatus.AGED_OUT, ForecastReason.CANNOT_FINISH
    return SeriesStatus.NOT_COMPLETE, None
