"""The whole history of a patient by vaccine group: each dose, from where it is known, and whether it counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.utils import timezone

from liaison.engines import cdsi
from liaison.engines.cdsi import AntigenEvaluation, EvaluationStatus
from liaison.engines.cdsi.series import Finding, Reason
from liaison.engines.vaccines import facts
from liaison.immunize import schedule
from liaison.immunize.models import Immunization, Source
from liaison.immunize.queries.due import Picture, groups_of, picture
from liaison.immunize.queries.seen import forecast_for
from liaison.kernel import clock
from liaison.kernel.errors import NotFound
from liaison.people.models import Patient
from liaison.people.queries import patient_for
from liaison.record.actor import Actor

OTHERS = "Other vaccines and immune globulins"
_NO_SCHEDULE = "The schedule has no rules for it."


@dataclass(frozen=True, slots=True)
class Line:
    """A dose in a vaccine group: `number` of those that count, whether it `counts`, and why in a sentence.

    `counts` is None where no series asks for the dose.
    """

    row: Immunization
    on: date
    number: int | None
    counts: bool | None
    why: str
    maker: str


@dataclass(frozen=True, slots=True)
class Group:
    """The doses of a vaccine group, oldest first."""

    name: str
    lines: tuple[Line, ...]

    @property
    def counted(self) -> int:
        return sum(1 for line in self.lines if line.counts)


@dataclass(frozen=True)
class History:
    """A patient's vaccines: by group, what was not given, what was entered in error, and how each group stands."""

    patient: Patient
    on: date
    groups: tuple[Group, ...]
    not_given: tuple[Immunization, ...]
    in_error: tuple[Immunization, ...]
    picture: Picture
    doses: int
    elsewhere: int
    by_antigen: dict[UUID, tuple[AntigenEvaluation, ...]] = field(repr=False)


def history_for(actor: Actor, patient_id: UUID, on: date) -> History:
    """Everything that is known of a patient's vaccines on a day: audited. Raises Forbidden, NotFound."""
    actor.require("immunize.read")
    patient = patient_for(actor, patient_id)
    rows = list(
        Immunization.objects.filter(patient_id=patient.pk)
        .select_related("performer", "ordered_by", "encounter__site")
        .order_by("occurred_at", "cvx")
    )
    process = forecast_for(actor, patient.pk, on)
    given = [row for row in rows if row.status == "completed"]
    evaluated = _by_row(given, process.result())
    return History(
        patient=patient,
        on=on,
        groups=tuple(grouped(given, evaluated)),
        not_given=tuple(row for row in rows if row.status == "not-done"),
        in_error=tuple(row for row in rows if row.status == "entered-in-error"),
        picture=picture(process, on),
        doses=len(given),
        elsewhere=sum(1 for row in given if row.source != Source.GIVEN),
        by_antigen=evaluated,
    )


def dose_for(actor: Actor, patient_id: UUID, immunization_id: UUID) -> Immunization:
    """One dose of a patient, in whatever state: audited. Raises Forbidden, NotFound."""
    actor.require("immunize.read")
    patient = patient_for(actor, patient_id)
    found = (
        Immunization.objects.filter(pk=immunization_id, patient_id=patient.pk)
        .select_related("performer", "ordered_by", "recorded_by", "encounter__site", "standing_order")
        .first()
    )
    if found is None:
        raise NotFound("no-dose", "There is no such dose. Look at the history again.")
    found.patient = patient
    return found


def local_day(row: Immunization) -> date:
    """The day of a dose, as the practice's calendar has it."""
    return row.occurred_at.astimezone(timezone.get_default_timezone()).date()


def _by_row(rows: Sequence[Immunization], result: cdsi.Result) -> dict[UUID, tuple[AntigenEvaluation, ...]]:
    """What the engine says of each row; of the same vaccine twice on a day it speaks of one."""
    keyed = {(dose.dose.date, dose.dose.cvx.zfill(2)): dose.by_antigen for dose in result.doses}
    found: dict[UUID, tuple[AntigenEvaluation, ...]] = {}
    for row in rows:
        said = keyed.pop((local_day(row), row.cvx.zfill(2)), None)
        if said is not None:
            found[row.pk] = said
    return found


