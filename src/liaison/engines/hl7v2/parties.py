"""The people and places that messages speak of: XPN, XAD, XTN, CX, XCN, CE as plain data, read and written."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from liaison.engines.hl7v2.errors import Hl7Error
from liaison.engines.hl7v2.escapes import escape
from liaison.engines.hl7v2.segments import STANDARD, Composite, Segment, composite
from liaison.engines.hl7v2.values import cvx_of, read_date

T = TypeVar("T")

# What is longer is no code, and is not remembered
_LONGEST_REMEMBERED = 200


@dataclass(frozen=True, slots=True)
class Coded:
    """A code with its text and system, and the same thing in another system (CE)."""

    code: str = ""
    text: str = ""
    system: str = ""
    other_code: str = ""
    other_text: str = ""
    other_system: str = ""

    def in_system(self, system: str) -> str:
        """The code in one of the two systems, wherever it stands."""
        if self.system.upper() == system:
            return self.code
        return self.other_code if self.other_system.upper() == system else ""

    @property
    def cvx(self) -> str:
        """A vaccine's CVX in the CDC's spelling, from whichever of the two codes it is; empty when neither."""
        return cvx_of(self.in_system("CVX") or self.in_system("HL70292"))


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name (XPN). `kind`: L legal, M maiden, A alias, ..."""

    family: str = ""
    given: str = ""
    middle: str = ""
    suffix: str = ""
    prefix: str = ""
    kind: str = "L"


@dataclass(frozen=True, slots=True)
class Address:
    """An address (XAD). `country` in three letters; `kind`: P permanent, H home, L legal, BDL where born."""

    line: str = ""
    other: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    kind: str = "P"


