"""What a practice asks a payer, and what comes back: the parts that 270/271, 276/277 and 278 share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date

from liaison.engines.x12.claim_documents import Subscriber
from liaison.engines.x12.envelope import Envelope, Transaction
from liaison.engines.x12.errors import X12Error
from liaison.engines.x12.loops import Loop
from liaison.engines.x12.parties import Party, Person, Provider, read_contact, write_provider
from liaison.engines.x12.segments import Segment
from liaison.engines.x12.values import d8, digits, ident, parse_date, text
from liaison.engines.x12.words import FOLLOW_UPS, REJECTIONS, says

_NOTHING = Segment(["NM1"])


@dataclass(frozen=True, slots=True)
class Period:
    """A day, or the days from `begin` to `end`; `kind` is DTP01 (346 plan begins, 291 plan, 472 service)."""

    kind: str
    begin: date
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a payer did not answer (AAA). `where`: request, payer, provider, subscriber, dependent, event or service.

    `code` is AAA03, `follow_up` AAA04; `valid` says that nothing was wrong with the question itself.
    """

    code: str
    where: str
    follow_up: str = "N"
    valid: bool = False

    @property
    def says(self) -> str:
        return says(REJECTIONS, self.code)

    @property
    def advice(self) -> str:
        return says(FOLLOW_UPS, self.follow_up)

    @property
    def may_ask_again(self) -> bool:
        """Whether the same question, sent later, may be answered."""
        return self.follow_up in ("P", "R", "W", "X")


def read_rejections(loop: Loop | None, where: str) -> Iterator[Rejection]:
    """The AAA of a loop, each said of `where`."""
    for segment in loop.all("AAA") if loop else ():
        yield Rejection(segment.get(3), where, segment.get(4), segment.get(1) == "Y")


def write_rejections(rejections: Sequence[Rejection], where: str) -> list[list[str]]:
    """An AAA for each rejection of `where`."""
    return [
        ["AAA", "Y" if each.valid else "N", "", ident(each.code, 2, "AAA03"), ident(each.follow_up, 1, "AAA04")]
        for each in rejections
        if each.where == where
    ]


def read_periods(loop: Loop) -> Iterator[Period]:
    """The days of a loop; what is no day is left out (`check` names it)."""
    for segment in loop.all("DTP"):
        first, _, last = segment.get(3).partition("-")
        begin = parse_date(first[:8])
        if begin is not None:
            yield Period(segment.get(1), begin, parse_date(last[:8]))


def first_period(loop: Loop, *kinds: str) -> Period | None:
    """The first day or days of one of these kinds (DTP01)."""
    return next((period for period in read_periods(loop) if period.kind in kinds), None)


def write_period(kind: str, begin: date, end: date | None = None) -> list[str]:
    """A DTP: one day as D8, from one to another as RD8."""
    days = ["D8", d8(begin)] if end is None else ["RD8", f"{d8(begin)}-{d8(end)}"]
    return ["DTP", ident(kind, 3, "DTP01"), *days]


def write_payer(entity: str, payer: Party) -> list[str]:
    """The NM1 of a payer, by its payer id (PI)."""
    name = text(payer.name, 60, "NM103 of the payer", required=True)
    return ["NM1", entity, "2", name, *[""] * 4, "PI", ident(payer.id, 80, "NM109 of the payer")]


def read_payer(loop: Loop | None) -> Party:
    """A payer with its contact; an empty one where the loop is missing."""
    name = loop.first("NM1") if loop else _NOTHING
    contact, phone, email = read_contact(loop.first("PER")) if loop else ("", "", "")
    return Party(name.get(3), name.get(9), contact, phone, email)


def write_asker(entity: str, provider: Provider, where: str) -> list[str]:
    """The provider who asks; a question needs its NPI."""
    if not provider.npi:
        raise X12Error("npi", "The provider who asks needs an NPI.", loop=where, element="NM109")
    return write_provider(entity, provider, where)


def write_insured(subscriber: Subscriber, patient: Person | None, loop: str) -> list[str]:
    """The NM1 of the subscriber. Only that of a dependent may go without a member number."""
    person = subscriber.person
    number = ident(subscriber.member_id, 80, f"NM109 of loop {loop}", required=patient is None)
    return [
        "NM1", "IL", "1", text(person.last_name, 60, f"NM103 of loop {loop}", required=True),
        text(person.first_name, 35, "NM104"), text(person.middle_name, 25, "NM105"), "",
        text(person.suffix, 10, "NM107"), "MI" if number else "", number,
    ]  # fmt: skip


def write_beginning(structure: str, purpose: str, reference: str, envelope: Envelope, kind: str = "") -> list[str]:
    """The BHT: BHT01, BHT02 and BHT03, when the file was made (UTC), BHT06."""
    created = envelope.created.astimezone(UTC)
    return ["BHT", structure, purpose, ident(reference, 50, "BHT03"), d8(created), f"{created:%H%M%S}", kind]


def origin_of(provider: Provider) -> str:
    """Whose number a trace is (TRN03, ten characters): 1 and the tax number, else 9 and most of the NPI."""
    tax = digits(provider.tax_id)
    return f"1{tax}" if len(tax) == 9 else f"9{digits(provider.npi)[-9:]:0>9}"


def traces_of(*loops: Loop | None) -> tuple[str, ...]:
    """Our own numbers of the question as they came back (TRN01 2), innermost first."""
    return tuple(segment.get(2) for loop in loops if loop for segment in loop.all("TRN", "2") if segment.get(2))


def refuse_purpose(transaction: Transaction, root: Loop, *purposes: str) -> None:
    """A request where an answer is expected, or the other way round."""
    if root.first("BHT").get(2) not in purposes:
        message = f"Another kind of {transaction.set_id} is expected here."
        raise X12Error("wrong-transaction", message, segment_number=transaction.header.number, element="BHT02")
