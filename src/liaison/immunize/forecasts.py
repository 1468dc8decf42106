"""The needs of patients, worked out ahead for boards, lists and counts: one row a vaccine group, renewed each day."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from liaison.engines import cdsi
from liaison.engines.cdsi import SeriesStatus
from liaison.immunize import population, schedule
from liaison.immunize.models import Forecast, Need
from liaison.immunize.queries.due import picture
from liaison.immunize.queries.seen import as_the_engine_sees
from liaison.kernel import clock
from liaison.people.models import Patient

CHUNK = 200
_SHOWN = ("status", "number", "earliest", "recommended", "past_due", "cvxs", "reason", "doses")


def refresh(patients: Sequence[Patient], on: date) -> int:
    """Work out the needs of patients on a day and keep them. Only what has changed is written. Gives how many."""
    release = schedule.in_force()
    fresh: dict[tuple[UUID, str], Need] = {}
    for patient, told in zip(patients, as_the_engine_sees(patients), strict=True):
        for one in picture(cdsi.Process(told, on, release), on).groups:
            if one.status is SeriesStatus.NOT_RECOMMENDED and not one.doses:
                continue
            fresh[patient.pk, one.vaccine_group] = Need(
                patient_id=patient.pk,
                vaccine_group=one.vaccine_group,
                status=one.status.value,
                number=one.number,
                earliest=one.earliest,
                recommended=one.recommended,
                past_due=one.past_due,
                cvxs=list(one.cvxs),
                reason=one.reason[:300],
                doses=one.doses,
            )
    keys = [patient.pk for patient in patients]
    with transaction.atomic():
        kept = {(n.patient_id, n.vaccine_group): n for n in Need.objects.filter(patient_id__in=keys)}
        gone = [need.pk for key, need in kept.items() if key not in fresh]
        changed = []
        for key, need in fresh.items():
            old = kept.get(key)
            if old is not None and _differs(old, need):
                need.pk = old.pk
                changed.append(need)
        Need.objects.filter(pk__in=gone).delete()
        Need.objects.bulk_update(changed, _SHOWN, batch_size=CHUNK)
        Need.objects.bulk_create([need for key, need in fresh.items() if key not in kept], batch_size=1000)
        Forecast.objects.bulk_create(
            [Forecast(patient_id=key, as_of=on, release=release.version) for key in keys],
            update_conflicts=True,
            unique_fields=["patient"],
            update_fields=["as_of", "release"],
        )
    population.touch(keys)
    return len(patients)


def _differs(old: Need, new: Need) -> bool:
    return any(getattr(old, name) != getattr(new, name) for name in _SHOWN)


def refresh_stale(most: int = 2_000) -> int:
    """Renew patients whose needs were worked out on another day or by another release. Gives how many there were."""
    on = clock.today(timezone.get_default_timezone())
    fresh = Forecast.objects.filter(as_of=on, release=schedule.in_force().version).values("patient_id")
    stale = Patient.objects.filter(active=True, deceased_on=None).exclude(pk__in=fresh).order_by("pk")
    done = 0
    while done < most and (some := list(stale[:CHUNK])):
        done += refresh(some, on)
    return done


def refresh_one(patient_id: UUID) -> None:
    """Renew one patient, of whom something has changed."""
    found = list(Patient.objects.filter(pk=patient_id, active=True, deceased_on=None))
    if found:
        refresh(found, clock.today(timezone.get_default_timezone()))
    else:
        Need.objects.filter(patient_id=patient_id).delete()
        forget(patient_id)


def forget(patient_id: UUID) -> None:
    """Let the next renewal work a patient's needs out again; until then the last ones stand."""
    Forecast.objects.filter(patient_id=patient_id).delete()


def due_on(day: date) -> Q:
    """The needs of which a dose is recommended on a day."""
    return Q(status=SeriesStatus.NOT_COMPLETE.value, recommended__lte=day, earliest__lte=day)
