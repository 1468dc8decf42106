"""What may be done with money: charges, claims, files of payers, remittances, payments."""

from liaison.billing.actions.charges import add_charge, change_charge, confirm_charges, draft_charges, void_charge
from liaison.billing.actions.claims import batch
from liaison.billing.actions.coding import code_diagnoses
from liaison.billing.actions.files import process, process_received, take_in
from liaison.billing.actions.held import set_file_aside, try_file_again
from liaison.billing.actions.mending import Corrections, mend_claim, pass_warning, resubmit, void_claim
from liaison.billing.actions.outgoing import note_prepared, note_refused, note_sent, note_waiting, resend
from liaison.billing.actions.payments import take_payment
from liaison.billing.actions.remittances import post_remittance
from liaison.billing.actions.settling import bill_patient, write_off
from liaison.billing.actions.status import ask_status
from liaison.billing.papers.receipts import receipt_pdf

__all__ = [
    "Corrections",
    "add_charge",
    "ask_status",
    "batch",
    "bill_patient",
    "change_charge",
    "code_diagnoses",
    "confirm_charges",
    "draft_charges",
    "mend_claim",
    "note_prepared",
    "note_refused",
    "note_sent",
    "note_waiting",
    "pass_warning",
    "post_remittance",
    "process",
    "process_received",
    "receipt_pdf",
    "resend",
    "resubmit",
    "set_file_aside",
    "take_in",
    "take_payment",
    "try_file_again",
    "void_charge",
    "void_claim",
    "write_off",
]
