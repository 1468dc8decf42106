"""What the pages of supplies share: which site is looked at, choices for forms, a number or temperature as typed."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from liaison.kernel.errors import Invalid
from liaison.people.typed import StaffRequest, Typed
from liaison.places import queries as places
from liaison.places.models import Site
from liaison.supplies.models import Funding, StorageUnit
from liaison.supplies.temperatures import celsius

_MOST = 1_000_000
FUNDING = [(key, f"{words[0].upper()}{words[1:]}") for key, words in Funding.choices]


def chosen_site(request: StaffRequest, sites: list[Site]) -> Site | None:
    """The site asked for, else one's own; none for every site."""
    own = request.staff.site_id if request.staff else None
    asked = request.GET.get("site") or (str(own) if own else "all")
    return next((one for one in sites if str(one.pk) == asked), None)


def with_sites(request: StaffRequest, tab: str, **context: Any) -> dict[str, Any]:
    """The context of a page that shows one site or all."""
    sites = places.sites()
    return {"sites": sites, "site": chosen_site(request, sites), "tab": tab, **context}


def whole_number(form: Typed, name: str) -> int:
    """A whole number as typed. Raises Invalid, also where there is none."""
    if (number := form.number(name, _MOST)) is None:
        raise Invalid("bad-number", "Write a whole number.", name)
    return number


def temperature(form: Typed, name: str, scale: str) -> Decimal | None:
    """A temperature as typed, in °C; none where nothing is. Raises Invalid."""
    return celsius(form.text(name), scale, name) if form.text(name) else None


def unit_choices(units: list[StorageUnit], sites: int) -> list[tuple[str, str]]:
    """Units for a choice, with their site where there is more than one."""
    return [(str(u.pk), f"{u.name}, {u.site.name}" if sites > 1 else u.name) for u in units]


def lot_of(request: HttpRequest, name: str) -> str:
    """A parameter of the address, without spaces around it."""
    return request.GET.get(name, "").strip()[:100]
