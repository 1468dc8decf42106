"""Chapter 5, create relevant patient series: which antigen series are for this patient."""

from liaison.engines.cdsi.patient import History
from liaison.engines.cdsi.schedule import Antigen, Indication, Series


def relevant_series(antigen: Antigen, history: History) -> list[Series]:
    """Section 5.1: the antigen series that are relevant patient series.

    Where the beginning of an indication alone keeps every series from the patient, those that will be relevant are
    taken: the forecast then says from when on (DIFFERENCES.md).
    """
    if antigen.indicated_by.isdisjoint(history.observations):
        gender = history.gender
        return [series for series in antigen.series_by_age if not series.genders or gender in series.genders]
    found = [series for series in antigen.series if is_relevant(series, history)]
    return found or [series for series in antigen.series if is_relevant(series, history, ahead=True)]


def may_concern(antigen: Antigen, history: History) -> bool:
    """Whether an antigen can have a relevant patient series: one by age, or one that an observation indicates."""
    return bool(antigen.series_by_age) or not antigen.indicated_by.isdisjoint(history.observations)


def is_relevant(series: Series, history: History, *, ahead: bool = False) -> bool:
    """Table 5-5: is an antigen series a relevant patient series for a patient, now or (`ahead`) at a later age?"""
    if series.genders and history.gender not in series.genders:
        return False
    if series.type != "Risk":
        return True
    return any(applies(indication, history, ahead=ahead) for indication in series.indications)


def applies(indication: Indication, history: History, *, ahead: bool = False) -> bool:
    """Table 5-4: does the indication apply to the patient (CALCDTIND-1, CALCDTIND-2), now or at a later age?"""
    begin = None if ahead else indication.begin_age
    return indication.observation in history.observations and history.aged(begin, indication.end_age, history.today)
