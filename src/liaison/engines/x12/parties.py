"""People and organizations as the transactions name them, and their segments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from liaison.engines.x12.loops import Loop
from liaison.engines.x12.segments import Segment
from liaison.engines.x12.values import d8, digits, ident, parse_date, text


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; `postal_code` in digits (a billing provider needs all nine)."""

    line1: str
    city: str
    state: str
    postal_code: str
    line2: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """Submitter, receiver or payer. `id` is the number that the two partners agreed on."""

    name: str
    id: str
    contact: str = ""
    phone: str = ""
    email: str = ""
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider: a person where `first_name` is set, else an organization. `tax_id` in digits, EIN unless said.

    `other_ids` are numbers with their kind: 0B state license, G2 the payer's own, LU location, 1G UPIN.
    """

    name: str
    npi: str = ""
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    taxonomy: str = ""
    tax_id: str = ""
    tax_id_kind: str = "EI"
    address: Address | None = None
    phone: str = ""
    other_ids: tuple[tuple[str, str], ...] = ()

    @property
    def is_person(self) -> bool:
        return bool(self.first_name)


@dataclass(frozen=True, slots=True)
class Person:
    """A patient or subscriber. `sex` as X12 writes it: F, M or U. An employer who insures is an organization."""

    last_name: str
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    birth_date: date | None = None
    sex: str = "U"
    address: Address | None = None
    is_organization: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """A number (REF): `kind` is REF01 (18 plan, 6P group, 1L policy, F8 original claim, G1 authorization)."""

    kind: str
    value: str
    description: str = ""


OTHER_IDS = ("0B", "1G", "G2", "LU")


def write_person(entity: str, person: Person, loop: str, id_kind: str = "", id: str = "") -> list[list[str]]:
    """NM1, N3, N4 and DMG of a person."""
    name = [
        "NM1", entity, "2" if person.is_organization else "1",
        text(person.last_name, 60, f"NM103 of loop {loop}", required=True), text(person.first_name, 35, "NM104"),
        text(person.middle_name, 25, "NM105"), "", text(person.suffix, 10, "NM107"), id_kind if id else "", id,
    ]  # fmt: skip
    out = [name, *write_address(person.address, loop)]
    if person.birth_date is not None:
        out.append(["DMG", "D8", d8(person.birth_date), person.sex])
    return out


def read_person(loop: Loop) -> Person:
    """The person of a loop with NM1, N3, N4 and DMG; a date of birth that is none is left out."""
    name, facts = loop.first("NM1"), loop.first("DMG")
    return Person(
        last_name=name.get(3),
        first_name=name.get(4),
        middle_name=name.get(5),
        suffix=name.get(7),
        birth_date=parse_date(facts.get(2)),
        sex=facts.get(3) or "U",
        address=read_address(loop),
        is_organization=name.get(2) == "2",
    )


def write_provider(entity: str, provider: Provider, loop: str) -> list[str]:
    """The NM1 of a provider, with the NPI where there is one."""
    npi = ident(provider.npi, 80, f"NM109 of loop {loop}", required=False)
    return [
        "NM1", entity, "1" if provider.is_person else "2",
        text(provider.name, 60, f"NM103 of loop {loop}", required=True), text(provider.first_name, 35, "NM104"),
        text(provider.middle_name, 25, "NM105"), "", text(provider.suffix, 10, "NM107"), "XX" if npi else "", npi,
    ]  # fmt: skip


def write_other_ids(provider: Provider, loop: str) -> list[list[str]]:
    """The REFs of a provider's other numbers."""
    return [["REF", kind, ident(number, 50, f"REF02 of loop {loop}")] for kind, number in provider.other_ids]


def read_provider(loop: Loop) -> Provider:
    """The provider of a loop; NM109 is the NPI where NM108 says so (XX)."""
    name = loop.first("NM1")
    tax = next(loop.all("REF", "EI", "SY"), None)
    return Provider(
        name=name.get(3),
        npi=name.get(9) if name.get(8) == "XX" else "",
        first_name=name.get(4),
        middle_name=name.get(5),
        suffix=name.get(7),
        taxonomy=loop.first("PRV").get(3),
        tax_id=tax.get(2) if tax else "",
        tax_id_kind=tax.get(1) if tax else "EI",
        address=read_address(loop),
        phone=read_contact(loop.first("PER"))[1],
        other_ids=tuple((one.get(1), one.get(2)) for one in loop.all("REF", *OTHER_IDS)),
    )


def write_address(address: Address | None, loop: str) -> list[list[str]]:
    """N3 and N4; nothing where there is no address. Raises `X12Error` where street, city or state is missing."""
    if address is None:
        return []
    return [
        ["N3", text(address.line1, 55, f"N301 of loop {loop}", required=True), text(address.line2, 55, "N302")],
        ["N4", text(address.city, 30, f"N401 of loop {loop}", required=True),
         ident(address.state, 2, "N402", required=not address.country),
         digits(address.postal_code) if not address.country else text(address.postal_code, 15, "N403"),
         ident(address.country, 3, "N404", required=False)],
    ]  # fmt: skip


def read_address(loop: Loop) -> Address | None:
    """N3 and N4 of a loop; None where both are empty."""
    street, city = loop.first("N3"), loop.first("N4")
    if not street.get(1) and not city.get(1):
        return None
    return Address(street.get(1), city.get(1), city.get(2), city.get(3), street.get(2), city.get(4))


def write_contact(function: str, name: str, phone: str, email: str = "") -> list[str]:
    """A PER segment; telephone in digits."""
    out = ["PER", function, text(name, 60, "PER02")]
    if digits(phone):
        out += ["TE", digits(phone)]
    if email:
        out += ["EM", ident(email, 256, "PER04")]
    return out


def read_contact(segment: Segment) -> tuple[str, str, str]:
    """Name, telephone and e-mail of a PER segment."""
    found = {segment.get(at): segment.get(at + 1) for at in (3, 5, 7)}
    return segment.get(2), found.get("TE", ""), found.get("EM", "")


def read_references(loop: Loop, *but: str) -> Iterator[Reference]:
    """The numbers (REF) of a loop, but for these kinds."""
    for segment in loop.all("REF"):
        if segment.get(2) and segment.get(1) not in but:
            yield Reference(segment.get(1), segment.get(2), segment.get(3))


def write_references(references: Sequence[Reference]) -> list[list[str]]:
    """A REF for each number."""
    return [
        ["REF", ident(each.kind, 3, "REF01"), ident(each.value, 50, "REF02"), text(each.description, 80, "REF03")]
        for each in references
    ]
