"""Acknowledgments: 999 of a file (005010X231A1) and 277CA of its claims (005010X214)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from liaison.engines.x12.check import read_documents
from liaison.engines.x12.envelope import Envelope, Transaction, wrap
from liaison.engines.x12.errors import X12Error
from liaison.engines.x12.loops import Loop
from liaison.engines.x12.parties import Party
from liaison.engines.x12.segments import Segment
from liaison.engines.x12.values import d8, ident, money, parse_date, read_money, text

VERSION_999 = "005010X231A1"
VERSION_277CA = "005010X214"


@dataclass(frozen=True, slots=True)
class ElementError:
    """An element at fault (IK4): `position` in the segment, `code` of IK403 (1 missing, 7 invalid code, ...)."""

    position: int
    code: str
    component: int = 0


@dataclass(frozen=True, slots=True)
class SegmentError:
    """A segment at fault (IK3): `number` counts from 1 at the ST, `code` is IK304 (1 unexpected, 3 missing, ...)."""

    segment: str
    number: int
    code: str
    loop: str = ""
    elements: tuple[ElementError, ...] = ()


@dataclass(frozen=True, slots=True)
class SetAcknowledgment:
    """What became of one transaction set: `code` A accepted, E accepted with errors, R rejected."""

    set_id: str
    control: str
    code: str
    errors: tuple[SegmentError, ...] = ()
    reasons: tuple[str, ...] = ()
    version: str = ""


@dataclass(frozen=True, slots=True)
class FileAcknowledgment:
    """A 999: what became of a functional group. `code` A, E, P (partly accepted) or R; `group_control` is its GS06."""

    functional_id: str
    group_control: str
    code: str
    sets: tuple[SetAcknowledgment, ...] = ()
    version: str = ""
    received: int = 0
    accepted: int = 0
    envelope: Envelope | None = field(default=None, compare=False)

    @property
    def is_accepted(self) -> bool:
        return self.code in ("A", "E")


@dataclass(frozen=True, slots=True)
class Status:
    """A claim status (STC): category A1 received, A2 accepted, A3, A6, A7, A8 rejected; `code` says about what."""

    category: str
    code: str
    entity: str = ""


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """What became of one claim: `control_number` is the provider's (CLM01), `payer_claim_number` the payer's."""

    control_number: str
    statuses: tuple[Status, ...]
    effective: datetime.date
    charge_cents: int
    payer_claim_number: str = ""
    last_name: str = ""
    first_name: str = ""
    member_id: str = ""
    service_date: datetime.date | None = None

    @property
    def is_accepted(self) -> bool:
        return all(status.category in ("A1", "A2", "A5") for status in self.statuses)


@dataclass(frozen=True, slots=True)
class ClaimAcknowledgment:
    """A 277CA: the answers to the claims of one batch; `reference` repeats the batch's BHT03."""

    payer: Party
    submitter: Party
    provider: Party
    reference: str
    received: datetime.date
    processed: datetime.date
    claims: tuple[ClaimAnswer, ...] = ()
    trace: str = "1"
    envelope: Envelope | None = field(default=None, compare=False)

    @property
    def accepted(self) -> tuple[ClaimAnswer, ...]:
        return tuple(claim for claim in self.claims if claim.is_accepted)

    @property
    def rejected(self) -> tuple[ClaimAnswer, ...]:
        return tuple(claim for claim in self.claims if not claim.is_accepted)


def read_999(source: bytes, *, strict: bool = True) -> list[FileAcknowledgment]:
    """Every 999 of a file."""
    return [_read_999(t, root) for t, root in read_documents(source, "X231", "999", strict=strict)]


def _read_999(transaction: Transaction, root: Loop) -> FileAcknowledgment:
    head, end = root.first("AK1"), root.first("AK9")
    return FileAcknowledgment(
        functional_id=head.get(1),
        group_control=head.get(2),
        code=end.get(1),
        sets=tuple(_read_set(loop) for loop in root.children("2000")),
        version=head.get(3),
        received=_count(end, 3),
        accepted=_count(end, 4),
        envelope=transaction.envelope,
    )


def _read_set(loop: Loop) -> SetAcknowledgment:
    head, end = loop.first("AK2"), loop.first("IK5")
    return SetAcknowledgment(
        set_id=head.get(1),
        control=head.get(2),
        code=end.get(1),
        errors=tuple(_read_segment_error(inner) for inner in loop.children("2100")),
        reasons=tuple(end.get(at) for at in range(2, 7) if end.get(at)),
        version=head.get(3),
    )


def _read_segment_error(loop: Loop) -> SegmentError:
    head = loop.first("IK3")
    elements = []
    for inner in loop.children("2110"):
        fault = inner.first("IK4")
        component = _count(fault, 1, 2) if fault.part(1, 2) else 0
        elements.append(ElementError(_count(fault, 1, 1), fault.get(3), component))
    return SegmentError(head.get(1), _count(head, 2), head.get(4), head.get(3), tuple(elements))


