"""What time brings: lots that expire, readings that were due and are not there. A timer looks; each is told once."""

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from liaison.kernel import clock
from liaison.places.models import OpeningHours, Site
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.supplies.actions import ledger
from liaison.supplies.models import Reading, Stock, StorageUnit
from liaison.supplies.queries.usable import stage_of

# A morning's reading is asked for this long after opening, an afternoon's this long before closing
_AFTER_OPENING, _BEFORE_CLOSING = timedelta(minutes=90), timedelta(minutes=60)
_USUAL = (time(8), time(17))
_NOON = time(12)


def look_over(actor: Actor) -> int:
    """Tell of lots that have expired or soon will, and of readings that are missing. How many were told of now.

    Events supplies.expiring {stock, site, stage} and supplies.reading_missing {unit, site, half}.
    """
    actor.require("supplies.manage")
    told, now = 0, clock.now()
    for site in Site.objects.filter(active=True):
        local = now.astimezone(ZoneInfo(site.zone))
        told += _expiring(actor, site.pk, local) + _missing(actor, site.pk, local)
    return told


def _expiring(actor: Actor, site_id: UUID, local: datetime) -> int:
    rows = Stock.objects.filter(unit__site_id=site_id, on_hand__gt=0).exclude(told="expired").select_related("lot")
    stages = {row.pk: stage for row in rows if (stage := stage_of(row, local)) and stage != row.told}
    if not stages:
        return 0
    with change(actor, "supplies.manage") as this:
        for pk, stock in ledger.held_in_order(stages).items():
            stock.told = stages[pk]
            this.save(stock, "told")
            this.event("supplies.expiring", stock=pk, site=site_id, stage=stages[pk])
    return len(stages)


def _missing(actor: Actor, site_id: UUID, local: datetime) -> int:
    half = _due(site_id, local)
    if not half:
        return 0
    start = local.replace(hour=0 if half == "am" else 12, minute=0, second=0, microsecond=0)
    units = StorageUnit.objects.filter(site_id=site_id, active=True, twice_daily=True)
    waited = units.exclude(missed=f"{local:%Y-%m-%d} {half}")
    read = set(Reading.objects.filter(unit__in=waited, at__gte=start).values_list("unit_id", flat=True))
    missing = [pk for pk in waited.order_by("pk").values_list("pk", flat=True) if pk not in read]
    if not missing:
        return 0
    with change(actor, "supplies.manage") as this:
        for pk in missing:
            unit = ledger.held_unit(pk)
            unit.missed = f"{local:%Y-%m-%d} {half}"
            this.save(unit, "missed")
            this.event("supplies.reading_missing", unit=pk, site=site_id, half=unit.missed)
    return len(missing)


def _due(site_id: UUID, local: datetime) -> str:
    """The half day whose reading should be there by now: `am`, `pm`, or nothing while the site is closed."""
    hours = list(OpeningHours.objects.filter(site_id=site_id))
    today = [(row.opens, row.closes) for row in hours if row.weekday == local.weekday()]
    if not hours and local.weekday() < 5:
        today = [_USUAL]
    if not today:
        return ""
    opens, closes = min(opens for opens, _ in today), max(closes for _, closes in today)
    if local.time() < _NOON:
        return "am" if opens < _NOON and local >= _on(local, opens) + _AFTER_OPENING else ""
    return "pm" if closes > _NOON and local >= _on(local, closes) - _BEFORE_CLOSING else ""


def _on(local: datetime, at: time) -> datetime:
    return local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
