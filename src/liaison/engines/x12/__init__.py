"""X12 005010: what a practice and its payers send each other, as plain data.

Read and written as documents: 837P claims (`ClaimBatch`, `read_837p`, `write_837p`), 835 remittances (`Remittance`,
`read_835`, `write_835`, `balance`), 999 (`FileAcknowledgment`), 277CA (`ClaimAcknowledgment`) and TA1
(`InterchangeAcknowledgment`); 270 and 271 (`EligibilityInquiry`, `EligibilityAnswer`), 276 and 277 (`StatusInquiry`,
`ClaimStatus`), 278 (`ReviewRequest`, `ReviewAnswer`). What their codes say stands in `words`; `core` is the envelope
around them on the line. `check` lists what is wrong with any file, `tell` says what stands in it, `split` takes it
apart, `read_segments` gives its segments with their exact bytes. Everything that can go wrong raises `X12Error`, which
names the rule, the segment's number, the loop and the element.

How it is built, from below: `dialect` and `segments` (bytes to segments, streaming), `envelope` (interchanges and
transaction sets), `dictionary` (the segments and their elements, named and typed), `guides` (the transactions, each
described once), `structure` (a description made ready), `loops` (segments put into loops), `elements` and `patterns`
(a segment against its place), `names` (elements by name), and the typed documents on top. A further transaction is a
description in `guides` and, where a program needs more than names, a module of documents.

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
from liaison.engines.x12.adjustments import Adjustment
from liaison.engines.x12.balance import Finding, balance, balance_problems
from liaison.engines.x12.check import check, iter_check
from liaison.engines.x12.claim import read_837p, read_837p_batches, write_837p
from liaison.engines.x12.claim_documents import (
    Accident,
    Claim,
    ClaimBatch,
    Drug,
    LineAdjudication,
    OtherCoverage,
    Paperwork,
    ServiceLine,
    Subscriber,
)
from liaison.engines.x12.claim_status import (
    ClaimStatus,
    LineStatus,
    StatusDetail,
    StatusInquiry,
    read_276,
    read_277,
    write_276,
    write_277,
)
from liaison.engines.x12.core import CoreMessage, read_core, write_core
from liaison.engines.x12.eligibility import read_270, read_271, write_270, write_271
from liaison.engines.x12.eligibility_documents import (
    Benefit,
    Delivery,
    EligibilityAnswer,
    EligibilityInquiry,
    Entity,
    Member,
)
from liaison.engines.x12.envelope import Envelope, Transaction
from liaison.engines.x12.errors import X12Error
from liaison.engines.x12.inquiries import Period, Rejection
from liaison.engines.x12.interchange import InterchangeAcknowledgment, read_ta1, write_ta1
from liaison.engines.x12.names import named
from liaison.engines.x12.npi import is_npi
from liaison.engines.x12.parties import Address, Party, Person, Provider, Reference
from liaison.engines.x12.remittance import iter_835, read_835, write_835
from liaison.engines.x12.remittance_documents import (
    Amount,
    Count,
    Named,
    ProviderAdjustment,
    RemitClaim,
    RemitLine,
    Remittance,
)
from liaison.engines.x12.review import read_278, read_278_answer, write_278, write_278_answer
from liaison.engines.x12.review_documents import Decision, ReviewAnswer, ReviewedService, ReviewRequest
from liaison.engines.x12.segments import read_segments
from liaison.engines.x12.split import split
from liaison.engines.x12.stays import Inpatient, Outpatient
from liaison.engines.x12.tell import tell

__all__ = [
    "Accident",
    "Address",
    "Adjustment",
    "Amount",
    "Benefit",
    "Claim",
    "ClaimAcknowledgment",
    "ClaimAnswer",
    "ClaimBatch",
    "ClaimStatus",
    "CoreMessage",
    "Count",
    "Decision",
    "Delivery",
    "Drug",
    "ElementError",
    "EligibilityAnswer",
    "EligibilityInquiry",
    "Entity",
    "Envelope",
    "FileAcknowledgment",
    "Finding",
    "Inpatient",
    "InterchangeAcknowledgment",
    "LineAdjudication",
    "LineStatus",
    "Member",
    "Named",
    "OtherCoverage",
    "Outpatient",
    "Paperwork",
    "Party",
    "Period",
    "Person",
    "Provider",
    "ProviderAdjustment",
    "Reference",
    "Rejection",
    "RemitClaim",
    "RemitLine",
    "Remittance",
    "ReviewAnswer",
    "ReviewRequest",
    "ReviewedService",
    "SegmentError",
    "ServiceLine",
    "SetAcknowledgment",
    "Status",
    "StatusDetail",
    "StatusInquiry",
    "Subscriber",
    "Transaction",
    "X12Error",
    "acknowledge",
    "balance",
    "balance_problems",
    "check",
    "is_npi",
    "iter_835",
    "iter_check",
    "named",
    "read_270",
    "read_271",
    "read_276",
    "read_277",
    "read_277ca",
    "read_278",
    "read_278_answer",
    "read_835",
    "read_837p",
    "read_837p_batches",
    "read_999",
    "read_core",
    "read_segments",
    "read_ta1",
    "split",
    "tell",
    "write_270",
    "write_271",
    "write_276",
    "write_277",
    "write_277ca",
    "write_278",
    "write_278_answer",
    "write_835",
    "write_837p",
    "write_999",
    "write_core",
    "write_ta1",
]
