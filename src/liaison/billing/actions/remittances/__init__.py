"""Remittances: what a payer decided and paid, posted from an 835 as entries of the ledger."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from liaison.billing import ledger
from liaison.billing.actions.remittances import provider_level
from liaison.billing.actions.remittances.posting import (
    Misfit,
    Posting,
    never_sent,
    payment_of,
    remittance_day,
)
from liaison.billing.actions.remittances.sent import sent_claims
from liaison.billing.codes import Reasons, reasons
from liaison.billing.models import Account, Exchange, Payment, Transfer, Unposted
from liaison.engines.x12 import ProviderAdjustment, RemitClaim, Remittance, X12Error, balance_problems, read_835
from liaison.kernel.errors import NotFound
from liaison.record.actor import Actor
from liaison.record.change import Change, change

__all__ = ["hold", "never_sent", "post_remittance", "sent_claims"]

A, K, E, U = Account, Transfer.Kind, Exchange.Status, Unposted.Kind


def post_remittance(actor: Actor, exchange_id: UUID) -> Exchange:
    """Post an 835: payments, adjustments and patients' shares, claim by claim, in one change; posted before, nothing.

    A file that cannot be read or does not balance is held whole (billing.exchange_held), and nothing of it is posted.
    Of another, all money goes into the books: what fits a claim to the claim, interest, capitation and the like to
    their accounts, and the rest to what is not yet applied, with an `Unposted` row for a person (billing.unposted).
    What was denied stays open until a person works it. What is left to the patient goes to the next payer first.
    Events billing.claim_paid, billing.claim_denied, and billing.encounter_settled when nothing of an encounter is open.
    """
    with change(actor, "billing.post") as this:
        exchange = _locked(exchange_id)
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
        _Book(this, exchange, reasons()).keep(remittances)
        exchange.status, exchange.note = E.POSTED, ""
        this.save(exchange)
        return exchange


def _locked(exchange_id: UUID) -> Exchange:
    rows: QuerySet[Exchange] = Exchange.objects.select_for_update()
    exchange = rows.filter(pk=exchange_id, direction="in", kind="835").first()
    if exchange is None:
        raise NotFound("no-remittance", "There is no such remittance. Look at the list of files again.")
    return exchange


def hold(this: Change, exchange: Exchange, problems: Sequence[str]) -> None:
    """Put a file aside for a person, with a sentence for each problem. Event billing.exchange_held, once for each."""
    note = " ".join(problems[:20])
    if exchange.status == E.HELD and exchange.note == note:
        return
    exchange.status, exchange.note = E.HELD, note
    this.save(exchange)
    this.event("billing.exchange_held", exchange=exchange.pk)


class _Book:
    """A balanced file going into the books: its payments, what fits, and what is left to a person."""

    def __init__(self, this: Change, exchange: Exchange, book: Reasons) -> None:
        self.this, self.exchange, self.reasons = this, exchange, book
        self.payments: list[Payment] = []
        self.unposted: list[Unposted] = []
        self.entries: list[Transfer] = []

    def keep(self, remittances: Sequence[Remittance]) -> None:
        every = [each for remittance in remittances for each in remittance.claims]
        posting = Posting(self.this, self.exchange, every, self.reasons)
        for position, remittance in enumerate(remittances):
            self._payment(posting, position, remittance)
        self.this.save_new(self.payments)
        posting.write()
        self.this.save_new(self.entries)
        self.this.save_new(self.unposted)
        for payment in self.payments:
            if count := sum(one.payment_id == payment.pk for one in self.unposted):
                self.this.event("billing.unposted", payment=payment.pk, count=count)
        posting.bill_next()

    def _payment(self, posting: Posting, position: int, remittance: Remittance) -> None:
        day = remittance_day(remittance, self.this.at.date())
        payment = payment_of(self.exchange, position, remittance, day)
        self.payments.append(payment)
        for place, remit in enumerate(remittance.claims):
            misfit = posting.post(remit, day, payment.transaction)
            if misfit is not None:
                self._left(payment, place, remit, misfit)
        payment.payer_id = self.exchange.payer_id
        for place, one in enumerate(remittance.provider_adjustments, len(remittance.claims)):
            self._adjustment(payment, place, one)

    def _left(self, payment: Payment, place: int, remit: RemitClaim, misfit: Misfit) -> None:
        """Leave an answer to a person; its money is in the bank, and not yet applied."""
        self.unposted.append(
            Unposted(
                payment=payment,
                place=place,
                kind=misfit.kind,
                control_number=remit.control_number[:38],
                payer_claim_number=remit.payer_claim_number[:60],
                cents=remit.paid_cents,
                why=misfit.why[:300],
                facts={
                    "family": remit.patient_last_name,
                    "given": remit.patient_first_name,
                    "member_id": remit.member_id,
                    "service_date": _served(remit),
                    "charge": remit.charge_cents,
                    "status": remit.status_code,
                },
            )
        )
        if remit.paid_cents:
            self.entries.append(
                ledger.entry(
                    K.UNAPPLIED,
                    A.BANK,
                    A.UNAPPLIED,
                    remit.paid_cents,
                    transaction=payment.transaction,
                    at=self.this.at,
                    exchange=self.exchange,
                    reference=remit.control_number[:60],
                )
            )

    def _adjustment(self, payment: Payment, place: int, one: ProviderAdjustment) -> None:
        moved = provider_level.entry(self.this, self.exchange, payment, one, self.reasons)
        if moved is None:
            return
        self.entries.append(moved)
        question = provider_level.asks(one, self.reasons)
        if not question:
            return
        if (claim := provider_level.overpaid_claim(one)) is not None:
            self.entries.append(provider_level.recovered(self.this, payment, claim, one.cents, one.reference))
            return
        facts = {"reason": one.reason, "reference": one.reference}
        self.unposted.append(
            Unposted(
                payment=payment, place=place, kind=U.PROVIDER_LEVEL, cents=-one.cents, why=question[:300], facts=facts
            )
        )


def _served(remit: RemitClaim) -> str:
    days = [day for day in (remit.service_date, *(line.date for line in remit.lines)) if day]
    return min(days).isoformat() if days else ""
