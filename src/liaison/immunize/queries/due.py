"""What is due: each vaccine group in a sentence, what may be given together today, and what must wait until when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum
from uuid import UUID

from liaison.engines import cdsi
from liaison.engines.cdsi import EvaluationStatus, GroupForecast, SeriesStatus
from liaison.engines.cdsi.dates import add
from liaison.immunize import schedule
from liaison.immunize.queries.seen import as_the_engine_sees, forecast_for
from liaison.kernel import clock
from liaison.people.models import Patient
from liaison.record.actor import Actor


class When(IntEnum):
    """How a vaccine group stands on a day, the most pressing first."""

    OVERDUE = 0
    DUE = 1
    POSSIBLE = 2  # may be given, recommended from a later day on
    LATER = 3
    CONTRAINDICATED = 4
    DONE = 5  # complete, immune, aged out or not recommended

    @property
    def now(self) -> bool:
        return self in (When.OVERDUE, When.DUE)


@dataclass(frozen=True, slots=True)
class Due:
    """How a patient stands in a vaccine group on a day; `reason` says why in a sentence."""

    vaccine_group: str
    when: When
    status: SeriesStatus
    number: int | None
    earliest: date | None
    recommended: date | None
    past_due: date | None
    reason: str
    cvxs: tuple[str, ...]  # the vaccines that the schedule prefers for the dose, where it says
    doses: int  # on record that count
    guidance: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Together:
    """What holds between vaccines that are due on one day: a sentence, and whether it makes one of them wait."""

    sentence: str
    waits: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """A patient's vaccines on a day, the most pressing first."""

    on: date
    release: str
    groups: tuple[Due, ...]
    together: tuple[Together, ...]
    flagged: tuple[str, ...]
    unknown: str = ""  # of which groups the schedule in force does not know this season

    @property
    def now(self) -> list[Due]:
        return [one for one in self.groups if one.when.now]

    @property
    def possible(self) -> list[Due]:
        return [one for one in self.groups if one.when is When.POSSIBLE]

    @property
    def later(self) -> list[Due]:
        return [one for one in self.groups if one.when is When.LATER]

    @property
    def barred(self) -> list[Due]:
        return [one for one in self.groups if one.when is When.CONTRAINDICATED]

    def of(self, group: str) -> Due | None:
        """How the patient stands in a group, if the schedule speaks of it."""
        return next((one for one in self.groups if one.vaccine_group == group), None)


def due_for(actor: Actor, patient_id: UUID, on: date, *, why: str = "") -> Picture:
    """What a patient needs on a day: audited. Raises Forbidden, NotFound."""
    return picture(forecast_for(actor, patient_id, on, why=why), on)


def due_of(patient: Patient, on: date) -> Picture:
    """What a patient needs on a day. For rooms that have opened the chart already."""
    return picture(cdsi.Process(as_the_engine_sees([patient])[0], on, schedule.in_force()), on)


def picture(process: cdsi.Process, on: date) -> Picture:
    """A forecast told by vaccine group."""
    result = process.result()
    now = _told(result, on)
    found = now | _still_today(process, now, on)
    groups = sorted(found.values(), key=lambda one: (one.when, one.recommended or on, one.vaccine_group))
    flagged = tuple(f"{one.kind.capitalize()} {one.index + 1} {one.flag.value}." for one in result.flagged)
    unknown = seasons_over({name: end for name, end in schedule.seasons_over(on).items() if name in found})
    return Picture(on, process.schedule.version, tuple(groups), tuple(together(groups, on)), flagged, unknown)


def _told(result: cdsi.Result, on: date) -> dict[str, Due]:
    """By vaccine group; the first forecast of a group is the one that speaks for the patient."""
    counted = _counted(result)
    found: dict[str, Due] = {}
    for each in result.forecasts:
        found.setdefault(each.vaccine_group, _due(each, counted.get(each.vaccine_group, []), on))
    return found


def _still_today(process: cdsi.Process, now: Mapping[str, Due], on: date) -> dict[str, Due]:
    """What was due this morning, and waits only because of what was given since: on one day it may be given still.

    The forecast after a live vaccine puts the next one weeks away, although the same day is as good.
    """
    told = process.patient
    earlier = tuple(dose for dose in told.doses if dose.date != on)
    waiting = {name for name, one in now.items() if one.when is When.LATER}
    if len(earlier) == len(told.doses) or not waiting:
        return {}
    morning = _told(cdsi.forecast(replace(told, doses=earlier), on, process.schedule), on)
    return {
        name: one
        for name, one in morning.items()
        if name in waiting and one.when.now and one.number == now[name].number
    }


def _counted(result: cdsi.Result) -> dict[str, list[date]]:
    """The days of doses that count, by vaccine group."""
    groups = schedule.groups_by_antigen()
    found: dict[str, list[date]] = {}
    for dose in result.doses:
        names = {
            groups[e.antigen] for e in dose.by_antigen if e.status is EvaluationStatus.VALID and e.antigen in groups
        }
        for name in names:
            found.setdefault(name, []).append(dose.dose.date)
    return found


