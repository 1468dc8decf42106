"""What billing promises of payers' payments."""

from collections.abc import Iterator

from django.db.models import Sum

from liaison.billing import ledger
from liaison.billing.models import Account, Payment, Transfer, Unposted
from liaison.kernel.money import dollars
from liaison.record.promises import promise


@promise("every payment is in the bank to the cent")
def payments_are_in_the_bank() -> Iterator[str]:
    """What the ledger moved into the bank under a payment's transaction is what the payer paid."""
    banked: dict[object, int] = {}
    for side, sign in (("debit", 1), ("credit", -1)):
        rows = Transfer.objects.filter(**{side: Account.BANK}, transaction__in=Payment.objects.values("transaction"))
        for key, cents in rows.order_by().values_list("transaction").annotate(cents=Sum("cents")):
            banked[key] = banked.get(key, 0) + sign * cents
    for key, number, cents in Payment.objects.order_by().values_list("transaction", "number", "cents").iterator():
        if banked.get(key, 0) != cents:
            yield f"Payment {number} is {dollars(cents)}; the bank got {dollars(banked.get(key, 0))}."


@promise("what is not yet applied waits for a person")
def unapplied_waits() -> Iterator[str]:
    """The account of what is not yet applied holds what the open parts of payments come to."""
    rows = Unposted.objects.filter(settled_at=None).exclude(kind=Unposted.Kind.PROVIDER_LEVEL)
    waiting = rows.aggregate(sum=Sum("cents"))["sum"] or 0
    held = -ledger.balance(ledger.flows(Transfer.objects.all()), Account.UNAPPLIED)
    if held != waiting:
        yield f"{dollars(held)} is not yet applied, but {dollars(waiting)} waits for a person."
