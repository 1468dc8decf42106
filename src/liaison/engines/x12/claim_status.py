"""Claim status, ASC X12N 005010X212: the question (276) and the answer (277) as documents, bytes and back."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from liaison.engines.x12.acks import Status, read_party, read_statuses
from liaison.engines.x12.check import read_documents
from liaison.engines.x12.claim_documents import Subscriber
from liaison.engines.x12.envelope import Envelope, Transaction, wrap
from liaison.engines.x12.errors import X12Error
from liaison.engines.x12.inquiries import (
    first_period,
    read_payer,
    traces_of,
    write_asker,
    write_beginning,
    write_insured,
    write_payer,
    write_period,
)
from liaison.engines.x12.loops import Loop
from liaison.engines.x12.parties import Party, Person, Provider, read_person, read_provider, write_person
from liaison.engines.x12.values import (
    d8,
    ident,
    lenient_money,
    lenient_quantity,
    money,
    parse_date,
    quantity,
    read_modifiers,
    text,
    write_procedure,
)

VERSION = "005010X212"
_SERVICE = "472"


@dataclass(frozen=True, slots=True)
class StatusInquiry:
    """What has become of a claim? `trace` is ours and comes back; `receiver` is who asks, as in the claim's file.

    `control_number` is the claim's (CLM01), `payer_claim_number` the payer's, where it gave one. Days of service and
    charge help the payer to find it.
    """

    trace: str
    payer: Party
    receiver: Party
    provider: Provider
    subscriber: Subscriber
    patient: Person | None = None
    control_number: str = ""
    payer_claim_number: str = ""
    charge_cents: int | None = None
    service_date: datetime.date | None = None
    service_end: datetime.date | None = None
    envelope: Envelope | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class StatusDetail:
    """One STC: up to three statuses of a day, with what was paid by then, when and by which check or transfer."""

    statuses: tuple[Status, ...]
    effective: datetime.date | None = None
    charge_cents: int | None = None
    paid_cents: int | None = None
    finalized: datetime.date | None = None
    issued: datetime.date | None = None
    check_number: str = ""


@dataclass(frozen=True, slots=True)
class LineStatus:
    """The status of a service line; `control` is the line's number (REF FJ)."""

    procedure: str
    charge_cents: int | None
    paid_cents: int | None
    details: tuple[StatusDetail, ...]
    modifiers: tuple[str, ...] = ()
    control: str = ""
    service_date: datetime.date | None = None
    units: Decimal | int = 1


@dataclass(frozen=True, slots=True)
class ClaimStatus:
    """What a payer says of one claim, the latest detail first; `trace` is that of the question.

    Where the payer refused before it came to a claim, `subscriber` is None and `details` say why.
    """

    trace: str
    payer: Party
    receiver: Party
    provider: Provider
    subscriber: Subscriber | None
    details: tuple[StatusDetail, ...]
    patient: Person | None = None
    control_number: str = ""
    payer_claim_number: str = ""
    service_date: datetime.date | None = None
    service_end: datetime.date | None = None
    lines: tuple[LineStatus, ...] = ()
    reference: str = ""
    envelope: Envelope | None = field(default=None, compare=False)

    @property
    def latest(self) -> StatusDetail:
        return self.details[0] if self.details else StatusDetail(())

    @property
    def statuses(self) -> tuple[Status, ...]:
        return self.latest.statuses

    @property
    def category(self) -> str:
        """The first category: A received, P pending, F finished, R asked for facts, E or D not answered."""
        return self.statuses[0].category if self.statuses else ""

    @property
    def is_finished(self) -> bool:
        return self.category.startswith("F")

    @property
    def is_refused(self) -> bool:
        """Whether the payer did not answer the question, or has no such claim."""
        return self.category[:1] in ("E", "D") or self.category == "A4"


def write_276(inquiries: StatusInquiry | Sequence[StatusInquiry], envelope: Envelope) -> bytes:
    """One interchange with a transaction set for each question."""
    every = [inquiries] if isinstance(inquiries, StatusInquiry) else list(inquiries)
    return wrap(envelope, "HR", "276", VERSION, [_write_inquiry(inquiry, envelope) for inquiry in every])


def _write_inquiry(inquiry: StatusInquiry, envelope: Envelope) -> list[list[str]]:
    about = inquiry
    out = _write_levels("13", about.trace, about.payer, about.receiver, about.provider, envelope)
    out += _write_people(about.subscriber, about.patient, "2100D", "2100E")
    out.append(["TRN", "1", ident(about.trace, 50, "TRN02")])
    out += _write_numbers(about.payer_claim_number, about.control_number)
    if about.charge_cents is not None:
        out.append(["AMT", "T3", money(about.charge_cents)])
    if about.service_date:
        out.append(write_period(_SERVICE, about.service_date, about.service_end))
    return out


