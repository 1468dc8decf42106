"""Why each dose counts or not, and why each date, with the numbers of rules and tables: lines for people to read."""

import textwrap
from collections.abc import Iterator
from datetime import date

from liaison.engines.cdsi.engine import Process
from liaison.engines.cdsi.forecast.contraindication import antigen_contraindications
from liaison.engines.cdsi.groups import GroupForecast
from liaison.engines.cdsi.patient import Administered
from liaison.engines.cdsi.process import AntigenRun
from liaison.engines.cdsi.series import Basis, Evaluation, Finding, PatientSeries, Reason, SeriesForecast, SeriesStatus

WIDTH = 110
_UNTIL = {Reason.TOO_OLD: "from", Reason.EXPIRED: "expired"}
_RECOMMENDED = ("CALCDTAGE-3", "CALCDTINT-5")
_PAST_DUE = ("CALCDTAGE-2", "CALCDTINT-6")


def explain(process: Process, vaccine_group: str | None = None) -> Iterator[str]:
    """The whole reasoning for a patient, or for one vaccine group; nothing is told of groups that do not concern."""
    result, history = process.result(), process.history
    yield f"Schedule: {process.schedule.source} {process.schedule.version}"
    age = _age(history.born, history.today)
    yield f"{history.gender}, born {_day(history.born)}, {age} old when assessed on {_day(history.today)}."
    for code, day in history.observations.items():
        when = "" if day is None else f" ({_day(day)})"
        yield from _wrapped(f"Observation {code}{when}: ", process.schedule.observations[code])
    for flagged in result.flagged:
        yield f"The {flagged.kind} entered as number {flagged.index + 1} {flagged.flag.value}."
    forecasts = [f for f in result.forecasts if vaccine_group in (None, f.vaccine_group)]
    antigens = [a for g in process.schedule.groups if vaccine_group in (None, g.name) for a in g.antigens]
    for dose in history.doses:
        if not set(antigens).isdisjoint(dose.antigens):
            yield from _dose(dose, antigens, process)
    for found in forecasts:
        yield from _forecast(found, process)
    if vaccine_group is not None and not forecasts:
        yield ""
        yield f"{vaccine_group}: no series of it concerns this patient (tables 5-4 and 5-5)."


def _dose(dose: Administered, antigens: list[str], process: Process) -> Iterator[str]:
    yield ""
    maker = f" by {dose.mvx}" if dose.mvx else ""
    name = process.schedule.vaccine_names[dose.cvx]
    yield f"Dose of {_day(dose.day)}, at {_age(process.history.born, dose.day)}: CVX {dose.cvx}{maker}, {name}"
    told = [antigen for antigen in dose.antigens if antigen in antigens]
    if not any(process.series_for(antigen) for antigen in told):
        yield "  no series that concerns this patient evaluates it (tables 5-4 and 5-5)"
    for antigen in told:
        for series in process.series_for(antigen):
            evaluation = series.verdicts[dose.index]
            aside = "" if process.follows(antigen, series) else ", which the patient is not forecast by"
            yield f"  {antigen}: {_evaluated(evaluation)} in {series.series.name!r}{aside}"
            yield from (f"    {_finding(found)}" for found in evaluation.findings)


def _evaluated(evaluation: Evaluation) -> str:
    if evaluation.target is None:
        return evaluation.status.value
    return f"{evaluation.status.value} as dose {evaluation.target.number}"


def _finding(found: Finding) -> str:
    when = "" if found.day is None else f", {_UNTIL.get(found.reason, 'in order from')} {_day(found.day)}"
    return f"{found.reason.words} ({found.reason.rule}){when}"


def _forecast(found: GroupForecast, process: Process) -> Iterator[str]:
    yield ""
    number = f", dose {found.number}" if found.number else ""
    yield f"{found.vaccine_group} ({found.series_type.lower()}): {found.status.value}{number}"
    days = (("earliest", found.earliest), ("recommended", found.recommended), ("past due", found.past_due))
    if told := ", ".join(f"{label} {day.isoformat()}" for label, day in days if day):
        yield f"  {told}"
    group = next(g for g in process.schedule.groups if g.name == found.vaccine_group)
    for antigen in group.antigens:
        run = process.runs.get(antigen)
        choice = process.prioritized.get(antigen, {}).get(found.series_group)
        if run is not None and choice is not None:
            yield f"  {antigen}: {choice.series.series.name!r} ({choice.rule})"
            yield from _series(choice.series, run)
            yield from _passed_over(choice.series, run)
    for text in found.guidance:
        yield from _wrapped("  Guidance: ", text)


