"""Chapter 4, the processing model: from what is known of a patient to a forecast for each vaccine group."""

from __future__ import annotations

from functools import cached_property

from liaison.engines.cdsi.evaluate.history import evaluate_history
from liaison.engines.cdsi.forecast.contraindication import (
    antigen_contraindications,
    contraindicated_vaccines,
    is_contraindicated,
)
from liaison.engines.cdsi.forecast.immunity import is_immune
from liaison.engines.cdsi.forecast.patient_series import forecast_series
from liaison.engines.cdsi.patient import Administered, History
from liaison.engines.cdsi.relevant import relevant_series
from liaison.engines.cdsi.schedule import Antigen, Series
from liaison.engines.cdsi.series import PatientSeries, SeriesForecast, SeriesStatus


class AntigenRun:
    """One antigen of one patient: its relevant patient series, each evaluated and forecast when first asked for."""

    def __init__(self, antigen: Antigen, history: History) -> None:
        self.antigen = antigen
        self.history = history
        self.doses: list[Administered] = history.by_antigen.get(antigen.name, [])
        self.observed = not antigen.observed.isdisjoint(history.observations)
        """Whether any observation of the patient's decides something for the antigen."""
        self.immune = is_immune(antigen, history)
        """Section 7.2."""
        self.contraindicated = self.observed and bool(antigen_contraindications(antigen, history))
        """Section 7.3, for the whole antigen."""
        self.contraindicated_vaccines = contraindicated_vaccines(antigen, history) if self.observed else frozenset()
        """Section 7.3, for single vaccine types."""
        self.defaults = None if self.doses or self.observed else antigen.defaults[history.gender]
        """The series that are chosen where there is nothing to choose by: no dose, and no observation that matters."""
        self._series: dict[str, PatientSeries] = {}
        self._open: set[int] = set()

    @cached_property
    def series(self) -> list[PatientSeries]:
        """Chapter 5: the relevant patient series."""
        return [self.track(series) for series in relevant_series(self.antigen, self.history)]

    def track(self, series: Series) -> PatientSeries:
        """An antigen series as this patient goes through it."""
        found = self._series.get(series.name)
        if found is None:
            found = self._series[series.name] = PatientSeries(series)
        return found

    def is_contraindicated(self, series: PatientSeries) -> bool:
        """Table 7-7."""
        return is_contraindicated(series.series, self.contraindicated, self.contraindicated_vaccines)

    def evaluated(self, series: PatientSeries) -> PatientSeries:
        """Chapter 6: the series with every dose evaluated, once."""
        if not series.evaluated:
            series.evaluated = True
            if self.doses:
                evaluate_history(series, self)
        return series

    def forecast(self, series: PatientSeries) -> SeriesForecast:
        """Chapter 7: the forecast of the series, once."""
        if series.forecast is None:
            series.forecast = forecast_series(self.evaluated(series), self)
        return series.forecast

    def has_complete(self, group: str, asking: PatientSeries) -> bool:
        """Whether a series group has a complete series (table 6-7); a series that is being worked on is not."""
        self._open.add(id(asking))
        try:
            return any(
                self.forecast(found).status is SeriesStatus.COMPLETE
                for found in self.series
                if found.series.group == group and id(found) not in self._open
            )
        finally:
            self._open.discard(id(asking))
