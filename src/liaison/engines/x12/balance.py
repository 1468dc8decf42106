"""Whether documents add up: a remittance by line, claim and payment (X221, section 1.10.2), a claim by its lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from liaison.engines.x12.adjustments import Adjustment
from liaison.engines.x12.errors import X12Error
from liaison.engines.x12.remittance_documents import INTEREST, PREDETERMINATION, REVERSAL, Remittance
from liaison.engines.x12.segments import Segment
from liaison.engines.x12.values import money, read_money

SHARE = "PR"


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not add up. `expected_cents` is what the rest of the remittance makes, `found_cents` what is said.

    Rules: "line-balance" (SVC03), "claim-balance" (CLP04), "claim-charge" (CLP03), "payment-balance" (BPR02); these
    block posting. "patient-share" (CLP05 against the adjustments of group PR) and "interest" (AMT of claims against
    PLB) do not: the cents themselves are right. `claim` is the provider's number, `line` counts from 1.
    """

    rule: str
    message: str
    element: str
    expected_cents: int
    found_cents: int
    claim: str = ""
    line: int = 0
    blocks: bool = True
    segment_number: int = 0

    def __str__(self) -> str:
        if not self.claim:
            return f"Payment: {self.message}"
        return f"Claim {self.claim}{f', line {self.line}' if self.line else ''}: {self.message}"


@dataclass(slots=True)
class _Sums:
    """Charge, payment and adjustments of a line or claim."""

    charge: int
    paid: int
    adjusted: int = 0
    number: int = 0


@dataclass(slots=True)
class _Claim(_Sums):
    control: str = ""
    status: str = ""
    share: int = 0
    shares: int = 0
    lines: list[_Sums] = field(default_factory=list)

    def findings(self) -> Iterator[Finding]:
        if self.status == PREDETERMINATION:
            return
        adjusted, told = self.adjusted, 0
        for at, line in enumerate(self.lines, 1):
            adjusted += line.adjusted
            if line.charge - line.adjusted != line.paid:
                message = _less(line.charge, line.adjusted, "SVC03", line.paid)
                expected = line.charge - line.adjusted
                told += expected - line.paid
                yield self._finding("line-balance", message, "SVC03", expected, line.paid, at, line.number)
        # A claim that is out by as much as its lines is told by them.
        if (out := self.charge - adjusted - self.paid) and out != told:
            message = _less(self.charge, adjusted, "CLP04", self.paid)
            yield self._finding("claim-balance", message, "CLP04", self.charge - adjusted, self.paid)
        charged = sum(line.charge for line in self.lines)
        if self.lines and charged != self.charge:
            message = f"its lines charge {money(charged)}, but CLP03 says {money(self.charge)}."
            yield self._finding("claim-charge", message, "CLP03", charged, self.charge)
        # A reversal has no patient's share of its own.
        if self.shares != self.share and self.status != REVERSAL:
            message = (
                f"adjustments of the patient's share make {money(self.shares)}, but CLP05 says {money(self.share)}."
            )
            yield self._finding("patient-share", message, "CLP05", self.shares, self.share, blocks=False)

    def _finding(
        self, rule: str, words: str, element: str, expected: int, found: int, line: int = 0, number: int = 0,
        *, blocks: bool = True,
    ) -> Finding:  # fmt: skip
        return Finding(rule, words, element, expected, found, self.control, line, blocks, number or self.number)


def _less(charge: int, adjusted: int, element: str, paid: int) -> str:
    return (
        f"charge {money(charge)} less adjustments {money(adjusted)} is {money(charge - adjusted)}, "
        f"but {element} says {money(paid)}."
    )


def _payment(paid: int, taken: int, said: int, told: int, interest: int, number: int = 0) -> Iterator[Finding]:
    """The claims' payments less what the provider level takes make the payment; interest told is interest paid."""
    if paid - taken != said:
        message = (
            f"claims paid {money(paid)} less provider adjustments {money(taken)} is {money(paid - taken)}, "
            f"but BPR02 says {money(said)}."
        )
        yield Finding("payment-balance", message, "BPR02", paid - taken, said, segment_number=number)
    if told and told != interest:
        message = f"claims tell of {money(told)} interest, but PLB pays {money(interest)}."
        yield Finding("interest", message, "PLB04", told, interest, blocks=False, segment_number=number)