@dataclass(frozen=True, slots=True)
class Telecom:
    """A telephone number of ten digits, or an e-mail address. `use`: PRN primary, WPN work, ORN other, NET e-mail."""

    area: str = ""
    number: str = ""
    use: str = "PRN"
    equipment: str = "PH"
    country: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number of a person with who gave it. `kind`: MR the practice's, SR the state registry's, SS, MA, PI ..."""

    value: str
    authority: str = ""
    kind: str = "MR"


@dataclass(frozen=True, slots=True)
class Clinician:
    """Somebody who acted. `authority` tells whose `id` it is: NPI's OID or name, or the practice's own."""

    id: str = ""
    family: str = ""
    given: str = ""
    authority: str = ""
    kind: str = ""
    degree: str = ""


@dataclass(frozen=True, slots=True)
class Relative:
    """Next of kin (NK1). `relationship` is of HL7 table 0063."""

    name: Name
    relationship: str = "OTH"
    address: Address | None = None
    phone: Telecom | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """The patient (PID, PD1). `sex` F, M, U, X; `races`, `ethnicity` of CDCREC; `protection` Y keeps from sharing."""

    identifiers: tuple[Identifier, ...]
    name: Name
    birth_date: datetime.date | None = None
    sex: str = ""
    maiden_name: str = ""
    mother_given: str = ""
    alias: Name | None = None
    races: tuple[str, ...] = ()
    ethnicity: str = ""
    address: Address | None = None
    birth_country: str = ""
    phones: tuple[Telecom, ...] = ()
    language: str = ""
    multiple_birth: bool | None = None
    birth_order: int | None = None
    died_on: datetime.date | None = None
    publicity: str = ""
    publicity_on: datetime.date | None = None
    protection: str = ""
    protection_on: datetime.date | None = None
    status: str = ""
    status_on: datetime.date | None = None

    def number(self, kind: str, authority: str = "") -> str:
        """The first of the identifiers of a kind."""
        for one in self.identifiers:
            if one.kind == kind and (not authority or one.authority == authority):
                return one.value
        return ""


def limited(text: str, length: int, segment: str, field: int, component: int = 0) -> str:
    """A text escaped, which must not be longer than its field allows. Raises `Hl7Error`: nothing is cut in silence."""
    if len(text) > length:
        message = f"It must not be longer than {length} characters."
        raise Hl7Error("too-long", message, segment=segment, sequence=1, field=field, component=component)
    return escape(text)


def write_name(name: Name, segment: str = "PID", field: int = 5) -> str:
    """XPN, as FN 50, given 30, second 30, suffix and prefix 20 characters."""
    return composite(
        limited(name.family, 50, segment, field, 1),
        limited(name.given, 30, segment, field, 2),
        limited(name.middle, 30, segment, field, 3),
        limited(name.suffix, 20, segment, field, 4),
        limited(name.prefix, 20, segment, field, 5),
        "",
        name.kind,
    )


def write_address(address: Address, segment: str = "PID", field: int = 11) -> str:
    """XAD."""
    return composite(
        limited(address.line, 120, segment, field, 1),
        limited(address.other, 120, segment, field, 2),
        limited(address.city, 50, segment, field, 3),
        limited(address.state, 50, segment, field, 4),
        limited(address.postal_code, 12, segment, field, 5),
        address.country,
        address.kind,
    )


def write_telecom(telecom: Telecom) -> str:
    """XTN."""
    if telecom.email:
        return composite("", "NET", "X.400" if "@" not in telecom.email else "", escape(telecom.email))
    return composite("", telecom.use, telecom.equipment, "", telecom.country, telecom.area, telecom.number)


def write_clinician(person: Clinician | None, segment: str, field: int) -> str:
    """XCN: number, name, degree in XCN.21 as the guide has it."""
    if person is None or not (person.id or person.family):
        return ""
    return composite(
        limited(person.id, 15, segment, field, 1),
        limited(person.family, 50, segment, field, 2),
        limited(person.given, 30, segment, field, 3),
        "", "", "", "", "",
        escape(person.authority),
        "L" if person.family else "",
        "", "",
        person.kind,
        "", "", "", "", "", "", "",
        escape(person.degree),
    )  # fmt: skip


def write_coded(coded: Coded) -> str:
    """CE."""
    return composite(
        escape(coded.code), escape(coded.text[:199]), coded.system,
        escape(coded.other_code), escape(coded.other_text[:199]), coded.other_system,
    )  # fmt: skip


def read_coded(part: Composite | None) -> Coded:
    """CE or CWE; an empty one where there is none."""
    if part is None:
        return Coded()
    text = part.text
    if len(part.parts) < 4:
        return Coded(text(1), text(2), text(3))
    return Coded(text(1), text(2), text(3), text(4), text(5), text(6))


def coded(segment: Segment, number: int) -> Coded:
    """The first repetition of a field as CE or CWE. A few hundred make up most of an answer: each is read once."""
    raw = segment.field(number)
    if not raw:
        return _NO_CODE
    if segment.delimiters is STANDARD and len(raw) <= _LONGEST_REMEMBERED and "~" not in raw:
        return _coded(raw)
    return read_coded(first(segment, number))


_NO_CODE = Coded()


@lru_cache(maxsize=4096)
def _coded(raw: str) -> Coded:
    return read_coded(Composite(raw, STANDARD))


def first(segment: Segment, number: int) -> Composite | None:
    """The first repetition of a field."""
    repeats = segment.repeats(number)
    return repeats[0] if repeats else None


def read_name(part: Composite | None) -> Name:
    """XPN; an empty one where there is none."""
    if part is None:
        return Name()
    text = part.text
    return Name(text(1), text(2), text(3), text(4), text(5), text(7) or "L")


def read_address(part: Composite) -> Address:
    """XAD."""
    text = part.text
    return Address(text(1), text(2), text(3), text(4), text(5), text(6), text(7))


def read_telecom(part: Composite) -> Telecom:
    """XTN, in pieces or, as old messages have it, in its first component."""
    text = part.text
    use = text(2) or "PRN"
    if use == "NET" or text(4):
        return Telecom(use="NET", equipment="", email=text(4))
    area, number = text(6), text(7)
    if not number:
        digits = "".join(filter(str.isdigit, text(1) or text(12)))[-10:]
        area, number = (digits[:3], digits[3:]) if len(digits) == 10 else ("", digits)
    return Telecom(area, number, use, text(3) or "PH", text(5))


def read_identifiers(segment: Segment, number: int) -> tuple[Identifier, ...]:
    """CX, each repetition."""
    return tuple(
        Identifier(part.text(1), part.text(4) or part.text(4, 2), part.text(5))
        for part in segment.repeats(number)
        if part.text(1)
    )


def read_clinician(segment: Segment, number: int) -> Clinician | None:
    """XCN; None where there is none."""
    raw = segment.field(number)
    if not raw:
        return None
    if segment.delimiters is STANDARD and len(raw) <= _LONGEST_REMEMBERED and "~" not in raw:
        return _clinician(raw)
    return _clinician_of(first(segment, number))


@lru_cache(maxsize=1024)
def _clinician(raw: str) -> Clinician | None:
    return _clinician_of(Composite(raw, STANDARD))


def _clinician_of(part: Composite | None) -> Clinician | None:
    if part is None or not (part.text(1) or part.text(2)):
        return None
    text = part.text
    return Clinician(text(1), text(2), text(3), text(9), text(13), text(21) or text(7))


def day(segment: Segment, number: int) -> datetime.date | None:
    """A field's day. Raises `Hl7Error` where it is none."""
    try:
        return read_date(segment.text(number))
    except ValueError:
        raise segment.fault("date", "It is not a day that the calendar knows.", number) from None


def day_or_none(segment: Segment, number: int) -> datetime.date | None:
    """A field's day, where it is one."""
    try:
        return read_date(segment.text(number))
    except ValueError:
        return None
