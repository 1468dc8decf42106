"""What patients are let off and given back: write-offs and refunds within limits, payments taken back."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from liaison.billing import ledger
from liaison.billing.actions.books.spreading import Part, held, opened, post, spread
from liaison.billing.models import Account, DepositItem, Transfer
from liaison.billing.queries.limits import reasons, within_limit
from liaison.kernel import ids, money
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.record.numbers import next_number

A, K = Account, Transfer.Kind
REFUND_FROM = {"check": A.BANK, "cash": A.DRAWER, "card": A.DRAWER}
"""Where a refund's money comes from."""


def write_off_balance(
    actor: Actor, patient_id: UUID, *, cents: int, reason: str, note: str = "", encounter_id: UUID | None = None,
    once: UUID | None = None,
) -> list[Transfer]:  # fmt: skip
    """Write off what a patient owes, the oldest visit first, or of one visit. Event billing.balance_adjusted.

    `reason` is a key of the rule document money-limits. Raises Invalid, Conflict for more than is owed or where the
    form of the key `once` was sent before, Forbidden over the limit of the role.
    """
    why = next((one for one in reasons() if one["key"] == reason), None)
    if why is None:
        raise Invalid("no-reason", "Choose why it is written off.", "write_reason")
    _above_nothing(cents, "write_cents")
    with change(actor, "books.adjust", reason=f"{why['title']}. {note}".strip(), patient_id=patient_id) as this:
        within_limit(actor, "write_off", cents)
        opened(actor, patient_id)
        transaction = ledger.transaction_of(once)
        parts = held(A.PATIENT_RECEIVABLE, patient_id, encounter_id)
        owed = sum(part.cents for part in parts)
        if cents > owed:
            raise Conflict(
                "more-than-owed", f"The patient owes {money.dollars(max(0, owed))}. Write off no more.", "write_cents"
            )
        entries = post(
            this, patient_id, K.PATIENT_ADJUSTMENT, why["account"], A.PATIENT_RECEIVABLE, spread(parts, cents),
            code=reason[:12], memo=" ".join(note.split())[:200], transaction=transaction,
        )  # fmt: skip
        this.event("billing.balance_adjusted", patient=patient_id)
        return entries


def refund_patient(
    actor: Actor, patient_id: UUID, *, cents: int, method: str, reason: str, reference: str = "",
    site_id: UUID | None = None, once: UUID | None = None,
) -> list[Transfer]:  # fmt: skip
    """Give back what a patient has paid ahead. Event billing.refunded.

    Raises Invalid, Conflict for more than the credit or where the form of the key `once` was sent before, Forbidden
    over the limit of the role.
    """
    if method not in REFUND_FROM:
        raise Invalid("bad-method", "Choose check, cash or card.", "refund_method")
    if not reason.strip():
        raise Invalid("no-reason", "Say why it is given back.", "refund_reason")
    _above_nothing(cents, "refund_cents")
    with change(actor, "books.adjust", reason=reason.strip(), patient_id=patient_id) as this:
        within_limit(actor, "refund", cents)
        opened(actor, patient_id)
        transaction = ledger.transaction_of(once)
        parts = held(A.PATIENT_RECEIVABLE, patient_id)
        credit = -sum(part.cents for part in parts)
        if cents > credit:
            raise Conflict(
                "more-than-credit",
                f"The patient has paid {money.dollars(max(0, credit))} ahead. Refund no more than that.",
                "refund_cents",
            )
        ahead = [Part(part.encounter_id, -part.cents) for part in parts if part.cents < 0]
        entries = post(
            this, patient_id, K.REFUND, A.PATIENT_RECEIVABLE, REFUND_FROM[method], spread(ahead, cents),
            method=method, reference=reference.strip()[:60], memo=" ".join(reason.split())[:200], site_id=site_id,
            transaction=transaction,
        )  # fmt: skip
        this.event("billing.refunded", patient=patient_id)
        return entries


def void_payment(actor: Actor, transfer_id: UUID, reason: str) -> Transfer:
    """Take back a patient's payment that was entered in error, by a counter-entry. Event billing.payment_voided.

    Raises Invalid without a reason, Conflict when it was taken back or went to the bank already.
    """
    if not reason.strip():
        raise Invalid("no-reason", "Say why the payment is taken back.", "reason")
    with change(actor, "books.adjust", reason=reason.strip()) as this:
        payment = Transfer.objects.exclude(receipt="").filter(pk=transfer_id, reverses=None).first()
        if payment is None or payment.patient_id is None:
            raise NotFound("no-receipt", "There is no such receipt. Look at the patient's account.")
        opened(actor, payment.patient_id)
        if Transfer.objects.filter(reverses=payment).exists():
            raise Conflict("taken-back", "This payment was taken back already.")
        if DepositItem.objects.filter(transfer=payment).exists():
            raise Conflict("deposited", "This payment went to the bank already. Refund it instead.")
        counter = this.save_new(
            [
                ledger.undo(
                    payment, transaction=ids.new_id(), at=this.at, memo=" ".join(reason.split())[:200],
                    receipt=f"R{next_number('receipt'):06d}",
                )
            ]
        )[0]  # fmt: skip
        this.event("billing.payment_voided", transfer=payment.pk, patient=payment.patient_id)
        return counter


def voidable(transfer_ids: Collection[UUID]) -> list[Transfer]:
    """Those of some payments that `void_payment` would take back, the oldest first: one query."""
    rows = Transfer.objects.filter(pk__in=transfer_ids, reverses=None).exclude(receipt="")
    gone = Q(Exists(Transfer.objects.filter(reverses=OuterRef("pk"))))
    gone |= Q(Exists(DepositItem.objects.filter(transfer=OuterRef("pk"))))
    return list(rows.exclude(gone).order_by("at", "pk"))


def _above_nothing(cents: int, field: str) -> None:
    if cents <= 0:
        raise Invalid("bad-amount", "Type an amount above zero.", field)
