"""What may be done to a vaccine history."""

from datetime import date, datetime, time
from uuid import UUID

from django.utils import timezone

from liaison.immunize.models import Immunization
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.people.models import Patient
from liaison.people.queries import may_open
from liaison.record.actor import Actor
from liaison.record.change import change


def add_history(
    actor: Actor, patient_id: UUID, *, cvx: str, display: str, on: date, lot_number: str = ""
) -> Immunization:
    """Note a dose that was given elsewhere. `cvx` is the CDC's vaccine code.

    Raises Invalid for a day before birth or in the future, Conflict when the same dose is on file.
    """
    if not cvx.strip().isdigit() or not display.strip():
        raise Invalid("no-vaccine", "Choose the vaccine from the list.", "cvx")
    with change(actor, "immunize.write") as this:
        patient = Patient.objects.filter(pk=patient_id).first()
        if patient is None:
            raise NotFound("no-patient", "There is no such patient. Search for the patient again.")
        may_open(actor, patient)
        if on < patient.birth_date or on > this.at.astimezone(timezone.get_default_timezone()).date():
            raise Invalid("not-in-life", "A dose is given between birth and today. Check the date.", "on")
        noon = datetime.combine(on, time(12), timezone.get_default_timezone())
        same = Immunization.objects.filter(patient_id=patient.pk, cvx=cvx.strip(), occurred_at=noon, status="completed")
        if same.exists():
            raise Conflict("already-listed", "This dose is in the history already.", "on")
        return this.save(
            Immunization(
                patient_id=patient.pk,
                cvx=cvx.strip(),
                display=display.strip()[:200],
                occurred_at=noon,
                lot_number=lot_number.strip()[:40],
            )
        )
