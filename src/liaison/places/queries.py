"""What may be asked of the practice's places."""

from uuid import UUID

from liaison.kernel.errors import NotFound
from liaison.places.models import OpeningHours, Organization, Room, Site
from liaison.record.prepared import Prepared
from liaison.record.rows import row

_practice = Prepared(lambda kind: Organization.objects.filter(kind=kind, active=True).order_by("created_at")[:1])


def practice() -> Organization:
    """The practice itself. Raises NotFound before it is set up."""
    found = _practice.first(Organization.Kind.PRACTICE.value)
    if found is None:
        raise NotFound("no-practice", "The practice is not set up yet.")
    return found


def sites() -> list[Site]:
    """The active sites, by name."""
    return list(Site.objects.filter(active=True).order_by("name"))


def site(site_id: UUID) -> Site:
    """One site. Raises NotFound."""
    found = row(Site, site_id)
    if found is None:
        raise NotFound("no-site", "There is no such site.", "site")
    return found


def rooms_of(site_id: UUID) -> list[Room]:
    """The active rooms of a site, as they lie along the corridor."""
    return list(Room.objects.filter(site_id=site_id, active=True).order_by("position", "name"))


def hours_of(site_id: UUID) -> list[OpeningHours]:
    """When a site is open, from Monday on."""
    return list(OpeningHours.objects.filter(site_id=site_id).order_by("weekday", "opens"))


def payers() -> list[Organization]:
    """The active payers, by name."""
    return list(Organization.objects.filter(kind=Organization.Kind.PAYER, active=True).order_by("name"))
