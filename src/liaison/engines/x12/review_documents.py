"""A request for an authorization or referral and what was decided, as plain data (ASC X12N 005010X217)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from decimal import Decimal

from liaison.engines.x12.claim_documents import SELF, Subscriber
from liaison.engines.x12.envelope import Envelope
from liaison.engines.x12.inquiries import Rejection
from liaison.engines.x12.parties import Party, Person, Provider
from liaison.engines.x12.words import DECISION_REASONS, DECISIONS, says

SERVICES = "HS"
REFERRAL = "SC"


@dataclass(frozen=True, slots=True)
class ReviewedService:
    """A service that is asked for (loop 2000F): HCPCS/CPT `procedure`, `quantity` of `unit` (UN), from when."""

    procedure: str
    modifiers: tuple[str, ...] = ()
    quantity: Decimal | int | None = None
    unit: str = "UN"
    charge_cents: int | None = None
    date: datetime.date | None = None
    end_date: datetime.date | None = None
    decision: Decision | None = None
    trace: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided (HCR): `action` A1 certified, A2 in part, A3 not, A4 pending, A6 changed, C cancelled, CT, NA.

    `number` is the authorization's, `reasons` are HCR03. `begin` to `end` is when it may be used, `quantity` of
    `quantity_kind` (VS visits, DY days) how much.
    """

    action: str
    number: str = ""
    reasons: tuple[str, ...] = ()
    begin: datetime.date | None = None
    end: datetime.date | None = None
    issued: datetime.date | None = None
    quantity: Decimal | int | None = None
    quantity_kind: str = ""

    @property
    def is_certified(self) -> bool:
        """Whether there is something to use, perhaps less than was asked for."""
        return self.action in ("A1", "A2", "A6")

    @property
    def is_pended(self) -> bool:
        return self.action in ("A4", "CT")

    @property
    def is_denied(self) -> bool:
        return self.action in ("A3", "C")

    @property
    def says(self) -> str:
        """Action and reasons in short words."""
        why = ", ".join(says(DECISION_REASONS, reason) for reason in self.reasons)
        return f"{says(DECISIONS, self.action)}: {why}" if why else says(DECISIONS, self.action)


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """A 278 that asks. `trace` is ours and comes back.

    `category` HS services, SC a referral to a specialist, AR an admission, IN an individual; `certification` I first, R
    renewal, S revised, 4 extension, 3 cancel, N or 1 reconsideration. `service_type` as in EQ01 (3 consultation).
    `quantity` of `quantity_kind` (VS visits) is how much is asked for, `begin` to `end` when. `servicing` will do it.
    `previous_number` is the authorization that is changed or renewed.
    """

    trace: str
    payer: Party
    requester: Provider
    subscriber: Subscriber
    diagnoses: tuple[str, ...] = ()
    patient: Person | None = None
    relationship: str = SELF
    category: str = SERVICES
    certification: str = "I"
    service_type: str = ""
    place_of_service: str = "11"
    is_urgent: bool = False
    begin: datetime.date | None = None
    end: datetime.date | None = None
    quantity: Decimal | int | None = None
    quantity_kind: str = "VS"
    servicing: Provider | None = None
    services: tuple[ReviewedService, ...] = ()
    previous_number: str = ""
    note: str = ""
    envelope: Envelope | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ReviewAnswer:
    """A 278 that answers. `decision` is that of the whole event, None where the payer refused or decided by service.

    `payer_reference` is the number of a pending request at the payer (REF NT).
    """

    trace: str
    payer: Party
    requester: Provider
    subscriber: Subscriber | None
    decision: Decision | None = None
    patient: Person | None = None
    relationship: str = SELF
    category: str = SERVICES
    certification: str = "I"
    service_type: str = ""
    place_of_service: str = ""
    diagnoses: tuple[str, ...] = ()
    servicing: Provider | None = None
    services: tuple[ReviewedService, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    payer_reference: str = ""
    note: str = ""
    reference: str = ""
    traces: tuple[str, ...] = ()
    envelope: Envelope | None = field(default=None, compare=False)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """That of the event, then those of its services."""
        own = (self.decision,) if self.decision else ()
        return own + tuple(each.decision for each in self.services if each.decision)
