"""Payments that patients make."""

from uuid import UUID

from liaison.billing import ledger
from liaison.billing.models import Account, Transfer
from liaison.chart.models import Encounter
from liaison.kernel.errors import Invalid, NotFound
from liaison.people.models import Patient
from liaison.people.queries import may_open
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.record.numbers import next_number
from liaison.record.rows import row

METHODS = ("cash", "card", "check")
KINDS = (Transfer.Kind.COPAY, Transfer.Kind.PATIENT_PAYMENT)
MOST = 10_000_000


def take_payment(
    actor: Actor,
    patient_id: UUID,
    *,
    cents: int,
    method: str,
    kind: str = "patient-payment",
    encounter_id: UUID | None = None,
    memo: str = "",
    site_id: UUID | None = None,
    once: UUID | None = None,
) -> Transfer:
    """Take a copayment or another payment from a patient, under a receipt number. Event billing.payment_taken.

    Raises Invalid for an amount of nothing or over $100,000, and for another method than cash, card or check; Conflict
    when the form of the key `once` was sent before.
    """
    if not 0 < cents <= MOST:
        raise Invalid("bad-amount", "Type an amount above zero and up to $100,000.", "cents")
    if method not in METHODS:
        raise Invalid("bad-method", "Choose cash, card or check.", "method")
    if kind not in KINDS:
        raise Invalid("bad-kind", "Choose copayment or payment.", "kind")
    with change(actor, "billing.collect") as this:
        patient = row(Patient, patient_id)
        if patient is None:
            raise NotFound("no-patient", "There is no such patient. Search for the patient again.")
        may_open(actor, patient)
        encounter = row(Encounter, encounter_id) if encounter_id else None
        if encounter_id and (encounter is None or encounter.patient_id != patient_id):
            raise NotFound("no-encounter", "This is no visit of the patient. Choose one from the account.", "encounter")
        receipt = f"R{next_number('receipt'):06d}"  # who takes the same payment waits for the other here
        transfer = ledger.entry(
            kind,
            Account.DRAWER,
            Account.PATIENT_RECEIVABLE,
            cents,
            transaction=ledger.transaction_of(once),
            at=this.at,
            patient=patient,
            encounter_id=encounter_id,
            method=method,
            receipt=receipt,
            memo=" ".join(memo.split())[:200],
            site_id=None if encounter_id else site_id,  # a visit says where it was
        )
        this.save_new([transfer])
        this.event("billing.payment_taken", transfer=transfer.pk, patient=patient_id, encounter=encounter_id)
        return transfer
