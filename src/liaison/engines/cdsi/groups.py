"""Chapter 9, identify and evaluate vaccine group: what the antigens' series say together for a vaccine group."""

from datetime import date
from typing import NamedTuple, TypeVar

from liaison.engines.cdsi.patient import History
from liaison.engines.cdsi.process import AntigenRun
from liaison.engines.cdsi.relevant import applies
from liaison.engines.cdsi.schedule import Vaccine, VaccineGroup
from liaison.engines.cdsi.series import Choice, PatientSeries, SeriesForecast, SeriesStatus

_T = TypeVar("_T")


class GroupForecast(NamedTuple):
    """The vaccine group forecast made for one series group; a patient may have one by age and one by risk.

    Dates are blank unless the status is Not Complete. `vaccines` are the recommended series dose vaccines, which the
    data name where they matter; `antigens` the recommended antigens; `contained` the patient series forecasts, in the
    order of `series`.
    """

    vaccine_group: str
    series_group: str
    series_type: str
    series: tuple[str, ...]
    status: SeriesStatus
    number: int | None
    earliest: date | None
    recommended: date | None
    past_due: date | None
    latest: date | None
    unadjusted_recommended: date | None
    unadjusted_past_due: date | None
    reasons: tuple[str, ...]
    antigens: tuple[str, ...]
    vaccines: tuple[Vaccine, ...]
    guidance: tuple[str, ...]
    contained: tuple[SeriesForecast, ...]


class Contained(NamedTuple):
    """A patient series forecast that a vaccine group forecast contains."""

    series: PatientSeries
    forecast: SeriesForecast
    run: AntigenRun


Choices = dict[str, dict[str, Choice]]
"""By antigen and series group, the prioritized patient series (section 8.7)."""


def group_forecasts(
    group: VaccineGroup,
    best: dict[str, list[PatientSeries]],
    prioritized: Choices,
    runs: dict[str, AntigenRun],
    history: History,
) -> list[GroupForecast]:
    """FORECASTVG-1: a forecast for each series group in which an antigen of the vaccine group has a best series."""
    if len(group.antigens) == 1:  # VACCINEGROUP-1
        (antigen,) = group.antigens
        found = best.get(antigen, [])
        if len(found) > 1:
            found = sorted(found, key=lambda series: _precedence(series, history))
        return [single_antigen(group, series, runs[antigen], prioritized[antigen]) for series in found]
    contained: dict[str, list[Contained]] = {}
    for antigen in group.antigens:
        for series in best.get(antigen, ()):
            run = runs[antigen]
            contained.setdefault(series.series.group, []).append(Contained(series, run.forecast(series), run))
    several = sorted(contained.items(), key=lambda item: _precedence(item[1][0].series, history))
    return [multiple_antigen(group, code, found, history, prioritized) for code, found in several]


def _precedence(series: PatientSeries, history: History) -> tuple[bool, bool, int]:
    """Of several forecasts the first is the one that speaks for the patient today.

    By risk before by age; of those by age the one whose age to start has come, or that has begun, the last of them
    first.
    """
    start = history.age_from(series.series.minimum_age_to_start)
    return series.series.type != "Risk", start > history.today and not series.satisfied, -start


def single_antigen(
    group: VaccineGroup, series: PatientSeries, run: AntigenRun, prioritized: dict[str, Choice]
) -> GroupForecast:
    """Section 9.2: the one patient series forecast that it contains (DEFFORECAST-016) is the vaccine group's."""
    forecast = run.forecast(series)
    found = Contained(series, forecast, run)
    due = forecast.status is SeriesStatus.NOT_COMPLETE
    return GroupForecast(
        vaccine_group=group.name,
        series_group=series.series.group,
        series_type=series.series.type,
        series=(series.series.name,),
        status=forecast.status,  # SINGLEANTVG-1
        number=dose_number(found, prioritized) if due else None,
        earliest=_date(forecast.earliest),  # SINGLEANTVG-2
        recommended=_date(forecast.recommended),
        past_due=_date(forecast.past_due),
        latest=_date(forecast.latest),
        unadjusted_recommended=_date(forecast.unadjusted_recommended),
        unadjusted_past_due=_date(forecast.unadjusted_past_due),
        reasons=(forecast.reason.value,) if forecast.reason else (),
        antigens=(run.antigen.name,) if due else (),
        vaccines=forecast.vaccines,
        guidance=_once(guidance(found)),
        contained=(forecast,),
    )


def multiple_antigen(
    group: VaccineGroup, code: str, found: list[Contained], history: History, prioritized: Choices
) -> GroupForecast:
    """Section 9.3: what the patient series forecasts of several antigens say together."""
    status = status_of_several(found, group)
    due = [each for each in found if each.forecast.status is SeriesStatus.NOT_COMPLETE]
    number, dated = None, NO_DATES
    if status is SeriesStatus.NOT_COMPLETE:
        number, dated = forecast_number(due, group, prioritized), group_dates(due, group, history)
    return GroupForecast(
        vaccine_group=group.name,
        series_group=code,
        series_type=found[0].series.series.type,
        series=tuple(each.series.series.name for each in found),
        status=status,
        number=number,
        earliest=dated.earliest,
        recommended=dated.recommended,
        past_due=dated.past_due,
        latest=dated.latest,
        unadjusted_recommended=dated.unadjusted_recommended,
        unadjusted_past_due=dated.unadjusted_past_due,
        reasons=_once([f.reason.value for each in found if (f := each.forecast).reason]),  # FORECASTVG-7
        antigens=tuple(each.run.antigen.name for each in due),  # FORECASTVG-8
        vaccines=_once([vaccine for each in due for vaccine in each.forecast.vaccines]),  # FORECASTVG-9
        guidance=_once([text for each in found for text in guidance(each)]),
        contained=tuple(each.forecast for each in found),
    )


