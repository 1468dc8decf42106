"""What may be asked of vaccine histories."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from liaison.chart.models import SNOMED, Allergy, Condition
from liaison.engines import cdsi
from liaison.immunize import schedule
from liaison.immunize.models import Immunization
from liaison.kernel.errors import NotFound
from liaison.people.models import Patient
from liaison.people.queries import may_open
from liaison.record import audit
from liaison.record.actor import Actor

ACTIVE = ("active", "recurrence", "relapse")


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
    return cdsi.Process(as_the_engine_sees([patient])[0], on, schedule.in_force())


def as_the_engine_sees(patients: Sequence[Patient]) -> list[cdsi.Patient]:
    """Patients with doses, and with those conditions and allergies whose codes the schedule knows as observations.

    In three queries, for rooms that have opened the charts already.
    """
    keys = [patient.pk for patient in patients]
    doses: dict[UUID, list[cdsi.Dose]] = defaultdict(list)
    given = Immunization.objects.filter(patient_id__in=keys, status="completed").order_by("occurred_at", "cvx")
    for patient_id, cvx, moment in given.values_list("patient_id", "cvx", "occurred_at"):
        doses[patient_id].append(cdsi.Dose(_local_day(moment), cvx))
    active = Condition.objects.filter(patient_id__in=keys, system=SNOMED, error=False, status__in=ACTIVE)
    facts: list[tuple[UUID, str, date | None]] = list(active.values_list("patient_id", "code", "onset"))
    allergic = Allergy.objects.filter(patient_id__in=keys, system=SNOMED, error=False, status="active")
    facts += [(patient_id, code, None) for patient_id, code in allergic.values_list("patient_id", "code")]
    coded = schedule.in_force().coded
    seen: dict[UUID, list[cdsi.Observation]] = defaultdict(list)
    for patient_id, code, onset in facts:
        seen[patient_id] += [cdsi.Observation(known, onset) for known in coded.get(("SNOMED", code), ())]
    return [cdsi.Patient(p.birth_date, p.sex, tuple(doses[p.pk]), tuple(seen[p.pk])) for p in patients]


def _local_day(moment: datetime) -> date:
    return moment.astimezone(timezone.get_default_timezone()).date()
