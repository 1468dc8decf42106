"""A remittance being posted: all that it needs is read at once, and written at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F

from liaison.billing import ledger
from liaison.billing.actions.remittances.judge import (
    DENIED,
    OTHER_PAYER,
    PREDETERMINATION,
    REVERSAL,
    kept_lines,
    moves,
    refused,
)
from liaison.billing.actions.remittances.next_payer import bill_next, covered_twice
from liaison.billing.actions.remittances.sent import sent_claims
from liaison.billing.codes import Reasons
from liaison.billing.models import Account, Adjudication, Claim, Denial, Exchange, Payment, Transfer, Unposted
from liaison.engines.x12 import RemitClaim, Remittance
from liaison.kernel import ids
from liaison.kernel.money import dollars
from liaison.record.change import Change

A, K, S, U = Account, Transfer.Kind, Claim.Status, Unposted.Kind
_LATER = ("2", "3", "20", "21")  # CLP02: processed as secondary or tertiary


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why an answer cannot be posted by itself, in a sentence."""

    kind: Unposted.Kind
    why: str


class Posting:
    """Some answers of one file: what they move is gathered, then written by `write`.

    `source` is the account that payments come from: the bank, or what was not yet applied.
    """

    def __init__(
        self,
        this: Change,
        exchange: Exchange,
        answers: Iterable[RemitClaim],
        reasons: Reasons,
        *,
        to: Claim | None = None,
    ) -> None:
        self.this, self.exchange, self.reasons = this, exchange, reasons
        self.source = A.UNAPPLIED if to else A.BANK
        self.claims = self._claims(answers, to)
        self.next: dict[UUID, Claim] = {}
        self.live: dict[UUID, list[Transfer]] = defaultdict(list)
        self._read()
        self.answered: set[tuple[UUID, str]] = set(
            Adjudication.objects.filter(exchange_id=exchange.pk).values_list("claim_id", "status_code")
        )
        self.adjudications: list[Adjudication] = []
        self.transfers: list[Transfer] = []
        self.denials: list[Denial] = []
        self.touched: dict[UUID, tuple[Claim, Adjudication, UUID]] = {}
        self.overtaken: list[Claim] = []

    def _claims(self, answers: Iterable[RemitClaim], to: Claim | None) -> dict[str, Claim]:
        numbers = {each.control_number for each in answers}
        return dict.fromkeys(numbers, to) if to else sent_claims(numbers)

    def _read(self) -> None:
        """The later payers' claims, and the entries of every claim that are not undone."""
        claim_ids = [claim.pk for claim in self.claims.values()]
        later = Claim.objects.select_for_update().filter(previous__in=claim_ids).order_by("created_at")
        self.next = {claim.previous_id: claim for claim in later if claim.previous_id}
        claim_ids += [claim.pk for claim in self.next.values()]
        rows = Transfer.objects.filter(claim__in=claim_ids).annotate(undone=F("reversed_by__id"))
        for transfer in rows.order_by("at", "id"):
            if transfer.undone is None and transfer.kind != K.REVERSAL and transfer.claim_id:
                self.live[transfer.claim_id].append(transfer)

    def post(self, remit: RemitClaim, day: date, transaction: UUID) -> Misfit | None:
        """Post one answer; gives why it cannot be posted, and then nothing of it is."""
        if remit.status_code == PREDETERMINATION:
            return None
        claim = self._meant(remit)
        if claim is None:
            return Misfit(U.UNKNOWN, never_sent(remit.control_number))
        self.exchange.payer_id = claim.payer_id
        if (claim.pk, remit.status_code) in self.answered:
            return Misfit(U.ANSWERED, f"Claim {claim.number} is answered twice in this file.")
        if remit.status_code == REVERSAL:
            misfit = self._undo(claim, remit, day, transaction)
        elif remit.status_code == OTHER_PAYER and not remit.paid_cents:
            self._sent_on(claim, remit, day, transaction)
            misfit = None
        else:
            misfit = self._pay(claim, remit, day, transaction)
        if misfit is None:
            self.answered.add((claim.pk, remit.status_code))
        return misfit

    def _meant(self, remit: RemitClaim) -> Claim | None:
        """The claim of a number; of one that the first payer has sent on, the next payer's."""
        claim = self.claims.get(remit.control_number)
        later = self.next.get(claim.pk) if claim else None
        if claim and later and remit.status_code in _LATER and any(t.adjudication_id for t in self.live[claim.pk]):
            return later
        return claim

    def _sent_on(self, claim: Claim, remit: RemitClaim, day: date, transaction: UUID) -> None:
        self._adjudicate(claim, remit, day, transaction)
        claim.status, claim.answer = S.ACCEPTED, "The payer is not the one, and has sent the claim on to another."

    def _undo(self, claim: Claim, remit: RemitClaim, day: date, transaction: UUID) -> Misfit | None:
        """Take back what was posted for a claim, entry by entry."""
        posted = [t for t in self.live[claim.pk] if t.adjudication_id is not None]
        banked, applied = (sum(ledger.effect(t, account) for t in posted) for account in (A.BANK, A.UNAPPLIED))
        paid = banked + applied
        # A denial moves nothing; its claim may be on its way once more when the payer takes the denial back
        answered = claim.status in (S.DENIED, S.PAID, S.CLOSED) or claim.adjudications.exists()
        if not (posted or answered) or paid != -remit.paid_cents:
            back = dollars(-remit.paid_cents)
            return Misfit(
                U.TAKEN_BACK,
                f"The file takes back {back} for claim {claim.number}, which is not what was posted for it.",
            )
        if (later := self.next.get(claim.pk)) is not None and (misfit := self._overtake(later, transaction)):
            return misfit
        adjusted = sum(ledger.effect(t, account) for t in posted for account in ledger.ADJUSTMENTS)
        share = sum(ledger.effect(t, A.PATIENT_RECEIVABLE) for t in posted)
        made = self._adjudicate(claim, remit, day, transaction, -adjusted, -share)
        self._undone(posted, transaction, made)
        # The money comes back from where this file takes it, not from where it once went
        if shift := banked if self.source == A.UNAPPLIED else -applied:
            facts = {"transaction": transaction, "at": self.this.at, "exchange": self.exchange}
            self.transfers.append(ledger.entry(K.UNAPPLIED, A.BANK, A.UNAPPLIED, shift, **facts))
        self.live[claim.pk] = [t for t in self.live[claim.pk] if t.adjudication_id is None]
        claim.status, claim.answer = S.ACCEPTED, f"The payer took back {dollars(paid)}."
        return None

    def _overtake(self, later: Claim, transaction: UUID) -> Misfit | None:
        """Take the next payer's claim back, which rests on an answer that no longer holds."""
        if any(t.adjudication_id for t in self.live[later.pk]):
            return Misfit(
                U.TAKEN_BACK,
                f"The next payer has answered claim {later.number} already. Undo that answer first, then match this.",
            )
        if later.status != S.CLOSED:
            self._undone([t for t in self.live[later.pk] if t.kind == K.NEXT_PAYER], transaction, None)
            later.status, later.status_at = S.CLOSED, self.this.at
            later.answer = "The payer before took its answer back."
            self.overtaken.append(later)
        return None

    def _undone(self, posted: Sequence[Transfer], transaction: UUID, made: Adjudication | None) -> None:
        self.transfers += [
            ledger.undo(
                old, transaction=transaction, at=self.this.at, adjudication=made, memo="Taken back by the payer"
            )
            for old in posted
        ]

    def _pay(self, claim: Claim, remit: RemitClaim, day: date, transaction: UUID) -> Misfit | None:
        found = moves(claim, remit, self.reasons, self._settled_before(claim))
        left = ledger.held(self.live[claim.pk], A.PAYER_RECEIVABLE)
        misfit = self._misfit(claim, remit, sum(move["cents"] for move in found), left)
        if misfit is not None:
            return misfit
        adjusted = sum(move["cents"] for move in found if move["kind"] == K.ADJUSTMENT)
        share = sum(move["cents"] for move in found if move["kind"] == K.PATIENT_SHARE)
        made = self._adjudicate(claim, remit, day, transaction, adjusted, share)
        for move in found:
            self._entry(claim, made, transaction, move)
        denied = self._denied(claim, made, remit, day)
        claim.status = S.DENIED if denied else S.PAID
        words = f"Paid {dollars(remit.paid_cents)} of {dollars(remit.charge_cents)}"
        said = f"{words}. Denied: {', '.join(denied)}." if denied else f"{words}; the patient owes {dollars(share)}."
        claim.answer = said[:300]
        return None

    def _settled_before(self, claim: Claim) -> int:
        """What earlier payers have settled of a claim that is not the first payer's."""
        if claim.responsibility == Claim.Responsibility.PRIMARY:
            return 0
        billed = sum(t.cents for t in self.live[claim.pk] if t.kind == K.NEXT_PAYER)
        return max(0, claim.total_cents - billed)

    def _misfit(self, claim: Claim, remit: RemitClaim, moved: int, left: int) -> Misfit | None:
        if remit.charge_cents != claim.total_cents and self.source == A.BANK:
            said, charged = dollars(remit.charge_cents), dollars(claim.total_cents)
            return Misfit(
                U.AMOUNT, f"The file says that claim {claim.number} charged {said}, but it charged {charged}."
            )
        if remit.status_code == DENIED and remit.paid_cents:
            return Misfit(
                U.CONTRADICTION, f"The file denies claim {claim.number} and pays for it. Ask the payer which it is."
            )
        if any(t.adjudication_id for t in self.live[claim.pk]) or moved > left:
            return Misfit(
                U.ANSWERED, f"Claim {claim.number} has been answered before; only {dollars(left)} of it is open."
            )
        return None

    def _entry(self, claim: Claim, made: Adjudication, transaction: UUID, move: dict[str, Any]) -> None:
        if move["kind"] == K.PAYMENT and self.source == A.UNAPPLIED:
            move |= {"kind": K.UNAPPLIED, "debit": A.UNAPPLIED}
        posted = ledger.entry(
            transaction=transaction,
            at=self.this.at,
            claim=claim,
            adjudication=made,
            patient_id=claim.patient_id,
            encounter_id=claim.encounter_id,
            **move,
        )
        self.transfers.append(posted)
        self.live[claim.pk].append(posted)

    def _denied(self, claim: Claim, made: Adjudication, remit: RemitClaim, day: date) -> list[str]:
        """Keep a row for each line that is refused. Gives the reasons in words."""
        said = []
        for one in refused(remit, self.reasons):
            kind = self.reasons.of(one.carc).kind
            kind = self.reasons.unknown.kind if kind in ("contract", "share", "information") else kind
            said.append(self.reasons.told(one.group, one.carc) if one.carc else "no reason given")
            self.denials.append(
                Denial(
                    claim=claim,
                    adjudication=made,
                    payer_id=claim.payer_id,
                    patient_id=claim.patient_id,
                    line=one.line,
                    code=one.code[:10],
                    group=one.group,
                    carc=one.carc,
                    rarcs=list(one.rarcs),
                    kind=kind,
                    cents=max(0, one.cents),
                    denied_on=day,
                    deadline=self.reasons.deadline(kind, made.payer.code, day),
                )
            )
        return list(dict.fromkeys(said))

    def _adjudicate(
        self, claim: Claim, remit: RemitClaim, day: date, transaction: UUID, adjusted: int = 0, share: int = 0
    ) -> Adjudication:
        made = Adjudication(
            claim=claim,
            patient_id=claim.patient_id,
            exchange=self.exchange,
            payer=claim.payer,
            provider_id=claim.provider_id,
            coverage_id=claim.coverage_id,
            status_code=remit.status_code[:3],
            charge_cents=remit.charge_cents,
            paid_cents=remit.paid_cents,
            adjusted_cents=adjusted,
            patient_cents=share,
            payer_claim_number=remit.payer_claim_number[:60],
            lines=kept_lines(remit, self.reasons),
            adjudicated_on=day,
        )
        claim.status_at = self.this.at
        claim.payer_claim_number = made.payer_claim_number or claim.payer_claim_number
        self.adjudications.append(made)
        self.touched[claim.pk] = (claim, made, transaction)
        return made

    def write(self) -> None:
        """Write what was gathered, save the claims, and say what became of them."""
        self.this.save_new(self.adjudications)
        self.this.save_new(self.transfers)
        self.this.save_new(self.denials)
        self._settle_denials()
        self.this.save_all(self.overtaken, "status", "status_at", "answer")
        encounters = dict.fromkeys(claim.encounter_id for claim, _, _ in self.touched.values())
        left = ledger.by_encounter(A.PAYER_RECEIVABLE, encounters) if encounters else {}
        names = {S.PAID: "billing.claim_paid", S.DENIED: "billing.claim_denied"}
        claims = [claim for claim, _, _ in self.touched.values()]
        self.this.save_all(claims, "status", "status_at", "answer", "payer_claim_number")
        for claim, made, _ in self.touched.values():
            back = "billing.claim_taken_back" if made.status_code == REVERSAL else "billing.claim_sent_on"
            self.this.event(names.get(S(claim.status), back), claim=claim.pk, encounter=claim.encounter_id)
        for encounter_id in encounters:
            if left[encounter_id] == 0:
                self.this.event("billing.encounter_settled", encounter=encounter_id)

    def bill_next(self) -> None:
        """Make the claims to the next payers, for what was left to patients who have one."""
        shared = [each for each in self.touched.values() if each[0].status == S.PAID and each[1].patient_cents > 0]
        several = covered_twice(claim.patient_id for claim, _, _ in shared)
        closed = {claim.pk for claim in self.overtaken}
        for claim, made, transaction in shared:
            later = self.next.get(claim.pk)
            if claim.patient_id in several and (later is None or later.pk in closed or later.status == S.CLOSED):
                bill_next(self.this, claim, made, transaction)

    def _settle_denials(self) -> None:
        """Denials of before that this file has answered are over: paid after all, or denied anew."""
        answered = {claim_id for claim_id, (claim, _, _) in self.touched.items() if claim.status in (S.PAID, S.DENIED)}
        fresh = {denial.pk for denial in self.denials}
        waiting = Denial.objects.filter(claim_id__in=answered, outcome__in=("", "sent-again", "appealed"))
        for denial in waiting.exclude(pk__in=fresh).select_for_update():
            paid = self.touched[denial.claim_id][0].status == S.PAID
            denial.outcome = Denial.Outcome.PAID if paid else Denial.Outcome.DENIED_AGAIN
            denial.outcome_at = self.this.at
            self.this.save(denial, "outcome", "outcome_at")


def never_sent(number: str) -> str:
    """The sentence about a claim that a payer answers and nobody sent."""
    return f"The file answers claim {number[:20]}, which was never sent from here."


def remittance_day(remittance: Remittance, fallback: date) -> date:
    """The day of a payment."""
    return remittance.date or remittance.production_date or fallback


def payment_of(exchange: Exchange, position: int, remittance: Remittance, day: date) -> Payment:
    """The row of one payment, not yet saved."""
    return Payment(
        exchange=exchange,
        position=position,
        payer_id=exchange.payer_id,
        payer_name=remittance.payer.name[:60],
        number=remittance.trace_number[:50],
        method=remittance.method[:3],
        cents=remittance.payment_cents,
        paid_on=day,
        claims=len(remittance.claims),
        transaction=ids.new_id(),
    )
