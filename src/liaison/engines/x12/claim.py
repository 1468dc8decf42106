"""Professional claims, ASC X12N 005010X222A1 (837P): documents to bytes and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from itertools import count

from liaison.engines.x12.check import read_documents
from liaison.engines.x12.claim_documents import SELF, Claim, ClaimBatch, ServiceLine, Subscriber
from liaison.engines.x12.envelope import Envelope, Transaction, wrap
from liaison.engines.x12.errors import X12Error
from liaison.engines.x12.loops import Loop
from liaison.engines.x12.parties import (
    Party,
    Provider,
    read_address,
    read_contact,
    read_person,
    read_provider,
    write_address,
    write_contact,
    write_person,
    write_provider,
)
from liaison.engines.x12.values import (
    d8,
    ident,
    money,
    quantity,
    read_date,
    read_diagnoses,
    read_modifiers,
    read_money,
    read_period,
    read_quantity,
    read_timestamp,
    text,
    write_diagnoses,
    write_procedure,
)

VERSION = "005010X222A1"
MAX_CLAIMS = 5000
MAX_LINES = 50


def write_837p(batch: ClaimBatch) -> bytes:
    """The batch as one interchange. Raises `X12Error` naming loop and element where a claim cannot be written."""
    if not 0 < len(batch.claims) <= MAX_CLAIMS:
        raise X12Error("claim-count", f"A file carries 1 to {MAX_CLAIMS} claims.", loop="2300")
    if batch.created.tzinfo is None:
        raise X12Error("timestamp", "The time of creation must carry its zone.", element="BHT04")
    created = batch.created.astimezone(UTC)
    envelope = Envelope(
        batch.submitter.id, batch.receiver.id, created, batch.control_number, batch.group_control,
        batch.transaction_control, batch.usage, batch.sender_qualifier, batch.receiver_qualifier,
    )  # fmt: skip
    contact = write_contact("IC", batch.submitter.contact, batch.submitter.phone, batch.submitter.email)
    if len(contact) < 5:
        raise X12Error("contact", "The submitter needs a telephone number or an e-mail.", loop="1000A", element="PER04")
    body = [
        ["BHT", "0019", "00", ident(batch.reference or str(batch.control_number), 30, "BHT03"), d8(created),
         f"{created:%H%M%S}", "CH"],
        ["NM1", "41", "2", text(batch.submitter.name, 60, "NM103 of loop 1000A", required=True), *[""] * 4, "46",
         ident(batch.submitter.id, 80, "NM109 of loop 1000A")],
        contact,
        ["NM1", "40", "2", text(batch.receiver.name, 60, "NM103 of loop 1000B", required=True), *[""] * 4, "46",
         ident(batch.receiver.id, 80, "NM109 of loop 1000B")],
    ]  # fmt: skip
    numbers = count(1)
    body += _write_billing(batch.billing, str(next(numbers)))
    for claim in batch.claims:
        try:
            body += _write_claim(claim, numbers)
        except X12Error as problem:
            message = f"Claim {claim.control_number}: {problem.message}"
            raise X12Error(problem.rule, message, loop=problem.loop, element=problem.element) from None
    return wrap(envelope, "HC", "837", VERSION, [body])


def _write_billing(billing: Provider, number: str) -> list[list[str]]:
    if billing.address is None or not billing.tax_id:
        raise X12Error("billing-provider", "The billing provider needs an address and a tax id.", loop="2010AA")
    out = [["HL", number, "", "20", "1"]]
    if billing.taxonomy:
        out.append(["PRV", "BI", "PXC", ident(billing.taxonomy, 10, "PRV03")])
    out.append(write_provider("85", billing, "2010AA"))
    out += write_address(billing.address, "2010AA")
    out.append(["REF", billing.tax_id_kind, ident(billing.tax_id, 9, "REF02 of loop 2010AA")])
    if billing.phone:
        out.append(write_contact("IC", billing.name, billing.phone))
    return out


def _write_claim(claim: Claim, numbers: Iterator[int]) -> list[list[str]]:
    _refuse_unwritable(claim)
    subscriber, patient = claim.subscriber, claim.patient
    holder = str(next(numbers))
    out = [
        ["HL", holder, "1", "22", "1" if patient else "0"],
        ["SBR", subscriber.sequence, "" if patient else SELF,
         ident(subscriber.group_number, 50, "SBR03", required=False),
         text(subscriber.group_name, 60, "SBR04"), "", "", "", "", subscriber.filing_indicator],
        *write_person("IL", subscriber.person, "2010BA", "MI", ident(subscriber.member_id, 80, "NM109 of loop 2010BA")),
        ["NM1", "PR", "2", text(claim.payer.name, 60, "NM103 of loop 2010BB", required=True), *[""] * 4, "PI",
         ident(claim.payer.id, 80, "NM109 of loop 2010BB")],
        *write_address(claim.payer.address, "2010BB"),
    ]  # fmt: skip
    if patient:
        out += [["HL", str(next(numbers)), holder, "23", "0"], ["PAT", claim.relationship]]
        out += write_person("QC", patient, "2010CA")
    out += _write_claim_facts(claim)
    out += _write_claim_providers(claim)
    for number, line in enumerate(claim.lines, 1):
        if max(line.pointers, default=0) > len(claim.diagnoses):
            raise X12Error("pointer", "A line points at no diagnosis of its claim.", loop="2400", element="SV107")
        out += _write_line(line, number)
    return out


def _refuse_unwritable(claim: Claim) -> None:
    if not claim.diagnoses or len(claim.diagnoses) > 12:
        raise X12Error("diagnosis-count", "A claim needs 1 to 12 diagnoses.", loop="2300", element="HI01")
    if not 0 < len(claim.lines) <= MAX_LINES:
        raise X12Error("line-count", f"A claim needs 1 to {MAX_LINES} service lines.", loop="2400", element="LX01")
    if claim.total_cents != sum(line.charge_cents for line in claim.lines):
        raise X12Error("claim-total", "CLM02 must be the sum of the lines' charges.", loop="2300", element="CLM02")
    if (claim.patient is None) != (claim.relationship == SELF):
        raise X12Error("relationship", "Relationship 18 means no patient of its own.", loop="2000C", element="PAT01")
    if claim.patient is None and (
        claim.subscriber.person.birth_date is None or claim.subscriber.person.address is None
    ):
        raise X12Error("patient", "The patient needs a birth date and an address.", loop="2010BA", element="DMG02")
    if claim.patient and (claim.patient.birth_date is None or claim.patient.address is None):
        raise X12Error("patient", "The patient needs a birth date and an address.", loop="2010CA", element="DMG02")
    if claim.frequency in ("7", "8") and not claim.original_claim_number:
        raise X12Error("original-claim", "A replacement or void names the payer's claim.", loop="2300", element="REF02")


def _write_claim_facts(claim: Claim) -> list[list[str]]:
    out = [
        ["CLM", ident(claim.control_number, 20, "CLM01"), money(claim.total_cents), "", "",
         f"{ident(claim.place_of_service, 2, 'CLM05-1')}:B:{ident(claim.frequency, 1, 'CLM05-3')}", "Y",
         "A" if claim.accept_assignment else "C", "Y", "Y"],
    ]  # fmt: skip
    if claim.onset_date:
        out.append(["DTP", "431", "D8", d8(claim.onset_date)])
    if claim.patient_paid_cents:
        out.append(["AMT", "F5", money(claim.patient_paid_cents)])
    for qualifier, value in (
        ("9F", claim.referral_number),
        ("G1", claim.prior_authorization),
        ("F8", claim.original_claim_number),
        ("X4", claim.clia_number),
    ):
        if value:
            out.append(["REF", qualifier, ident(value, 50, f"REF02 ({qualifier})")])
    if claim.note:
        out.append(["NTE", "ADD", text(claim.note, 80, "NTE02", required=True)])
    return out + write_diagnoses(claim.diagnoses)


def _write_claim_providers(claim: Claim) -> list[list[str]]:
    out: list[list[str]] = []
    if claim.referring:
        out.append(write_provider("DN", claim.referring, "2310A"))
    if claim.rendering:
        out.append(write_provider("82", claim.rendering, "2310B"))
        if claim.rendering.taxonomy:
            out.append(["PRV", "PE", "PXC", ident(claim.rendering.taxonomy, 10, "PRV03")])
    if claim.facility:
        if claim.facility.address is None:
            raise X12Error("facility", "The service facility needs an address.", loop="2310C", element="N301")
        out.append(write_provider("77", claim.facility, "2310C"))
        out += write_address(claim.facility.address, "2310C")
    return out


def _write_line(line: ServiceLine, number: int) -> list[list[str]]:
    if not 0 < len(line.pointers) <= 4 or len(line.modifiers) > 4:
        raise X12Error(
            "line", "A line has 1 to 4 diagnosis pointers and up to 4 modifiers.", loop="2400", element="SV107"
        )
    days = ["D8", d8(line.date)] if line.end_date is None else ["RD8", f"{d8(line.date)}-{d8(line.end_date)}"]
    out = [
        ["LX", str(number)],
        ["SV1", write_procedure(line.procedure, line.modifiers), money(line.charge_cents), line.unit,
         quantity(line.units), line.place_of_service, "",
         ":".join(str(pointer) for pointer in line.pointers)],
        ["DTP", "472", *days],
    ]  # fmt: skip
    if line.control:
        out.append(["REF", "6R", ident(line.control, 50, "REF02 (6R)")])
    return out


def read_837p(source: bytes, *, strict: bool = True) -> ClaimBatch:
    """The one batch of a file. Raises `X12Error`, also where the file holds several (see `read_837p_batches`)."""
    batches = read_837p_batches(source, strict=strict)
    if len(batches) != 1:
        raise X12Error("batch-count", f"One batch of one billing provider is expected; the file has {len(batches)}.")
    return batches[0]


def read_837p_batches(source: bytes, *, strict: bool = True) -> list[ClaimBatch]:
    """Every billing provider's batch of a file, in order; `strict` as in `read_documents`."""
    return [
        _read_batch(transaction, root, billing)
        for transaction, root in read_documents(source, "X222", "837", strict=strict)
        for billing in root.children("2000A")
    ]


