"""What must always hold of supplies."""

from collections.abc import Iterator

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from liaison.record.promises import alterable, promise
from liaison.supplies.models import Borrowing, Movement, Stock, Vial


@promise("stock is the sum of its movements")
def stock_is_its_movements() -> Iterator[str]:
    rows = Stock.objects.annotate(moved=Coalesce(Sum("movements__doses"), 0)).exclude(moved=F("on_hand"))
    for stock in rows.select_related("lot", "unit")[:20]:
        where = f"Lot {stock.lot.number} in {stock.unit.name}"
        yield f"{where} holds {stock.on_hand}, its movements sum up to {stock.moved}."


@promise("doses that move or change their source are neither lost nor made")
def moves_balance() -> Iterator[str]:
    moves = Movement.objects.filter(transaction__isnull=False).order_by()
    for transaction_id in moves.values("transaction").annotate(sum=Sum("doses")).exclude(sum=0)[:20]:
        yield f"The two sides of the move {transaction_id['transaction']} differ by {transaction_id['sum']}."


@promise("a borrowed dose is owed until it is returned")
def debts_stand() -> Iterator[str]:
    wrong = Borrowing.objects.filter(
        Q(settled_at=None, returned=F("doses"))
        | Q(settled_at=None, cancelled=True)
        | Q(settled_at__isnull=False, cancelled=False, returned__lt=F("doses"))
    )
    for pk in wrong.values_list("pk", flat=True)[:20]:
        yield f"Borrowing {pk} says another thing about being settled than its doses."


@promise("an opened vial holds no more than its stock")
def vials_fit() -> Iterator[str]:
    for vial in Vial.objects.filter(left__gt=F("stock__on_hand")).select_related("stock__lot")[:20]:
        yield f"The opened vial of lot {vial.stock.lot.number} holds {vial.left} of {vial.stock.on_hand} doses."


@promise("the ledger of stock is append-only")
def movements_are_append_only() -> Iterator[str]:
    yield from alterable(Movement)
