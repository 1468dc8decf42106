"""What may be done to a vaccine history: doses from elsewhere, corrections, and what was entered in error."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from django.utils import timezone

from liaison.immunize.choosing import choose, maker
from liaison.immunize.models import Immunization, PlannedDose, Source
from liaison.immunize.queries.encounter import GONE
from liaison.kernel import clock
from liaison.kernel.errors import Conflict, Invalid, NotFound, Refused
from liaison.people.models import Patient
from liaison.people.queries import may_open
from liaison.record.actor import Actor
from liaison.record.change import Change, attempt, change
from liaison.record.columns import check
from liaison.record.rows import locked
from liaison.supplies import actions as supplies

# From where a person may say that a dose is known; the registry and imports say it themselves
TOLD_BY = (Source.CARD, Source.CLINIC, Source.PATIENT, Source.REGISTRY)


@dataclass(frozen=True, slots=True)
class Told:
    """A dose as it was typed from a card: vaccine by any of its names, the day, and what else the card says."""

    vaccine: str
    on: date | None
    lot_number: str = ""
    mvx: str = ""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of several doses: those that are in the history now, and by its place each that was refused."""

    doses: list[Immunization]
    refused: dict[int, Refused]


def add_history(
    actor: Actor,
    patient_id: UUID,
    *,
    cvx: str,
    display: str = "",
    on: date | None,
    lot_number: str = "",
    mvx: str = "",
    source: str = Source.CARD,
    note: str = "",
    registry_id: str = "",
) -> Immunization:
    """Note a dose that was given elsewhere. `cvx` is the CDC's code, or any name that `choosing` understands.

    Raises Invalid for a day before birth or in the future, a CVX or MVX code that does not exist; Conflict when the
    same vaccine is on file for the day.
    """
    chosen = choose(cvx)
    made_by = maker(mvx) or chosen.mvx
    if source not in Source.values or source == Source.GIVEN:
        raise Invalid("no-source", "Say from where the dose is known.", "source")
    with change(actor, "immunize.write", patient_id=patient_id) as this:
        patient = _patient(actor, patient_id)
        day = _in_life(this, patient, on)
        _not_twice(patient.pk, chosen.vaccine.cvx, day)
        row = Immunization(
            patient_id=patient.pk,
            cvx=chosen.vaccine.cvx,
            display=(display.strip() or chosen.vaccine.short)[:200],
            occurred_at=_noon(day),
            source=source,
            lot_number=lot_number,
            mvx=made_by,
            note=note,
            registry_id=registry_id,
            recorded_by_id=_staff(actor),
            recorded_at=this.at,
        )
        check(row, ("lot_number", "note", "registry_id"))
        this.save(row)
        this.event("immunize.recorded", immunization=row.pk, patient=patient.pk, source=source)
        return row


def add_several(actor: Actor, patient_id: UUID, told: Sequence[Told], *, source: str, note: str = "") -> Added:
    """Note the doses of a card in one go. One that is refused does not keep the others back."""
    added = Added([], {})
    with change(actor, "immunize.write", patient_id=patient_id):
        for at, one in enumerate(told):
            try:
                with attempt():
                    added.doses.append(
                        add_history(
                            actor,
                            patient_id,
                            cvx=one.vaccine,
                            on=one.on,
                            lot_number=one.lot_number,
                            mvx=one.mvx,
                            source=source,
                            note=note,
                        )
                    )
            except (Invalid, Conflict) as refusal:
                added.refused[at] = refusal
    return added


def correct(
    actor: Actor,
    immunization_id: UUID,
    *,
    reason: str,
    vaccine: str | None = None,
    on: date | None = None,
    lot_number: str | None = None,
    mvx: str | None = None,
    source: str | None = None,
    route: str | None = None,
    body_site: str | None = None,
    note: str | None = None,
) -> Immunization:
    """Correct a dose: a new version, the old one stays readable. What is None stays as it is.

    Vaccine, day, manufacturer and lot of a dose given here belong to the stock it was taken from: such a dose is
    entered in error and noted again. Raises Invalid, Conflict.
    """
    if not reason.strip():
        raise Invalid("no-reason", "Say why it is corrected: the reason stays with the record.", "reason")
    with change(actor, "immunize.write", reason=reason.strip()) as this:
        row = _dose(actor, immunization_id)
        before = {name: getattr(row, name) for name in _CORRECTED}
        if row.source == Source.GIVEN:
            _only_the_site(row, vaccine, on, lot_number, mvx, source)
        else:
            _tell_again(this, row, vaccine, on, mvx, source)
        for name, value in (("lot_number", lot_number), ("route", route), ("body_site", body_site), ("note", note)):
            if value is not None:
                setattr(row, name, value)
        check(row, ("lot_number", "route", "body_site", "note"))
        changed = [name for name, value in before.items() if getattr(row, name) != value]
        if changed:
            this.save(row, *changed)
            this.event("immunize.corrected", immunization=row.pk, patient=row.patient_id)
        return row


