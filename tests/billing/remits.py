"""Remittances as a payer would write them, to the cent as a test wants them."""

from datetime import UTC, date, datetime

from liaison.billing.models import Claim
from liaison.billing.x12 import claims as ours
from liaison.engines.x12 import (
    Address,
    Adjustment,
    Envelope,
    Party,
    ProviderAdjustment,
    RemitClaim,
    RemitLine,
    Remittance,
    write_835,
)

DAY = date(2026, 3, 5)
PAYER = Party(
    "Sunrise Health Plan",
    "1371000001",
    "Services",
    "2175550150",
    address=Address("500 Plaza", "Springfield", "IL", "62703"),
)
PAYEE = Party("Maple Street Clinic", "1234567893")


def paid(claim: Claim, *splits: tuple[int, int], number: str = "") -> RemitClaim:
    """A paid claim: of each line what the contract takes off and what the patient owes; the payer pays the rest."""
    lines = []
    for at, (line, (off, share)) in enumerate(zip(claim.lines, splits, strict=True), 1):
        adjustments = tuple(a for a in (Adjustment("CO", "45", off), Adjustment("PR", "2", share)) if a.cents)
        lines.append(
            RemitLine(
                line["code"],
                line["cents"],
                line["cents"] - off - share,
                adjustments,
                control=ours.line_control(claim, at),
            )
        )
    share = sum(s for _, s in splits)
    total = sum(line.paid_cents for line in lines)
    return RemitClaim(
        number or claim.number,
        "1",
        claim.total_cents,
        total,
        share,
        "SUNCO00000001",
        lines=tuple(lines),
        patient_last_name="Rivera",
    )


def taken_back(remit: RemitClaim) -> RemitClaim:
    """The reversal (CLP02 22) of a paid claim: all its amounts negative."""
    lines = tuple(
        RemitLine(
            line.procedure, -line.charge_cents, -line.paid_cents,
            tuple(Adjustment(a.group, a.carc, -a.cents) for a in line.adjustments), control=line.control,
        )
        for line in remit.lines
    )  # fmt: skip
    return RemitClaim(
        remit.control_number, "22", -remit.charge_cents, -remit.paid_cents, -remit.patient_responsibility_cents,
        remit.payer_claim_number, lines=lines, patient_last_name="Rivera",
    )  # fmt: skip


def denied(claim: Claim, carc: str = "16", group: str = "CO") -> RemitClaim:
    """A claim denied whole."""
    lines = tuple(
        RemitLine(
            line["code"],
            line["cents"],
            0,
            (Adjustment(group, carc, line["cents"]),),
            control=ours.line_control(claim, at),
        )
        for at, line in enumerate(claim.lines, 1)
    )
    return RemitClaim(
        claim.number, "4", claim.total_cents, 0, 0, "SUNCO00000001", lines=lines, patient_last_name="Rivera"
    )


def remittance(
    *claims: RemitClaim, trace: str = "SUNCO1", off_by: int = 0, provider: tuple[ProviderAdjustment, ...] = ()
) -> bytes:
    """The 835 of some claims; its payment is `off_by` cents too much."""
    payment = sum(claim.paid_cents for claim in claims) - sum(change.cents for change in provider) + off_by
    return write_835(
        Remittance(PAYER, PAYEE, payment, "CHK", trace, DAY, claims, provider_adjustments=provider),
        Envelope("SUNCO", "1234567893", datetime(2026, 3, 5, 12, tzinfo=UTC), 7, 7),
    )