def _series(series: PatientSeries, run: AntigenRun) -> Iterator[str]:
    forecast = run.forecast(series)
    ahead = series.series.doses[series.position : forecast.position]
    for where, targets in (("evaluation", series.skipped), ("forecast", ahead)):
        for numbers in _runs(sorted({target.number for target in targets})):
            yield f"    {numbers} skipped in {where} (table 6-11)"
    if forecast.reason is not None:
        yield f"    {forecast.status.value}: {forecast.reason.value.lower()} (table 7-10)"
        yield from _grounds(forecast, run)
    if forecast.status is SeriesStatus.NOT_COMPLETE and forecast.target is not None:
        yield f"    dose {forecast.target.number} of {len(series.series.doses)} is next"
        for basis in forecast.basis:
            yield f"    {_day(basis.day)} {basis.what} ({basis.rule}){_mark(basis, forecast)}"
        if forecast.recommended == forecast.earliest != forecast.unadjusted_recommended:
            yield "    recommended not before the earliest date (FORECASTDT-5)"


def _grounds(forecast: SeriesForecast, run: AntigenRun) -> Iterator[str]:
    """The observations that make a patient immune, or forbid the vaccine; the maximum age that has passed."""
    titles, observed = run.history.schedule.observations, run.history.observations
    if forecast.status is SeriesStatus.IMMUNE:
        evidence = sorted(run.antigen.immune_by.intersection(observed))
        yield from (f"      observation {code}: {titles[code]} (table 7-3)" for code in evidence)
        if run.antigen.immune_by.isdisjoint(observed):
            yield "      born early enough to have had the disease (table 7-3)"
    elif forecast.status is SeriesStatus.CONTRAINDICATED:
        applying = antigen_contraindications(run.antigen, run.history)
        vaccines = [c for c in run.antigen.vaccine_contraindications if c.observation in observed]
        for table, found in (("7-5", applying), ("7-6", [] if applying else vaccines)):
            for code in dict.fromkeys(contraindication.observation for contraindication in found):
                yield from _wrapped(f"      observation {code}: ", f"{titles[code]} (table {table})")
    elif forecast.status is SeriesStatus.AGED_OUT and forecast.target is not None:
        ages = [age.maximum for age in forecast.target.ages if age.maximum is not None]
        yield from (f"      maximum age reached on {_day(run.history.age(age))} (CALCDTAGE-1)" for age in ages[:1])


def _runs(numbers: list[int]) -> list[str]:
    """Doses in a row told together: "doses 1 to 6"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [f"dose {run[0]}" if len(run) == 1 else f"doses {run[0]} to {run[-1]}" for run in runs]


def _mark(basis: Basis, forecast: SeriesForecast) -> str:
    if basis.rule in _RECOMMENDED:
        named = "recommended" if basis.day == forecast.recommended else ""
    elif basis.rule in _PAST_DUE:
        named = "past due" if basis.day == forecast.past_due else ""
    else:
        named = "earliest" if basis.day == forecast.earliest else ""
    return f" <- {named}" if named else ""


def _passed_over(chosen: PatientSeries, run: AntigenRun) -> Iterator[str]:
    for series in run.series:
        if series is not chosen and series.series.group == chosen.series.group:
            number = len(run.evaluated(series).satisfied)
            doses = "1 valid dose" if number == 1 else f"{number or 'no'} valid doses"
            yield f"    not chosen: {series.series.name!r}, {run.forecast(series).status.value}, {doses}"


def _wrapped(label: str, text: str) -> list[str]:
    return textwrap.wrap(
        label + text, WIDTH, subsequent_indent=" " * (2 + len(label) - len(label.lstrip())), break_long_words=False
    )


def _age(born: int, day: int) -> str:
    """An age as the field says it: in days for the first weeks, in weeks, in months to two years, then in years."""
    start, on = date.fromordinal(born), date.fromordinal(day)
    months = (on.year - start.year) * 12 + on.month - start.month - (on.day < start.day)
    days = day - born
    if months >= 24:
        count, unit = months // 12, "year"
    elif months >= 3:
        count, unit = months, "month"
    elif days >= 14:
        count, unit = days // 7, "week"
    else:
        count, unit = days, "day"
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()