def _due(each: GroupForecast, counted: Sequence[date], on: date) -> Due:
    when = _when(each, on)
    return Due(
        vaccine_group=each.vaccine_group,
        when=when,
        status=each.status,
        number=each.number,
        earliest=each.earliest,
        recommended=each.recommended,
        past_due=each.past_due,
        reason=_sentence(each, when, counted, on),
        cvxs=tuple(dict.fromkeys(vaccine.cvx for vaccine in each.vaccines)),
        doses=len(counted),
        guidance=each.guidance,
    )


def _when(each: GroupForecast, on: date) -> When:
    if each.status is SeriesStatus.CONTRAINDICATED:
        return When.CONTRAINDICATED
    if each.status is not SeriesStatus.NOT_COMPLETE or each.earliest is None:
        return When.DONE
    if each.earliest > on:
        return When.LATER
    if each.past_due is not None and each.past_due < on:
        return When.OVERDUE
    return When.DUE if (each.recommended or each.earliest) <= on else When.POSSIBLE


def _sentence(each: GroupForecast, when: When, counted: Sequence[date], on: date) -> str:
    history = f"{len(counted)} on record, the last on {clock.told(max(counted))}" if counted else "none on record"
    if when is When.DONE:
        if each.status is SeriesStatus.COMPLETE:
            return f"Complete: {history}."
        said = "; ".join(reason for reason in each.reasons) or each.status.value.lower()
        return f"{said[:1].upper()}{said[1:]}."
    if when is When.CONTRAINDICATED:
        said = "; ".join(each.reasons)
        return f"Must not be given: {said[:1].lower()}{said[1:]}." if said else "Must not be given."
    assert each.earliest is not None
    recommended = each.recommended or each.earliest
    best = clock.told(recommended)
    risk = ", for a condition on the chart" if each.series_type == "Risk" else ""
    number = f"Dose {each.number}" if each.number else "A dose"
    if when is When.OVERDUE:
        assert each.past_due is not None
        return f"{number} was recommended from {best}{risk}, overdue since {clock.told(each.past_due)}; {history}."
    if when is When.DUE:
        return f"{number} is recommended since {best}{risk}; {history}."
    if when is When.POSSIBLE:
        return f"{number} may be given; it is recommended from {best}{risk}; {history}."
    if recommended > each.earliest:
        return f"{number} not before {clock.told(each.earliest)}, recommended from {best}{risk}; {history}."
    return f"{number} from {clock.told(each.earliest)}{risk}; {history}."


def seasons_over(ends: Mapping[str, date]) -> str:
    """A sentence for vaccine groups whose season the schedule in force does not hold yet; empty where there is none."""
    if not ends:
        return ""
    known = " and ".join(f"of {group} until {clock.told(end)}" for group, end in ends.items())
    return (
        f"Schedule {schedule.in_force().version} knows the seasons {known}. What is due in the next it does not say, "
        "until the CDC’s newer release is loaded."
    )


def together(groups: Iterable[Due], on: date) -> list[Together]:
    """What of the vaccines that are due belongs together today, and what a vaccine given today makes wait.

    Live vaccines go together on one day or weeks apart, by the schedule's own conflicts (table 6-24).
    """
    now = [one for one in groups if one.when.now]
    in_force = schedule.in_force()
    cvxs = {one.vaccine_group: preferred_of(one.vaccine_group) for one in now}
    found = []
    for n, first in enumerate(now):
        for second in now[n + 1 :]:
            ends = [
                conflict.end
                for a, b in ((first, second), (second, first))
                for cvx in cvxs[a.vaccine_group]
                for previous, conflict in in_force.conflicts.get(cvx, {}).items()
                if previous in cvxs[b.vaccine_group] and cvx not in cvxs[b.vaccine_group]
            ]
            if ends:
                until = date.fromordinal(max(add(on.toordinal(), end) for end in ends))
                found.append(
                    Together(
                        f"{first.vaccine_group} and {second.vaccine_group}: both today, or the second one not before "
                        f"{clock.told(until)}.",
                        waits=True,
                    )
                )
    if len(now) > 1:
        names = ", ".join(one.vaccine_group for one in now[:-1]) + f" and {now[-1].vaccine_group}"
        found.insert(0, Together(f"May be given together today, each at its own place: {names}.", waits=False))
    return found


def vaccines_of(group: str) -> frozenset[str]:
    """The CVX codes of vaccines that contain an antigen of a vaccine group, combinations included."""
    in_force = schedule.in_force()
    antigens = next((set(one.antigens) for one in in_force.groups if one.name == group), set())
    return frozenset(cvx for cvx, parts in in_force.vaccines.items() if any(p.antigen in antigens for p in parts))


def preferred_of(group: str) -> frozenset[str]:
    """The CVX codes of vaccines that a series of the vaccine group prefers for some dose: no immune globulins."""
    in_force = schedule.in_force()
    antigens = next((one.antigens for one in in_force.groups if one.name == group), ())
    return frozenset(
        vaccine.cvx
        for antigen in antigens
        for series in in_force.antigens[antigen].series
        for dose in series.doses
        for vaccine in dose.preferable
    )


def groups_of(cvx: str) -> list[str]:
    """The vaccine groups that a vaccine belongs to, in the schedule's order."""
    in_force = schedule.in_force()
    antigens = {part.antigen for part in in_force.vaccines.get(cvx, ())}
    return [group.name for group in in_force.groups if antigens & set(group.antigens)]
