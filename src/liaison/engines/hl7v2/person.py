"""PID, PD1 and NK1: the patient and next of kin."""

from __future__ import annotations

from collections.abc import Sequence

from liaison.engines.hl7v2.countries import THREE, TWO
from liaison.engines.hl7v2.escapes import escape
from liaison.engines.hl7v2.parties import (
    Name,
    Person,
    Relative,
    Telecom,
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
from liaison.engines.hl7v2.segments import Composite, Segment, composite, segment
from liaison.engines.hl7v2.tables import ETHNICITY, PUBLICITY, RACE, RELATIONSHIP
from liaison.engines.hl7v2.values import date_text


def write_pid(person: Person) -> str:
    """PID-1 to PID-30, as CDC release 1.5 table 4-9 has them."""
    numbers = "~".join(
        composite(
            limited(one.value, 15 if one.kind == "SS" else 199, "PID", 3, 1), "", "", escape(one.authority), one.kind
        )
        for one in person.identifiers
    )
    names = write_name(person.name)
    if person.alias is not None:
        names += "~" + write_name(person.alias)
    maiden = ""
    if person.maiden_name:
        maiden = write_name(Name(person.maiden_name, person.mother_given, kind="M"), "PID", 6)
    addresses = [write_address(person.address)] if person.address is not None else []
    if person.birth_country:
        addresses.append(composite("", "", "", "", "", THREE.get(person.birth_country, person.birth_country), "BDL"))
    died = date_text(person.died_on)
    return segment(
        "PID", "1", "", numbers, "", names, maiden, date_text(person.birth_date), person.sex, "",
        "~".join(composite(code, RACE.get(code, ""), "CDCREC") for code in person.races),
        "~".join(addresses), "",
        "~".join(map(write_telecom, person.phones)), "",
        composite(escape(person.language), "", "ISO6392") if person.language else "",
        "", "", "", "", "", "",
        composite(person.ethnicity, ETHNICITY.get(person.ethnicity, ""), "CDCREC") if person.ethnicity else "",
        "",
        "" if person.multiple_birth is None else "Y" if person.multiple_birth else "N",
        str(person.birth_order) if person.birth_order and person.multiple_birth else "",
        "", "", "",
        died,
        "Y" if died else "",
    )  # fmt: skip


def write_pd1(person: Person) -> str:
    """PD1-11 to PD1-18; empty where nothing of it is known."""
    if not (person.publicity or person.protection or person.status):
        return ""
    publicity = composite(person.publicity, PUBLICITY.get(person.publicity, ""), "HL70215") if person.publicity else ""
    return segment(
        "PD1", *[""] * 10, publicity, person.protection, date_text(person.protection_on), "", "", person.status,
        date_text(person.status_on), date_text(person.publicity_on),
    )  # fmt: skip


def write_nk1(number: int, relative: Relative) -> str:
    """NK1-1 to NK1-5."""
    return segment(
        "NK1",
        str(number),
        write_name(relative.name, "NK1", 2),
        composite(relative.relationship, RELATIONSHIP.get(relative.relationship, ""), "HL70063"),
        write_address(relative.address, "NK1", 4) if relative.address is not None else "",
        write_telecom(relative.phone) if relative.phone is not None else "",
    )


def read_person(pid: Segment, pd1: Segment | None = None) -> Person:
    """The patient of a PID and the PD1 after it. Never raises: `check` tells what is wrong with it."""
    names = pid.repeats(5)
    addresses = [read_address(one) for one in pid.repeats(11)]
    born_at = next((one.country for one in addresses if one.kind == "BDL"), "")
    homes = [one for one in addresses if one.kind != "BDL"]
    maiden = first(pid, 6)
    order = pid.text(25)
    settings = pd1 or Segment("PD1")
    return Person(
        identifiers=read_identifiers(pid, 3),
        name=_legal(names),
        birth_date=day_or_none(pid, 7),
        sex=pid.text(8).upper()[:1],
        maiden_name=maiden.text(1) if maiden else "",
        mother_given=maiden.text(2) if maiden else "",
        alias=next((read_name(one) for one in names if one.text(7) == "A"), None),
        races=tuple(code for one in pid.repeats(10) if (code := one.text(1))),
        ethnicity=pid.text(22),
        address=homes[0] if homes else None,
        birth_country=TWO.get(born_at.upper(), born_at),
        phones=tuple(_telecoms(pid)),
        language=pid.text(15),
        multiple_birth={"Y": True, "N": False}.get(pid.text(24)),
        birth_order=int(order) if len(order) < 3 and order.isascii() and order.isdigit() else None,
        died_on=day_or_none(pid, 29),
        publicity=settings.text(11),
        protection=settings.text(12),
        protection_on=day_or_none(settings, 13),
        status=settings.text(16),
        status_on=day_or_none(settings, 17),
        publicity_on=day_or_none(settings, 18),
    )


def _legal(names: Sequence[Composite]) -> Name:
    legal = next((one for one in names if one.text(7) in ("L", "")), names[0] if names else None)
    return read_name(legal)


def _telecoms(pid: Segment) -> list[Telecom]:
    found = [read_telecom(one) for one in pid.repeats(13)]
    return [one for one in found if one.number or one.email]


def read_relatives(segments: Sequence[Segment]) -> tuple[Relative, ...]:
    """Every NK1 that has a name."""
    return tuple(
        Relative(
            name,
            one.text(3) or "OTH",
            next((read_address(part) for part in one.repeats(4)), None),
            next((read_telecom(part) for part in one.repeats(5)), None),
        )
        for one in segments
        if one.id == "NK1" and (name := read_name(first(one, 2))).family
    )
