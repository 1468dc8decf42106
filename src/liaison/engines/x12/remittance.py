"""Payments and advice, ASC X12N 005010X221A1 (835): documents to bytes and back, and the guide's balancing rules."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from liaison.engines.x12.adjustments import Adjustment, read_adjustments, write_adjustments
from liaison.engines.x12.check import read_documents
from liaison.engines.x12.envelope import Envelope, Transaction, wrap
from liaison.engines.x12.errors import X12Error
from liaison.engines.x12.loops import Loop
from liaison.engines.x12.parties import Party, read_address, read_contact, write_address, write_contact
from liaison.engines.x12.segments import Segment
from liaison.engines.x12.values import (
    d8,
    ident,
    money,
    parse_date,
    quantity,
    read_modifiers,
    read_money,
    read_quantity,
    text,
    write_procedure,
)

VERSION = "005010X221A1"
REVERSAL = "22"
# A predetermination pays nothing and does not balance (guide section 1.10.2.7).
PREDETERMINATION = "25"


@dataclass(frozen=True, slots=True)
class RemitLine:
    """One adjudicated service (loop 2110). `control` is the 837 line's number (REF 6R), `remark_codes` are RARC."""

    procedure: str
    charge_cents: int
    paid_cents: int
    adjustments: tuple[Adjustment, ...] = ()
    remark_codes: tuple[str, ...] = ()
    modifiers: tuple[str, ...] = ()
    units: Decimal | int = 1
    date: datetime.date | None = None
    control: str = ""
    allowed_cents: int | None = None
    qualifier: str = "HC"


@dataclass(frozen=True, slots=True)
class RemitClaim:
    """One adjudicated claim (loop 2100).

    `control_number` is the provider's (CLM01), `payer_claim_number` the payer's. `status_code` is CLP02: 1 primary,
    2 secondary, 3 tertiary, 4 denied, 22 reversal. `adjustments` are those of the claim as a whole.
    """

    control_number: str
    status_code: str
    charge_cents: int
    paid_cents: int
    patient_responsibility_cents: int
    payer_claim_number: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    lines: tuple[RemitLine, ...] = ()
    remark_codes: tuple[str, ...] = ()
    filing_indicator: str = "12"
    place_of_service: str = ""
    frequency: str = ""
    patient_last_name: str = ""
    patient_first_name: str = ""
    member_id: str = ""
    rendering_npi: str = ""
    received: datetime.date | None = None
    service_date: datetime.date | None = None

    def all_adjustments(self) -> Iterator[Adjustment]:
        """Those of the claim, then those of its lines."""
        yield from self.adjustments
        for line in self.lines:
            yield from line.adjustments


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """A change of the payment that belongs to no claim (PLB). Positive cents lower the payment."""

    provider_id: str
    fiscal_date: datetime.date
    reason: str
    cents: int
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Remittance:
    """One 835: a payment and what it is made of.

    `payer.id` is TRN03 (1 and the tax id). `method` is BPR04: ACH, CHK, NON, FWT, BOP. `payment_cents` is negative
    only where BPR03 is a debit. `trace_number` is the check or EFT number. `date` is None where the sender left it out.
    """

    payer: Party
    payee: Party
    payment_cents: int
    method: str
    trace_number: str
    date: datetime.date | None
    claims: tuple[RemitClaim, ...] = ()
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()
    handling: str = "I"
    production_date: datetime.date | None = None
    payee_id_kind: str = "XX"
    payee_tax_id: str = ""
    payer_code: str = ""
    envelope: Envelope | None = field(default=None, compare=False)


def read_835(source: bytes, *, strict: bool = True) -> list[Remittance]:
    """Every 835 of a file in order. Raises `X12Error`; whether it balances is asked with `balance_problems`."""
    return list(iter_835(source, strict=strict))


def iter_835(source: bytes, *, strict: bool = True) -> Iterator[Remittance]:
    """The 835 transactions one by one, with one of them in memory."""
    claims: list[RemitClaim] = []
    take = {"2100": lambda loop: claims.append(_read_claim(loop))}
    for transaction, root in read_documents(source, "X221", "835", strict=strict, take=take):
        yield _read(transaction, root, tuple(claims))
        claims.clear()


def _read(transaction: Transaction, root: Loop, claims: tuple[RemitClaim, ...]) -> Remittance:
    payment, trace = root.first("BPR"), root.first("TRN")
    payer, payee = root.child("1000A") or Loop(root.spec), root.child("1000B") or Loop(root.spec)
    cents = read_money(payment, 2)
    to, produced = payee.first("N1"), next(root.all("DTM", "405"), None)
    return Remittance(
        payer=_read_payer(payer, trace.get(3)),
        payee=Party(to.get(2), to.get(4), address=read_address(payee)),
        payment_cents=-cents if payment.get(3) == "D" else cents,
        method=payment.get(4),
        trace_number=trace.get(2),
        date=parse_date(payment.get(16)),
        claims=claims,
        provider_adjustments=tuple(a for plb in root.all("PLB") for a in _read_provider_adjustments(plb)),
        handling=payment.get(1),
        production_date=parse_date(produced.get(2)) if produced else None,
        payee_id_kind=to.get(3),
        payee_tax_id=payee.ref("TJ"),
        payer_code=payer.ref("2U"),
        envelope=transaction.envelope,
    )