def _read_batch(transaction: Transaction, root: Loop, billing: Loop) -> ClaimBatch:
    envelope, begin = transaction.envelope, root.first("BHT")
    provider = billing.child("2010AA")
    claims: list[Claim] = []
    for holder in billing.children("2000B"):
        claims += [_read_claim(holder, None, loop) for loop in holder.children("2300")]
        for dependent in holder.children("2000C"):
            claims += [_read_claim(holder, dependent, loop) for loop in dependent.children("2300")]
    read = read_provider(provider) if provider else Provider("")
    taxonomy = billing.first("PRV").get(3)
    return ClaimBatch(
        submitter=_read_party(root.child("1000A")),
        receiver=_read_party(root.child("1000B")),
        billing=replace(read, taxonomy=taxonomy),
        claims=tuple(claims),
        created=read_timestamp(begin.get(4), begin.get(5)) or envelope.created,
        control_number=envelope.control_number,
        group_control=envelope.group_control,
        transaction_control=envelope.transaction_control,
        reference=begin.get(3) if begin.get(3) != str(envelope.control_number) else "",
        usage=envelope.usage,
        sender_qualifier=envelope.sender_qualifier,
        receiver_qualifier=envelope.receiver_qualifier,
        envelope=envelope,
    )


def _read_party(loop: Loop | None, segment_id: str = "NM1") -> Party:
    if loop is None:
        return Party("", "")
    name = loop.first(segment_id)
    contact, phone, email = read_contact(loop.first("PER"))
    return Party(name.get(3), name.get(9), contact, phone, email, read_address(loop))