class GroupDates(NamedTuple):
    """The dates of a vaccine group forecast."""

    earliest: date | None = None
    recommended: date | None = None
    past_due: date | None = None
    latest: date | None = None
    unadjusted_recommended: date | None = None
    unadjusted_past_due: date | None = None


NO_DATES = GroupDates()


def group_dates(due: list[Contained], group: VaccineGroup, history: History) -> GroupDates:
    """MULTIANTVG-1 for the earliest date, and FORECASTVG-2 to -6."""
    forecasts = [each.forecast for each in due]
    earliest = earliest_of_several(due, group, history)
    recommended = _min([f.recommended for f in forecasts])
    past_due = _min([f.past_due for f in forecasts])
    return GroupDates(
        _date(earliest),
        _date(None if recommended is None else max(recommended, earliest)),
        _date(None if past_due is None else max(past_due, earliest)),
        _date(_min([f.latest for f in forecasts])),
        _date(_min([f.unadjusted_recommended for f in forecasts])),
        _date(_min([f.unadjusted_past_due for f in forecasts])),
    )


def status_of_several(found: list[Contained], group: VaccineGroup) -> SeriesStatus:
    """Table 9-4: the status of a vaccine group forecast for a multiple antigen vaccine group.

    Where the full vaccine group need not be administered, a contraindicated antigen does not take the others' doses
    away, as in edition 4.3 of the table (DIFFERENCES.md).
    """
    statuses = {each.forecast.status for each in found}
    if SeriesStatus.CONTRAINDICATED in statuses and (group.full or SeriesStatus.NOT_COMPLETE not in statuses):
        return SeriesStatus.CONTRAINDICATED
    for status in (SeriesStatus.AGED_OUT, SeriesStatus.NOT_RECOMMENDED, SeriesStatus.NOT_COMPLETE):
        if status in statuses:
            return status
    return SeriesStatus.IMMUNE if statuses == {SeriesStatus.IMMUNE} else SeriesStatus.COMPLETE


def earliest_of_several(due: list[Contained], group: VaccineGroup, history: History) -> int:
    """MULTIANTVG-1: the earliest date of a vaccine group forecast for a multiple antigen vaccine group."""
    days = [each.forecast.earliest for each in due if each.forecast.earliest is not None]
    if not any(has_priority(each.forecast) for each in due):
        return max(days)
    given = [dose.day for dose in history.doses if not set(group.antigens).isdisjoint(dose.antigens)]
    return max(min(days), max(given, default=0))


def forecast_number(due: list[Contained], group: VaccineGroup, prioritized: Choices) -> int:
    """FORECASTDN-2: the forecast dose number for a vaccine group forecast."""
    numbers = [dose_number(each, prioritized[each.run.antigen.name]) for each in due]
    return min(numbers) if group.full else max(numbers)


def dose_number(each: Contained, prioritized: dict[str, Choice]) -> int:
    """FORECASTDN-1 for a contained forecast; a risk series goes on counting from the antigen's other series.

    The rule's words count in the one series; the CDC's cases count every dose that a prioritized series holds valid
    (DIFFERENCES.md).
    """
    if each.series.series.type != "Risk":
        return 1 + len(_counted(each.series))
    return 1 + len({dose for choice in prioritized.values() for dose in _counted(each.run.evaluated(choice.series))})


def _counted(series: PatientSeries) -> list[int]:
    """The doses that satisfied a target dose; where it has a season, those of the season."""
    return [
        given.index
        for target, given in series.satisfied
        if target.season_start is None or given.day >= target.season_start
    ]


def has_priority(forecast: SeriesForecast) -> bool:
    """FORECASTPRIORITY-1: every preferable interval of the target dose has the interval priority flag."""
    intervals = forecast.target.intervals if forecast.target else ()
    return bool(intervals) and all(interval.priority for interval in intervals)


def guidance(each: Contained) -> list[str]:
    """FORECASTGUIDANCE-1: of the series that is recommended, of indications and of contraindications that apply."""
    found: list[str] = []
    if each.forecast.status is SeriesStatus.NOT_COMPLETE:
        found += each.series.series.guidance
    if each.run.observed:
        history, antigen = each.run.history, each.run.antigen
        found += [i.guidance for i in each.series.series.indications if i.guidance and applies(i, history)]
        found += [
            contraindication.guidance
            for contraindication in (*antigen.contraindications, *antigen.vaccine_contraindications)
            if contraindication.guidance and contraindication.observation in history.observations
        ]
    return found


def _min(days: list[int | None]) -> int | None:
    return min([day for day in days if day is not None], default=None)


def _once(found: list[_T]) -> tuple[_T, ...]:
    """Each of them once, in order."""
    return tuple(dict.fromkeys(found)) if len(found) > 1 else tuple(found)


def _date(day: int | None) -> date | None:
    return None if day is None else date.fromordinal(day)
