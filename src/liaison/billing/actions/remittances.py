"""Remittances: what a payer decided and paid, posted from an 835 as entries of the ledger."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F

from liaison.billing import ledger
from liaison.billing.codes import reason
from liaison.billing.models import Account, Adjudication, Claim, Exchange, Transfer
from liaison.billing.x12 import claims as x12
from liaison.engines.x12 import Adjustment, RemitClaim, RemitLine, Remittance, X12Error, balance_problems, read_835
from liaison.kernel import ids
from liaison.kernel.errors import NotFound
from liaison.kernel.money import dollars
from liaison.record.actor import Actor
from liaison.record.change import Change, change

A, K, S = Account, Transfer.Kind, Claim.Status
E = Exchange.Status
DENIED, REVERSAL, PREDETERMINATION = "4", "22", "25"
CONTRACT = "45"  # charged above the contract's fee: a part of what is paid, no denial
_ACCOUNTS = {"CO": A.CONTRACTUAL, "PR": A.PATIENT_RECEIVABLE}


def post_remittance(actor: Actor, exchange_id: UUID) -> Exchange:
    """Post an 835: payments, adjustments and patients' shares, claim by claim, in one change; posted before, nothing.

    A file that cannot be read or does not balance is held whole (billing.exchange_held), and nothing of it is posted.
    Of another, the claims that fit are posted, and the file is held for those that do not: never sent from here,
    another amount, answered before. What was denied stays open until a person works it. Events billing.claim_paid,
    billing.claim_denied, and billing.encounter_settled when nothing of an encounter is left open.
    """
    with change(actor, "billing.post") as this:
        exchange = Exchange.objects.select_for_update().filter(pk=exchange_id, direction="in", kind="835").first()
        if exchange is None:
            raise NotFound("no-remittance", "There is no such remittance. Look at the list of files again.")
        if exchange.status not in (E.RECEIVED, E.HELD):
            return exchange
        try:
            remittances = read_835(bytes(exchange.body), strict=False)
            problems = [problem for each in remittances for problem in balance_problems(each)]
        except X12Error as unreadable:
            problems, remittances = [f"The file cannot be read: {unreadable.message}"], []
        if problems or not remittances:
            hold(this, exchange, problems or ["The file holds no remittance."])
            return exchange
        posting = _Posting(this, exchange, remittances)
        problems = posting.post()
        if problems:
            hold(this, exchange, problems)
        else:
            exchange.status, exchange.note = E.POSTED, ""
            this.save(exchange)
        return exchange


def hold(this: Change, exchange: Exchange, problems: Sequence[str]) -> None:
    """Put a file aside for a person, with a sentence for each problem. Event billing.exchange_held, once for each."""
    note = " ".join(problems[:20])
    if exchange.status == E.HELD and exchange.note == note:
        return
    exchange.status, exchange.note = E.HELD, note
    this.save(exchange)
    this.event("billing.exchange_held", exchange=exchange.pk)


def never_sent(number: str) -> str:
    """The sentence about a claim that a payer answers and nobody sent."""
    return f"The file answers claim {number[:20]}, which was never sent from here."


def sent_claims(numbers: Iterable[str]) -> dict[str, Claim]:
    """The claims of some numbers that were sent from here at any time, by number, locked."""
    rows = Claim.objects.select_for_update().filter(number__in=set(numbers)).order_by("pk")
    found = {claim.number: claim for claim in rows}
    unsent = {number for number, claim in found.items() if claim.status in (S.DRAFT, S.READY)}
    if unsent:
        # Back for mending they were sent before; only these few ask for what the files held.
        files = Exchange.objects.filter(direction="out", payer__in={found[number].payer_id for number in unsent})
        for held in files.values_list("claims", flat=True).iterator():
            unsent.difference_update(held)
    return {number: claim for number, claim in found.items() if number not in unsent}


class _Posting:
    """One file being posted: all that it needs is read at once, and written at once."""

    def __init__(self, this: Change, exchange: Exchange, remittances: Sequence[Remittance]) -> None:
        self.this, self.exchange, self.remittances = this, exchange, remittances
        self.transaction = ids.new_id()
        every = [each for remittance in remittances for each in remittance.claims]
        self.claims = sent_claims(each.control_number for each in every)
        claim_ids = [claim.pk for claim in self.claims.values()]
        self.live: dict[UUID, list[Transfer]] = defaultdict(list)
        rows = Transfer.objects.filter(claim__in=claim_ids).annotate(undone=F("reversed_by__id"))
        for transfer in rows.order_by("at", "id"):
            if transfer.undone is None and transfer.kind != K.REVERSAL:
                self.live[transfer.claim_id or ids.new_id()].append(transfer)
        done = Adjudication.objects.filter(exchange_id=exchange.pk).values_list("claim_id", "status_code")
        self.done = set(done)
        self.adjudications: list[Adjudication] = []
        self.transfers: list[Transfer] = []
        self.touched: dict[UUID, tuple[Claim, Adjudication]] = {}

    def post(self) -> list[str]:
        """Post what fits; gives a sentence for each claim that does not."""
        problems = []
        for remittance in self.remittances:
            day = remittance.date or remittance.production_date or self.this.at.date()
            for each in remittance.claims:
                if (problem := self._post_claim(each, day)) is not None:
                    problems.append(problem)
            taken = sum(change.cents for change in remittance.provider_adjustments)
            if remittance.provider_adjustments:
                reasons = ", ".join(change.reason for change in remittance.provider_adjustments)
                problems.append(
                    f"Besides its claims the payment {'loses' if taken > 0 else 'gains'} {dollars(abs(taken))} "
                    f"for other reasons ({reasons}). Book that by hand."
                )
        self.this.save_new(self.adjudications)
        self.this.save_new(self.transfers)
        self._tell()
        return problems

    def _post_claim(self, remit: RemitClaim, day: date) -> str | None:
        claim = self.claims.get(remit.control_number)
        if remit.status_code == PREDETERMINATION:
            return None
        if claim is None:
            return never_sent(remit.control_number)
        self.exchange.payer_id = claim.payer_id
        key = (claim.pk, remit.status_code)
        if key in self.done:
            # Of a held file that is tried again; or twice in one file, which nobody can post without looking.
            mine = any(a.claim_id == claim.pk and a.status_code == remit.status_code for a in self.adjudications)
            return f"Claim {claim.number} is answered twice in this file." if mine else None
        refusal = self._undo(claim, remit, day) if remit.status_code == REVERSAL else self._pay(claim, remit, day)
        if refusal is None:
            self.done.add(key)
        return refusal

    def _undo(self, claim: Claim, remit: RemitClaim, day: date) -> str | None:
        """Take back what was posted for a claim, entry by entry."""
        posted = [t for t in self.live[claim.pk] if t.adjudication_id is not None]
        paid = sum(ledger.effect(t, A.BANK) for t in posted)
        if not posted or paid != -remit.paid_cents:
            back = dollars(-remit.paid_cents)
            return f"The file takes back {back} for claim {claim.number}, which is not what was posted for it."
        adjusted = sum(ledger.effect(t, account) for t in posted for account in ledger.ADJUSTMENTS)
        share = sum(ledger.effect(t, A.PATIENT_RECEIVABLE) for t in posted)
        made = self._adjudicate(claim, remit, day, -adjusted, -share)
        self.transfers += [
            ledger.undo(
                old, transaction=self.transaction, at=self.this.at, adjudication=made, memo="Taken back by the payer"
            )
            for old in posted
        ]
        self.live[claim.pk] = [t for t in self.live[claim.pk] if t.adjudication_id is None]
        claim.status, claim.answer = S.ACCEPTED, f"The payer took back {dollars(paid)}."
        return None

    def _pay(self, claim: Claim, remit: RemitClaim, day: date) -> str | None:
        if remit.charge_cents != claim.total_cents:
            said, charged = dollars(remit.charge_cents), dollars(claim.total_cents)
            return f"The file says that claim {claim.number} charged {said}, but it charged {charged}."
        if remit.status_code == DENIED and remit.paid_cents:
            return f"The file denies claim {claim.number} and pays for it. Ask the payer which it is."
        moves = list(_moves(claim, remit))
        left = ledger.held(self.live[claim.pk], A.PAYER_RECEIVABLE)
        if any(t.adjudication_id for t in self.live[claim.pk]) or sum(move["cents"] for move in moves) > left:
            return f"Claim {claim.number} has been answered before; only {dollars(left)} of it is open."
        adjusted = sum(move["cents"] for move in moves if move["kind"] == K.ADJUSTMENT)
        share = sum(move["cents"] for move in moves if move["kind"] == K.PATIENT_SHARE)
        made = self._adjudicate(claim, remit, day, adjusted, share)
        common: dict[str, Any] = {
            "transaction": self.transaction,
            "at": self.this.at,
            "claim": claim,
            "adjudication": made,
        }
        for move in moves:
            facts = common | {"patient_id": claim.patient_id, "encounter_id": claim.encounter_id}
            posted = ledger.entry(**facts, **move)
            self.transfers.append(posted)
            self.live[claim.pk].append(posted)
        denied = _denied_reasons(remit)
        claim.status = S.DENIED if denied else S.PAID
        words = f"Paid {dollars(remit.paid_cents)} of {dollars(remit.charge_cents)}"
        claim.answer = (
            f"{words}. Denied: {', '.join(denied)}." if denied else f"{words}; the patient owes {dollars(share)}."
        )[:300]
        return None

    def _adjudicate(self, claim: Claim, remit: RemitClaim, day: date, adjusted: int, share: int) -> Adjudication:
        made = Adjudication(
            claim=claim,
            patient_id=claim.patient_id,
            exchange=self.exchange,
            payer_id=claim.payer_id,
            provider_id=claim.provider_id,
            coverage_id=claim.coverage_id,
            status_code=remit.status_code[:3],
            charge_cents=remit.charge_cents,
            paid_cents=remit.paid_cents,
            adjusted_cents=adjusted,
            patient_cents=share,
            payer_claim_number=remit.payer_claim_number[:60],
            lines=_lines(remit),
            adjudicated_on=day,
        )
        claim.status_at = self.this.at
        claim.payer_claim_number = made.payer_claim_number or claim.payer_claim_number
        self.adjudications.append(made)
        self.touched[claim.pk] = (claim, made)
        return made

    def _tell(self) -> None:
        """Save the claims and say what became of them."""
        encounters = dict.fromkeys(claim.encounter_id for claim, _ in self.touched.values())
        left = ledger.by_encounter(A.PAYER_RECEIVABLE, encounters) if encounters else {}
        for claim, _ in self.touched.values():
            self.this.save(claim, "status", "status_at", "answer", "payer_claim_number")
            names = {
                S.PAID: "billing.claim_paid",
                S.DENIED: "billing.claim_denied",
                S.ACCEPTED: "billing.claim_taken_back",
            }
            self.this.event(names[S(claim.status)], claim=claim.pk, encounter=claim.encounter_id)
        for encounter_id in encounters:
            if left[encounter_id] == 0:
                self.this.event("billing.encounter_settled", encounter=encounter_id)


def denies(adjustment: Adjustment) -> bool:
    """Whether an adjustment refuses payment, rather than lowering it by contract or moving it to the patient."""
    return adjustment.group != "PR" and adjustment.carc != CONTRACT and adjustment.cents > 0


def line_denied(remit: RemitClaim, line: RemitLine) -> bool:
    """Whether nothing of a line is paid for a reason that a person should look at."""
    return remit.status_code == DENIED or (line.paid_cents == 0 and any(denies(a) for a in line.adjustments))


def _denied_reasons(remit: RemitClaim) -> list[str]:
    lines = [line for line in remit.lines if line_denied(remit, line)]
    adjustments = [a for line in lines for a in line.adjustments]
    if remit.status_code == DENIED:
        adjustments += remit.adjustments
    reasons = list(
        dict.fromkeys(reason(a.group, a.carc) for a in adjustments if denies(a) or remit.status_code == DENIED)
    )
    return reasons or (["no reason given"] if remit.status_code == DENIED or lines else [])


def _moves(claim: Claim, remit: RemitClaim) -> Iterable[dict[str, Any]]:
    """What an answer moves, as keywords of a ledger entry. Nothing is moved for what is denied.

    Payments are by line, unless the claim as a whole is adjusted: then only their sum is what was paid.
    """
    if remit.status_code == DENIED:
        return
    charges = {x12.line_control(claim, n): UUID(line["charge"]) for n, line in enumerate(claim.lines, 1)}
    by_line = bool(remit.lines) and not remit.adjustments
    if not by_line and remit.paid_cents:
        yield _move(K.PAYMENT, A.BANK, remit.paid_cents)
    for adjustment in remit.adjustments:
        yield from _adjusted(adjustment, None)
    for line in remit.lines:
        if line_denied(remit, line):
            continue
        charge_id = charges.get(line.control)
        if by_line and line.paid_cents:
            yield _move(K.PAYMENT, A.BANK, line.paid_cents, charge_id=charge_id)
        for adjustment in line.adjustments:
            yield from _adjusted(adjustment, charge_id)


def _adjusted(adjustment: Adjustment, charge_id: UUID | None) -> Iterable[dict[str, Any]]:
    if adjustment.cents:
        kind = K.PATIENT_SHARE if adjustment.group == "PR" else K.ADJUSTMENT
        account = _ACCOUNTS.get(adjustment.group, A.OTHER_ADJUSTMENT)
        code = f"{adjustment.group}-{adjustment.carc}"[:12]
        yield _move(kind, account, adjustment.cents, charge_id=charge_id, code=code)


def _move(kind: str, debit: str, cents: int, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "debit": debit, "credit": A.PAYER_RECEIVABLE, "cents": cents, **more}


def _lines(remit: RemitClaim) -> list[dict[str, Any]]:
    """What the row keeps of the lines; adjustments of the claim as a whole stand on a line of their own."""
    lines = [
        {
            "code": line.procedure,
            "modifiers": list(line.modifiers),
            "control": line.control,
            "charge": line.charge_cents,
            "paid": line.paid_cents,
            "adjustments": _kept(line.adjustments),
            "remarks": list(line.remark_codes),
            "denied": line_denied(remit, line),
        }
        for line in remit.lines
    ]
    if remit.adjustments:
        whole = {
            "code": "",
            "charge": 0,
            "paid": 0,
            "adjustments": _kept(remit.adjustments),
            "remarks": list(remit.remark_codes),
        }
        lines.append({**whole, "modifiers": [], "control": "", "denied": remit.status_code == DENIED})
    return lines


def _kept(adjustments: Iterable[Adjustment]) -> list[dict[str, Any]]:
    return [{"group": a.group, "carc": a.carc, "cents": a.cents} for a in adjustments]
