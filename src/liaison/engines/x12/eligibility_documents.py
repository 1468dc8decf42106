"""What is asked about a patient's coverage and what a payer says of it, as plain data (ASC X12N 005010X279A1)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from decimal import Decimal

from liaison.engines.x12.claim_documents import SELF, Subscriber
from liaison.engines.x12.envelope import Envelope
from liaison.engines.x12.inquiries import Period, Rejection
from liaison.engines.x12.parties import Address, Party, Person, Provider, Reference
from liaison.engines.x12.words import INFORMATION, TIME_PERIODS, says

# EB01: coverage that is there, coverage that is not.
ACTIVE = frozenset("12345")
INACTIVE = frozenset("678")
PLAN = "30"
REMAINING = frozenset({"29", "33"})
EXHAUSTED = "30"


@dataclass(frozen=True, slots=True)
class EligibilityInquiry:
    """What is asked about one patient. `trace` is ours and comes back.

    `patient` is set where somebody else than the subscriber is treated; `relationship` as on a claim. Without
    `service_date` the payer answers for today. `procedure` (HCPCS/CPT) is asked beside `service_types`.
    """

    trace: str
    payer: Party
    provider: Provider
    subscriber: Subscriber
    patient: Person | None = None
    relationship: str = SELF
    service_date: datetime.date | None = None
    service_end: datetime.date | None = None
    service_types: tuple[str, ...] = (PLAN,)
    procedure: str = ""
    modifiers: tuple[str, ...] = ()
    envelope: Envelope | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Entity:
    """Somebody whom a benefit names (loop 2120): `kind` PR payer, P3 primary care, PRP primary payer, SEP, TTP, VN.

    `name` and `id` as the payer has them; `first_name` is set for a person.
    """

    kind: str
    name: str
    first_name: str = ""
    id_kind: str = ""
    id: str = ""
    address: Address | None = None
    contact: str = ""
    phone: str = ""
    taxonomy: str = ""
    website: str = ""

    @property
    def is_payer(self) -> bool:
        return self.kind in ("PR", "PRP", "SEP", "TTP")


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a benefit is given (HSD): `quantity` of `kind` (VS visits) per `unit`, for `periods` of `period_kind`."""

    kind: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    per: Decimal | None = None
    period_kind: str = ""
    periods: str = ""


@dataclass(frozen=True, slots=True)
class Benefit:
    """One EB with what hangs on it.

    `information` is EB01 (1 active, 6 inactive, A coinsurance, B copayment, C deductible, F limit, R other payer),
    `coverage_level` EB02, `time_period` EB06, `cents` EB07, `percent` EB08 in percent, `quantity` EB10 of
    `quantity_kind`. Of `authorization_required` and `in_network` None means: not said, or true of both.
    """

    information: str
    service_types: tuple[str, ...] = ()
    coverage_level: str = ""
    insurance_type: str = ""
    plan: str = ""
    time_period: str = ""
    cents: int | None = None
    percent: Decimal | None = None
    quantity_kind: str = ""
    quantity: Decimal | None = None
    authorization_required: bool | None = None
    in_network: bool | None = None
    procedure: str = ""
    modifiers: tuple[str, ...] = ()
    periods: tuple[Period, ...] = ()
    references: tuple[Reference, ...] = ()
    messages: tuple[str, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    places: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()
    rejections: tuple[Rejection, ...] = ()

    @property
    def is_remaining(self) -> bool:
        """Whether the amount or count is what is left, not what there was at first."""
        return self.time_period in REMAINING

    @property
    def says(self) -> str:
        """The kind of row, and its time, in short words."""
        time = says(TIME_PERIODS, self.time_period)
        return f"{says(INFORMATION, self.information)} ({time})" if time else says(INFORMATION, self.information)

    def about(self, service_type: str) -> bool:
        """Whether the row speaks of a service type; one without service types speaks of all."""
        return not self.service_types or service_type in self.service_types


@dataclass(frozen=True, slots=True)
class Member:
    """A subscriber or dependent as the payer has them. `changed` says that the payer corrected what was sent.

    `relationship` is INS02 (18 self, 01 spouse, 19 child, 34 other adult).
    """

    person: Person
    member_id: str = ""
    group_number: str = ""
    group_name: str = ""
    relationship: str = ""
    changed: bool = False
    periods: tuple[Period, ...] = ()
    references: tuple[Reference, ...] = ()

    def days(self, *kinds: str) -> Period | None:
        """The first period of one of these kinds (346 begin, 347 end, 291 plan, 356 eligible from)."""
        return next((period for period in self.periods if period.kind in kinds), None)


@dataclass(frozen=True, slots=True)
class EligibilityAnswer:
    """What a payer says of one patient. `trace` is that of the question; `reference` repeats its BHT03.

    `dependent` is set where the patient is not the subscriber. `rejections` are those of every level.
    """

    trace: str
    payer: Party
    provider: Provider
    subscriber: Member | None
    dependent: Member | None = None
    benefits: tuple[Benefit, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    reference: str = ""
    traces: tuple[str, ...] = ()
    payer_trace: str = ""
    envelope: Envelope | None = field(default=None, compare=False)

    @property
    def patient(self) -> Member | None:
        return self.dependent or self.subscriber

    @property
    def is_active(self) -> bool | None:
        """Whether the plan covers the patient; None where the payer does not say."""
        return self.covers(PLAN)

    def covers(self, service_type: str) -> bool | None:
        """Whether there is coverage for a service type; where nothing is said of it, for any; None where unsaid."""
        said = [each for each in self.benefits if each.information in ACTIVE | INACTIVE]
        rows = [each for each in said if each.about(service_type)] or said
        return any(each.information in ACTIVE for each in rows) if rows else None

    def rows(self, information: str, service_type: str = "", *, in_network: bool | None = None) -> tuple[Benefit, ...]:
        """Rows of a kind, of a service type where one is given; `in_network` leaves out those of the other side."""
        return tuple(
            each
            for each in self.benefits
            if each.information == information
            and (not service_type or each.about(service_type))
            and (in_network is None or each.in_network in (None, in_network))
        )

    @property
    def other_payers(self) -> tuple[Entity, ...]:
        """Other or additional payers that the payer knows of."""
        rows = (each for each in self.benefits if each.information == "R")
        return tuple(entity for row in rows for entity in row.entities if entity.is_payer)
