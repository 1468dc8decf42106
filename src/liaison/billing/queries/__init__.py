"""What may be asked about money: claims, visits to code, a patient's account, the totals."""

from liaison.billing.ledger import Totals, totals
from liaison.billing.queries.account import (
    account_for,
    balance_of,
    exchanges,
    owed_by_patients,
    receipt_for,
)
from liaison.billing.queries.claims import GROUPS, answers, claim_for, claims, files_of, outcomes, pipeline
from liaison.billing.queries.coding import coding_for, open_charges, to_code

__all__ = [
    "GROUPS",
    "Totals",
    "account_for",
    "answers",
    "balance_of",
    "claim_for",
    "claims",
    "coding_for",
    "exchanges",
    "files_of",
    "open_charges",
    "outcomes",
    "owed_by_patients",
    "pipeline",
    "receipt_for",
    "to_code",
    "totals",
]