def _read_payer(loop: Loop, trace_id: str) -> Party:
    contact, phone, email = read_contact(next(loop.all("PER", "BL"), None) or loop.first("PER"))
    return Party(loop.first("N1").get(2), trace_id, contact, phone, email, read_address(loop))


def _read_claim(loop: Loop) -> RemitClaim:
    head = loop.first("CLP")
    patient, subscriber = loop.first("NM1", "QC"), loop.first("NM1", "IL")
    received, served = next(loop.all("DTM", "050"), None), next(loop.all("DTM", "232"), None)
    outcome = [*loop.all("MOA"), *loop.all("MIA")]
    remarks = [s.get(at) for s in outcome for at in ((3, 4, 5, 6, 7) if s.id == "MOA" else (5, 20, 21, 22, 23))]
    return RemitClaim(
        control_number=head.get(1),
        status_code=head.get(2),
        charge_cents=read_money(head, 3, "2100"),
        paid_cents=read_money(head, 4, "2100"),
        patient_responsibility_cents=read_money(head, 5, "2100", required=False),
        payer_claim_number=head.get(7),
        adjustments=tuple(read_adjustments(loop)),
        lines=tuple(_read_line(line) for line in loop.children("2110")),
        remark_codes=tuple(code for code in remarks if code),
        filing_indicator=head.get(6),
        place_of_service=head.get(8),
        frequency=head.get(9),
        patient_last_name=patient.get(3),
        patient_first_name=patient.get(4),
        member_id=patient.get(9) or subscriber.get(9),
        rendering_npi=loop.first("NM1", "82").get(9),
        received=parse_date(received.get(2)) if received else None,
        service_date=parse_date(served.get(2)) if served else None,
    )


def _read_line(loop: Loop) -> RemitLine:
    head, when = loop.first("SVC"), next(loop.all("DTM", "472", "150"), None)
    allowed = next(loop.all("AMT", "B6"), None)
    return RemitLine(
        procedure=head.part(1, 2),
        charge_cents=read_money(head, 2, "2110"),
        paid_cents=read_money(head, 3, "2110"),
        adjustments=tuple(read_adjustments(loop)),
        remark_codes=tuple(code.get(2) for code in loop.all("LQ", "HE")),
        modifiers=read_modifiers(head, 1),
        units=read_quantity(head, 5, "2110", 1),
        date=parse_date(when.get(2)) if when else None,
        control=loop.ref("6R"),
        allowed_cents=read_money(allowed, 2, "2110") if allowed else None,
        qualifier=head.part(1, 1),
    )


def _read_provider_adjustments(segment: Segment) -> Iterator[ProviderAdjustment]:
    fiscal = parse_date(segment.get(2))
    if fiscal is None:
        raise X12Error("date", "PLB02 is not a date.", segment_number=segment.number, element="PLB02")
    for position in range(3, min(len(segment.elements), 15), 2):
        if segment.get(position):
            reason, reference = segment.part(position, 1), segment.part(position, 2)
            cents = read_money(segment, position + 1)
            yield ProviderAdjustment(segment.get(1), fiscal, reason, cents, reference)


def write_835(remittances: Remittance | Sequence[Remittance], envelope: Envelope) -> bytes:
    """One interchange with a transaction set for each remittance. Does not judge the balance."""
    every = [remittances] if isinstance(remittances, Remittance) else list(remittances)
    return wrap(envelope, "HP", "835", VERSION, [_write(remittance) for remittance in every])


def _write(remittance: Remittance) -> list[list[str]]:
    if remittance.date is None:
        raise X12Error("date", "A remittance needs the date of its payment.", element="BPR16")
    payer, payee, cents = remittance.payer, remittance.payee, remittance.payment_cents
    out = [
        ["BPR", remittance.handling, money(abs(cents)), "D" if cents < 0 else "C", remittance.method,
         *[""] * 11, d8(remittance.date)],
        ["TRN", "1", ident(remittance.trace_number, 50, "TRN02"), ident(payer.id, 10, "TRN03")],
    ]  # fmt: skip
    if remittance.production_date:
        out.append(["DTM", "405", d8(remittance.production_date)])
    out.append(["N1", "PR", text(payer.name, 60, "N102 of loop 1000A", required=True)])
    if payer.address is None:
        raise X12Error("payer", "The payer needs an address.", loop="1000A", element="N301")
    out += write_address(payer.address, "1000A")
    if remittance.payer_code:
        out.append(["REF", "2U", ident(remittance.payer_code, 50, "REF02 (2U)")])
    out.append(write_contact("BL", payer.contact, payer.phone, payer.email))
    out.append(
        ["N1", "PE", text(payee.name, 60, "N102 of loop 1000B", required=True), remittance.payee_id_kind,
         ident(payee.id, 80, "N104 of loop 1000B")]
    )  # fmt: skip
    out += write_address(payee.address, "1000B")
    if remittance.payee_tax_id:
        out.append(["REF", "TJ", ident(remittance.payee_tax_id, 50, "REF02 (TJ)")])
    if remittance.claims:
        out.append(["LX", "1"])
    for claim in remittance.claims:
        out += _write_claim(claim)
    for change in remittance.provider_adjustments:
        reason = ":".join(filter(None, [change.reason, ident(change.reference, 50, "PLB03-2", required=False)]))
        out.append(["PLB", ident(change.provider_id, 50, "PLB01"), d8(change.fiscal_date), reason, money(change.cents)])
    return out


