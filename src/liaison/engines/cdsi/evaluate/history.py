"""Figure 4-6, evaluate immunization history; figure 6-1 and section 6.10, satisfy target dose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liaison.engines.cdsi.evaluate.age import check_age
from liaison.engines.cdsi.evaluate.condition import defect, is_inadvertent
from liaison.engines.cdsi.evaluate.conflict import check_conflict
from liaison.engines.cdsi.evaluate.interval import check_interval
from liaison.engines.cdsi.evaluate.skip import skipped_in_evaluation
from liaison.engines.cdsi.evaluate.vaccine import ACCEPTED, check_vaccine
from liaison.engines.cdsi.series import Evaluation, EvaluationStatus, Finding, PatientSeries, Reason

if TYPE_CHECKING:
    from liaison.engines.cdsi.patient import Administered
    from liaison.engines.cdsi.process import AntigenRun
    from liaison.engines.cdsi.schedule import SeriesDose


def evaluate_history(series: PatientSeries, run: AntigenRun) -> None:
    """Figure 4-6: take the antigen's doses in order of time against the target doses of the series."""
    doses = series.series.doses
    for given in run.doses:
        problem = defect(given)
        if problem is None:
            while series.position < len(doses):
                target = doses[series.position]
                if not target.evaluation_skips or not skipped_in_evaluation(target, series, run, given):
                    break
                series.skipped.append(target)
                series.position += 1
        if series.position >= len(doses):
            series.record(Evaluation(given, None, EvaluationStatus.EXTRANEOUS, (Finding(Reason.SERIES_DONE),)))
            continue
        target = doses[series.position]
        if problem is not None:
            series.record(Evaluation(given, target, EvaluationStatus.SUB_STANDARD, (problem,)))
            continue
        evaluation = evaluate_dose(given, target, series, run)
        series.record(evaluation)
        if evaluation.status is EvaluationStatus.VALID and not target.recurring:
            series.position += 1


def evaluate_dose(given: Administered, target: SeriesDose, series: PatientSeries, run: AntigenRun) -> Evaluation:
    """Sections 6.3 to 6.10: one dose against one target dose."""
    history = run.history
    if is_inadvertent(given, target):
        return Evaluation(given, target, EvaluationStatus.NOT_VALID, (Finding(Reason.INADVERTENT),), True)
    age = check_age(given, target, history) if target.ages else None
    interval = check_interval(given, target, series, history) if target.intervals else None
    conflict = check_conflict(given, series, history) if given.cvx in history.schedule.conflicts else None
    vaccine = check_vaccine(given, target, history)
    if age is None and interval is None and conflict is None and vaccine is None:
        return Evaluation(given, target, EvaluationStatus.VALID, ())
    findings = [found for found in (age, interval, conflict, vaccine) if found is not None]
    return Evaluation(given, target, satisfy(age, interval, conflict, vaccine), tuple(findings))


def satisfy(
    age: Finding | None, interval: Finding | None, conflict: Finding | None, vaccine: Finding | None
) -> EvaluationStatus:
    """Table 6-31: was the target dose satisfied?"""
    if age is not None and age.reason is Reason.TOO_OLD:
        return EvaluationStatus.EXTRANEOUS
    if (
        (age is not None and age.reason is Reason.TOO_YOUNG)
        or (interval is not None and interval.reason is Reason.TOO_SOON)
        or conflict is not None
        or (vaccine is not None and vaccine.reason not in ACCEPTED)
    ):
        return EvaluationStatus.NOT_VALID
    return EvaluationStatus.VALID