def balance(remittance: Remittance) -> list[Finding]:
    """What does not add up, in the order of the claims and the payment last; empty where the 835 balances.

    Line: charge less adjustments is what was paid. Claim: charge less its own and its lines' adjustments is what was
    paid, and the lines' charges make the claim's. Payment: the claims' payments less the provider-level adjustments.
    A predetermination (status 25) has nothing to balance.
    """
    findings: list[Finding] = []
    for claim in remittance.claims:
        sums = _Claim(
            claim.charge_cents,
            claim.paid_cents,
            _sum(claim.adjustments),
            control=claim.control_number,
            status=claim.status_code,
            share=claim.patient_responsibility_cents,
            shares=sum(each.cents for each in claim.all_adjustments() if each.group == SHARE),
            lines=[_Sums(line.charge_cents, line.paid_cents, _sum(line.adjustments)) for line in claim.lines],
        )
        findings += sums.findings()
    paid = sum(claim.paid_cents for claim in remittance.claims)
    told = sum(claim.interest_cents for claim in remittance.claims)
    taken = sum(change.cents for change in remittance.provider_adjustments)
    findings += _payment(paid, taken, remittance.payment_cents, told, remittance.interest_cents)
    return findings


def _sum(adjustments: Sequence[Adjustment]) -> int:
    return sum(change.cents for change in adjustments)


def balance_problems(remittance: Remittance) -> list[str]:
    """What keeps a remittance from being posted, a sentence each; empty where it balances."""
    return [str(finding) for finding in balance(remittance) if finding.blocks]


class RemittanceTotals:
    """The same of an 835 that is only checked: segments one by one, a claim in memory at a time.

    An amount that is none counts as nothing: what it is stands in another fault.
    """

    WATCHED = frozenset({"BPR", "CLP", "CAS", "SVC", "PLB", "AMT"})

    def __init__(self) -> None:
        self._claim: _Claim | None = None
        self._paid = self._taken = self._said = self._told = self._interest = self._number = 0
        self._claim_doubted = self._payment_doubted = False

    def doubt(self, element: str) -> None:
        """An amount is none, or a segment is missing: what it is part of cannot be judged."""
        self._claim_doubted |= element[:3] == "CAS" or element in _OF_CLAIMS
        self._payment_doubted |= element[:3] == "PLB" or element in _OF_PAYMENT

    def feed(self, segment: Segment) -> Iterator[X12Error]:
        """What the segment before this one's showed to be wrong."""
        kind = segment.elements[0]
        if kind == "CLP":
            yield from self._close()
            self._claim = _Claim(
                cents_of(segment, 3), cents_of(segment, 4), number=segment.number, control="1", status=segment.get(2),
                share=cents_of(segment, 5),
            )  # fmt: skip
            self._paid += self._claim.paid
        elif kind == "BPR":
            cents = cents_of(segment, 2)
            self._said, self._number = -cents if segment.get(3) == "D" else cents, segment.number
        elif kind == "PLB":
            yield from self._close()
            for at in range(3, min(len(segment.elements), 15), 2):
                cents = cents_of(segment, at + 1)
                self._taken += cents
                if segment.part(at, 1) == "L6":
                    self._interest -= cents
        elif self._claim is not None:
            self._feed_claim(self._claim, kind, segment)

    def _feed_claim(self, claim: _Claim, kind: str, segment: Segment) -> None:
        if kind == "SVC":
            claim.lines.append(_Sums(cents_of(segment, 2), cents_of(segment, 3), number=segment.number))
        elif kind == "CAS":
            cents = sum(cents_of(segment, at + 1) for at in range(2, min(len(segment.elements), 20), 3))
            (claim.lines[-1] if claim.lines else claim).adjusted += cents
            if segment.get(1) == SHARE:
                claim.shares += cents
        elif kind == "AMT" and segment.get(1) == INTEREST and not claim.lines:
            self._told += cents_of(segment, 2)

    def end(self) -> Iterator[X12Error]:
        """Nothing follows."""
        yield from self._close()
        payment = _payment(self._paid, self._taken, self._said, self._told, self._interest, self._number)
        if not self._payment_doubted:
            yield from (_fault(finding) for finding in payment if finding.blocks)

    def _close(self) -> Iterator[X12Error]:
        claim, self._claim = self._claim, None
        doubted, self._claim_doubted = self._claim_doubted, False
        if claim is None or doubted:
            return
        yield from (_fault(finding) for finding in claim.findings() if finding.blocks)


_OF_CLAIMS = frozenset({"CLP", "CLP03", "CLP04", "SVC", "SVC02", "SVC03"})
_OF_PAYMENT = frozenset({"CLP", "CLP04", "BPR", "BPR02", "BPR03"})


def _fault(finding: Finding) -> X12Error:
    loop = {"SVC": "2110", "CLP": "2100"}.get(finding.element[:3], "")
    message = f"{finding.element} must be {money(finding.expected_cents)}: {finding.message}"
    return X12Error(finding.rule, message, segment_number=finding.segment_number, loop=loop, element=finding.element)


def cents_of(segment: Segment, position: int) -> int:
    """Cents of an element; nothing where it is no amount."""
    try:
        return read_money(segment, position, required=False)
    except X12Error:
        return 0
