"""Synthetic claims and remittances of a small practice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from liaison.engines.x12 import (
    Accident,
    Address,
    Adjustment,
    Amount,
    Claim,
    ClaimBatch,
    Count,
    Drug,
    Envelope,
    LineAdjudication,
    Named,
    OtherCoverage,
    Paperwork,
    Party,
    Person,
    Provider,
    ProviderAdjustment,
    Reference,
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


NURSE = Provider("Vance", first_name="Cleo", npi="1003000126")
SPECIALIST = Provider("Meyer", first_name="Jo", npi="1679576722")
NURSE_WITH_TAXONOMY = replace(NURSE, taxonomy="163W00000X")
NORTH = Provider("Maple Street North", npi="1245319599", address=STREET)


def full_claim() -> Claim:
    """A dependent's claim with everything that a claim as a whole can say."""
    return claim(
        "C1002",
        patient=CHILD,
        relationship="19",
        referring=replace(SPECIALIST, other_ids=(("0B", "IL036"), ("G2", "SUN77"))),
        primary_care=replace(DOCTOR, taxonomy=""),
        supervising=NURSE,
        facility=NORTH,
        place_of_service="22",
        frequency="7",
        original_claim_number="PAY555",
        prior_authorization="AUTH9",
        referral_number="REFER3",
        clia_number="14D0000000",
        onset_date=date(2026, 2, 27),
        note="Seen after hours",
        note_kind="CER",
        accident=Accident(("AA", "OA"), date(2026, 2, 20), "IL"),
        benefits_assigned=False,
        release="I",
        special_program="02",
        delay_reason="7",
        initial_treatment_date=date(2026, 2, 21),
        last_seen_date=date(2026, 2, 22),
        acute_date=date(2026, 2, 23),
        last_menstrual_period=date(2026, 1, 1),
        x_ray_date=date(2026, 2, 24),
        disability_begin=date(2026, 2, 20),
        disability_end=date(2026, 3, 20),
        last_worked_date=date(2026, 2, 19),
        return_to_work_date=date(2026, 3, 21),
        admission_date=date(2026, 2, 25),
        discharge_date=date(2026, 2, 26),
        first_contact_date=date(2026, 2, 28),
        property_claim_number="WC-2026-17",
        mammography_number="M123",
        exception_code="1",
        medical_record_number="M000017",
        clearinghouse_number="CH17",
        paperwork=(Paperwork("OZ", "EL", "DOC1"), Paperwork("RR", "AA")),
        conditions=("A1",),
        epsdt=("AV", "ST"),
        is_homebound=True,
    )


def full_line() -> ServiceLine:
    """A line with everything that a line can say, but for what another payer decided."""
    return ServiceLine(
        "90471",
        2_000,
        TODAY,
        (1, 2),
        ("59", "GP"),
        units=2,
        end_date=date(2026, 3, 3),
        place_of_service="12",
        control="L9",
        description="An unlisted thing",
        is_emergency=True,
        is_epsdt=True,
        is_family_planning=True,
        is_copay_exempt=True,
        prior_authorization="AUTH8",
        referral_number="REFER8",
        clia_number="14D0000001",
        referring_clia_number="14D0000002",
        mammography_number="M124",
        lot_number="LOT77",
        prescription_date=date(2026, 2, 1),
        initial_treatment_date=date(2026, 2, 2),
        last_seen_date=date(2026, 2, 3),
        x_ray_date=date(2026, 2, 4),
        tax_cents=125,
        note="Given twice",
        paperwork=(Paperwork("B4", "FX", "DOC2"),),
        drug=Drug("00006404741", Decimal("0.5"), "ML", "RX9"),
        rendering=NURSE_WITH_TAXONOMY,
        purchased=Provider("", npi="1245319599"),
        purchased_cents=900,
        facility=NORTH,
        supervising=NURSE,
        ordering=replace(SPECIALIST, address=STREET, phone="2175550188"),
        referring=SPECIALIST,
    )


