"""What other clinics have told the sandbox registry of the sample clinic's patients, before the demo begins."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from django.utils import timezone

from liaison.engines import hl7v2
from liaison.immunize.models import Immunization
from liaison.kernel import clock
from liaison.people.models import Patient
from liaison.registry import build, queries
from liaison.registry.models import Connection

_FLU = hl7v2.Coded("150", "Influenza, split virus, quadrivalent, PF", "CVX")
_NAMESAKES = {"F": ("Mabel", "Carina", "Daria"), "M": ("Marlon", "Carsten", "Davin")}


def write(path: Path) -> None:
    """Write a batch of VXU to `path`: most of what the clinic has on record, some of it by another day, some more.

    One patient in eight is unknown there; for one in ten there is somebody of the same family name and birth date.
    """
    connection = queries.connection()
    path.write_bytes(b"".join(_messages(connection)) if connection is not None else b"")


def _messages(connection: Connection) -> Iterator[bytes]:
    rows = Immunization.objects.filter(status="completed").select_related("patient", "recorded_by")
    told = rows.exclude(source__in=("given", "registry")).order_by("patient__mrn", "occurred_at", "id")
    number = 0
    for patient, doses in groupby(told, key=lambda row: row.patient):
        chance = sha256(patient.mrn.encode()).digest()
        if not patient.given or chance[0] % 8 == 0:
            continue
        number += 1
        yield _update(connection, patient, list(doses), chance, number)
        if chance[1] % 10 == 0:
            yield _namesake(connection, patient, chance, number)


def _update(connection: Connection, patient: Patient, rows: list[Immunization], chance: bytes, number: int) -> bytes:
    doses = [_dose(row, connection, chance[at % 32]) for at, row in enumerate(rows) if chance[at % 32] % 10]
    last = clock.now().astimezone(timezone.get_default_timezone()).date()
    autumn = date(last.year - 1 - chance[2] % 2, 10, 1 + chance[3] % 28)
    if patient.birth_date < autumn - timedelta(200):
        doses.append(hl7v2.Dose(_FLU, autumn, f"flu-{patient.mrn}", "PHARMACY", source="01"))
    person = replace(build.person(patient, connection), identifiers=(hl7v2.Identifier(f"E{patient.mrn}", "ELSEWHERE"),))
    return _written(connection, person, doses, f"ELSE-{number}")


def _dose(row: Immunization, connection: Connection, chance: int) -> hl7v2.Dose:
    """A dose as another clinic tells it; now and then under the day on which it was entered."""
    dose = replace(build.dose(row, connection, "A"), authority="ELSEWHERE", source="01", entered_by=None)
    if chance % 10 == 1 and dose.given_on is not None and row.patient.birth_date < dose.given_on:
        return replace(dose, given_on=dose.given_on + timedelta(1))
    return dose


def _namesake(connection: Connection, patient: Patient, chance: bytes, number: int) -> bytes:
    person = build.person(patient, connection)
    letter = patient.given[:2]
    given = next((one for one in _NAMESAKES.get(person.sex, ()) if one.startswith(letter)), f"{letter}lin")
    other = hl7v2.Person(
        (hl7v2.Identifier(f"N{patient.mrn}", "ELSEWHERE"),),
        hl7v2.Name(patient.family, given),
        patient.birth_date,
        person.sex,
        address=hl7v2.Address("9 River Road", "", "Harlan Grove", patient.state or "IL", "", "USA"),
    )
    day = min(patient.birth_date + timedelta(1), clock.now().date())
    dose = hl7v2.Dose(
        hl7v2.Coded("08", "Hep B, adolescent or pediatric", "CVX"), day, f"n-{patient.mrn}", "ELSEWHERE", "01"
    )
    return _written(connection, other, [dose], f"NAME-{number}")


def _written(connection: Connection, person: hl7v2.Person, doses: list[hl7v2.Dose], control: str) -> bytes:
    header = replace(build.header(connection, control, clock.now()), sending_facility="ELSEWHERE", processing="T")
    if not doses:
        return b""
    try:
        return hl7v2.write_vxu(hl7v2.VaccineUpdate(header, person, tuple(doses)))
    except hl7v2.Hl7Error:
        return b""  # somebody whom no clinic could tell of
