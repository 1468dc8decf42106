"""What may be done to bring overdue patients in: note that they were called, written to, or declined."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.utils import timezone

from liaison.immunize.models import Recall
from liaison.immunize.population import recall_again_days
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.people.models import Patient
from liaison.people.queries import may_open
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.record.columns import check
from liaison.record.rows import locked


def recalled(actor: Actor, patient_id: UUID, how: str, *, note: str = "", again_on: date | None = None) -> Recall:
    """Note how a patient was recalled; before `again_on` (by the practice's rule unless it is said) nobody is again.

    Raises Invalid; Conflict when somebody else has done it today in the same way.
    """
    if how not in Recall.How.values:
        raise Invalid("no-way", "Say whether the patient was called, written to, or declined.", "how")
    with change(actor, "immunize.population", patient_id=patient_id) as this:
        patient = locked(Patient, patient_id)
        if patient is None:
            raise NotFound("no-patient", "There is no such patient. Search for the patient again.")
        may_open(actor, patient)
        today = this.at.astimezone(timezone.get_default_timezone()).date()
        if again_on is not None and again_on <= today:
            raise Invalid("not-later", "Choose a later day for the next recall.", "again_on")
        if Recall.objects.filter(patient_id=patient.pk, how=how, on=today).exists():
            raise Conflict("recalled-already", "Somebody has noted this today already.", "how")
        row = Recall(
            patient_id=patient.pk,
            how=how,
            on=today,
            again_on=again_on or today + timedelta(days=recall_again_days()),
            by_id=UUID(actor.id) if actor.kind == "staff" else None,
            note=note,
        )
        check(row, ("note",))
        this.save(row)
        this.event("immunize.recalled", patient=patient.pk, how=how)
        return row


def letters_sent(actor: Actor, patient_ids: Sequence[UUID]) -> int:
    """Note a letter for each of several patients; who has one of today already is passed over. Gives how many."""
    with change(actor, "immunize.population") as this:
        today = this.at.astimezone(timezone.get_default_timezone()).date()
        had = set(
            Recall.objects.filter(patient_id__in=patient_ids, how=Recall.How.LETTER, on=today).values_list(
                "patient_id", flat=True
            )
        )
        again_on = today + timedelta(days=recall_again_days())
        by = UUID(actor.id) if actor.kind == "staff" else None
        rows = [
            Recall(patient_id=key, how=Recall.How.LETTER, on=today, again_on=again_on, by_id=by)
            for key in dict.fromkeys(patient_ids)
            if key not in had
        ]
        this.save_new(rows)
    return len(rows)
