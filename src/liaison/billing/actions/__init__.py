"""What may be done with money: charges, claims, files of payers, remittances, payments."""

from liaison.billing.actions.charges import add_charge, confirm_charges, draft_charges, void_charge
from liaison.billing.actions.claims import batch, bill_patient, mend_claim, write_off
from liaison.billing.actions.coding import code_diagnoses
from liaison.billing.actions.files import note_refused, note_sent, process, process_received, resend, take_in
from liaison.billing.actions.payments import take_payment
from liaison.billing.actions.remittances import post_remittance
from liaison.billing.papers.receipts import receipt_pdf

__all__ = [
    "add_charge",
    "batch",
    "bill_patient",
    "code_diagnoses",
    "confirm_charges",
    "draft_charges",
    "mend_claim",
    "note_refused",
    "note_sent",
    "post_remittance",
    "process",
    "process_received",
    "receipt_pdf",
    "resend",
    "take_in",
    "take_payment",
    "void_charge",
    "write_off",
]
