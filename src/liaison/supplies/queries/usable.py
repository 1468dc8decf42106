"""Which doses may be used: for whom, on which day, and otherwise what to do about it."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Prefetch

from liaison.kernel import clock
from liaison.kernel.errors import Conflict, Refused
from liaison.places.models import Site
from liaison.record.rows import row
from liaison.supplies.models import Funding, Lot, Stock, Vial

SOON = timedelta(days=30)


def why_not(stock: Stock, on: date, funding: str = "") -> Refused | None:
    """Why no dose of `stock` may be given on a day to a patient whose doses come from `funding`; None when one may.

    The stock comes with its lot, the lot's item, and its unit. Without `funding` the source is not asked about.
    """
    lot = stock.lot
    named = f"{lot.item.name}, lot {lot.number}"
    if lot.status == Lot.Status.QUARANTINED:
        return Conflict(
            "lot-quarantined", f"Lot {lot.number} is recalled: {lot.reason.rstrip('.')}. Use another lot.", "stock"
        )
    if stock.status == Stock.Status.QUARANTINED:
        return Conflict(
            "quarantined",
            f"{named} in {stock.unit.name} is quarantined until somebody has decided about it. Use another lot.",
            "stock",
        )
    if lot.expires_on < on:
        return Conflict(
            "expired", f"{named} expired on {clock.told(lot.expires_on)}. Take it out and use another lot.", "stock"
        )
    if stock.use_until and stock.use_until < on:
        return Conflict(
            "past-new-date",
            f"{named} was to be used until {clock.told(stock.use_until)}. Take it out and use another lot.",
            "stock",
        )
    if stock.on_hand == 0:
        return Conflict("none-left", f"None of {named} is left in {stock.unit.name}. Use another lot.", "stock")
    vial = open_vial(stock)
    if vial is not None and vial.use_by < on:
        return Conflict(
            "vial-past-use",
            f"The opened vial of {named} was to be used until {clock.told(vial.use_by)}. Note what is left in it as "
            "wasted, then open another.",
            "stock",
        )
    if funding and funding != stock.funding:
        have, need = Funding(stock.funding).label, Funding(funding).label if funding in Funding.values else funding
        return Conflict(
            "other-funding",
            f"This dose is {have} stock, and this patient's doses are {need}. Use {need} stock, or say why a dose is "
            "borrowed: it must be returned then.",
            "borrow_reason",
        )
    return None


def open_vial(stock: Stock) -> Vial | None:
    """The opened vial of a stock; only a multi-dose vial is ever open."""
    if stock.lot.item.doses_per_vial == 1:
        return None
    return next((vial for vial in stock.vials.all() if vial.left), None)


def stock_at(site_id: UUID, cvxs: Collection[str], *, on: date | None = None, funding: str = "") -> list[Stock]:
    """What a site holds of vaccines, the first to expire first, each with its lot, item and unit: two queries.

    What may not be used is there too; `refused` of each says why (None: it may be used), on the day `on`, today at the
    site when not named, and for `funding` when named.
    """
    site = row(Site, site_id)
    if site is None:
        return []
    day = on or clock.today(ZoneInfo(site.zone))
    rows = (
        Stock.objects.filter(unit__site_id=site_id, on_hand__gt=0, lot__item__cvx__in=list(cvxs))
        .select_related("lot__item", "unit__site")
        .prefetch_related(Prefetch("vials", Vial.objects.filter(left__gt=0)))
        .order_by("lot__expires_on", "lot__number", "funding", "id")
    )
    found = list(rows)
    for stock in found:
        stock.refused = why_not(stock, day, funding)
    found.sort(key=lambda stock: (stock.last_day, stock.lot.number, stock.funding))
    return found


def stage_of(stock: Stock, local: datetime) -> str:
    """Whether a stock is `expired`, expires `soon`, or neither, on a local day."""
    if stock.last_day < local.date():
        return "expired"
    return "soon" if stock.last_day <= local.date() + SOON else ""