def _read_subscriber(holder: Loop) -> Subscriber:
    policy, person = holder.first("SBR"), holder.child("2010BA")
    if person is None:
        raise X12Error("loop-missing", "The subscriber is missing.", segment_number=holder.number, loop="2000B")
    return Subscriber(
        member_id=person.first("NM1").get(9),
        person=read_person(person),
        group_number=policy.get(3),
        group_name=policy.get(4),
        sequence=policy.get(1),
        filing_indicator=policy.get(9),
    )


def _read_claim(holder: Loop, dependent: Loop | None, loop: Loop) -> Claim:
    head, place = loop.first("CLM"), loop.first("CLM").parts(5)
    if not head.get(1) or not place[0]:
        element = "CLM05" if head.get(1) else "CLM01"
        message = f"{element} is required and empty."
        raise X12Error("element-missing", message, segment_number=head.number, loop="2300", element=element)
    patient = dependent.child("2010CA") if dependent else None
    provider = {at: read_provider(found) for at in ("2310A", "2310B", "2310C") if (found := loop.child(at))}
    onset = next(loop.all("DTP", "431"), None)
    return Claim(
        control_number=head.get(1),
        total_cents=read_money(head, 2, "2300"),
        diagnoses=tuple(read_diagnoses(loop.all("HI"))),
        lines=tuple(_read_line(line) for line in loop.children("2400")),
        subscriber=_read_subscriber(holder),
        payer=_read_party(holder.child("2010BB")),
        patient=read_person(patient) if patient else None,
        relationship=dependent.first("PAT").get(1) if dependent else SELF,
        referring=provider.get("2310A"),
        rendering=provider.get("2310B"),
        facility=provider.get("2310C"),
        place_of_service=place[0],
        frequency=place[2] if len(place) > 2 else "",
        accept_assignment=head.get(7) != "C",
        prior_authorization=loop.ref("G1"),
        referral_number=loop.ref("9F"),
        original_claim_number=loop.ref("F8"),
        clia_number=loop.ref("X4"),
        patient_paid_cents=read_money(loop.first("AMT", "F5"), 2, "2300", required=False),
        onset_date=read_date(onset, 3, "2300") if onset else None,
        note=loop.first("NTE").get(2),
    )


def _read_line(loop: Loop) -> ServiceLine:
    charge, when = loop.first("SV1"), loop.first("DTP", "472")
    begin, end = read_period(when, "2400")
    pointers = [pointer for pointer in charge.parts(7) if pointer]
    if not all(pointer in _POINTERS for pointer in pointers):
        raise X12Error(
            "pointer", "A diagnosis pointer is a number from 1 to 12.",
            segment_number=charge.number, loop="2400", element="SV107",
        )  # fmt: skip
    return ServiceLine(
        procedure=charge.part(1, 2),
        charge_cents=read_money(charge, 2, "2400"),
        date=begin,
        pointers=tuple(int(pointer) for pointer in pointers),
        modifiers=read_modifiers(charge, 1),
        units=read_quantity(charge, 4, "2400", 1),
        unit=charge.get(3),
        end_date=end,
        place_of_service=charge.get(5),
        control=loop.ref("6R"),
    )


_POINTERS = frozenset(str(number) for number in range(1, 13))