def _write_levels(
    purpose: str, reference: str, payer: Party, receiver: Party, provider: Provider, envelope: Envelope
) -> list[list[str]]:
    return [
        write_beginning("0010", purpose, reference, envelope, "DG" if purpose == "08" else ""),
        ["HL", "1", "", "20", "1"],
        write_payer("PR", payer),
        ["HL", "2", "1", "21", "1"],
        ["NM1", "41", "2", text(receiver.name, 60, "NM103 of loop 2100B", required=True), *[""] * 4, "46",
         ident(receiver.id, 80, "NM109 of loop 2100B")],
        ["HL", "3", "2", "19", "1"],
        write_asker("1P", provider, "2100C"),
    ]  # fmt: skip


def _write_people(subscriber: Subscriber, patient: Person | None, loop: str, inner: str) -> list[list[str]]:
    """The levels of subscriber and dependent; the date of birth stands before the name, without an address."""
    out = [["HL", "4", "3", "22", "1" if patient else "0"]]
    if patient is None:
        out += _birth("IL", subscriber.person, loop)
    out.append(write_insured(subscriber, None, loop))
    if patient:
        out += [["HL", "5", "4", "23", "0"], *_birth("QC", patient, inner)]
        out.append(write_person("QC", patient, inner)[0])
    return out


def _birth(entity: str, person: Person, loop: str) -> list[list[str]]:
    return [segment for segment in write_person(entity, person, loop) if segment[0] == "DMG"]


def _write_numbers(payer_claim_number: str, control_number: str) -> list[list[str]]:
    numbers = (("1K", payer_claim_number), ("EJ", control_number))
    return [["REF", kind, ident(value, 50, f"REF02 ({kind})")] for kind, value in numbers if value]


def read_276(source: bytes, *, strict: bool = True) -> list[StatusInquiry]:
    """Every question of a file, one for each claim asked about."""
    return [
        StatusInquiry(
            trace=claim.first("TRN").get(2),
            payer=read_payer(levels[0].child("2100A")),
            receiver=read_party(levels[1].child("2100B")),
            provider=_read_provider(levels[2]),
            subscriber=_read_holder(levels[3]),
            patient=_read_patient(levels[4]) if len(levels) > 4 else None,
            control_number=claim.ref("EJ"),
            payer_claim_number=claim.ref("1K"),
            charge_cents=lenient_money(claim.first("AMT", "T3").get(2)),
            service_date=day.begin if (day := first_period(claim, _SERVICE)) else None,
            service_end=day.end if day else None,
            envelope=transaction.envelope,
        )
        for transaction, root in read_documents(source, "X212", "276", strict=strict)
        for levels, claim in _claims(root)
    ]


def _claims(root: Loop) -> Iterator[tuple[list[Loop], Loop]]:
    """Each claim of a question or answer with the levels above it: payer, receiver, provider, subscriber, dependent."""
    for payer in root.children("2000A"):
        for receiver in payer.children("2000B"):
            for provider in receiver.children("2000C"):
                for holder in provider.children("2000D"):
                    levels = [payer, receiver, provider, holder]
                    yield from ((levels, claim) for claim in holder.children("2200D"))
                    for dependent in holder.children("2000E"):
                        yield from (([*levels, dependent], claim) for claim in dependent.children("2200E"))


def _read_provider(level: Loop | None) -> Provider:
    loop = level.child("2100C") if level else None
    return read_provider(loop) if loop else Provider("")


def _read_holder(level: Loop) -> Subscriber:
    return Subscriber(
        member_id=(level.child("2100D") or level).first("NM1").get(9), person=_read_person(level, "2100D")
    )


def _read_patient(level: Loop) -> Person:
    return _read_person(level, "2100E")


def _read_person(level: Loop, name: str) -> Person:
    """Name from the loop below the level, date of birth from the level itself."""
    person = Loop(level.spec)
    person.segments = [*level.all("DMG"), *(level.child(name) or level).all("NM1")]
    return read_person(person)


def write_277(answers: ClaimStatus | Sequence[ClaimStatus], envelope: Envelope) -> bytes:
    """One interchange with a transaction set for each answer."""
    every = [answers] if isinstance(answers, ClaimStatus) else list(answers)
    return wrap(envelope, "HN", "277", VERSION, [_write_answer(answer, envelope) for answer in every])


