"""Money: charges, claims, what payers answered, and the ledger of balanced transfers."""

from liaison.billing.models.claims import Acknowledgment, Adjudication, Charge, Claim, Letter
from liaison.billing.models.coding import VisitCoding
from liaison.billing.models.files import Delivery, Exchange
from liaison.billing.models.ledger import Account, Transfer
from liaison.billing.models.payments import Denial, Payment, Unposted

__all__ = [
    "Account",
    "Acknowledgment",
    "Adjudication",
    "Charge",
    "Claim",
    "Delivery",
    "Denial",
    "Exchange",
    "Letter",
    "Payment",
    "Transfer",
    "Unposted",
    "VisitCoding",
]