def _write_claim(claim: RemitClaim) -> list[list[str]]:
    share = claim.patient_responsibility_cents
    out = [
        ["CLP", ident(claim.control_number, 38, "CLP01"), claim.status_code, money(claim.charge_cents),
         money(claim.paid_cents), money(share) if share else "",
         claim.filing_indicator, ident(claim.payer_claim_number, 50, "CLP07"), claim.place_of_service, claim.frequency],
        *write_adjustments(claim.adjustments),
        ["NM1", "QC", "1", text(claim.patient_last_name, 60, "NM103"), text(claim.patient_first_name, 35, "NM104"),
         "", "", "", "MI" if claim.member_id else "", ident(claim.member_id, 80, "NM109", required=False)],
    ]  # fmt: skip
    if claim.rendering_npi:
        out.append(["NM1", "82", "1", *[""] * 5, "XX", ident(claim.rendering_npi, 80, "NM109")])
    if claim.remark_codes:
        out.append(["MOA", "", "", *claim.remark_codes[:5]])
    for qualifier, day in (("232", claim.service_date), ("050", claim.received)):
        if day:
            out.append(["DTM", qualifier, d8(day)])
    for line in claim.lines:
        out += _write_line(line)
    return out


def _write_line(line: RemitLine) -> list[list[str]]:
    procedure = write_procedure(line.procedure, line.modifiers, line.qualifier)
    units = quantity(line.units)
    out = [["SVC", procedure, money(line.charge_cents), money(line.paid_cents), "", "" if units == "1" else units]]
    if line.date:
        out.append(["DTM", "472", d8(line.date)])
    out += write_adjustments(line.adjustments)
    if line.control:
        out.append(["REF", "6R", ident(line.control, 50, "REF02 (6R)")])
    if line.allowed_cents is not None:
        out.append(["AMT", "B6", money(line.allowed_cents)])
    out += [["LQ", "HE", code] for code in line.remark_codes]
    return out


def balance_problems(remittance: Remittance) -> list[str]:
    """What does not add up, a sentence each (guide section 1.10.2.1); empty where the 835 balances.

    Line: charge minus adjustments is what was paid. Claim: charge minus its own and its lines' adjustments is what
    was paid, and the lines' charges make the claim's. Transaction: the claims' payments minus the provider-level
    adjustments make the payment.
    """
    problems: list[str] = []
    for claim in remittance.claims:
        if claim.status_code != PREDETERMINATION:
            problems += _claim_problems(claim)
    paid = sum(claim.paid_cents for claim in remittance.claims)
    taken = sum(change.cents for change in remittance.provider_adjustments)
    if paid - taken != remittance.payment_cents:
        problems.append(
            f"Payment: claims paid {money(paid)} less provider adjustments {money(taken)} is {money(paid - taken)}, "
            f"but BPR02 says {money(remittance.payment_cents)}."
        )
    return problems


def _claim_problems(claim: RemitClaim) -> Iterator[str]:
    name = f"Claim {claim.control_number}"
    for number, line in enumerate(claim.lines, 1):
        adjusted = sum(change.cents for change in line.adjustments)
        if line.charge_cents - adjusted != line.paid_cents:
            yield (
                f"{name}, line {number}: charge {money(line.charge_cents)} less adjustments {money(adjusted)} is "
                f"{money(line.charge_cents - adjusted)}, but SVC03 says {money(line.paid_cents)}."
            )
    adjusted = sum(change.cents for change in claim.all_adjustments())
    if claim.charge_cents - adjusted != claim.paid_cents:
        yield (
            f"{name}: charge {money(claim.charge_cents)} less adjustments {money(adjusted)} is "
            f"{money(claim.charge_cents - adjusted)}, but CLP04 says {money(claim.paid_cents)}."
        )
    charged = sum(line.charge_cents for line in claim.lines)
    if claim.lines and charged != claim.charge_cents:
        yield f"{name}: its lines charge {money(charged)}, but CLP03 says {money(claim.charge_cents)}."
