"""Why each dose counts or not, and why each date, with the numbers of rules and tables: lines for people to read."""

from collections.abc import Iterator
from datetime import date

from liaison.engines.cdsi.engine import Process
from liaison.engines.cdsi.groups import GroupForecast
from liaison.engines.cdsi.patient import Administered
from liaison.engines.cdsi.process import AntigenRun
from liaison.engines.cdsi.series import Evaluation, Finding, PatientSeries, Reason, SeriesStatus

_UNTIL = {Reason.TOO_OLD: "from", Reason.EXPIRED: "expired"}


def explain(process: Process, vaccine_group: str | None = None) -> Iterator[str]:
    """The whole reasoning for a patient, or for one vaccine group; nothing is told of groups that do not concern."""
    result = process.result()
    yield f"Schedule: {process.schedule.source} {process.schedule.version}"
    yield f"Born {_day(process.history.born)}, assessed on {_day(process.history.today)}."
    for code in process.history.observations:
        yield f"Observation {code}: {process.schedule.observations[code]}"
    for flagged in result.flagged:
        yield f"The {flagged.kind} entered as number {flagged.index + 1} {flagged.flag.value}."
    forecasts = [f for f in result.forecasts if vaccine_group in (None, f.vaccine_group)]
    antigens = [a for g in process.schedule.groups if vaccine_group in (None, g.name) for a in g.antigens]
    for dose in process.history.doses:
        if not set(antigens).isdisjoint(dose.antigens):
            yield from _dose(dose, antigens, process)
    for found in forecasts:
        yield from _forecast(found, process)


def _dose(dose: Administered, antigens: list[str], process: Process) -> Iterator[str]:
    yield ""
    yield f"Dose of {_day(dose.day)}: CVX {dose.cvx}, {process.schedule.vaccine_names[dose.cvx]}"
    for antigen in dose.antigens:
        if antigen not in antigens:
            continue
        for series in process.series_for(antigen):
            evaluation = next(e for e in series.evaluations if e.given is dose)
            yield f"  {antigen}: {_evaluated(evaluation)} in {series.series.name!r}"
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
    for reason in found.reasons:
        yield f"  {reason} (table 7-10)"
    for label, day in (("earliest", found.earliest), ("recommended", found.recommended), ("past due", found.past_due)):
        if day:
            yield f"  {label} {day.isoformat()}"
    group = next(g for g in process.schedule.groups if g.name == found.vaccine_group)
    for antigen in group.antigens:
        run = process.runs[antigen]
        choice = process.prioritized[antigen].get(found.series_group)
        if choice is not None:
            yield f"  {antigen}: {choice.series.series.name!r} ({choice.rule})"
            yield from _series(choice.series, run)
            yield from _passed_over(choice.series, run)
    for text in found.guidance:
        yield f"  Guidance: {text}"


def _series(series: PatientSeries, run: AntigenRun) -> Iterator[str]:
    forecast = run.forecast(series)
    for target in dict.fromkeys(series.skipped):
        yield f"    dose {target.number} skipped in evaluation (table 6-11)"
    for target in series.series.doses[series.position : forecast.position]:
        yield f"    dose {target.number} skipped in forecast (table 6-11)"
    if forecast.target is not None:
        yield f"    dose {forecast.target.number} of {len(series.series.doses)} is next: {forecast.status.value}"
    for basis in forecast.basis:
        mark = " <- earliest" if basis.day == forecast.earliest and forecast.status is SeriesStatus.NOT_COMPLETE else ""
        mark = mark or (" <- recommended" if basis.day == forecast.recommended else "")
        yield f"    {_day(basis.day)} {basis.what} ({basis.rule}){mark}"


def _passed_over(chosen: PatientSeries, run: AntigenRun) -> Iterator[str]:
    for series in run.series:
        if series is not chosen and series.series.group == chosen.series.group:
            status = run.forecast(series).status.value
            yield f"    not chosen: {series.series.name!r}, {status}, {len(series.satisfied)} valid doses"


def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()
