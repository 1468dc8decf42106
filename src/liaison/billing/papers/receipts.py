"""Receipts on paper."""

from datetime import tzinfo
from importlib import resources
from zoneinfo import ZoneInfo

import typst
from django.utils import timezone

from liaison.billing.models import Transfer
from liaison.billing.papers.compiled import town_of
from liaison.kernel.money import dollars
from liaison.kernel.phones import shown
from liaison.places.queries import practice as the_practice

_KIND = {Transfer.Kind.COPAY: "Copayment"}


def receipt_pdf(transfer: Transfer) -> bytes:
    """The receipt of a patient's payment, half a letter page, as PDF."""
    practice, patient = the_practice(), transfer.patient
    assert patient is not None, "a receipt is of a patient"
    at = transfer.at.astimezone(_zone(transfer))
    facts = {
        "practice": practice.name,
        "address": ", ".join(part for part in (practice.line, town_of(practice)) if part),
        "phone": shown(practice.phone),
        "number": transfer.receipt,
        "date": f"{at:%B} {at.day}, {at.year}, {at:%H:%M}",
        "patient": f"{patient.given} {patient.family}".strip(),
        "mrn": patient.mrn,
        "what": _KIND.get(Transfer.Kind(transfer.kind), "Payment on account"),
        "method": transfer.method,
        "amount": dollars(transfer.cents),
    }
    source = resources.files("liaison.billing.papers").joinpath("receipt.typ").read_bytes()
    return bytes(typst.compile(source, sys_inputs=facts, ignore_system_fonts=True))


def _zone(transfer: Transfer) -> tzinfo:
    encounter = transfer.encounter
    return ZoneInfo(encounter.site.zone) if encounter and encounter.site else timezone.get_default_timezone()
