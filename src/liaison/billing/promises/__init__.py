"""What billing promises at all times, for `liaison check` and the rehearsal."""

from liaison.billing.promises.books import balances_agree, closed_periods_hold, statements_agree
from liaison.billing.promises.ledger import (
    ledger_adds_up,
    ledger_is_append_only,
    payments_agree,
    sent_claims_have_files,
)

__all__ = [
    "balances_agree",
    "closed_periods_hold",
    "ledger_adds_up",
    "ledger_is_append_only",
    "payments_agree",
    "sent_claims_have_files",
    "statements_agree",
]