def _count(segment: Segment, position: int, component: int = 0) -> int:
    value = segment.part(position, component) if component else segment.get(position)
    if not (value.isascii() and value.isdigit() and len(value) < 11):
        name = f"{segment.id}{position:02d}"
        raise X12Error("number", f"{name} is not a count.", segment_number=segment.number, element=name)
    return int(value)


def write_999(acknowledgment: FileAcknowledgment, envelope: Envelope) -> bytes:
    """A 999 as one interchange."""
    ack = acknowledgment
    body = [["AK1", ident(ack.functional_id, 2, "AK101"), ident(ack.group_control, 9, "AK102"), ack.version]]
    for each in ack.sets:
        body.append(["AK2", ident(each.set_id, 3, "AK201"), ident(each.control, 9, "AK202"), each.version])
        for error in each.errors:
            body.append(["IK3", ident(error.segment, 3, "IK301"), str(error.number), error.loop[:4], error.code])
            for fault in error.elements:
                place = f"{fault.position}:{fault.component}" if fault.component else str(fault.position)
                body.append(["IK4", place, "", fault.code])
        body.append(["IK5", each.code, *each.reasons[:5]])
    body.append(["AK9", ack.code, str(ack.received), str(ack.received), str(ack.accepted)])
    return wrap(envelope, "FA", "999", VERSION_999, [body])


# IK304: 1 unrecognized or unexpected, 3 required and missing, 4 loop repeats too often, 5 segment repeats too often,
# 8 has element errors. IK403: 1 required and missing, 2 needed by another one, 3 too many elements, 5 too long,
# 6 invalid character, 7 invalid code, 8 invalid date, 9 invalid time, 12 too many repetitions, 13 too many components.
_SEGMENT_CODES = {
    "segment-unexpected": "1",
    "segment-order": "1",
    "segment-missing": "3",
    "loop-missing": "I7",
    "loop-repeat": "4",
    "segment-repeat": "5",
}
_ELEMENT_CODES = {
    "element-missing": "1",
    "elements-together": "2",
    "element-unexpected": "3",
    "element-unused": "I10",
    "element-length": "5",
    "number": "6",
    "code": "7",
    "hl-level": "7",
    "date": "8",
    "time": "9",
    "element-repeat": "12",
    "component-unexpected": "13",
}


def acknowledge(
    set_id: str, control: str, version: str, first_segment: int, problems: Sequence[X12Error]
) -> SetAcknowledgment:
    """The 999 answer to a transaction set from the problems that `check` found in it.

    `first_segment` is the number of its ST in the file. Faults of its counts and control numbers become IK502.
    """
    errors: list[SegmentError] = []
    reasons: list[str] = []
    for problem in problems:
        number = max(problem.segment_number - first_segment + 1, 1)
        segment, _, component = (problem.element or "ST").partition("-")
        if problem.rule in _SEGMENT_CODES:
            errors.append(SegmentError(segment[:3], number, _SEGMENT_CODES[problem.rule], problem.loop))
        elif problem.rule == "se-count":
            reasons.append("4")
        elif problem.rule == "st-control":
            reasons.append("3")
        else:
            position = int(segment[-2:]) if segment[-2:].isdigit() and len(segment) > 3 else 1
            fault = ElementError(position, _ELEMENT_CODES.get(problem.rule, "6"), int(component or 0))
            errors.append(SegmentError(segment[:-2] or segment, number, "8", problem.loop, (fault,)))
    if errors:
        reasons.append("5")
    return SetAcknowledgment(set_id, control, "R" if problems else "A", tuple(errors), tuple(reasons), version)


def read_277ca(source: bytes, *, strict: bool = True) -> list[ClaimAcknowledgment]:
    """The acknowledgments of a file, one for each submitter and provider in it."""
    return [
        _read_277ca(transaction, payer, submitter, provider)
        for transaction, root in read_documents(source, "X214", "277", strict=strict)
        for payer in root.children("2000A")
        for submitter in payer.children("2000B")
        for provider in (*submitter.children("2000C"), *([] if submitter.child("2000C") else [None]))
    ]


def _read_277ca(transaction: Transaction, payer: Loop, submitter: Loop, provider: Loop | None) -> ClaimAcknowledgment:
    day = transaction.envelope.created.date()
    sent, taken = payer.child("2200A") or Loop(payer.spec), submitter.child("2200B") or Loop(submitter.spec)
    levels = provider.children("2000D") if provider else ()
    return ClaimAcknowledgment(
        payer=read_party(payer.child("2100A")),
        submitter=read_party(submitter.child("2100B")),
        provider=read_party(provider.child("2100C") if provider else None),
        reference=taken.first("TRN").get(2),
        received=parse_date(sent.first("DTP", "050").get(3)) or day,
        processed=parse_date(sent.first("DTP", "009").get(3)) or day,
        claims=tuple(_read_answer(level, loop, day) for level in levels for loop in level.children("2200D")),
        trace=sent.first("TRN").get(2),
        envelope=transaction.envelope,
    )


def read_party(loop: Loop | None) -> Party:
    """Name and number of an NM1; of a person both names."""
    name = loop.first("NM1") if loop else Segment(["NM1"])
    return Party(" ".join(filter(None, (name.get(3), name.get(4)))), name.get(9))


