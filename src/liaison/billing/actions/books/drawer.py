"""The cash drawer: opened with a float, counted, closed; and what goes from it to the bank."""

from collections.abc import Collection, Mapping
from uuid import UUID

from liaison.billing import ledger
from liaison.billing.models import Account, Deposit, DepositItem, Drawer, Transfer
from liaison.billing.queries.drawer import cash_between, undeposited
from liaison.kernel import ids, money
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.places.models import Site
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.record.numbers import next_number
from liaison.record.rows import locked

A, K = Account, Transfer.Kind
DENOMINATIONS = (10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 25, 10, 5, 1)
"""Notes and coins of the United States, in cents."""
_MOST = 1_000_000


def open_drawer(actor: Actor, site_id: UUID, float_cents: int) -> Drawer:
    """Open the cash drawer of a site with a float. Raises Conflict when one is open there."""
    if not 0 <= float_cents <= _MOST:
        raise Invalid("bad-float", "Type what is in the drawer, up to $10,000.", "float_cents")
    with change(actor, "books.drawer") as this:
        # Two who open it at once stand in line at the site
        if locked(Site, site_id) is None:
            raise NotFound("no-site", "There is no such site. Choose one from the list.", "site")
        if Drawer.objects.filter(site_id=site_id, closed_at=None).exists():
            raise Conflict("drawer-open", "The drawer of this site is open already. Count it first.")
        drawer = Drawer(site_id=site_id, opened_at=this.at, opened_by=actor.name[:120], float_cents=float_cents)
        return this.save(drawer)


def close_drawer(actor: Actor, drawer_id: UUID, counted: Mapping[int, int], reason: str = "") -> Drawer:
    """Close a drawer by its count: {cents of a note or coin: how many}. What is over or short is posted.

    Event billing.drawer_closed. Raises Invalid where it is over or short without a reason, Conflict when it is closed.
    """
    if any(piece not in DENOMINATIONS or not 0 <= many < 100_000 for piece, many in counted.items()):
        raise Invalid("bad-count", "Type how many there are of each, in whole numbers.", "counted")
    with change(actor, "books.drawer", reason=reason.strip()) as this:
        drawer = Drawer.objects.select_for_update().filter(pk=drawer_id).first()
        if drawer is None:
            raise NotFound("no-drawer", "There is no such drawer. Look at the page again.")
        if drawer.closed_at is not None:
            raise Conflict("drawer-closed", "This drawer is counted and closed already.")
        drawer.counted_cents = sum(piece * many for piece, many in counted.items())
        drawer.expected_cents = drawer.float_cents + cash_between(drawer.site_id, drawer.opened_at, this.at)
        difference = drawer.counted_cents - drawer.expected_cents
        if difference and not reason.strip():
            over = "over" if difference > 0 else "short"
            raise Invalid(
                "over-short",
                f"The drawer is {money.dollars(abs(difference))} {over}. Count again, or say why.",
                "reason",
            )
        drawer.counted = {str(piece): many for piece, many in counted.items() if many}
        drawer.closed_at, drawer.closed_by, drawer.reason = this.at, actor.name[:120], reason.strip()[:200]
        this.save(drawer)
        if difference:
            this.save_new(
                [
                    ledger.entry(
                        K.OVER_SHORT, A.DRAWER, A.OVER_SHORT, difference, transaction=ids.new_id(), at=this.at,
                        method="cash", site_id=drawer.site_id, memo=reason.strip()[:200],
                    )
                ]
            )  # fmt: skip
        this.event("billing.drawer_closed", drawer=drawer.pk)
        return drawer


def deposit(actor: Actor, transfer_ids: Collection[UUID], kind: str = Deposit.Kind.SLIP) -> Deposit:
    """Bring chosen payments from the drawer to the bank, in one deposit. Event billing.deposited.

    Each goes once. Raises Invalid for nothing chosen or nothing left over, Conflict for one that went already, or is of
    the other kind.
    """
    if not transfer_ids:
        raise Invalid("nothing-chosen", "Choose what goes to the bank.", "items")
    methods = ("card",) if kind == Deposit.Kind.CARDS else ("cash", "check")
    with change(actor, "books.drawer") as this:
        number = f"D{next_number('deposit'):05d}"  # who deposits waits for the other here
        chosen = list(undeposited().filter(pk__in=transfer_ids))
        if len(chosen) != len(set(transfer_ids)) or any(one.method not in methods for one in chosen):
            raise Conflict("gone-already", "Some of these went to the bank already. Choose again.", "items")
        by_method: dict[tuple[str, UUID | None], int] = {}
        for one in chosen:
            key = (one.method, one.site_id or (one.encounter.site_id if one.encounter else None))
            by_method[key] = by_method.get(key, 0) + ledger.effect(one, A.DRAWER)
        cents = sum(by_method.values())
        if cents <= 0:
            raise Invalid(
                "nothing-left", "What was given out is as much as came in: there is nothing to bring.", "items"
            )
        made = this.save(
            Deposit(
                number=number, kind=kind, made_at=this.at, made_by=actor.name[:120], cents=cents,
                transaction=ids.new_id(),
            )
        )  # fmt: skip
        this.save_new(
            [
                ledger.entry(
                    K.DEPOSIT, A.BANK, A.DRAWER, amount, transaction=made.transaction, at=this.at, method=method,
                    site_id=site, reference=number,
                )
                for (method, site), amount in by_method.items()
                if amount
            ]
        )  # fmt: skip
        this.save_new([DepositItem(deposit=made, transfer=one) for one in chosen])
        this.event("billing.deposited", deposit=made.pk)
        return made
