"""Chapter 8, select best patient series: one prioritized series for each series group, and which of them are needed."""

from collections.abc import Iterable

from liaison.engines.cdsi.dates import LAST, add
from liaison.engines.cdsi.process import AntigenRun
from liaison.engines.cdsi.series import Choice, EvaluationStatus, PatientSeries, SeriesForecast, SeriesStatus

DEFAULT = "table 8-3: the default series"


def prioritized(run: AntigenRun) -> dict[str, Choice]:
    """Sections 8.1 to 8.7: the one prioritized patient series of each series group that has one."""
    if (defaults := run.defaults) is not None:
        return {series.group: Choice(run.track(series), DEFAULT) for series in defaults}
    groups: dict[str, list[PatientSeries]] = {}
    for series in run.series:
        groups.setdefault(series.series.group, []).append(series)
    found = {group: prioritized_of(members, run) for group, members in groups.items()}
    return {group: choice for group, choice in found.items() if choice is not None}


def best(found: dict[str, Choice], run: AntigenRun) -> list[PatientSeries]:
    """Section 8.8: the prioritized patient series that are needed to protect the patient fully."""
    if run.defaults is not None:  # none is complete, and none is a risk series
        return [choice.series for choice in found.values()]
    return [choice.series for choice in found.values() if is_best(choice.series, found, run)]


def prioritized_of(group: list[PatientSeries], run: AntigenRun) -> Choice | None:
    """Figure 8-2: the prioritized patient series of one series group; None when nothing in it is for this patient."""
    scorable = scorable_series(group, run)
    single = single_prioritized(scorable, group, run)
    if single is not None or not scorable:
        return single
    return select(scored(scorable, run))


# Section 8.1, pre-filter patient series


def scorable_series(group: list[PatientSeries], run: AntigenRun) -> list[PatientSeries]:
    """SELECTSCORE-2: the scorable patient series of a series group."""
    no_default = not any(series.series.default for series in group)
    for series in group:
        run.evaluated(series)
    candidates = candidate_scorable(group, run)
    top = highest_priority(group, run)
    no_valid_dose = not any(series.satisfied for series in group)
    found = []
    for series in group:
        kind = series.series.type
        if kind == "Evaluation Only":
            if _status(series, run) is SeriesStatus.COMPLETE:
                found.append(series)
        elif id(series) in candidates and (
            series.series.priority == top
            if kind == "Risk"
            else started_in_time(series, run) or (no_valid_dose and no_default)
        ):
            found.append(series)
    return found


def highest_priority(group: list[PatientSeries], run: AntigenRun) -> str:
    """The series priority that SELECTSCORE-2 compares with: of the series that can still be given (DIFFERENCES.md)."""
    priorities = {series.series.priority for series in group}
    if len(priorities) > 1:
        past = (SeriesStatus.AGED_OUT, SeriesStatus.CONTRAINDICATED)
        priorities = {series.series.priority for series in group if _status(series, run) not in past} or priorities
    return min(priorities)


def candidate_scorable(group: list[PatientSeries], run: AntigenRun) -> set[int]:
    """SELECTB-24: by `id`, the series that are not contraindicated, or all of them when all are."""
    if not run.contraindicated and not run.contraindicated_vaccines:
        return {id(series) for series in group}
    forecasts = [(series, run.forecast(series)) for series in group]
    allowed = {id(series) for series, made in forecasts if made.status is not SeriesStatus.CONTRAINDICATED}
    return allowed or {id(series) for series in group}


def started_in_time(series: PatientSeries, run: AntigenRun) -> bool:
    """SELECTSCORE-2: its earliest valid dose was given before the maximum age to start."""
    days = [e.given.day for e in series.evaluations if e.status is EvaluationStatus.VALID]
    return bool(days) and min(days) < run.history.age_until(series.series.maximum_age_to_start)


# Section 8.2, identify one prioritized patient series


def single_prioritized(scorable: list[PatientSeries], group: list[PatientSeries], run: AntigenRun) -> Choice | None:
    """Table 8-3: is there a single prioritized patient series in a series group?"""
    defaults = [series for series in group if series.series.default]
    default = Choice(defaults[0], DEFAULT) if len(defaults) == 1 else None
    if not scorable:
        return default
    if len(scorable) == 1:
        return Choice(scorable[0], "table 8-3: the only scorable series")
    complete = [series for series in scorable if is_complete(series, run)]
    if complete:
        return Choice(complete[0], "table 8-3: the only complete series") if len(complete) == 1 else None
    in_process = [series for series in scorable if is_in_process(series, run)]
    if in_process:
        return Choice(in_process[0], "table 8-3: the only series in process") if len(in_process) == 1 else None
    return default


def is_complete(series: PatientSeries, run: AntigenRun) -> bool:
    """SELECTB-6."""
    return _status(series, run) is SeriesStatus.COMPLETE


def is_in_process(series: PatientSeries, run: AntigenRun) -> bool:
    """SELECTB-16."""
    return bool(series.satisfied) and _status(series, run) is SeriesStatus.NOT_COMPLETE


# Sections 8.3 to 8.6, classify and score


