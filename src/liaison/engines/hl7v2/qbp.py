"""QBP^Q11^QBP_Q11: asking a registry for a history (Z34) or an evaluated history with forecast (Z44)."""

from __future__ import annotations

from dataclasses import dataclass

from liaison.engines.hl7v2.errors import Hl7Error
from liaison.engines.hl7v2.escapes import escape
from liaison.engines.hl7v2.header import Header, read_header, write_msh
from liaison.engines.hl7v2.parties import (
    Name,
    Person,
    day_or_none,
    first,
    limited,
    read_address,
    read_identifiers,
    read_name,
    read_telecom,
    write_address,
    write_name,
    write_telecom,
)
from liaison.engines.hl7v2.segments import Message, Segment, composite, segment
from liaison.engines.hl7v2.values import date_text

HISTORY, FORECAST = "Z34", "Z44"
_TITLES = {HISTORY: "Request Immunization History", FORECAST: "Request Evaluated History and Forecast"}


@dataclass(frozen=True, slots=True)
class Query:
    """A question about a patient. `profile` is Z34 or Z44, `tag` comes back in QAK-1."""

    header: Header
    patient: Person
    tag: str
    profile: str = FORECAST
    limit: int = 10


def write_qbp(query: Query) -> bytes:
    """The question as bytes. Raises `Hl7Error` where name, birth date or the question's number is missing."""
    person = query.patient
    if query.profile not in _TITLES:
        raise Hl7Error("code", "A question is Z34 or Z44.", segment="QPD", sequence=1, field=1)
    if not query.tag:
        raise _missing(2, "A question needs a number.")
    if not (person.name.family and person.name.given):
        raise _missing(4, "A question needs a first and a last name.")
    if person.birth_date is None:
        raise _missing(6, "A question needs a birth date.")
    numbers = "~".join(
        composite(limited(one.value, 199, "QPD", 3), "", "", escape(one.authority), one.kind)
        for one in person.identifiers
    )
    maiden = write_name(Name(person.maiden_name, person.mother_given, kind="M"), "QPD", 5) if person.maiden_name else ""
    return "".join(
        (
            write_msh(query.header, "QBP^Q11^QBP_Q11", query.profile, asks=True),
            segment(
                "QPD",
                composite(query.profile, _TITLES[query.profile], "CDCPHINVS"),
                limited(query.tag, 32, "QPD", 2),
                numbers,
                write_name(person.name, "QPD", 4),
                maiden,
                date_text(person.birth_date),
                person.sex,
                write_address(person.address, "QPD", 8) if person.address is not None else "",
                write_telecom(person.phones[0]) if person.phones else "",
                "" if person.multiple_birth is None else "Y" if person.multiple_birth else "N",
                str(person.birth_order) if person.multiple_birth and person.birth_order else "",
            ),
            segment("RCP", "I", f"{query.limit}^RD&Records&HL70126"),
        )
    ).encode()


def _missing(field: int, message: str) -> Hl7Error:
    return Hl7Error("field-missing", message, segment="QPD", sequence=1, field=field)


def asked_of(qpd: Segment) -> Person:
    """The patient that a QPD asks for."""
    maiden, order = first(qpd, 5), qpd.text(11)
    return Person(
        identifiers=read_identifiers(qpd, 3),
        name=read_name(first(qpd, 4)),
        birth_date=day_or_none(qpd, 6),
        sex=qpd.text(7).upper()[:1],
        maiden_name=maiden.text(1) if maiden else "",
        mother_given=maiden.text(2) if maiden else "",
        address=next((read_address(one) for one in qpd.repeats(8)), None),
        phones=tuple(read_telecom(one) for one in qpd.repeats(9)),
        multiple_birth={"Y": True, "N": False}.get(qpd.text(10)),
        birth_order=int(order) if len(order) < 3 and order.isascii() and order.isdigit() else None,
    )


def read_qbp(message: Message) -> Query:
    """The question of a QBP. Raises `Hl7Error` for another kind of message or of question."""
    if message.header.text(9) != "QBP":
        raise message.header.fault("wrong-message", "A QBP is expected here.", 9)
    qpd = message.first("QPD")
    if qpd is None:
        raise Hl7Error("segment-missing", "There is no QPD, so there is no question.", segment="QPD")
    profile = qpd.text(1)
    if profile not in _TITLES:
        raise qpd.fault("code", "Only the questions Z34 and Z44 are known here.", 1, 1)
    wanted = message.get("RCP").text(2)
    return Query(
        header=read_header(message),
        patient=asked_of(qpd),
        tag=qpd.text(2),
        profile=profile,
        limit=int(wanted) if len(wanted) < 5 and wanted.isascii() and wanted.isdigit() else 10,
    )
