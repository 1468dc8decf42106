"""Money: charges, claims, what payers answered, and the ledger of balanced transfers."""

from liaison.billing.models.claims import Adjudication, Charge, Claim
from liaison.billing.models.files import Exchange
from liaison.billing.models.ledger import Account, Transfer

__all__ = ["Account", "Adjudication", "Charge", "Claim", "Exchange", "Transfer"]
