"""Professional claims, ASC X12N 005010X222A1 (837P): documents to bytes and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from itertools import count

from liaison.engines.x12.check import read_documents
from liaison.engines.x12.claim_documents import SELF, Claim, ClaimBatch
from liaison.engines.x12.claim_facts import (
    read_facts,
    read_policy,
    write_facts,
    write_other,
    write_payer,
    write_policy,
    write_providers,
)
from liaison.engines.x12.claim_line import read_line, write_line
from liaison.engines.x12.envelope import Envelope, Transaction, wrap
from liaison.engines.x12.errors import X12Error
from liaison.engines.x12.loops import Loop
from liaison.engines.x12.parties import (
    Address,
    Party,
    Provider,
    read_address,
    read_contact,
    read_person,
    read_provider,
    write_address,
    write_contact,
    write_other_ids,
    write_person,
    write_provider,
)
from liaison.engines.x12.values import d8, ident, read_timestamp, text

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
    body += _write_billing(batch.billing, batch.pay_to, str(next(numbers)))
    for claim in batch.claims:
        try:
            body += _write_claim(claim, numbers)
        except X12Error as problem:
            message = f"Claim {claim.control_number}: {problem.message}"
            raise X12Error(problem.rule, message, loop=problem.loop, element=problem.element) from None
    return wrap(envelope, "HC", "837", VERSION, [body])


def _write_billing(billing: Provider, pay_to: Address | None, number: str) -> list[list[str]]:
    if billing.address is None or not billing.tax_id:
        raise X12Error("billing-provider", "The billing provider needs an address and a tax id.", loop="2010AA")
    out = [["HL", number, "", "20", "1"]]
    if billing.taxonomy:
        out.append(["PRV", "BI", "PXC", ident(billing.taxonomy, 10, "PRV03")])
    out.append(write_provider("85", billing, "2010AA"))
    out += write_address(billing.address, "2010AA")
    out.append(["REF", billing.tax_id_kind, ident(billing.tax_id, 9, "REF02 of loop 2010AA")])
    out += write_other_ids(billing, "2010AA")
    if billing.phone:
        out.append(write_contact("IC", billing.name, billing.phone))
    if pay_to:
        out += [["NM1", "87", "1" if billing.is_person else "2"], *write_address(pay_to, "2010AB")]
    return out


def _write_claim(claim: Claim, numbers: Iterator[int]) -> list[list[str]]:
    _refuse_unwritable(claim)
    subscriber, patient = claim.subscriber, claim.patient
    holder = str(next(numbers))
    member = ident(subscriber.member_id, 80, "NM109 of loop 2010BA")
    case = [["REF", "Y4", ident(claim.property_claim_number, 50, "REF02 (Y4)")]] if claim.property_claim_number else []
    out = [
        ["HL", holder, "1", "22", "1" if patient else "0"],
        write_policy(subscriber, "" if patient else SELF),
        *write_person("IL", subscriber.person, "2010BA", "MI", member),
        *([] if patient else case),
        *write_payer(claim.payer, "2010BB"),
    ]
    if patient:
        out += [["HL", str(next(numbers)), holder, "23", "0"], ["PAT", claim.relationship]]
        out += [*write_person("QC", patient, "2010CA"), *case]
    out += write_facts(claim)
    out += write_providers(claim)
    for other in claim.others:
        out += write_other(other)
    payers = {other.payer.id for other in claim.others}
    for number, line in enumerate(claim.lines, 1):
        if max(line.pointers, default=0) > len(claim.diagnoses):
            raise X12Error("pointer", "A line points at no diagnosis of its claim.", loop="2400", element="SV107")
        if not payers.issuperset(decided.payer_id for decided in line.adjudications):
            message = "A line was decided by a payer that the claim does not name."
            raise X12Error("other-payer", message, loop="2430", element="SVD01")
        out += write_line(line, number)
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
        pay_to=read_address(elsewhere) if (elsewhere := billing.child("2010AB")) else None,
        envelope=envelope,
    )


def _read_party(loop: Loop | None) -> Party:
    if loop is None:
        return Party("", "")
    name = loop.first("NM1")
    contact, phone, email = read_contact(loop.first("PER"))
    return Party(name.get(3), name.get(9), contact, phone, email, read_address(loop))


def _read_claim(holder: Loop, dependent: Loop | None, loop: Loop) -> Claim:
    facts = read_facts(loop)
    insured, patient = holder.child("2010BA"), dependent.child("2010CA") if dependent else None
    if insured is None:
        raise X12Error("loop-missing", "The subscriber is missing.", segment_number=holder.number, loop="2000B")
    return Claim(
        lines=tuple(read_line(line) for line in loop.children("2400")),
        subscriber=read_policy(holder.first("SBR"), insured.first("NM1").get(9), read_person(insured)),
        payer=_read_party(holder.child("2010BB")),
        patient=read_person(patient) if patient else None,
        relationship=dependent.first("PAT").get(1) if dependent else SELF,
        property_claim_number=(patient or insured).ref("Y4"),
        **facts,
    )
