"""Payments and advice, ASC X12N 005010X221A1 (835): documents to bytes and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from liaison.engines.x12.adjustments import read_adjustments, write_adjustments
from liaison.engines.x12.check import read_documents
from liaison.engines.x12.envelope import Envelope, Transaction, wrap
from liaison.engines.x12.errors import X12Error
from liaison.engines.x12.loops import Loop
from liaison.engines.x12.parties import (
    Party,
    Reference,
    read_address,
    read_contact,
    write_address,
    write_contact,
    write_references,
)
from liaison.engines.x12.remittance_documents import (
    Amount,
    Count,
    Named,
    ProviderAdjustment,
    RemitClaim,
    RemitLine,
    Remittance,
)
from liaison.engines.x12.segments import Segment
from liaison.engines.x12.stays import read_inpatient, read_outpatient, write_inpatient, write_outpatient
from liaison.engines.x12.values import (
    d8,
    ident,
    lenient_money,
    lenient_quantity,
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
_NOTHING: list[Segment] = []
# The names of a claim: NM101 and the field.
_NAMES = (("IL", "insured"), ("74", "corrected"), ("TT", "crossover"), ("PR", "first_payer"))


def read_835(source: bytes, *, strict: bool = True) -> list[Remittance]:
    """Every 835 of a file in order. Raises `X12Error`; whether it balances is asked with `balance`."""
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
    cents, to = read_money(payment, 2), payee.first("N1")
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
        production_date=parse_date(root.first("DTM", "405").get(2)),
        payee_id_kind=to.get(3),
        payee_tax_id=payee.ref("TJ"),
        payer_code=payer.ref("2U"),
        payment_format=payment.get(5),
        sender_bank=payment.get(7),
        sender_account=payment.get(9),
        receiver_bank=payment.get(13),
        receiver_account=payment.get(15),
        supplemental_id=trace.get(4),
        receiver_reference=root.ref("EV"),
        website=payer.first("PER", "IC").get(4),
        envelope=transaction.envelope,
    )


def _read_payer(loop: Loop, trace_id: str) -> Party:
    contact, phone, email = read_contact(next(loop.all("PER", "BL"), None) or loop.first("PER"))
    return Party(loop.first("N1").get(2), trace_id, contact, phone, email, read_address(loop))


def _read_claim(loop: Loop) -> RemitClaim:
    found = loop.grouped()
    head = found["CLP"][0]
    names = {segment.get(1): segment for segment in reversed(found.get("NM1", _NOTHING))}
    days = _days(found.get("DTM", _NOTHING))
    patient = names.get("QC", _NAMELESS)
    outpatient, remarks = read_outpatient(found["MOA"][0]) if "MOA" in found else (None, ())
    inpatient = read_inpatient(found["MIA"][0]) if "MIA" in found else None
    others = {field: _read_named(names[code]) for code, field in _NAMES if code in names}
    contact = read_contact(found["PER"][0]) if "PER" in found else ("", "", "")
    return RemitClaim(
        control_number=head.get(1),
        status_code=head.get(2),
        charge_cents=read_money(head, 3, "2100"),
        paid_cents=read_money(head, 4, "2100"),
        patient_responsibility_cents=read_money(head, 5, "2100", required=False),
        payer_claim_number=head.get(7),
        adjustments=tuple(read_adjustments(found["CAS"], "2100")) if "CAS" in found else (),
        lines=tuple(_read_line(line) for line in loop.loops if line.id == "2110"),
        remark_codes=(*remarks, *inpatient.remark_codes) if inpatient else remarks,
        filing_indicator=head.get(6),
        place_of_service=head.get(8),
        frequency=head.get(9),
        patient_last_name=patient.get(3),
        patient_first_name=patient.get(4),
        member_id=patient.get(9) or names.get("IL", _NAMELESS).get(9),
        rendering_npi=names.get("82", _NAMELESS).get(9),
        received=days.get("050"),
        service_date=days.get("232"),
        service_end=days.get("233"),
        coverage_expired=days.get("036"),
        amounts=_amounts(found["AMT"]) if "AMT" in found else (),
        quantities=_counts(found["QTY"]) if "QTY" in found else (),
        references=_references(found["REF"]) if "REF" in found else (),
        inpatient=inpatient,
        outpatient=outpatient,
        contact=contact[0],
        contact_phone=contact[1],
        **others,
    )


_NAMELESS = Segment(["NM1"])


def _read_named(segment: Segment) -> Named:
    return Named(
        last_name=segment.get(3),
        first_name=segment.get(4),
        middle_name=segment.get(5),
        suffix=segment.get(7),
        id_kind=segment.get(8),
        id=segment.get(9),
        is_organization=segment.get(2) == "2",
    )


def _days(segments: Sequence[Segment]) -> dict[str, date | None]:
    """Days by their kind, the first of each."""
    return {segment.get(1): parse_date(segment.get(2)) for segment in reversed(segments)}


def _amounts(segments: Sequence[Segment], *but: str) -> tuple[Amount, ...]:
    return tuple(
        Amount(segment.get(1), cents)
        for segment in segments
        if segment.get(1) not in but and (cents := lenient_money(segment.get(2))) is not None
    )


def _counts(segments: Sequence[Segment]) -> tuple[Count, ...]:
    return tuple(
        Count(segment.get(1), value) for segment in segments if (value := lenient_quantity(segment.get(2))) is not None
    )


def _references(segments: Sequence[Segment], *but: str) -> tuple[Reference, ...]:
    return tuple(
        Reference(segment.get(1), segment.get(2), segment.get(3)) for segment in segments if segment.get(1) not in but
    )


def _read_line(loop: Loop) -> RemitLine:
    found = loop.grouped()
    head = found["SVC"][0]
    days = _days(found["DTM"]) if "DTM" in found else {}
    references, amounts = found.get("REF", _NOTHING), found.get("AMT", _NOTHING)
    allowed = next((segment for segment in amounts if segment.get(1) == "B6"), None)
    told = [segment.elements for segment in found.get("LQ", _NOTHING)]
    return RemitLine(
        procedure=head.part(1, 2),
        charge_cents=read_money(head, 2, "2110"),
        paid_cents=read_money(head, 3, "2110"),
        adjustments=tuple(read_adjustments(found["CAS"], "2110")) if "CAS" in found else (),
        remark_codes=tuple(code[2] for code in told if len(code) > 2 and code[1] == "HE"),
        modifiers=read_modifiers(head, 1),
        units=read_quantity(head, 5, "2110", 1),
        date=days.get("472") or days.get("150"),
        control=_number(references, "6R"),
        allowed_cents=read_money(allowed, 2, "2110") if allowed else None,
        qualifier=head.part(1, 1),
        end_date=days.get("151"),
        revenue_code=head.get(4),
        submitted_procedure=head.part(6, 2),
        submitted_modifiers=read_modifiers(head, 6) if head.get(6) else (),
        submitted_units=lenient_quantity(head.get(7)),
        rendering_npi=_number(references, "HPI"),
        amounts=_amounts(amounts, "B6") if len(amounts) > (allowed is not None) else (),
        quantities=_counts(found["QTY"]) if "QTY" in found else (),
        references=_references(references, "6R", "HPI", "0K") if references else (),
        policies=tuple(each.get(2) for each in references if each.get(1) == "0K"),
        pharmacy_codes=tuple(code[2] for code in told if len(code) > 2 and code[1] == "RX"),
    )


def _number(references: Sequence[Segment], kind: str) -> str:
    return next((each.get(2) for each in references if each.get(1) == kind), "")


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
        _write_payment(remittance, cents, remittance.date),
        ["TRN", "1", ident(remittance.trace_number, 50, "TRN02"), ident(payer.id, 10, "TRN03"),
         ident(remittance.supplemental_id, 50, "TRN04", required=False)],
    ]  # fmt: skip
    if remittance.receiver_reference:
        out.append(["REF", "EV", ident(remittance.receiver_reference, 50, "REF02 (EV)")])
    if remittance.production_date:
        out.append(["DTM", "405", d8(remittance.production_date)])
    out.append(["N1", "PR", text(payer.name, 60, "N102 of loop 1000A", required=True)])
    if payer.address is None:
        raise X12Error("payer", "The payer needs an address.", loop="1000A", element="N301")
    out += write_address(payer.address, "1000A")
    if remittance.payer_code:
        out.append(["REF", "2U", ident(remittance.payer_code, 50, "REF02 (2U)")])
    out.append(write_contact("BL", payer.contact, payer.phone, payer.email))
    if remittance.website:
        out.append(["PER", "IC", "", "UR", ident(remittance.website, 256, "PER04")])
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
    return [*out, *_write_provider_adjustments(remittance.provider_adjustments)]


def _write_provider_adjustments(changes: Sequence[ProviderAdjustment]) -> Iterator[list[str]]:
    """PLB segments: neighbours of one provider and year share a segment, six at most."""
    current: list[str] = []
    for change in changes:
        begin = ["PLB", ident(change.provider_id, 50, "PLB01"), d8(change.fiscal_date)]
        if current[:3] != begin or len(current) >= 15:
            if current:
                yield current
            current = begin
        reason = ":".join(filter(None, [change.reason, ident(change.reference, 50, "PLB03-2", required=False)]))
        current += [reason, money(change.cents)]
    if current:
        yield current


def _write_payment(remittance: Remittance, cents: int, day: date) -> list[str]:
    """The BPR; banks and accounts where they are known."""
    origin = remittance.payer.id if remittance.sender_account else ""
    return [
        "BPR", remittance.handling, money(abs(cents)), "D" if cents < 0 else "C", remittance.method,
        remittance.payment_format, *_write_account(remittance.sender_bank, remittance.sender_account), origin, "",
        *_write_account(remittance.receiver_bank, remittance.receiver_account), d8(day),
    ]  # fmt: skip


def _write_account(bank: str, account: str) -> list[str]:
    return ["01", ident(bank, 12, "BPR13"), "DA", ident(account, 35, "BPR15")] if account else [""] * 4


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
    for code, field in _NAMES:
        if named := getattr(claim, field):
            out.append(_write_named(code, named))
    stay = claim.inpatient
    if stay:
        out.append(write_inpatient(stay))
    remarks = claim.remark_codes[: len(claim.remark_codes) - len(stay.remark_codes)] if stay else claim.remark_codes
    if claim.outpatient or remarks:
        out.append(write_outpatient(claim.outpatient, remarks))
    out += write_references(claim.references)
    for qualifier, day in (
        ("232", claim.service_date),
        ("233", claim.service_end),
        ("036", claim.coverage_expired),
        ("050", claim.received),
    ):
        if day:
            out.append(["DTM", qualifier, d8(day)])
    if claim.contact_phone:
        out.append(write_contact("CX", claim.contact, claim.contact_phone))
    out += [*_write_amounts(claim.amounts), *_write_counts(claim.quantities)]
    for line in claim.lines:
        out += _write_line(line)
    return out


def _write_named(code: str, named: Named) -> list[str]:
    return [
        "NM1", code, "2" if named.is_organization else "1", text(named.last_name, 60, "NM103"),
        text(named.first_name, 35, "NM104"), text(named.middle_name, 25, "NM105"), "", text(named.suffix, 10, "NM107"),
        named.id_kind if named.id else "", ident(named.id, 80, "NM109", required=False),
    ]  # fmt: skip


def _write_amounts(amounts: Sequence[Amount]) -> list[list[str]]:
    return [["AMT", ident(each.kind, 3, "AMT01"), money(each.cents)] for each in amounts]


def _write_counts(counts: Sequence[Count]) -> list[list[str]]:
    return [["QTY", ident(each.kind, 2, "QTY01"), quantity(each.value)] for each in counts]


def _write_line(line: RemitLine) -> list[list[str]]:
    units, sent = quantity(line.units), line.submitted_procedure
    submitted = write_procedure(sent, line.submitted_modifiers, line.qualifier) if sent else ""
    count = "" if line.submitted_units is None else quantity(line.submitted_units)
    out = [
        ["SVC", write_procedure(line.procedure, line.modifiers, line.qualifier), money(line.charge_cents),
         money(line.paid_cents), ident(line.revenue_code, 48, "SVC04", required=False), "" if units == "1" else units,
         submitted, count],
    ]  # fmt: skip
    if line.date:
        out.append(["DTM", "150" if line.end_date else "472", d8(line.date)])
    if line.end_date:
        out.append(["DTM", "151", d8(line.end_date)])
    out += write_adjustments(line.adjustments)
    out += write_references(line.references)
    for kind, number in (("6R", line.control), ("HPI", line.rendering_npi), *(("0K", each) for each in line.policies)):
        if number:
            out.append(["REF", kind, ident(number, 50, f"REF02 ({kind})")])
    if line.allowed_cents is not None:
        out.append(["AMT", "B6", money(line.allowed_cents)])
    out += [*_write_amounts(line.amounts), *_write_counts(line.quantities)]
    out += [["LQ", "HE", code] for code in line.remark_codes]
    out += [["LQ", "RX", code] for code in line.pharmacy_codes]
    return out