def grouped(rows: Iterable[Immunization], evaluated: dict[UUID, tuple[AntigenEvaluation, ...]]) -> list[Group]:
    """Doses by vaccine group in the schedule's order; a combination stands in each group that it belongs to."""
    found: dict[str, list[Line]] = {}
    for row in rows:
        names = groups_of(row.cvx.zfill(2)) or [OTHERS]
        for name in names:
            found.setdefault(name, []).append(_line(row, name, evaluated))
    order = [group.name for group in schedule.in_force().groups] + [OTHERS]
    return [Group(name, _numbered(found[name])) for name in order if name in found]


def _line(row: Immunization, group: str, evaluated: dict[UUID, tuple[AntigenEvaluation, ...]]) -> Line:
    counts, why = None, _NO_SCHEDULE
    if group != OTHERS:
        antigens = next(set(one.antigens) for one in schedule.in_force().groups if one.name == group)
        counts, why = verdict([e for e in evaluated.get(row.pk, ()) if e.antigen in antigens], row.pk in evaluated)
    made_by = facts().manufacturer(row.mvx) if row.mvx else None
    return Line(row, local_day(row), None, counts, why, made_by.name if made_by else row.mvx)


def _numbered(lines: list[Line]) -> tuple[Line, ...]:
    numbered, at = [], 0
    for line in lines:
        at += 1 if line.counts else 0
        number = at if line.counts else None
        numbered.append(Line(line.row, line.on, number, line.counts, line.why, line.maker))
    return tuple(numbered)


def verdict(said: Sequence[AntigenEvaluation], known: bool = True) -> tuple[bool | None, str]:
    """Whether a dose counts in a vaccine group by what was found for its antigens, and why in a sentence."""
    if not known:
        return None, "It is on record twice for the day, or cannot be evaluated, and is left out."
    valid = {one.antigen for one in said if one.status is EvaluationStatus.VALID}
    if valid:
        # A risk series may judge a dose otherwise than the series by age: one that holds it valid is enough
        rest = [one for one in said if one.antigen not in valid and one.status is EvaluationStatus.NOT_VALID]
        late = [sentence for one in rest for sentence in _sentences(one.findings)]
        names = ", ".join(dict.fromkeys(one.antigen for one in rest))
        return True, f"Counts. Not for {names}: {late[0]}" if late else "Counts."
    if not said:
        return None, "No series asks for it."
    sentences = list(dict.fromkeys(s for one in said for s in _sentences(one.findings)))
    if all(one.status is EvaluationStatus.EXTRANEOUS for one in said):
        return None, sentences[0] if sentences else "One more than the series asks for."
    return False, " ".join(sentences) or "It does not count."


def _sentences(findings: Iterable[Finding]) -> list[str]:
    """A sentence for each reason; who was too young needs not hear that the vaccine is not for the age."""
    told = [finding for finding in findings if finding.reason in _SAID]
    by_age = any(finding.reason in (Reason.TOO_YOUNG, Reason.TOO_OLD) for finding in told)
    return [
        _SAID[finding.reason](_day(finding.day))
        for finding in told
        if not (by_age and finding.reason is Reason.WRONG_AGE_FOR_VACCINE)
    ]


def _day(ordinal: int | None) -> str:
    return "" if ordinal is None else clock.told(date.fromordinal(ordinal))


_SAID = {
    Reason.EXPIRED: lambda day: f"The lot had expired{f' on {day}' if day else ''}.",
    Reason.SUB_STANDARD: lambda day: "The dose was not in order when it was given.",
    Reason.INADVERTENT: lambda day: "It is not the vaccine for this age or purpose.",
    Reason.TOO_YOUNG: lambda day: f"Given too young{f': in order from {day}' if day else ''}.",
    Reason.TOO_OLD: lambda day: f"Given too old{f': in order until {day}' if day else ''}.",
    Reason.TOO_SOON: lambda day: f"Given too soon after the dose before{f': in order from {day}' if day else ''}.",
    Reason.CONFLICT: lambda day: f"Given too soon after another live vaccine{f': in order from {day}' if day else ''}.",
    Reason.LITTLE_VOLUME: lambda day: "Less was given than a dose is.",
    Reason.NOT_ALLOWABLE: lambda day: "This vaccine does not count for this dose.",
    Reason.WRONG_AGE_FOR_VACCINE: lambda day: "This vaccine is not for this age.",
    Reason.SERIES_DONE: lambda day: "The series was complete before.",
}  # fmt: skip
