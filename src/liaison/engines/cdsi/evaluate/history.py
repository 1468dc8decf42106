"""Figure 4-6, evaluate immunization history; figure 6-1 and section 6.10, satisfy target dose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liaison.engines.cdsi.evaluate.age import age_reason
from liaison.engines.cdsi.evaluate.condition import defect, is_inadvertent
from liaison.engines.cdsi.evaluate.conflict import is_impacted
from liaison.engines.cdsi.evaluate.interval import interval_reason
from liaison.engines.cdsi.evaluate.skip import skipped_in_evaluation
from liaison.engines.cdsi.evaluate.vaccine import ACCEPTED, vaccine_reason
from liaison.engines.cdsi.series import Evaluation, EvaluationStatus, PatientSeries, Reason

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
            while series.position < len(doses) and skipped_in_evaluation(doses[series.position], series, run, given):
                series.skipped.append(doses[series.position])
                series.position += 1
        if series.position >= len(doses):
            series.record(Evaluation(given, None, EvaluationStatus.EXTRANEOUS, (Reason.SERIES_DONE,)))
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
        return Evaluation(given, target, EvaluationStatus.NOT_VALID, (Reason.INADVERTENT,))
    age = age_reason(given, target, history)
    interval = interval_reason(given, target, series, history)
    conflict = Reason.CONFLICT if is_impacted(given, series, history) else None
    vaccine = vaccine_reason(given, target, history)
    status = satisfy(age, interval, conflict, vaccine)
    reasons = tuple(reason for reason in (age, interval, conflict, vaccine) if reason is not None)
    return Evaluation(given, target, status, reasons)


def satisfy(
    age: Reason | None, interval: Reason | None, conflict: Reason | None, vaccine: Reason | None
) -> EvaluationStatus:
    """Table 6-31: was the target dose satisfied?"""
    if age is Reason.TOO_OLD:
        return EvaluationStatus.EXTRANEOUS
    if age is Reason.TOO_YOUNG or interval is Reason.TOO_SOON or conflict is not None or vaccine not in ACCEPTED:
        return EvaluationStatus.NOT_VALID
    return EvaluationStatus.VALID
