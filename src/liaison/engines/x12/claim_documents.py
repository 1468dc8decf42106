"""What a professional claim says, as plain data (ASC X12N 005010X222A1)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from decimal import Decimal

from liaison.engines.x12.adjustments import Adjustment
from liaison.engines.x12.envelope import Envelope
from liaison.engines.x12.parties import Address, Party, Person, Provider

SELF = "18"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who holds the policy. `sequence` is P, S or T (primary, secondary, tertiary).

    `filing_indicator` is SBR09: CI commercial, MB Medicare Part B, MC Medicaid, 12 PPO. `insurance_type` is SBR05, why
    Medicare comes second (12 working aged, 13 kidney disease, 14 no-fault, 15 workers' compensation, 47 liability).
    """

    member_id: str
    person: Person
    group_number: str = ""
    group_name: str = ""
    sequence: str = "P"
    filing_indicator: str = "CI"
    insurance_type: str = ""


@dataclass(frozen=True, slots=True)
class Paperwork:
    """Something that goes beside a claim or line (PWK): `report` OZ support, B4 referral form, RR X-rays.

    `transmission` AA on request, BM mail, EL electronic, EM e-mail, FX fax; `control` is the number on it.
    """

    report: str
    transmission: str
    control: str = ""


@dataclass(frozen=True, slots=True)
class Drug:
    """What was given (loop 2410): the eleven digits of its NDC and how much (ML, UN, GR, ME milligram, F2 units)."""

    ndc: str
    quantity: Decimal | int
    unit: str
    prescription: str = ""


@dataclass(frozen=True, slots=True)
class LineAdjudication:
    """What another payer made of a line (loop 2430); `payer_id` is that payer's in `OtherCoverage`.

    `procedure` and `units` are those of the line where they are not given; `date` is the day of the decision.
    """

    payer_id: str
    paid_cents: int
    date: datetime.date
    adjustments: tuple[Adjustment, ...] = ()
    procedure: str = ""
    modifiers: tuple[str, ...] = ()
    units: Decimal | int | None = None
    bundled_line: int = 0
    patient_owes_cents: int | None = None


@dataclass(frozen=True, slots=True)
class OtherCoverage:
    """Another coverage of the patient, and what its payer decided (loop 2320).

    `subscriber.sequence` says its place in the order. `paid_cents` None: not adjudicated by this payer yet. `adjusted`
    on the claim as a whole stand in `adjustments`; those of lines in the lines. `relationship` is the patient's to it.
    """

    subscriber: Subscriber
    payer: Party
    relationship: str = SELF
    paid_cents: int | None = None
    noncovered_cents: int | None = None
    patient_owes_cents: int | None = None
    adjustments: tuple[Adjustment, ...] = ()
    remark_codes: tuple[str, ...] = ()
    adjudicated: datetime.date | None = None
    claim_number: str = ""
    prior_authorization: str = ""
    referral_number: str = ""
    benefits_assigned: bool = True


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """A charge: HCPCS/CPT `procedure`, money in cents, `pointers` to the claim's diagnoses counted from 1.

    `description` says what an unlisted procedure was. `lot_number` is that of a vaccine (REF BT). Providers are told
    where they differ from the claim's; of `purchased` the NPI alone is sent.
    """

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
    description: str = ""
    is_emergency: bool = False
    is_epsdt: bool = False
    is_family_planning: bool = False
    is_copay_exempt: bool = False
    prior_authorization: str = ""
    referral_number: str = ""
    clia_number: str = ""
    referring_clia_number: str = ""
    mammography_number: str = ""
    lot_number: str = ""
    prescription_date: datetime.date | None = None
    initial_treatment_date: datetime.date | None = None
    last_seen_date: datetime.date | None = None
    x_ray_date: datetime.date | None = None
    tax_cents: int = 0
    note: str = ""
    paperwork: tuple[Paperwork, ...] = ()
    drug: Drug | None = None
    rendering: Provider | None = None
    purchased: Provider | None = None
    purchased_cents: int = 0
    facility: Provider | None = None
    supervising: Provider | None = None
    ordering: Provider | None = None
    referring: Provider | None = None
    adjudications: tuple[LineAdjudication, ...] = ()


@dataclass(frozen=True, slots=True)
class Accident:
    """What the illness comes from: `causes` AA car (with `state`), EM employment, OA another accident."""

    causes: tuple[str, ...]
    date: datetime.date | None = None
    state: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim (loop 2300) with its subscriber and, where the patient is somebody else, the patient.

    `control_number` is the provider's (CLM01) and comes back in 277CA and 835. `diagnoses` are ICD-10-CM codes with
    their point. `relationship` is that of the patient to the subscriber: 18 self (then `patient` is None), 01 spouse,
    19 child, 20 employee, G8 other. `frequency` 1 original, 7 replacement, 8 void; the latter two need
    `original_claim_number`. `others` are the other coverages. `property_claim_number` is that of workers' compensation
    or a liability case. `note_kind` ADD, CER, DCP, DGN or TPO. `epsdt` are the conditions found (AV, NU, S2, ST).
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
    supervising: Provider | None = None
    primary_care: Provider | None = None
    others: tuple[OtherCoverage, ...] = ()
    accident: Accident | None = None
    benefits_assigned: bool = True
    release: str = "Y"
    special_program: str = ""
    delay_reason: str = ""
    initial_treatment_date: datetime.date | None = None
    last_seen_date: datetime.date | None = None
    acute_date: datetime.date | None = None
    last_menstrual_period: datetime.date | None = None
    x_ray_date: datetime.date | None = None
    disability_begin: datetime.date | None = None
    disability_end: datetime.date | None = None
    last_worked_date: datetime.date | None = None
    return_to_work_date: datetime.date | None = None
    admission_date: datetime.date | None = None
    discharge_date: datetime.date | None = None
    first_contact_date: datetime.date | None = None
    property_claim_number: str = ""
    mammography_number: str = ""
    exception_code: str = ""
    medical_record_number: str = ""
    clearinghouse_number: str = ""
    note_kind: str = "ADD"
    paperwork: tuple[Paperwork, ...] = ()
    conditions: tuple[str, ...] = ()
    epsdt: tuple[str, ...] = ()
    is_homebound: bool = False


@dataclass(frozen=True, slots=True)
class ClaimBatch:
    """What one 837P file carries: claims of one billing provider.

    `created` is aware, to the second. `submitter.id` and `receiver.id` are the ids of the interchange too. `pay_to` is
    where checks go, where that is not the billing provider's address.
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
    pay_to: Address | None = None
    envelope: Envelope | None = field(default=None, compare=False)

    @property
    def total_cents(self) -> int:
        return sum(claim.total_cents for claim in self.claims)