def _write_answer(answer: ClaimStatus, envelope: Envelope) -> list[list[str]]:
    about = answer
    out = _write_levels("08", about.reference or about.trace, about.payer, about.receiver, about.provider, envelope)
    trace = ["TRN", "2", ident(about.trace, 50, "TRN02")]
    statuses = [_write_detail(detail) for detail in about.details]
    if not statuses:
        raise X12Error("status", "An answer needs a status.", loop="2200D", element="STC01")
    if about.subscriber is None:
        # The payer refused the provider: nothing stands below.
        out[5][4] = "0"
        return [*out, ["TRN", "2", "0"] if not about.trace else trace, *statuses]
    out += _write_people(about.subscriber, about.patient, "2100D", "2100E")
    out += [trace, *statuses, *_write_numbers(about.payer_claim_number, about.control_number)]
    if about.service_date:
        out.append(write_period(_SERVICE, about.service_date, about.service_end))
    for line in about.lines:
        procedure = write_procedure(line.procedure, line.modifiers)
        amounts = [money(line.charge_cents or 0), money(line.paid_cents or 0)]
        out.append(["SVC", procedure, *amounts, "", "", "", quantity(line.units)])
        out += [_write_detail(detail) for detail in line.details]
        if line.control:
            out.append(["REF", "FJ", ident(line.control, 50, "REF02 (FJ)")])
        if day := line.service_date or about.service_date:
            out.append(write_period(_SERVICE, day))
    return out


def _write_detail(detail: StatusDetail) -> list[str]:
    codes = [":".join(filter(None, (each.category, each.code, each.entity))) for each in detail.statuses]
    if not codes:
        raise X12Error("status", "An answer needs a status.", loop="2200D", element="STC01")
    if detail.effective is None:
        raise X12Error("date", "A status needs the day since when it holds.", loop="2200D", element="STC02")
    amounts = ["" if cents is None else money(cents) for cents in (detail.charge_cents, detail.paid_cents)]
    days = [d8(day) if day else "" for day in (detail.effective, detail.finalized, detail.issued)]
    check = ident(detail.check_number, 16, "STC09", required=False)
    return ["STC", codes[0], days[0], "", *amounts, days[1], "", days[2], check, *codes[1:3]]


def read_277(source: bytes, *, strict: bool = True) -> list[ClaimStatus]:
    """Every answer of a file, one for each claim; and one for each refusal above the claims."""
    return [
        answer
        for transaction, root in read_documents(source, "X212", "277", strict=strict)
        for answer in (*_read_refusals(transaction, root), *_read_answers(transaction, root))
    ]


def _read_answers(transaction: Transaction, root: Loop) -> Iterator[ClaimStatus]:
    for levels, claim in _claims(root):
        day = first_period(claim, _SERVICE)
        yield ClaimStatus(
            trace=claim.first("TRN").get(2),
            payer=read_payer(levels[0].child("2100A")),
            receiver=read_party(levels[1].child("2100B")),
            provider=_read_provider(levels[2]),
            subscriber=_read_holder(levels[3]),
            details=tuple(_read_details(claim)),
            patient=_read_patient(levels[4]) if len(levels) > 4 else None,
            control_number=claim.ref("EJ"),
            payer_claim_number=claim.ref("1K"),
            service_date=day.begin if day else None,
            service_end=day.end if day else None,
            lines=tuple(_read_line(loop) for loop in claim.loops if loop.id[:4] == "2220"),
            reference=root.first("BHT").get(3),
            envelope=transaction.envelope,
        )


def _read_refusals(transaction: Transaction, root: Loop) -> Iterator[ClaimStatus]:
    """What was said of the receiver or a provider as a whole."""
    for payer in root.children("2000A"):
        for receiver in payer.children("2000B"):
            for provider, told in (
                *((None, each) for each in receiver.children("2200B")),
                *((level, each) for level in receiver.children("2000C") for each in level.children("2200C")),
            ):
                traces = traces_of(told)
                yield ClaimStatus(
                    trace=traces[0] if traces else "",
                    payer=read_payer(payer.child("2100A")),
                    receiver=read_party(receiver.child("2100B")),
                    provider=_read_provider(provider),
                    subscriber=None,
                    details=tuple(_read_details(told)),
                    reference=root.first("BHT").get(3),
                    envelope=transaction.envelope,
                )


def _read_line(loop: Loop) -> LineStatus:
    head, day = loop.first("SVC"), first_period(loop, _SERVICE)
    return LineStatus(
        procedure=head.part(1, 2),
        charge_cents=lenient_money(head.get(2)),
        paid_cents=lenient_money(head.get(3)),
        details=tuple(_read_details(loop)),
        modifiers=read_modifiers(head, 1),
        control=loop.ref("FJ"),
        service_date=day.begin if day else None,
        units=lenient_quantity(head.get(7)) or 1,
    )


def _read_details(loop: Loop) -> Iterator[StatusDetail]:
    for segment in loop.all("STC"):
        yield StatusDetail(
            statuses=tuple(read_statuses(segment)),
            effective=parse_date(segment.get(2)),
            charge_cents=lenient_money(segment.get(4)),
            paid_cents=lenient_money(segment.get(5)),
            finalized=parse_date(segment.get(6)),
            issued=parse_date(segment.get(8)),
            check_number=segment.get(9),
        )
