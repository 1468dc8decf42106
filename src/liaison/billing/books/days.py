"""Days of the books: from midnight to midnight where the practice is. An entry belongs to the day of its time there."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from liaison.kernel import clock
from liaison.places.models import Site


def zone() -> ZoneInfo:
    """The zone of the practice's first site, by which its books go."""
    found = Site.objects.filter(active=True).order_by("created_at", "id").values_list("zone", flat=True).first()
    return ZoneInfo(found or timezone.get_default_timezone_name())


def today() -> date:
    """The day that it is where the practice is."""
    return clock.today(zone())


def begin(day: date) -> datetime:
    """The first moment of a day of the books."""
    return datetime.combine(day, time.min, zone())


def end(day: date) -> datetime:
    """The first moment after a day of the books."""
    return begin(day + timedelta(days=1))


def noon(day: date) -> datetime:
    """The middle of a day: when an entry is dated of which the day alone is known."""
    return datetime.combine(day, time(12), zone())


def before(until: datetime) -> date:
    """The last day before a first moment."""
    return (until.astimezone(zone()) - timedelta(days=1)).date()
