"""Section 6.7, evaluate vaccine conflict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liaison.engines.cdsi.dates import add
from liaison.engines.cdsi.series import EvaluationStatus, Finding, PatientSeries, Reason

if TYPE_CHECKING:
    from liaison.engines.cdsi.patient import Administered, History


def check_conflict(given: Administered, series: PatientSeries, history: History) -> Finding | None:
    """CONFLICT-3: must the current dose be considered an impacted vaccine dose administered?

    CALCDTCONFLICT-1 and -2 give begin and end; a previous dose that this series does not evaluate has no status.
    """
    conflicts = history.schedule.conflicts.get(given.cvx, {})
    for previous in history.doses:
        if previous.index >= given.index:
            break
        conflict = conflicts.get(previous.cvx)
        if conflict is None:
            continue
        status = series.status_of(previous)
        end = conflict.minimum_end if status in (None, EvaluationStatus.VALID) else conflict.end
        free = add(previous.day, end)
        if add(previous.day, conflict.begin) <= given.day < free:
            return Finding(Reason.CONFLICT, free)
    return None
