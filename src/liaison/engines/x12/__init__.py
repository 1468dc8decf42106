"""X12 005010: what a practice and its payers send each other, as plain data.

Read and written: 837P claims (`ClaimBatch`, `read_837p`, `write_837p`), 835 remittances (`Remittance`, `read_835`,
`write_835`, `balance_problems`), 999 (`FileAcknowledgment`) and 277CA (`ClaimAcknowledgment`) acknowledgments.
`check` lists what is wrong with any file. Everything that can go wrong raises `X12Error`, which names the rule, the
segment's number, the loop and the element.

How it is built, from below: `segments` (bytes to segments, streaming), `envelope` (interchanges and transaction sets),
`structure` (loops by a description), `guides` (the descriptions, one a transaction), and the typed documents on top.
A further transaction is a description in `guides` and a module of documents.

Money is integer cents, dates are `datetime.date`, times of creation are aware and written in UTC. Nothing here reads
a clock, a setting or a file.
"""

from liaison.engines.x12.acks import (
    ClaimAcknowledgment,
    ClaimAnswer,
    ElementError,
    FileAcknowledgment,
    SegmentError,
    SetAcknowledgment,
    Status,
    acknowledge,
    read_277ca,
    read_999,
    write_277ca,
    write_999,
)
from liaison.engines.x12.check import check
from liaison.engines.x12.claim import read_837p, read_837p_batches, write_837p
from liaison.engines.x12.claim_documents import Claim, ClaimBatch, ServiceLine, Subscriber
from liaison.engines.x12.envelope import Envelope
from liaison.engines.x12.errors import X12Error
from liaison.engines.x12.parties import Address, Party, Person, Provider
from liaison.engines.x12.remittance import (
    Adjustment,
    ProviderAdjustment,
    RemitClaim,
    RemitLine,
    Remittance,
    balance_problems,
    iter_835,
    read_835,
    write_835,
)

__all__ = [
    "Address",
    "Adjustment",
    "Claim",
    "ClaimAcknowledgment",
    "ClaimAnswer",
    "ClaimBatch",
    "ElementError",
    "Envelope",
    "FileAcknowledgment",
    "Party",
    "Person",
    "Provider",
    "ProviderAdjustment",
    "RemitClaim",
    "RemitLine",
    "Remittance",
    "SegmentError",
    "ServiceLine",
    "SetAcknowledgment",
    "Status",
    "Subscriber",
    "X12Error",
    "acknowledge",
    "balance_problems",
    "check",
    "iter_835",
    "read_277ca",
    "read_835",
    "read_837p",
    "read_837p_batches",
    "read_999",
    "write_277ca",
    "write_835",
    "write_837p",
    "write_999",
]
