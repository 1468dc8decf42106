"""Doses needed in a month by vaccine group, against what is in stock."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db.models import Count, Q
from django.utils import timezone

from liaison.immunize import schedule
from liaison.immunize.models import Cohort, Need
from liaison.immunize.population import NOT_COMPLETE, midnight
from liaison.immunize.queries.due import vaccines_of
from liaison.kernel import clock
from liaison.places.models import Site
from liaison.record import audit
from liaison.record.actor import Actor
from liaison.schedule.models import Appointment
from liaison.supplies.models import Funding
from liaison.supplies.queries import stock_at, why_not

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Line:
    """A vaccine group: doses that become due in the month, those due before and still open, those of booked visits,
    and what is on hand by funding, combinations included."""

    vaccine_group: str
    becoming: int
    open: int
    booked: int
    on_hand: dict[str, int]

    @property
    def stock(self) -> int:
        return sum(self.on_hand.values())

    @property
    def short(self) -> int:
        """How many doses booked patients may want beyond what is there."""
        return max(0, self.booked - self.stock)


@dataclass(frozen=True, slots=True)
class Needed:
    """The month from its first day to its last, by vaccine group in the schedule's order."""

    first: date
    last: date
    site: UUID | None
    lines: tuple[Line, ...]
    fundings: tuple[tuple[str, str], ...]


def next_month(on: date) -> date:
    """The first day of the next month."""
    return on.replace(day=1) + relativedelta(months=1)


def needed(actor: Actor, first: date, site: UUID | None = None) -> Needed:
    """What the month that begins on `first` asks for; sums alone, no patient is named. Raises Forbidden.

    A booked patient counts for each dose that is recommended by the month's end; with a site, only its patients, visits
    and stock do.
    """
    actor.require("immunize.population")
    audit.looked(actor, None, ["doses needed"], action="search")
    last = first + relativedelta(months=1) - timedelta(days=1)
    visits = Appointment.objects.filter(
        status=Appointment.Status.BOOKED,
        starts_at__gte=midnight(first),
        starts_at__lt=midnight(last + timedelta(days=1)),
    )
    waiting = Need.objects.filter(status=NOT_COMPLETE, recommended__lte=last).order_by()
    of_site = waiting
    if site is not None:
        visits = visits.filter(site_id=site)
        of_site = waiting.filter(patient_id__in=Cohort.objects.filter(site_id=site).values("patient_id"))
    counted = of_site.values_list("vaccine_group").annotate(
        open=Count("pk", filter=Q(recommended__lt=first)), all=Count("pk")
    )
    sums = {group: (every - opened, opened) for group, opened, every in counted}
    coming = list(visits.order_by().values_list("patient_id", flat=True).distinct())
    booked: Counter[str] = Counter()
    for at in range(0, len(coming), _CHUNK):
        # Counted here: grouped by the database, it would look through the needs of everybody
        booked.update(waiting.filter(patient_id__in=coming[at : at + _CHUNK]).values_list("vaccine_group", flat=True))
    stock = _stock(site)
    lines = [
        Line(group.name, *sums.get(group.name, (0, 0)), booked[group.name], stock.get(group.name, {}))
        for group in schedule.in_force().groups
        if group.name in sums or group.name in stock
    ]
    return Needed(first, last, site, tuple(lines), tuple(Funding.choices))


def _stock(site: UUID | None) -> dict[str, dict[str, int]]:
    """Doses that may be given today by vaccine group and funding; a combination stands in each of its groups."""
    groups = {group.name: vaccines_of(group.name) for group in schedule.in_force().groups}
    every = frozenset().union(*groups.values())
    on = clock.today(timezone.get_default_timezone())
    sites = [site] if site else list(Site.objects.filter(active=True).values_list("pk", flat=True))
    found: dict[str, dict[str, int]] = {}
    for row in (stock for key in sites for stock in stock_at(key, every)):
        if why_not(row, on, row.funding) is not None:
            continue
        for name, members in groups.items():
            if row.lot.item.cvx in members:
                by_funding = found.setdefault(name, {})
                by_funding[row.funding] = by_funding.get(row.funding, 0) + row.on_hand
    return found


def table(found: Needed) -> Iterator[list[object]]:
    """The month as rows for a spreadsheet."""
    titles = [f"on hand, {words}" for _, words in found.fundings]
    yield ["vaccine group", "become due", "open before", "booked", *titles, "on hand", "short"]
    for line in found.lines:
        stock = [line.on_hand.get(key, 0) for key, _ in found.fundings]
        yield [line.vaccine_group, line.becoming, line.open, line.booked, *stock, line.stock, line.short]
