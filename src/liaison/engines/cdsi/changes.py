"""What a release changes: which vaccine groups it touches, and how a patient's forecasts differ between two of them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from liaison.engines.cdsi.engine import Process
from liaison.engines.cdsi.groups import GroupForecast
from liaison.engines.cdsi.patient import Patient
from liaison.engines.cdsi.schedule import Schedule
from liaison.engines.cdsi.series import SeriesStatus


class Change(NamedTuple):
    """What changes for a patient in a vaccine group; `kind` is newly due, no longer due, other date or other status."""

    vaccine_group: str
    kind: str


def touched(old: Schedule, new: Schedule) -> tuple[Schedule, Schedule]:
    """Both schedules without the antigens of which they say the same, and the vaccine groups of these.

    Antigens are evaluated and forecast apart from each other (chapters 5 to 8), and come together in the vaccine group
    (chapter 9): a group with a touched antigen keeps all its antigens.
    """
    antigens = _differing(old.antigens, new.antigens)
    for vaccine in _differing(old.vaccines, new.vaccines) | _differing(old.conflicts, new.conflicts):
        for schedule in (old, new):
            antigens |= {found.antigen for found in schedule.vaccines.get(vaccine, ())}
            antigens |= {
                name
                for name, antigen in schedule.antigens.items()
                for series in antigen.series
                for dose in series.doses
                if vaccine in dose.preferable_by_cvx or vaccine in dose.allowable_by_cvx
            }
    groups = {group.name for group in set(old.groups) ^ set(new.groups)}
    groups |= {g.name for g in (*old.groups, *new.groups) if not antigens.isdisjoint(g.antigens)}
    return _only(old, groups), _only(new, groups)


def _differing(old: Mapping[str, object], new: Mapping[str, object]) -> set[str]:
    return {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}


def _only(schedule: Schedule, names: set[str]) -> Schedule:
    groups = tuple(group for group in schedule.groups if group.name in names)
    kept = {antigen for group in groups for antigen in group.antigens}
    return replace(schedule, groups=groups, antigens={n: found for n, found in schedule.antigens.items() if n in kept})


Due = tuple[SeriesStatus, date | None, date | None]
"""How a patient stands in a vaccine group on a day: status, and from when a dose may be and should be given."""
Standing = Mapping[str, Due]
"""By vaccine group. One in which nothing is recommended is left out: it is as good as one of which nothing is said."""


def changes_for(
    patient: Patient, on: date, old: Schedule, new: Schedule, known: Standing | None = None
) -> list[Change]:
    """Where the forecasts of a patient on a day differ between two schedules, by the name of the vaccine group.

    `known` is how the patient stands on that day by the old one, where that has been worked out already.
    """
    if known is None:
        before = standing(Process(patient, on, old).forecasts(), on)
    else:
        before = {group.name: known[group.name] for group in old.groups if group.name in known}
    after = standing(Process(patient, on, new).forecasts(), on)
    return [
        Change(group, _kind(before.get(group), after.get(group), on))
        for group in sorted(before.keys() | after.keys())
        if before.get(group) != after.get(group)
    ]


def standing(forecasts: list[GroupForecast], on: date) -> dict[str, Due]:
    """By vaccine group, the forecast that speaks for the patient."""
    found: dict[str, Due] = {}
    for each in forecasts:
        found.setdefault(each.vaccine_group, due(each.status, each.earliest, each.recommended, on))
    return {group: one for group, one in found.items() if one[0] is not SeriesStatus.NOT_RECOMMENDED}


def due(status: SeriesStatus, earliest: date | None, recommended: date | None, on: date) -> Due:
    """A forecast as it is compared on a day: what was due before is due now."""
    return status, earliest and max(earliest, on), recommended and max(recommended, on)


def _kind(before: Due | None, after: Due | None, on: date) -> str:
    """What a difference means on a day."""
    was, is_ = (bool(each and each[2] and each[2] <= on) for each in (before, after))
    if was != is_:
        return "newly due" if is_ else "no longer due"
    return "other date" if before and after and before[0] is after[0] else "other status"
