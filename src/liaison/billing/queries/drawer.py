"""What may be asked of the drawer: what should be in it, what waits to go to the bank, past drawers and deposits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, F, Q, QuerySet, Sum, When

from liaison.billing import ledger
from liaison.billing.models import Account, Deposit, DepositItem, Drawer, Transfer
from liaison.kernel import clock
from liaison.kernel.errors import NotFound
from liaison.places.models import Site
from liaison.record.actor import Actor

A = Account
_PAST = 40


def cash_between(site_id: UUID, begin: datetime, end: datetime) -> int:
    """The cash that came into a site's drawer, less what went out, in cents.

    A payment is of the site of its visit, else of the one that took it; one of neither is in the first site's drawer.
    """
    at_site = Q(site_id=site_id) | Q(site_id=None, encounter__site_id=site_id)
    first = Site.objects.filter(active=True).order_by("created_at", "id").values_list("pk", flat=True).first()
    if first == site_id:
        at_site |= Q(site_id=None, encounter=None)
    rows = Transfer.objects.filter(at_site, Q(debit=A.DRAWER) | Q(credit=A.DRAWER), method="cash")
    rows = rows.filter(at__gt=begin, at__lte=end)
    sums = rows.aggregate(cents=Sum(Case(When(debit=A.DRAWER, then=F("cents")), default=-F("cents"))))
    return sums["cents"] or 0


def undeposited() -> QuerySet[Transfer]:
    """What came into the drawer, or was given out of it, and is in no deposit yet; without what was taken back."""
    rows = Transfer.objects.filter(Q(debit=A.DRAWER) | Q(credit=A.DRAWER), deposited=None, reverses=None)
    rows = rows.filter(reversed_by=None).exclude(kind=Transfer.Kind.DEPOSIT).exclude(method="")
    return rows.select_related("patient", "encounter").order_by("at", "id")


@dataclass(frozen=True)
class DrawerView:
    """The drawer of a site: the open one with what should be in it, what waits, what was before."""

    site: Site
    drawer: Drawer | None
    expected_cents: int
    waiting: Sequence[tuple[Transfer, int]]  # each with what it brings (negative: was given out)
    past: Sequence[Drawer]
    deposits: Sequence[Deposit]


def drawer_view(actor: Actor, site: Site) -> DrawerView:
    """The drawer of a site."""
    actor.require("books.drawer")
    drawers = Drawer.objects.filter(site=site)
    drawer = drawers.filter(closed_at=None).first()
    expected = drawer.float_cents + cash_between(site.pk, drawer.opened_at, clock.now()) if drawer else 0
    return DrawerView(
        site=site,
        drawer=drawer,
        expected_cents=expected,
        waiting=[(one, ledger.effect(one, A.DRAWER)) for one in undeposited()],
        past=list(drawers.exclude(closed_at=None).order_by("-opened_at")[:_PAST]),
        deposits=list(Deposit.objects.order_by("-made_at")[:_PAST]),
    )


@dataclass(frozen=True)
class Slip:
    """A deposit with what went with it."""

    deposit: Deposit
    checks: Sequence[Transfer]
    cash_cents: int


def slip(actor: Actor, deposit_id: UUID) -> Slip:
    """A deposit, to print its slip. Raises NotFound."""
    actor.require("books.drawer")
    found = Deposit.objects.filter(pk=deposit_id).first()
    if found is None:
        raise NotFound("no-deposit", "There is no such deposit. Look at the drawer again.")
    items = DepositItem.objects.filter(deposit=found).select_related("transfer__patient").order_by("transfer__at")
    moved = [one.transfer for one in items]
    others = [one for one in moved if one.method != "cash"]
    cash = sum(ledger.effect(one, A.DRAWER) for one in moved if one.method == "cash")
    return Slip(found, others, cash)
