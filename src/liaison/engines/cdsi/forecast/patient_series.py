"""Figure 7-1, forecast dates and reason; sections 7.1, evaluate conditional skip, and 7.6, validate recommendation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liaison.engines.cdsi.evaluate.skip import skipped_in_forecast
from liaison.engines.cdsi.forecast.dates import generate
from liaison.engines.cdsi.forecast.need import Candidate, forecast_need
from liaison.engines.cdsi.series import PatientSeries, SeriesForecast, SeriesStatus

if TYPE_CHECKING:
    from liaison.engines.cdsi.process import AntigenRun


def forecast_series(series: PatientSeries, run: AntigenRun) -> SeriesForecast:
    """Figure 7-1: skip what need not be given, decide whether another dose is needed, and when.

    A forecast whose target dose could be skipped on its earliest date is made anew for the next one (section 7.6).
    """
    doses = series.series.doses
    for position in range(series.position, len(doses)):
        target = doses[position]
        if target.forecast_skips and skipped_in_forecast(target, series, run, run.history.today):
            continue
        candidate = Candidate(target, position, series, run.history)
        status, reason = forecast_need(candidate, series, run)
        if status is not SeriesStatus.NOT_COMPLETE:
            return SeriesForecast(status, reason, target, position, basis=tuple(candidate.basis))
        if target.forecast_skips and skipped_in_forecast(target, series, run, candidate.earliest):
            continue
        return generate(candidate, run)
    status, reason = forecast_need(None, series, run)
    return SeriesForecast(status, reason, position=len(doses))
