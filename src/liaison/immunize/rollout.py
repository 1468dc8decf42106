"""What a release of the schedule changes for the practice's patients, told before it is put in force."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from liaison.immunize import processes
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

    Patients have the observations that the release in force knows. `workers` is the number of processes (as many as
    there are cores where the practice is large enough); the database is read here alone.
    """
    actor.require("chart.read")
    audit.looked(actor, None, ["immunization forecasts of all patients"], action="search", reason="a new schedule")
    if workers is None:
        workers = max(1, min(processes.cores(), patients() // WORTH_A_PROCESS))
    for number, told in processes.differences(_chunks(), on, old, new, workers):
        seen(number)
        for mrn, change in told:
            yield Difference(mrn, change.vaccine_group, change.kind)


def _chunks() -> Iterator[list[processes.Named]]:
    rows = iter(Patient.objects.filter(active=True, deceased_on=None).order_by("mrn").iterator(CHUNK))
    while chunk := list(islice(rows, CHUNK)):
        yield list(zip([patient.mrn for patient in chunk], as_the_engine_sees(chunk), strict=True))
