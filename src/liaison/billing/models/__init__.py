"""Money: charges, claims, what payers answered, and the ledger of balanced transfers."""

from liaison.billing.models.books import (
    Balance,
    BankLine,
    BankMatch,
    BankStatement,
    Closing,
    Deposit,
    DepositItem,
    Drawer,
    Expense,
    ExpensePaper,
    Reconciled,
)
from liaison.billing.models.claims import Acknowledgment, Adjudication, Charge, Claim, Letter
from liaison.billing.models.coding import VisitCoding
from liaison.billing.models.coverage import Authorization, AuthorizationUse, EligibilityCheck, Estimate
from liaison.billing.models.files import Delivery, Exchange, LineLease
from liaison.billing.models.ledger import Account, Transfer
from liaison.billing.models.payments import Denial, Payment, Unposted
from liaison.billing.models.statements import PaymentPlan, Placement, Statement

__all__ = [
    "Account",
    "Acknowledgment",
    "Adjudication",
    "Authorization",
    "AuthorizationUse",
    "Balance",
    "BankLine",
    "BankMatch",
    "BankStatement",
    "Charge",
    "Claim",
    "Closing",
    "Delivery",
    "Denial",
    "Deposit",
    "DepositItem",
    "Drawer",
    "EligibilityCheck",
    "Estimate",
    "Exchange",
    "Expense",
    "ExpensePaper",
    "Letter",
    "LineLease",
    "Payment",
    "PaymentPlan",
    "Placement",
    "Reconciled",
    "Statement",
    "Transfer",
    "Unposted",
    "VisitCoding",
]
