"""Synthetic claims and remittances of a small practice."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from liaison.engines.x12 import (
    Address,
    Adjustment,
    Claim,
    ClaimBatch,
    Envelope,
    Party,
    Person,
    Provider,
    ProviderAdjustment,
    RemitClaim,
    RemitLine,
    Remittance,
    ServiceLine,
    Subscriber,
)

TODAY = date(2026, 3, 2)
CREATED = datetime(2026, 3, 2, 17, 5, 9, tzinfo=UTC)
STREET = Address("100 Main St", "Springfield", "IL", "627010001")
CLINIC = Provider(
    "Maple Street Clinic",
    npi="1234567893",
    taxonomy="261QP2300X",
    tax_id="371234567",
    address=STREET,
    phone="2175550100",
)
DOCTOR = Provider("Okafor", first_name="Ngozi", npi="1098765432", taxonomy="207Q00000X")
SUBMITTER = Party("Maple Street Clinic", "MAPLE01", contact="Billing Office", phone="2175550101")
PAYER = Party("Sunrise Health Plan", "SUNCO")
HOLDER = Person("Rivera", "Ana", "M", "", date(1980, 5, 17), "F", Address("12 Oak Ave", "Springfield", "IL", "62701"))
CHILD = Person("Rivera", "Leo", birth_date=date(2019, 8, 1), sex="M", address=HOLDER.address)
VISIT = ServiceLine("99213", 15_000, TODAY, (1, 2), ("25",), control="L1")
TEST = ServiceLine("87880", 2_550, TODAY, (1,), units=1, control="L2")


def claim(control: str = "C1001", **changes: Any) -> Claim:
    """A subscriber's own claim of two lines, 175.50."""
    facts: dict[str, Any] = {
        "control_number": control,
        "total_cents": 17_550,
        "diagnoses": ("J02.0", "I10"),
        "lines": (VISIT, TEST),
        "subscriber": Subscriber("SUN000000123", HOLDER, group_number="G77"),
        "payer": PAYER,
        "rendering": DOCTOR,
        "patient_paid_cents": 2_500,
    }
    return Claim(**{**facts, **changes})


def batch(*claims: Claim, **changes: Any) -> ClaimBatch:
    facts: dict[str, Any] = {
        "submitter": SUBMITTER,
        "receiver": PAYER,
        "billing": CLINIC,
        "claims": claims or (claim(),),
        "created": CREATED,
        "control_number": 42,
        "group_control": 42,
        "usage": "T",
    }
    return ClaimBatch(**{**facts, **changes})


def full_claim() -> Claim:
    """A dependent's claim with everything the writer knows."""
    return claim(
        "C1002",
        patient=CHILD,
        relationship="19",
        referring=Provider("Meyer", first_name="Jo", npi="1679576722"),
        facility=Provider("Maple Street North", npi="1245319599", address=STREET),
        place_of_service="22",
        frequency="7",
        original_claim_number="PAY555",
        prior_authorization="AUTH9",
        referral_number="REFER3",
        clia_number="14D0000000",
        onset_date=date(2026, 2, 27),
        note="Seen after hours",
    )


def remittance() -> Remittance:
    """Two claims, one denied, and a provider-level adjustment; it balances."""
    paid = RemitLine(
        "99213",
        15_000,
        8_000,
        (Adjustment("CO", "45", 4_000), Adjustment("PR", "3", 2_500), Adjustment("PR", "2", 500)),
        ("N130",),
        ("25",),
        date=TODAY,
        control="L1",
        allowed_cents=11_000,
    )
    denied = RemitLine("87880", 2_550, 0, (Adjustment("CO", "96", 2_550, 1),), ("N30",), date=TODAY)
    return Remittance(
        payer=Party("Sunrise Health Plan", "1371234567", "Provider Services", "8005550199", address=STREET),
        payee=Party("Maple Street Clinic", "1234567893", address=STREET),
        payment_cents=7_000,
        method="ACH",
        trace_number="EFT0001",
        date=TODAY,
        claims=(
            RemitClaim(
                "C1001", "1", 15_000, 8_000, 3_000, "SUN1", lines=(paid,), filing_indicator="12", place_of_service="11",
                frequency="1", patient_last_name="Rivera", patient_first_name="Ana", member_id="SUN000000123",
                rendering_npi="1098765432", received=TODAY, service_date=TODAY, remark_codes=("MA01",),
            ),
            RemitClaim("C1002", "4", 2_550, 0, 0, "SUN2", lines=(denied,), patient_last_name="Rivera"),
        ),
        provider_adjustments=(ProviderAdjustment("1234567893", date(2026, 12, 31), "WO", 1_000, "SUN0"),),
        production_date=TODAY,
        payee_tax_id="371234567",
        payer_code="SUNCO",
    )  # fmt: skip


def envelope() -> Envelope:
    return Envelope("SUNCO", "MAPLE01", CREATED, 7, 7)
