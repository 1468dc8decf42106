"""Claims that the payer has judged, as it remembers them: for questions about them and for their corrections."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime

from liaison.engines.x12 import Envelope, RemitClaim, Remittance, read_835, write_835
from sandbox_payer.history import History

_JUDGED, _CONTROL, _PENDING = "judged", "control", "pending"


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim and its remittance, kept as an 835 of its own."""

    number: str
    payer: str
    member: str
    control: str
    day: str
    check: str
    advice: str

    @property
    def remit(self) -> RemitClaim:
        return read_835(self.advice.encode())[0].claims[0]


def keep(history: History, remittance: Remittance, members: dict[str, str]) -> None:
    """Remember each claim of a remittance; `members` are the member numbers by the payer's claim number."""
    for claim in remittance.claims:
        number = claim.payer_claim_number
        if claim.is_reversal:
            history.note(_JUDGED, number, "")
            continue
        payer = remittance.payer_code
        alone = replace(remittance, claims=(claim,), provider_adjustments=(), payment_cents=claim.paid_cents)
        made = datetime(2000, 1, 1, tzinfo=UTC)
        judged = Judged(
            number=number,
            payer=payer,
            member=members.get(number, claim.member_id),
            control=claim.control_number,
            day=str(remittance.date),
            check=remittance.trace_number,
            advice=write_835(alone, Envelope(payer, payer, made)).decode("ascii"),
        )
        history.note(_JUDGED, number, json.dumps(asdict(judged)))
        history.note(_CONTROL, f"{payer}/{claim.control_number}", number)


def find(history: History, payer: str, number: str = "", control: str = "") -> Judged | None:
    """A claim by the payer's number, else by the provider's; None where neither is known at this payer."""
    for each in (number, history.recall(_CONTROL, f"{payer}/{control}")):
        kept = history.recall(_JUDGED, each) if each else ""
        if kept:
            judged = Judged(**json.loads(kept))
            if judged.payer == payer:
                return judged
    return None


def hold(history: History, remittance: Remittance, pending: bool) -> None:
    """Note that the claims of a remittance are not paid yet, or are now."""
    for claim in remittance.claims:
        history.note(_PENDING, claim.payer_claim_number, "1" if pending else "")


def is_pending(history: History, judged: Judged) -> bool:
    return bool(history.recall(_PENDING, judged.number))


def day_of(judged: Judged) -> date:
    return date.fromisoformat(judged.day)
