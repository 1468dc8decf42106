"""What earlier payers decided about the same services, for the claim to the next one (loops 2320, 2330, 2430)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from liaison.billing.models import Adjudication, Claim
from liaison.engines.x12 import Adjustment, LineAdjudication

REVERSAL = "22"
_MOST_PAYERS = 2  # before the third


@dataclass(frozen=True, slots=True)
class Earlier:
    """A claim to an earlier payer, and what that decided last; None where it has not answered."""

    claim: Claim
    decided: Adjudication | None

    @property
    def claim_adjustments(self) -> list[Adjustment]:
        """The adjustments of the claim as a whole."""
        return [each for line in self._lines if not line["code"] for each in _adjustments(line)]

    @property
    def patient_cents(self) -> int:
        """What the patient was left to pay by it."""
        return sum(a["cents"] for line in self._lines for a in line["adjustments"] if a["group"] == "PR")

    @property
    def _lines(self) -> Sequence[Mapping[str, Any]]:
        return self.decided.lines if self.decided else ()

    def of_line(self, charge: str, payer_id: str) -> LineAdjudication | None:
        """What was decided of the line that a charge became: by its number, else as the only one of its code."""
        sent = [(n, one["code"]) for n, one in enumerate(self.claim.lines, 1) if one["charge"] == charge]
        if self.decided is None or not sent:
            return None
        number, code = sent[0]
        lines = [line for line in self._lines if line["code"]]
        found = [line for line in lines if line.get("control") == f"{self.claim.number}-{number}"]
        found = found or [line for line in lines if not line.get("control") and line["code"] == code]
        if len(found) != 1:
            return None
        (line,) = found
        return LineAdjudication(
            payer_id=payer_id,
            paid_cents=line["paid"],
            date=self.decided.adjudicated_on,
            adjustments=tuple(_adjustments(line)),
            procedure=line["code"],
            modifiers=tuple(line.get("modifiers", ())),
        )


def _adjustments(line: Mapping[str, Any]) -> list[Adjustment]:
    return [Adjustment(a["group"], a["carc"], a["cents"]) for a in line["adjustments"] if a["cents"]]


def earlier(claims: Sequence[Claim]) -> dict[UUID, list[Earlier]]:
    """The earlier claims of each claim that follows one, the first payer's first. Two queries for each payer before."""
    chains: dict[UUID, list[Earlier]] = {claim.pk: [] for claim in claims if claim.previous_id}
    wanted = {claim.pk: claim.previous_id for claim in claims if claim.previous_id}
    for _ in range(_MOST_PAYERS):
        if not wanted:
            break
        rows = Claim.objects.select_related("coverage", "payer", "patient").in_bulk(
            [key for key in set(wanted.values()) if key is not None]
        )
        decided: dict[UUID, Adjudication] = {}
        answers = Adjudication.objects.filter(claim_id__in=list(rows)).exclude(status_code=REVERSAL)
        for row in answers.order_by("created_at", "pk"):
            decided[row.claim_id] = row
        found = {key: rows[previous] for key, previous in wanted.items() if previous in rows}
        for key, before in found.items():
            chains[key].insert(0, Earlier(before, decided.get(before.pk)))
        wanted = {key: before.previous_id for key, before in found.items() if before.previous_id}
    return chains
