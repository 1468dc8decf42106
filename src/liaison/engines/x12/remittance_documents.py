"""What a payer paid and why, as plain data (ASC X12N 005010X221A1)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from liaison.engines.x12.adjustments import Adjustment
from liaison.engines.x12.envelope import Envelope
from liaison.engines.x12.parties import Party, Reference
from liaison.engines.x12.stays import Inpatient, Outpatient
from liaison.engines.x12.words import PROVIDER_ADJUSTMENTS, says

DENIED = "4"
REVERSAL = "22"
# A predetermination pays nothing and does not balance (guide section 1.10.2.7).
PREDETERMINATION = "25"
FORWARDED = frozenset({"19", "20", "21", "23"})
INTEREST = "I"


@dataclass(frozen=True, slots=True)
class Amount:
    """A further amount (AMT): I interest, AU covered, F5 paid by the patient, D8 discount, T tax, KH late filing."""

    kind: str
    cents: int


@dataclass(frozen=True, slots=True)
class Count:
    """A further quantity (QTY): CA covered days, PS prescriptions, VS visits."""

    kind: str
    value: Decimal | int


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whom a claim of a remittance names (NM1): a corrected patient, an insured, another payer."""

    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    id_kind: str = ""
    id: str = ""
    is_organization: bool = False


@dataclass(frozen=True, slots=True)
class RemitLine:
    """One adjudicated service (loop 2110). `control` is the 837 line's number (REF 6R), `remark_codes` are RARC.

    Where the payer judged another procedure than was sent, `submitted_procedure` is what was. `date` to `end_date` are
    the days of service, `rendering_npi` is told where it is not the claim's.
    """

    procedure: str
    charge_cents: int
    paid_cents: int
    adjustments: tuple[Adjustment, ...] = ()
    remark_codes: tuple[str, ...] = ()
    modifiers: tuple[str, ...] = ()
    units: Decimal | int = 1
    date: datetime.date | None = None
    control: str = ""
    allowed_cents: int | None = None
    qualifier: str = "HC"
    end_date: datetime.date | None = None
    revenue_code: str = ""
    submitted_procedure: str = ""
    submitted_modifiers: tuple[str, ...] = ()
    submitted_units: Decimal | int | None = None
    rendering_npi: str = ""
    amounts: tuple[Amount, ...] = ()
    quantities: tuple[Count, ...] = ()
    references: tuple[Reference, ...] = ()
    policies: tuple[str, ...] = ()
    pharmacy_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RemitClaim:
    """One adjudicated claim (loop 2100).

    `control_number` is the provider's (CLM01), `payer_claim_number` the payer's. `status_code` is CLP02: 1 primary,
    2 secondary, 3 tertiary, 4 denied, 19 to 21 the same and forwarded, 22 reversal, 23 not ours but forwarded.
    `adjustments` are those of the claim as a whole. `corrected` is the patient as the payer has them, `crossover` the
    payer to whom the claim was forwarded, `first_payer` the one who should have been asked first. `remark_codes` are
    those of MOA, then those of `inpatient`.
    """

    control_number: str
    status_code: str
    charge_cents: int
    paid_cents: int
    patient_responsibility_cents: int
    payer_claim_number: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    lines: tuple[RemitLine, ...] = ()
    remark_codes: tuple[str, ...] = ()
    filing_indicator: str = "12"
    place_of_service: str = ""
    frequency: str = ""
    patient_last_name: str = ""
    patient_first_name: str = ""
    member_id: str = ""
    rendering_npi: str = ""
    received: datetime.date | None = None
    service_date: datetime.date | None = None
    service_end: datetime.date | None = None
    coverage_expired: datetime.date | None = None
    insured: Named | None = None
    corrected: Named | None = None
    crossover: Named | None = None
    first_payer: Named | None = None
    amounts: tuple[Amount, ...] = ()
    quantities: tuple[Count, ...] = ()
    references: tuple[Reference, ...] = ()
    inpatient: Inpatient | None = None
    outpatient: Outpatient | None = None
    contact: str = ""
    contact_phone: str = ""

    @property
    def is_denied(self) -> bool:
        return self.status_code == DENIED

    @property
    def is_reversal(self) -> bool:
        """Whether it takes back an earlier decision; the corrected claim follows it."""
        return self.status_code == REVERSAL

    @property
    def is_forwarded(self) -> bool:
        return self.status_code in FORWARDED

    @property
    def interest_cents(self) -> int:
        """Interest told with the claim; it is paid by a provider-level adjustment (PLB L6)."""
        return sum(amount.cents for amount in self.amounts if amount.kind == INTEREST)

    def reference(self, kind: str) -> str:
        """A number by its kind: F8 the claim that is corrected, G1 prior authorization, 1L group, EA medical record."""
        return next((each.value for each in self.references if each.kind == kind), "")

    def all_adjustments(self) -> Iterator[Adjustment]:
        """Those of the claim, then those of its lines."""
        yield from self.adjustments
        for line in self.lines:
            yield from line.adjustments


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """A change of the payment that belongs to no claim (PLB). Positive cents lower the payment.

    `reason` WO overpayment taken back, FB carried forward, L6 interest, CT capitation, CR interest on it, 72 returned,
    IR withheld tax, LE levy; `reference` is the payer's number, often that of a claim.
    """

    provider_id: str
    fiscal_date: datetime.date
    reason: str
    cents: int
    reference: str = ""

    @property
    def says(self) -> str:
        return says(PROVIDER_ADJUSTMENTS, self.reason)

    @property
    def is_capitation(self) -> bool:
        return self.reason in ("CT", "CR", "CV")

    @property
    def is_interest(self) -> bool:
        return self.reason == "L6"


@dataclass(frozen=True, slots=True)
class Remittance:
    """One 835: a payment and what it is made of.

    `payer.id` is TRN03 (1 and the tax id). `method` is BPR04: ACH, CHK, NON, FWT, BOP. `payment_cents` is negative
    only where BPR03 is a debit. `trace_number` is the check or EFT number. `date` is None where the sender left it out.
    `receiver_account` is where an EFT went to. `claims` are in the order of the file, so a correction follows its
    reversal.
    """

    payer: Party
    payee: Party
    payment_cents: int
    method: str
    trace_number: str
    date: datetime.date | None
    claims: tuple[RemitClaim, ...] = ()
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()
    handling: str = "I"
    production_date: datetime.date | None = None
    payee_id_kind: str = "XX"
    payee_tax_id: str = ""
    payer_code: str = ""
    payment_format: str = ""
    sender_bank: str = ""
    sender_account: str = ""
    receiver_bank: str = ""
    receiver_account: str = ""
    supplemental_id: str = ""
    receiver_reference: str = ""
    website: str = ""
    envelope: Envelope | None = field(default=None, compare=False)

    @property
    def interest_cents(self) -> int:
        """Interest paid at the provider's level."""
        return -sum(each.cents for each in self.provider_adjustments if each.is_interest)

    @property
    def capitation_cents(self) -> int:
        return -sum(each.cents for each in self.provider_adjustments if each.is_capitation)
