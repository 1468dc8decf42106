"""The other payers of a claim (loops 2320, 2330, 2430): what those before decided, and who is to pay after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from liaison.billing.models import Adjudication, Claim
from liaison.engines.x12 import Adjustment, LineAdjudication
from liaison.people.models import Coverage
from liaison.people.queries import coverages_in_force, coverages_of

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


def paying_after(order: Sequence[Coverage], own: Coverage) -> list[Coverage]:
    """The coverages that are billed after one, from all in their order. What is for one injury follows no other."""
    keys = [each.pk for each in order]
    after = order[keys.index(own.pk) + 1 :] if own.pk in keys else []
    return [each for each in after if own.of_an_injury or not each.of_an_injury]


def announced(claims: Sequence[Claim]) -> dict[UUID, list[Coverage]]:
    """The coverages that each claim names as paying after its own, by claim. One query for each few hundred patients.

    One that cannot be written, for its payer's ID or its subscriber is missing, is not named and holds nothing up.
    """
    if len(claims) == 1:
        held = {claims[0].patient_id: coverages_of(claims[0].patient_id, claims[0].service_date)}
    else:
        held = coverages_in_force({claim.patient_id for claim in claims})
    found = {}
    for claim in claims:
        of_day = [one for one in held.get(claim.patient_id, ()) if one.holds_on(claim.service_date)]
        found[claim.pk] = [one for one in paying_after(of_day, claim.coverage) if _can_be_named(one)]
    return found


def _can_be_named(coverage: Coverage) -> bool:
    own = coverage.relationship == Coverage.Relationship.SELF
    return bool(coverage.payer.code and coverage.number and (own or coverage.subscriber_family))
