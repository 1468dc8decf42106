"""What a release of the schedule changes for the practice's patients, told before it is put in force."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from liaison.engines import cdsi
from liaison.immunize.queries import as_the_engine_sees
from liaison.people.models import Patient
from liaison.record import audit
from liaison.record.actor import Actor

CHUNK = 500


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
    actor: Actor, old: cdsi.Schedule, new: cdsi.Schedule, on: date, seen: Callable[[int], None]
) -> Iterator[Difference]:
    """Every active patient forecast by both releases, where they differ; `seen` is told how many more have been.

    Patients have the observations that the release in force knows.
    """
    actor.require("chart.read")
    audit.looked(actor, None, ["immunization forecasts of all patients"], action="search", reason="a new schedule")
    rows = iter(Patient.objects.filter(active=True, deceased_on=None).order_by("mrn").iterator(CHUNK))
    while chunk := list(islice(rows, CHUNK)):
        for patient, told in zip(chunk, as_the_engine_sees(chunk), strict=True):
            before, after = (due(cdsi.forecast(told, on, schedule), on) for schedule in (old, new))
            for group in sorted(before.keys() | after.keys()):
                if before.get(group) != after.get(group):
                    yield Difference(patient.mrn, group, kind(before.get(group), after.get(group), on))
        seen(len(chunk))


_Due = tuple[cdsi.SeriesStatus, date | None, date | None]


def due(result: cdsi.Result, on: date) -> dict[str, _Due]:
    """By vaccine group, status and dates of the forecast that speaks for the patient; what is past is due now."""
    found: dict[str, _Due] = {}
    for each in result.forecasts:
        earliest, recommended = (day and max(day, on) for day in (each.earliest, each.recommended))
        found.setdefault(each.vaccine_group, (each.status, earliest, recommended))
    return found


def kind(before: _Due | None, after: _Due | None, on: date) -> str:
    """What a difference means on a day."""
    was, is_ = (bool(each and each[2] and each[2] <= on) for each in (before, after))
    if was != is_:
        return "newly due" if is_ else "no longer due"
    return "other date" if before and after and before[0] is after[0] else "other status"
