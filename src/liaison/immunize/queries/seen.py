"""What may be asked of vaccine histories."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from liaison.chart import models as chart
from liaison.engines import cdsi
from liaison.engines.cdsi import Observation as Seen
from liaison.engines.cdsi.conditions import ICD10CM, Condition, observations_of, reactions_to
from liaison.immunize import schedule
from liaison.immunize.models import CVX, Immunization, Reaction
from liaison.immunize.words import ANAPHYLAXIS
from liaison.kernel import clock
from liaison.kernel.errors import NotFound
from liaison.people.models import Patient
from liaison.people.queries import may_open
from liaison.record import audit
from liaison.record.actor import Actor

ACTIVE = ("active", "recurrence", "relapse")
SYSTEMS = {chart.SNOMED: "SNOMED", chart.ICD10CM: ICD10CM}
# CDC Race and Ethnicity, and the CDSi's observation of the same words
NATIVE, NATIVE_OBSERVED = "1002-5", "245"


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
    return cdsi.Process(as_the_engine_sees([patient], on)[0], on, schedule.in_force())


def seen_of(patient: Patient, on: date | None = None) -> cdsi.Patient:
    """One patient as the engine sees one. For rooms that have opened the chart already."""
    return as_the_engine_sees([patient], on)[0]


def as_the_engine_sees(patients: Sequence[Patient], on: date | None = None) -> list[cdsi.Patient]:
    """Patients with their doses, and what their charts tell as observations on a day (today).

    Observations are: conditions by SNOMED CT and ICD-10-CM, allergies by SNOMED CT, those to a vaccine by its CVX code
    where they are severe, and reactions here that looked like anaphylaxis. In four queries, for rooms that have opened
    the charts already.
    """
    on = on or clock.today(timezone.get_default_timezone())
    keys = [patient.pk for patient in patients]
    doses: dict[UUID, list[cdsi.Dose]] = defaultdict(list)
    products: dict[str, str] = {}
    given = Immunization.objects.filter(patient_id__in=keys, status="completed").order_by("occurred_at", "cvx")
    for key, patient_id, cvx, mvx, moment, expires, quantity, unit in given.values_list(
        "pk", "patient_id", "cvx", "mvx", "occurred_at", "expires_on", "dose_quantity", "dose_unit"
    ):
        volume = float(quantity) if quantity is not None and unit == "mL" else None
        doses[patient_id].append(
            cdsi.Dose(_local_day(moment), cvx, mvx or None, lot_expiration=expires, volume_ml=volume)
        )
        products[str(key)] = cvx
    release = schedule.in_force()
    told, allergic = _conditions(keys, on), _allergies(keys, release, on)
    reacted = _reactions(keys, products, release)
    found = []
    for patient in patients:
        seen = (*observations_of(told[patient.pk], release, on), *allergic[patient.pk], *reacted[patient.pk])
        if patient.race == NATIVE and NATIVE_OBSERVED in release.observations:
            seen = (*seen, cdsi.Observation(NATIVE_OBSERVED))
        history = tuple(doses[patient.pk])
        found.append(cdsi.Patient(patient.birth_date, patient.sex, history, seen, patient.birth_country))
    return found


def _conditions(keys: Sequence[UUID], on: date) -> dict[UUID, list[Condition]]:
    told: dict[UUID, list[Condition]] = defaultdict(list)
    rows = chart.Condition.objects.filter(patient_id__in=keys, system__in=SYSTEMS, error=False)
    for patient_id, system, code, status, onset, abated, noted in rows.values_list(
        "patient_id", "system", "code", "status", "onset", "abated", "encounter__starts_at"
    ):
        active = status in ACTIVE and (abated is None or abated > on)
        day = None if noted is None else _local_day(noted)
        told[patient_id].append(Condition(SYSTEMS[system], code, active, onset, day))
    return told


def _allergies(keys: Sequence[UUID], release: cdsi.Schedule, on: date) -> dict[UUID, list[Seen]]:
    """Allergies by the schedule's codes; one to a vaccine, by its CVX code, where it is severe."""
    found: dict[UUID, list[Seen]] = defaultdict(list)
    rows = chart.Allergy.objects.filter(patient_id__in=keys, error=False, status="active")
    coded = rows.filter(Q(system=chart.SNOMED) | Q(system=CVX, criticality="high"))
    for patient_id, system, code in coded.values_list("patient_id", "system", "code"):
        if system == CVX:
            found[patient_id] += [Seen(observed) for observed in reactions_to(code, release)]
        else:
            found[patient_id] += observations_of([Condition("SNOMED", code)], release, on)
    return found


def _reactions(keys: Sequence[UUID], products: Mapping[str, str], release: cdsi.Schedule) -> dict[UUID, list[Seen]]:
    """Reactions here that looked like anaphylaxis, after each vaccine that they followed."""
    found: dict[UUID, list[Seen]] = defaultdict(list)
    seen_here = Reaction.objects.filter(patient_id__in=keys).values_list("patient_id", "doses", "signs", "onset_at")
    for patient_id, after, signs, moment in seen_here:
        if len(ANAPHYLAXIS.intersection(signs)) > 1:
            codes = [code for key in after for code in reactions_to(products.get(str(key), ""), release)]
            found[patient_id] += [Seen(code, _local_day(moment)) for code in codes]
    return found


def _local_day(moment: datetime) -> date:
    return moment.astimezone(timezone.get_default_timezone()).date()
