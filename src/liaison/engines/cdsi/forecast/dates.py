"""Section 7.5, generate forecast dates and recommended vaccines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liaison.engines.cdsi.dates import Duration, add
from liaison.engines.cdsi.forecast.need import Candidate
from liaison.engines.cdsi.schedule import Vaccine
from liaison.engines.cdsi.series import Basis, SeriesForecast, SeriesStatus

if TYPE_CHECKING:
    from liaison.engines.cdsi.patient import History
    from liaison.engines.cdsi.process import AntigenRun


def generate(candidate: Candidate, run: AntigenRun) -> SeriesForecast:
    """Table 7-13: the forecast of the candidate's target dose."""
    history, earliest = run.history, candidate.earliest
    wished = unadjusted_recommended(candidate, history)
    due = unadjusted_past_due(candidate, history)
    recommended = earliest if wished is None else max(earliest, wished.day)
    maximum = candidate.age.maximum if candidate.age else None
    return SeriesForecast(
        status=SeriesStatus.NOT_COMPLETE,
        target=candidate.target,
        position=candidate.position,
        earliest=earliest,
        unadjusted_recommended=earliest if wished is None else wished.day,
        recommended=recommended,
        unadjusted_past_due=None if due is None else due.day,
        past_due=None if due is None else max(earliest, due.day),
        latest=None if maximum is None else history.age(maximum) - 1,
        vaccines=recommended_vaccines(candidate, recommended, run) if candidate.target.named else (),
        basis=(*candidate.basis, *[found for found in (wished, due) if found is not None]),
    )


def unadjusted_recommended(candidate: Candidate, history: History) -> Basis | None:
    """FORECASTDT-2: by age (CALCDTAGE-3), else the latest by interval (CALCDTINT-5), or None: the earliest date."""
    if candidate.age is not None and candidate.age.earliest_recommended is not None:
        return Basis("CALCDTAGE-3", "earliest recommended age", history.age(candidate.age.earliest_recommended))
    return _latest(
        "CALCDTINT-5", "earliest recommended interval", [(r, i.earliest_recommended) for i, r in candidate.intervals]
    )


def unadjusted_past_due(candidate: Candidate, history: History) -> Basis | None:
    """FORECASTDT-3: the day before the latest recommended age (CALCDTAGE-2), else before the interval (CALCDTINT-6)."""
    if candidate.age is not None and candidate.age.latest_recommended is not None:
        day = history.age(candidate.age.latest_recommended) - 1
        return Basis("CALCDTAGE-2", "day before the latest recommended age", day)
    spans = [(reference, interval.latest_recommended) for interval, reference in candidate.intervals]
    return _latest("CALCDTINT-6", "day before the latest recommended interval", spans, -1)


def _latest(rule: str, what: str, spans: list[tuple[int, Duration | None]], shift: int = 0) -> Basis | None:
    days = [add(reference, span) + shift for reference, span in spans if span is not None]
    return Basis(rule, what, max(days)) if days else None


def recommended_vaccines(candidate: Candidate, recommended: int, run: AntigenRun) -> tuple[Vaccine, ...]:
    """FORECASTRECVAC-1: the preferable vaccines to be told, that the patient may have at either date."""
    history = run.history
    return tuple(
        vaccine
        for vaccine in candidate.target.named
        if vaccine.cvx not in run.contraindicated_vaccines
        and (
            history.aged(vaccine.begin_age, vaccine.end_age, candidate.earliest)
            or history.aged(vaccine.begin_age, vaccine.end_age, recommended)
        )
    )
