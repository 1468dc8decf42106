"""Section 6.2, evaluate conditional skip; sections 7.1 and 7.6 use the same tables for forecasts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liaison.engines.cdsi.dates import add
from liaison.engines.cdsi.schedule import Condition, SeriesDose, Skip, SkipSet, in_force
from liaison.engines.cdsi.series import EvaluationStatus, PatientSeries

if TYPE_CHECKING:
    from liaison.engines.cdsi.patient import Administered
    from liaison.engines.cdsi.process import AntigenRun


def skipped_in_evaluation(target: SeriesDose, series: PatientSeries, run: AntigenRun, given: Administered) -> bool:
    """Can the target dose be skipped when this dose is evaluated? CONDSKIP-2: by its date administered."""
    day = given.day
    return any(_skip(skip, series, run, day, day, given) for skip in target.evaluation_skips)


def skipped_in_forecast(target: SeriesDose, series: PatientSeries, run: AntigenRun, reference: int) -> bool:
    """Can the target dose be skipped in a forecast? CONDSKIP-2: by the assessment date, or by the earliest date."""
    today = run.history.today
    return any(_skip(skip, series, run, reference, today, None) for skip in target.forecast_skips)


def _skip(
    skip: Skip, series: PatientSeries, run: AntigenRun, reference: int, anchor: int, given: Administered | None
) -> bool:
    """Table 6-11: can the target dose be skipped? Sets count that are in force on the anchor date (section 3.3)."""
    counting = in_force(skip.sets, anchor)
    for found in counting:
        if _set_met(found, series, run, reference, given) is not skip.all_of:
            return not skip.all_of
    return skip.all_of and bool(counting)


def _set_met(
    found: SkipSet, series: PatientSeries, run: AntigenRun, reference: int, given: Administered | None
) -> bool:
    """Table 6-10: is the conditional skip set met?"""
    for condition in found.conditions:
        if _condition_met(condition, series, run, reference, given) is not found.all_of:
            return not found.all_of
    return found.all_of


def _condition_met(
    condition: Condition, series: PatientSeries, run: AntigenRun, reference: int, given: Administered | None
) -> bool:
    if condition.kind == "age":
        return _age_met(condition, run, reference)
    if condition.kind == "series":
        return _series_met(condition, series, run)
    if condition.kind == "interval":
        return _interval_met(condition, run, reference, given)
    return _count_met(condition, _count(condition, series, run, given))


def _age_met(condition: Condition, run: AntigenRun, reference: int) -> bool:
    """Table 6-6, conditional type of age (CALCDTSKIP-3, CALCDTSKIP-4)."""
    return run.history.aged(condition.begin_age, condition.end_age, reference)


def _series_met(condition: Condition, series: PatientSeries, run: AntigenRun) -> bool:
    """Table 6-7, conditional type of completed series."""
    return any(run.has_complete(group, series) for group in condition.series_groups)


def _interval_met(condition: Condition, run: AntigenRun, reference: int, given: Administered | None) -> bool:
    """Table 6-8, conditional type of interval (CALCDTSKIP-5): since the immediate previous dose administered."""
    previous = None
    for dose in run.doses:
        if given is not None and dose.index >= given.index:
            break
        previous = dose
    if previous is None or condition.interval is None:
        return False
    return reference >= add(previous.day, condition.interval)


def _count_met(condition: Condition, number: int) -> bool:
    """Table 6-9, conditional type of vaccine count by age and/or date."""
    if condition.count_logic == "greater than":
        return number > condition.count
    if condition.count_logic == "less than":
        return number < condition.count
    return number == condition.count


def _count(condition: Condition, series: PatientSeries, run: AntigenRun, given: Administered | None) -> int:
    """CONDSKIP-1, the number of conditional doses administered: those before the dose that is evaluated.

    Where the data name no vaccine types, every dose of the antigen counts.
    """
    history = run.history
    doses = history.doses if condition.others else run.doses
    if not doses:
        return 0
    first = max(condition.start, history.age_from(condition.begin_age))
    end = min(condition.end, history.age_until(condition.end_age))
    before = len(history.doses) if given is None else given.index
    number = 0
    for dose in doses:
        if dose.index >= before or dose.day >= end:
            break
        if (
            dose.day >= first
            and (not condition.vaccines or dose.cvx in condition.vaccines)
            and (not condition.valid_only or series.status_of(dose) is EvaluationStatus.VALID)
        ):
            number += 1
    return number
