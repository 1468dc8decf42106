"""What a professional claim says, as plain data (ASC X12N 005010X222A1)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from decimal import Decimal

from liaison.engines.x12.envelope import Envelope
from liaison.engines.x12.parties import Party, Person, Provider

SELF = "18"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who holds the policy. `sequence` is P, S or T (primary, secondary, tertiary).

    `filing_indicator` is SBR09: CI commercial, MB Medicare Part B, MC Medicaid, 12 PPO.
    """

    member_id: str
    person: Person
    group_number: str = ""
    group_name: str = ""
    sequence: str = "P"
    filing_indicator: str = "CI"


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """A charge: HCPCS/CPT `procedure`, money in cents, `pointers` to the claim's diagnoses counted from 1."""

    procedure: str
    charge_cents: int
    date: datetime.date
    pointers: tuple[int, ...] = (1,)
    modifiers: tuple[str, ...] = ()
    units: Decimal | int = 1
    unit: str = "UN"
    end_date: datetime.date | None = None
    place_of_service: str = ""
    control: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim (loop 2300) with its subscriber and, where the patient is somebody else, the patient.

    `control_number` is the provider's (CLM01) and comes back in 277CA and 835. `diagnoses` are ICD-10-CM codes with
    their point. `relationship` is that of the patient to the subscriber: 18 self (then `patient` is None), 01 spouse,
    19 child, G8 other. `frequency` 1 original, 7 replacement, 8 void; the latter two need `original_claim_number`.
    """

    control_number: str
    total_cents: int
    diagnoses: tuple[str, ...]
    lines: tuple[ServiceLine, ...]
    subscriber: Subscriber
    payer: Party
    patient: Person | None = None
    relationship: str = SELF
    rendering: Provider | None = None
    referring: Provider | None = None
    facility: Provider | None = None
    place_of_service: str = "11"
    frequency: str = "1"
    accept_assignment: bool = True
    prior_authorization: str = ""
    referral_number: str = ""
    original_claim_number: str = ""
    clia_number: str = ""
    patient_paid_cents: int = 0
    onset_date: datetime.date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ClaimBatch:
    """What one 837P file carries: claims of one billing provider.

    `created` is aware, to the second. `submitter.id` and `receiver.id` are the ids of the interchange too.
    """

    submitter: Party
    receiver: Party
    billing: Provider
    claims: tuple[Claim, ...]
    created: datetime.datetime
    control_number: int = 1
    group_control: int = 1
    transaction_control: int = 1
    reference: str = ""
    usage: str = "P"
    sender_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"
    envelope: Envelope | None = field(default=None, compare=False)

    @property
    def total_cents(self) -> int:
        return sum(claim.total_cents for claim in self.claims)
