"""Section 6.5, evaluate preferable interval; section 6.6, evaluate allowable interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liaison.engines.cdsi.dates import FIRST, Duration, add
from liaison.engines.cdsi.schedule import Interval, SeriesDose, in_force
from liaison.engines.cdsi.series import EvaluationStatus, Finding, PatientSeries, Reason

if TYPE_CHECKING:
    from liaison.engines.cdsi.patient import Administered, History


def check_interval(given: Administered, target: SeriesDose, series: PatientSeries, history: History) -> Finding | None:
    """Did the dose satisfy all preferable intervals, or else all allowable ones (table 6-31, second condition)?"""
    found = check_preferable(given, target, series, history)
    if found is not None and found.reason is Reason.TOO_SOON and is_allowable(given, target, series, history):
        return Finding(Reason.INTERVAL_ALLOWED, found.day)
    return found


def check_preferable(
    given: Administered, target: SeriesDose, series: PatientSeries, history: History
) -> Finding | None:
    """Table 6-18: did the dose satisfy every preferable interval? None or the grace period if so, else too soon."""
    grace = None
    for interval in in_force(target.intervals, given.day):
        reference = reference_day(interval, series, history, given)
        if reference is None:
            continue
        if given.day < (absolute := _from(reference, interval.absolute_minimum)):
            return Finding(Reason.TOO_SOON, absolute)
        if given.day < (minimum := _from(reference, interval.minimum)):
            grace = Finding(Reason.INTERVAL_GRACE, minimum)
    return grace


def is_allowable(given: Administered, target: SeriesDose, series: PatientSeries, history: History) -> bool:
    """Table 6-21: did the dose satisfy every allowable interval? Where the data name none, it did not."""
    intervals = in_force(target.allowable_intervals, given.day)
    references = [(interval, reference_day(interval, series, history, given)) for interval in intervals]
    return bool(intervals) and all(
        reference is None or given.day >= _from(reference, interval.absolute_minimum)
        for interval, reference in references
    )


def _from(reference: int, span: Duration | None) -> int:
    return FIRST if span is None else add(reference, span)


def reference_day(
    interval: Interval, series: PatientSeries, history: History, given: Administered | None
) -> int | None:
    """The day that an interval before a dose, or without one before the forecast, is measured from, if there is one."""
    if interval.from_previous:
        return _previous(series)
    if interval.from_target_dose is not None:
        return _target_dose(interval.from_target_dose, series)
    if interval.from_most_recent:
        return _most_recent(interval.from_most_recent, series, history, given)
    if interval.from_observation is not None:
        return history.observations.get(interval.from_observation)
    return None


def _previous(series: PatientSeries) -> int | None:
    """CALCDTINT-1: the immediate previous dose that is valid or not valid, and not an inadvertent administration."""
    for evaluation in reversed(series.evaluations):
        if evaluation.status in (EvaluationStatus.VALID, EvaluationStatus.NOT_VALID) and not evaluation.inadvertent:
            return evaluation.given.day
    return None


def _target_dose(number: int, series: PatientSeries) -> int | None:
    """CALCDTINT-2: the dose that satisfies the target dose of a number."""
    for target, given in series.satisfied:
        if target.number == number:
            return given.day
    return None


def _most_recent(
    vaccines: frozenset[str], series: PatientSeries, history: History, given: Administered | None
) -> int | None:
    """CALCDTINT-8: the most recent dose of a vaccine type that is not an inadvertent administration."""
    before = history.doses if given is None else history.doses[: given.index]
    for dose in reversed(before):
        if dose.cvx in vaccines and not series.holds_inadvertent(dose):
            return dose.day
    return None
