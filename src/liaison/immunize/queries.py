"""What may be asked of vaccine histories."""

from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from liaison.chart.models import Allergy, Condition
from liaison.engines import cdsi
from liaison.immunize import schedule
from liaison.immunize.models import Immunization
from liaison.kernel.errors import NotFound
from liaison.people.models import Patient
from liaison.people.queries import may_open
from liaison.record import audit
from liaison.record.actor import Actor

SNOMED = "http://snomed.info/sct"


def history_of(patient_id: UUID) -> list[Immunization]:
    """The doses a patient has had, newest first.

    For rooms that have opened the chart already (`chart.queries.chart_for`).
    """
    return list(Immunization.objects.filter(patient_id=patient_id, status="completed").order_by("-occurred_at", "cvx"))


def forecast_for(actor: Actor, patient_id: UUID, on: date, *, why: str = "") -> cdsi.Process:
    """What vaccines a patient needs on a day, with the whole reasoning (`result()` is the answer): audited.

    By the schedule in force in this home. Raises Forbidden, NotFound.
    """
    actor.require("chart.read")
    patient = Patient.objects.filter(pk=patient_id).first()
    if patient is None:
        raise NotFound("no-patient", "There is no such patient. Search for the patient again.")
    may_open(actor, patient)
    audit.looked(actor, patient.pk, [f"Patient/{patient.pk}", "immunization forecast"], reason=why)
    return cdsi.Process(as_the_engine_sees(patient), on, schedule.in_force())


def as_the_engine_sees(patient: Patient) -> cdsi.Patient:
    """A patient's doses, and those of the conditions and allergies whose codes the schedule knows as observations."""
    doses = Immunization.objects.filter(patient=patient, status="completed").order_by("occurred_at", "cvx")
    coded = schedule.in_force().coded
    conditions = Condition.objects.filter(patient=patient, error=False, status__in=("active", "recurrence", "relapse"))
    facts = [(c.system, c.code, c.onset) for c in conditions]
    facts += [(a.system, a.code, None) for a in Allergy.objects.filter(patient=patient, error=False, status="active")]
    seen = [
        cdsi.Observation(observation, onset)
        for system, code, onset in facts
        if system == SNOMED
        for observation in coded.get(("SNOMED", code), ())
    ]
    return cdsi.Patient(
        patient.birth_date,
        patient.sex,
        tuple(cdsi.Dose(_local_day(dose.occurred_at), dose.cvx) for dose in doses),
        tuple(seen),
    )


def _local_day(moment: datetime) -> date:
    return moment.astimezone(timezone.get_default_timezone()).date()
