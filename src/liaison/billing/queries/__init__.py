"""What may be asked about money: claims, visits to code, a patient's account, the totals."""

from liaison.billing.ledger import Totals, totals
from liaison.billing.queries.account import (
    account_for,
    balance_of,
    owed_by_patients,
    receipt_for,
)
from liaison.billing.queries.claims import (
    GROUPS,
    answers,
    claim_for,
    claims,
    files_of,
    history,
    letter_for,
    outcomes,
    pipeline,
)
from liaison.billing.queries.coding import coding_for, open_charges
from liaison.billing.queries.coverage import (
    AtTheDesk,
    appointments_on,
    at_the_desk,
    can_ask_payers,
    coverage_day,
    coverage_for,
    problems_of,
    standings,
)
from liaison.billing.queries.files import exchange_for, exchanges

__all__ = [
    "GROUPS",
    "AtTheDesk",
    "Totals",
    "account_for",
    "answers",
    "appointments_on",
    "at_the_desk",
    "balance_of",
    "can_ask_payers",
    "claim_for",
    "claims",
    "coding_for",
    "coverage_day",
    "coverage_for",
    "exchange_for",
    "exchanges",
    "files_of",
    "history",
    "letter_for",
    "open_charges",
    "outcomes",
    "owed_by_patients",
    "pipeline",
    "problems_of",
    "receipt_for",
    "standings",
    "totals",
]
