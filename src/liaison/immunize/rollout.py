"""What a release of the schedule changes for the practice's patients, told before it is put in force."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from sys import intern
from uuid import UUID

from liaison.engines.cdsi import SeriesStatus
from liaison.engines.cdsi.changes import Due, due, touched
from liaison.engines.cdsi.schedule_file import read
from liaison.immunize import processes, schedule
from liaison.immunize.models import Forecast, Need
from liaison.immunize.queries import as_the_engine_sees
from liaison.people.models import Patient
from liaison.record import audit
from liaison.record.actor import Actor

CHUNK = 250
# Below this, starting a process costs more than it saves
WORTH_A_PROCESS = 1000


@dataclass(frozen=True, slots=True)
class Difference:
    """What changes for a patient in a vaccine group; `kind` is newly due, no longer due, other date or other status."""

    mrn: str
    vaccine_group: str
    kind: str


def patients() -> int:
    """How many patients a release is looked at for."""
    return Patient.objects.filter(active=True, deceased_on=None).count()


def differences(
    actor: Actor, old: bytes, new: bytes, on: date, seen: Callable[[int], None], workers: int | None = None
) -> Iterator[Difference]:
    """Every active patient forecast by both schedule files, where they differ; `seen` is told how many more have been.

    Patients have the observations that the release in force knows. Who has been forecast by the old one on that day
    already is forecast by the new one alone. `workers` is the number of processes (as many as there are cores where the
    practice is large enough); the database is read here alone.
    """
    actor.require("chart.read")
    audit.looked(actor, None, ["immunization forecasts of all patients"], action="search", reason="a new schedule")
    if workers is None:
        workers = max(1, min(processes.cores(), patients() // WORTH_A_PROCESS))
    release = schedule.in_force().version if old == schedule.packed_in_force() else ""
    groups = {group.name for group in touched(read(old), read(new))[0].groups}
    for number, told in processes.differences(_chunks(on, release, groups), on, old, new, workers):
        seen(number)
        for mrn, change in told:
            yield Difference(mrn, change.vaccine_group, change.kind)


def _chunks(on: date, release: str, groups: Collection[str]) -> Iterator[list[processes.Named]]:
    rows = iter(Patient.objects.filter(active=True, deceased_on=None).order_by("mrn").iterator(CHUNK))
    while chunk := list(islice(rows, CHUNK)):
        known = _known([patient.pk for patient in chunk], on, release, groups) if release else {}
        yield [
            # What waits because of a dose of the same day is told otherwise on boards than the engine says it
            processes.Named(row.mrn, told, None if any(d.date == on for d in told.doses) else known.get(row.pk))
            for row, told in zip(chunk, as_the_engine_sees(chunk, on), strict=True)
        ]


def _known(keys: list[UUID], on: date, release: str, groups: Collection[str]) -> dict[UUID, dict[str, Due]]:
    """How patients stand on a day in some vaccine groups, of those whose needs were worked out for it by a release."""
    fresh = Forecast.objects.filter(patient_id__in=keys, as_of=on, release=release)
    found: dict[UUID, dict[str, Due]] = {key: {} for key in fresh.values_list("patient_id", flat=True)}
    needs = Need.objects.filter(patient_id__in=found, vaccine_group__in=groups).exclude(
        status=SeriesStatus.NOT_RECOMMENDED.value
    )
    columns = ("patient_id", "vaccine_group", "status", "earliest", "recommended")
    for key, group, status, earliest, recommended in needs.values_list(*columns):
        found[key][intern(group)] = due(SeriesStatus(status), earliest, recommended, on)
    return found
