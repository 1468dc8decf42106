"""Chapter 5, create relevant patient series: which antigen series are for this patient."""

from liaison.engines.cdsi.patient import History
from liaison.engines.cdsi.schedule import Antigen, Indication, Series
from liaison.engines.cdsi.series import PatientSeries


def relevant_series(antigen: Antigen, history: History) -> list[PatientSeries]:
    """Section 5.1: the relevant patient series of an antigen, none of them evaluated yet."""
    possible = antigen.series if history.observations else antigen.series_by_age
    return [PatientSeries(series) for series in possible if is_relevant(series, history)]


def is_relevant(series: Series, history: History) -> bool:
    """Table 5-5: is an antigen series a relevant patient series for a patient?"""
    if series.genders and history.gender not in series.genders:
        return False
    if series.type != "Risk":
        return True
    return any(applies(indication, history) for indication in series.indications)


def applies(indication: Indication, history: History) -> bool:
    """Table 5-4: does the indication apply to the patient (CALCDTIND-1, CALCDTIND-2)?"""
    return indication.observation in history.observations and history.aged(
        indication.begin_age, indication.end_age, history.today
    )