def secondary_claim() -> Claim:
    """A claim to the second payer, with what the first decided of the claim and of each line."""
    decided = OtherCoverage(
        subscriber=Subscriber(
            "SUN000000123", replace(HOLDER, birth_date=None, sex="U"), "G77", "Maple Works", "P", "CI"
        ),
        payer=Party("Sunrise Health Plan", "SUNCO", address=STREET),
        paid_cents=8_000,
        noncovered_cents=0,
        patient_owes_cents=3_000,
        adjustments=(Adjustment("OA", "23", 0),),
        remark_codes=("MA01", "N130"),
        claim_number="SUN00000001",
        prior_authorization="AUTH9",
        referral_number="REFER3",
    )
    visit = LineAdjudication(
        "SUNCO", 8_000, TODAY,
        (Adjustment("CO", "45", 4_000), Adjustment("PR", "1", 2_500), Adjustment("PR", "2", 500)),
        patient_owes_cents=3_000,
    )  # fmt: skip
    test = LineAdjudication("SUNCO", 0, TODAY, (Adjustment("CO", "97", 2_550),), "87081", ("QW",), 2, 1)
    third = replace(decided.subscriber, sequence="T")
    return claim(
        "C1004",
        subscriber=Subscriber("MED000000123", HOLDER, sequence="S", filing_indicator="MB", insurance_type="12"),
        payer=Party("Medicare Part B", "MEDIB"),
        others=(decided, OtherCoverage(third, Party("Third", "T3"), "01", adjudicated=TODAY, benefits_assigned=False)),
        lines=(replace(VISIT, adjudications=(visit,)), replace(TEST, adjudications=(test,))),
    )  # fmt: skip


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


def full_remittance() -> Remittance:
    """A reversal with its correction, interest, capitation, banks, and everything that a claim and a line can say."""
    paid = RemitLine(
        "99214", 20_000, 10_000, (Adjustment("CO", "45", 8_000), Adjustment("PR", "2", 2_000)), ("N130",), ("25",),
        date=TODAY, end_date=date(2026, 3, 3), control="L1", allowed_cents=12_000, revenue_code="0510",
        submitted_procedure="99215", submitted_modifiers=("25",), submitted_units=Decimal(1),
        rendering_npi="1098765432",
        amounts=(Amount("T", 100),), quantities=(Count("ZK", Decimal(1)),), references=(Reference("G1", "AUTH9"),),
        policies=("LCD1",), pharmacy_codes=("75",),
    )  # fmt: skip
    back = replace(
        paid,
        charge_cents=-20_000,
        paid_cents=-9_000,
        adjustments=(Adjustment("CO", "45", -11_000),),
        allowed_cents=None,
    )
    whole = RemitClaim(
        "C1001", "19", 20_000, 9_500, 2_500, "SUN1", adjustments=(Adjustment("PR", "3", 500, Decimal(1)),),
        lines=(paid,), patient_last_name="Rivera", patient_first_name="Ana", member_id="SUN000000123",
        service_date=TODAY, service_end=date(2026, 3, 3), coverage_expired=date(2026, 3, 31),
        insured=Named("Rivera", "Jo", "Q", "JR", "MI", "SUN000000123"), corrected=Named("Riviera", "Ana", id_kind="C",
        id="SUN000000124"), crossover=Named("Medicare Part B", id_kind="PI", id="MEDIB", is_organization=True),
        first_payer=Named("Third", id_kind="PI", id="T3", is_organization=True),
        amounts=(Amount("I", 125), Amount("AU", 12_000)), quantities=(Count("CA", Decimal(1)),),
        references=(Reference("F8", "SUN0"), Reference("1L", "G77")), contact="Desk", contact_phone="2175550150",
    )  # fmt: skip
    taken = replace(
        whole, status_code="22", charge_cents=-20_000, paid_cents=-9_000, patient_responsibility_cents=0, amounts=(),
        adjustments=(), lines=(back,), corrected=None, crossover=None, first_payer=None,
    )  # fmt: skip
    end = date(2026, 12, 31)
    return replace(
        remittance(),
        payment_cents=500 + 125 + 3_000,
        claims=(taken, whole),
        provider_adjustments=(
            ProviderAdjustment("1234567893", end, "L6", -125),
            ProviderAdjustment("1234567893", end, "CT", -3_000, "MAR"),
        ),
        payment_format="CCP", sender_bank="071000013", sender_account="7001", receiver_bank="071000014",
        receiver_account="12345678", supplemental_id="X9", receiver_reference="MAPLE01", website="example.org/pay",
    )  # fmt: skip


def envelope() -> Envelope:
    return Envelope("SUNCO", "MAPLE01", CREATED, 7, 7)