_CORRECTED = (
    "cvx", "display", "occurred_at", "mvx", "source", "lot_number", "route", "body_site", "note",
)  # fmt: skip


def enter_in_error(actor: Actor, immunization_id: UUID, reason: str) -> Immunization:
    """Say that a dose never was: it stays readable, counts no longer, and goes back to the stock it was taken from.

    Raises Invalid without a reason.
    """
    if not reason.strip():
        raise Invalid("no-reason", "Say why it is wrong: the reason stays with the record.", "reason")
    with change(actor, "immunize.write", reason=reason.strip()) as this:
        row = _dose(actor, immunization_id)
        row.status, row.error_reason = "entered-in-error", reason
        check(row, ("error_reason",))
        this.save(row, "status", "error_reason")
        if row.stock_id is not None:
            # It never was: the dose lies in the refrigerator still, and may be given as planned
            supplies.put_back(actor, row.pk, reason.strip())
            _plan_again(this, row)
        this.event("immunize.removed", immunization=row.pk, patient=row.patient_id)
        return row


def _plan_again(this: Change, row: Immunization) -> None:
    planned = PlannedDose.objects.select_for_update().filter(immunization_id=row.pk).select_related("encounter").first()
    if planned is not None:
        over = planned.encounter.status in GONE
        planned.status = PlannedDose.Status.CANCELLED if over else PlannedDose.Status.PLANNED
        planned.immunization = None
        this.save(planned, "status", "immunization")


def _dose(actor: Actor, immunization_id: UUID) -> Immunization:
    row = locked(Immunization, immunization_id, "patient")
    if row is None:
        raise NotFound("no-dose", "There is no such dose. Look at the history again.")
    may_open(actor, row.patient)
    if row.status == "entered-in-error":
        raise Conflict("in-error", "This dose was entered in error already.")
    return row


def _only_the_site(row: Immunization, vaccine: str | None, on: date | None, *others: str | None) -> None:
    lot_number, mvx, source = others
    said = (
        (vaccine is not None and choose(vaccine).vaccine.cvx != row.cvx)
        or (on is not None and on != _local(row.occurred_at))
        or (lot_number is not None and lot_number != row.lot_number)
        or (mvx is not None and maker(mvx) != row.mvx)
        or (source is not None and source != row.source)
    )
    if said:
        raise Conflict(
            "given-here",
            "Vaccine, day and lot of a dose given here are those of the stock it was taken from. Mark it as entered in "
            "error and record it again.",
        )


def _tell_again(
    this: Change, row: Immunization, vaccine: str | None, on: date | None, mvx: str | None, source: str | None
) -> None:
    if vaccine is not None:
        chosen = choose(vaccine)
        if chosen.vaccine.cvx != row.cvx:
            row.cvx, row.display, row.mvx = chosen.vaccine.cvx, chosen.vaccine.short, chosen.mvx
    if mvx is not None:
        row.mvx = maker(mvx)
    if source is not None:
        if source not in TOLD_BY and source != row.source:
            raise Invalid("no-source", "Say from where the dose is known.", "source")
        row.source = source
    day = _local(row.occurred_at)
    if on is not None and on != day:
        day = _in_life(this, row.patient, on)
        row.occurred_at = _noon(day)
    _not_twice(row.patient_id, row.cvx, day, besides=row.pk)


def _patient(actor: Actor, patient_id: UUID) -> Patient:
    patient = Patient.objects.filter(pk=patient_id).first()
    if patient is None:
        raise NotFound("no-patient", "There is no such patient. Search for the patient again.")
    may_open(actor, patient)
    return patient


def _in_life(this: Change, patient: Patient, on: date | None) -> date:
    if on is None:
        raise Invalid("no-day", "Say on which day it was given.", "on")
    if on < patient.birth_date:
        raise Invalid("before-birth", f"This is before the birth date, {clock.told(patient.birth_date)}.", "on")
    if on > _local(this.at):
        raise Invalid("in-future", "This day has not come yet. Check the date.", "on")
    if patient.deceased_on and on > patient.deceased_on:
        raise Invalid("after-death", "This is after the day of death. Check the date.", "on")
    return on


def _not_twice(patient_id: UUID, cvx: str, on: date, besides: UUID | None = None) -> None:
    begins = datetime.combine(on, time(0), timezone.get_default_timezone())
    ends = datetime.combine(on, time.max, timezone.get_default_timezone())
    same = Immunization.objects.filter(
        patient_id=patient_id, cvx=cvx, occurred_at__gte=begins, occurred_at__lte=ends, status="completed"
    )
    if any(key != besides for key in same.values_list("pk", flat=True)):
        raise Conflict("already-listed", "This vaccine is in the history on that day already.", "on")


def _noon(on: date) -> datetime:
    return datetime.combine(on, time(12), timezone.get_default_timezone()).astimezone(UTC)


def _local(at: datetime) -> date:
    return at.astimezone(timezone.get_default_timezone()).date()


def _staff(actor: Actor) -> UUID | None:
    return UUID(actor.id) if actor.kind == "staff" else None