def scored(scorable: list[PatientSeries], run: AntigenRun) -> list[tuple[int, PatientSeries]]:
    """Table 8-5: which scorable patient series should be scored, and by which rules; SELECTBEST-1 adds the points.

    The table leaves open what to do with series that have valid doses and are neither complete nor in process: they
    are scored by their valid doses, as complete ones are.
    """
    complete = [series for series in scorable if is_complete(series, run)]
    if len(complete) >= 2:
        return score_complete(complete)
    in_process = [series for series in scorable if is_in_process(series, run)]
    if len(in_process) >= 2:
        return score_in_process(in_process, run)
    if not any(series.satisfied for series in scorable):
        return score_no_valid_doses(scorable, run)
    return score_complete(scorable)


def score_complete(group: list[PatientSeries]) -> list[tuple[int, PatientSeries]]:
    """Table 8-7, complete patient series."""
    return _add([points(has_most_valid_doses(group), 1, 0)], group)


def score_in_process(group: list[PatientSeries], run: AntigenRun) -> list[tuple[int, PatientSeries]]:
    """Table 8-9, in-process patient series."""
    product = [series.series.product_path and has_all_valid_doses(series) for series in group]
    return _add(
        [
            points(product, 2, 2),
            points([is_completable(series, run) for series in group], 3, 3),
            points(has_most_valid_doses(group), 2, 0),
            points(is_closest_to_completion(group, run), 2, 0),
            points(can_finish_earliest(group, run), 1, 0),
        ],
        group,
    )


def score_no_valid_doses(group: list[PatientSeries], run: AntigenRun) -> list[tuple[int, PatientSeries]]:
    """Table 8-11, no valid doses."""
    return _add(
        [
            points(can_start_earliest(group, run), 1, 0),
            points([is_completable(series, run) for series in group], 1, 1),
            points([series.series.product_path for series in group], -1, -1),
        ],
        group,
    )


def points(true: list[bool], alone: int, shared: int) -> list[int]:
    """The points of one row: for a series of which it is true alone, of which it is true with others, or not."""
    gained = alone if sum(true) == 1 else shared
    return [gained if found else -alone for found in true]


def _add(rows: Iterable[list[int]], group: list[PatientSeries]) -> list[tuple[int, PatientSeries]]:
    return [(sum(row), series) for row, series in zip(zip(*rows, strict=True), group, strict=True)]


def has_most_valid_doses(group: list[PatientSeries]) -> list[bool]:
    """SELECTB-19, with SELECTB-21 for the number of valid doses."""
    most = max(len(series.satisfied) for series in group)
    return [len(series.satisfied) == most for series in group]


def has_all_valid_doses(series: PatientSeries) -> bool:
    """SELECTB-2."""
    return all(evaluation.status is EvaluationStatus.VALID for evaluation in series.evaluations)


def is_closest_to_completion(group: list[PatientSeries], run: AntigenRun) -> list[bool]:
    """SELECTB-5: the fewest target doses not satisfied."""
    left = [len(series.series.doses) - run.forecast(series).position for series in group]
    return [count == min(left) for count in left]


def is_completable(series: PatientSeries, run: AntigenRun) -> bool:
    """SELECTB-3: the forecast finish date is before the maximum age of the last target dose."""
    finish = finish_date(series, run)
    if finish is None:
        return False
    ages = [age for age in series.series.doses[-1].ages if age.period.first <= run.history.today <= age.period.last]
    return finish < (run.history.age_until(ages[0].maximum) if ages else LAST)


def finish_date(series: PatientSeries, run: AntigenRun) -> int | None:
    """SELECTB-12: the earliest date, then the longest minimum interval of each target dose that remains after it."""
    forecast = run.forecast(series)
    if forecast.earliest is None:
        return None
    day = forecast.earliest
    for dose in series.series.doses[forecast.position + 1 :]:
        day = max((add(day, i.minimum) for i in dose.intervals if i.minimum is not None), default=day)
    return day


def can_finish_earliest(group: list[PatientSeries], run: AntigenRun) -> list[bool]:
    """SELECTB-11."""
    finish = [finish_date(series, run) if is_completable(series, run) else None for series in group]
    return _is_first(finish)


def can_start_earliest(group: list[PatientSeries], run: AntigenRun) -> list[bool]:
    """SELECTB-14; the start date is the earliest date of the first dose."""
    return _is_first([run.forecast(series).earliest for series in group])


def _is_first(days: list[int | None]) -> list[bool]:
    first = min((day for day in days if day is not None), default=None)
    return [day is not None and day == first for day in days]


# Sections 8.7 and 8.8


def select(found: list[tuple[int, PatientSeries]]) -> Choice:
    """SELECTBEST-2: the highest score; of several, the best ranked series preference."""
    highest = max(score for score, _ in found)
    leading = [series for score, series in found if score == highest]
    return Choice(
        min(leading, key=lambda series: series.series.preference),
        f"SELECTBEST-2: the highest score, {highest}"
        + (f", and the best preference of {len(leading)} series" if len(leading) > 1 else ""),
    )


def is_best(series: PatientSeries, found: dict[str, Choice], run: AntigenRun) -> bool:
    """Table 8-14: is the prioritized patient series the best patient series for the series group?"""
    if is_complete(series, run):
        return True
    equivalent = [found[group].series for group in series.series.equivalent_groups if group in found]
    if any(is_complete(other, run) for other in equivalent) or series.series.type == "Evaluation Only":
        return False
    return series.series.type == "Risk" or all(other.series.type != "Risk" for other in equivalent)


def _status(series: PatientSeries, run: AntigenRun) -> SeriesStatus:
    forecast: SeriesForecast = run.forecast(series)
    return forecast.status
