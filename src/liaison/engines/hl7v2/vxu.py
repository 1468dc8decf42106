"""VXU^V04^VXU_V04, profile Z22: a patient's doses for the registry (CDC HL7 2.5.1 release 1.5, chapter 6)."""

from __future__ import annotations

from dataclasses import dataclass

from liaison.engines.hl7v2.doses import Dose
from liaison.engines.hl7v2.errors import Hl7Error
from liaison.engines.hl7v2.groups import groups_of, read_dose
from liaison.engines.hl7v2.header import Header, read_header, write_msh
from liaison.engines.hl7v2.orders import write_order
from liaison.engines.hl7v2.parties import Person, Relative
from liaison.engines.hl7v2.person import read_person, read_relatives, write_nk1, write_pd1, write_pid
from liaison.engines.hl7v2.segments import Message


@dataclass(frozen=True, slots=True)
class VaccineUpdate:
    """What a VXU tells: a patient with next of kin, and doses. `faults` are the doses that could not be read."""

    header: Header
    patient: Person
    doses: tuple[Dose, ...]
    relatives: tuple[Relative, ...] = ()
    faults: tuple[Hl7Error, ...] = ()


def write_vxu(update: VaccineUpdate) -> bytes:
    """The message as bytes (UTF-8, lines ended by CR).

    Raises `Hl7Error`, naming the field, where the guide requires what is not there: the patient's number, name, birth
    date; a dose's number, vaccine and day; the reason of a refusal.
    """
    person = update.patient
    if not person.identifiers or not person.identifiers[0].value:
        raise _missing(3, "The patient needs a number.")
    if not (person.name.family and person.name.given):
        raise _missing(5, "The patient needs a first and a last name.")
    if person.birth_date is None:
        raise _missing(7, "The patient needs a birth date.")
    if not update.doses:
        raise Hl7Error("segment-missing", "There is no dose to tell of.", segment="RXA")
    out = [write_msh(update.header, "VXU^V04^VXU_V04", "Z22", asks=True), write_pid(person), write_pd1(person)]
    out += [write_nk1(number, relative) for number, relative in enumerate(update.relatives, start=1)]
    set_id = 1
    for number, dose in enumerate(update.doses, start=1):
        order, set_id = write_order(dose, number, set_id)
        out.append(order)
    return "".join(out).encode()


def _missing(field: int, message: str) -> Hl7Error:
    return Hl7Error("field-missing", message, segment="PID", sequence=1, field=field)


def read_vxu(message: Message) -> VaccineUpdate:
    """What a VXU tells. A dose that cannot be read is among the `faults`, and the others are read.

    Raises `Hl7Error` where the message is of another kind, or has no patient.
    """
    if message.header.text(9) != "VXU":
        raise message.header.fault("wrong-message", "A VXU is expected here.", 9)
    pid = message.first("PID")
    if pid is None:
        raise Hl7Error("segment-missing", "There is no PID, so nobody knows whose doses these are.", segment="PID")
    doses, faults = [], []
    for group in groups_of(message.segments):
        try:
            doses.append(read_dose(group))
        except Hl7Error as fault:
            faults.append(fault)
    if not doses and not faults:
        faults.append(Hl7Error("segment-missing", "There is no RXA, so there is no dose in it.", segment="RXA"))
    return VaccineUpdate(
        header=read_header(message),
        patient=read_person(pid, message.first("PD1")),
        doses=tuple(doses),
        relatives=read_relatives(message.segments),
        faults=tuple(faults),
    )