def _read_answer(level: Loop, loop: Loop, day: datetime.date) -> ClaimAnswer:
    patient = level.child("2100D")
    name = patient.first("NM1") if patient else Segment(["NM1"], loop.number)
    first = loop.first("STC")
    return ClaimAnswer(
        control_number=loop.first("TRN").get(2),
        statuses=tuple(status for segment in loop.all("STC") for status in read_statuses(segment)),
        effective=parse_date(first.get(2)) or day,
        charge_cents=read_money(first, 4, "2200D", required=False),
        payer_claim_number=loop.ref("1K"),
        last_name=name.get(3),
        first_name=name.get(4),
        member_id=name.get(9),
        service_date=parse_date(loop.first("DTP", "472").get(3)[:8]),
    )


def read_statuses(segment: Segment) -> Iterator[Status]:
    """The up to three statuses of an STC."""
    for position in (1, 10, 11):
        if segment.get(position):
            yield Status(segment.part(position, 1), segment.part(position, 2), segment.part(position, 3))


def write_277ca(acknowledgments: ClaimAcknowledgment | Sequence[ClaimAcknowledgment], envelope: Envelope) -> bytes:
    """277CA as one interchange, a transaction set for each acknowledgment."""
    every = [acknowledgments] if isinstance(acknowledgments, ClaimAcknowledgment) else list(acknowledgments)
    return wrap(envelope, "HN", "277", VERSION_277CA, [_write_277ca(ack, envelope) for ack in every])


def _write_277ca(ack: ClaimAcknowledgment, envelope: Envelope) -> list[list[str]]:
    created = envelope.created.astimezone(datetime.UTC)
    body = [
        ["BHT", "0085", "08", ident(ack.trace, 50, "BHT03"), d8(created), f"{created:%H%M%S}", "TH"],
        ["HL", "1", "", "20", "1"],
        ["NM1", "PR", "2", text(ack.payer.name, 60, "NM103", required=True), *[""] * 4, "PI",
         ident(ack.payer.id, 80, "NM109 of loop 2100A")],
        ["TRN", "1", ident(ack.trace, 50, "TRN02")],
        ["DTP", "050", "D8", d8(ack.received)],
        ["DTP", "009", "D8", d8(ack.processed)],
        ["HL", "2", "1", "21", "1"],
        ["NM1", "41", "2", text(ack.submitter.name, 60, "NM103", required=True), *[""] * 4, "46",
         ident(ack.submitter.id, 80, "NM109 of loop 2100B")],
        ["TRN", "2", ident(ack.reference, 50, "TRN02 of loop 2200B")],
        ["STC", "A1:19:PR", d8(ack.processed), "WQ", money(sum(claim.charge_cents for claim in ack.claims))],
        *_totals(ack, "90", "AA"),
        ["HL", "3", "2", "19", "1"],
        ["NM1", "85", "2", text(ack.provider.name, 60, "NM103", required=True), *[""] * 4, "XX",
         ident(ack.provider.id, 80, "NM109 of loop 2100C")],
        ["TRN", "1", "0"],
        ["STC", "A1:19:PR", "", "WQ", money(sum(claim.charge_cents for claim in ack.claims))],
        *_totals(ack, "QA", "QC"),
    ]  # fmt: skip
    for number, answer in enumerate(ack.claims, 4):
        body += _write_answer(answer, number)
    return body


def _totals(ack: ClaimAcknowledgment, taken: str, refused: str) -> Iterator[list[str]]:
    for qualifier, claims in ((taken, ack.accepted), (refused, ack.rejected)):
        if claims:
            yield ["QTY", qualifier, str(len(claims))]
    for qualifier, claims in (("YU", ack.accepted), ("YY", ack.rejected)):
        if claims:
            yield ["AMT", qualifier, money(sum(claim.charge_cents for claim in claims))]


def _write_answer(answer: ClaimAnswer, number: int) -> list[list[str]]:
    statuses = [":".join(filter(None, (status.category, status.code, status.entity))) for status in answer.statuses]
    if not statuses:
        raise X12Error("status", "An answer needs a status.", loop="2200D", element="STC01")
    action = "WQ" if answer.is_accepted else "U"
    status = ["STC", statuses[0], d8(answer.effective), action, money(answer.charge_cents), *[""] * 5, *statuses[1:3]]
    out = [
        ["HL", str(number), "3", "PT"],
        ["NM1", "QC", "1", text(answer.last_name, 60, "NM103", required=True), text(answer.first_name, 35, "NM104"),
         "", "", "", "MI" if answer.member_id else "", ident(answer.member_id, 80, "NM109", required=False)],
        ["TRN", "2", ident(answer.control_number, 50, "TRN02")],
        status,
    ]  # fmt: skip
    if answer.payer_claim_number:
        out.append(["REF", "1K", ident(answer.payer_claim_number, 50, "REF02 (1K)")])
    out.append(["DTP", "472", "D8", d8(answer.service_date or answer.effective)])
    return out
