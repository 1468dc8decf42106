"""What billing promises at all times, for `liaison check` and the rehearsal."""

from liaison.billing.promises.books import balances_agree, closed_periods_hold, statements_agree
from liaison.billing.promises.coverage import answers_have_files, authorizations_are_counted
from liaison.billing.promises.ledger import (
    ledger_adds_up,
    ledger_is_append_only,
    payments_agree,
    sent_claims_have_files,
)
from liaison.billing.promises.payments import payments_are_in_the_bank, unapplied_waits

__all__ = [
    "answers_have_files",
    "authorizations_are_counted",
    "balances_agree",
    "closed_periods_hold",
    "ledger_adds_up",
    "ledger_is_append_only",
    "payments_agree",
    "payments_are_in_the_bank",
    "sent_claims_have_files",
    "statements_agree",
    "unapplied_waits",
]
