"""Today: the rooms, the board in lanes, and what is next for whoever looks."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from liaison.kernel import clock
from liaison.kernel.errors import NotFound
from liaison.people.access import page
from liaison.people.typed import StaffRequest, Typed
from liaison.places import queries as places
from liaison.places.models import Site
from liaison.visits import queries
from liaison.worklist import queries as worklist

MOST_NEXT = 12


@require_GET
@page("visits.read")
def today(request: StaffRequest) -> HttpResponse:
    """The whole page, for a site (`?site=` its code) and a day (`?day=`); one's own site and today without them."""
    site, day = _asked(request)
    return render(request, "visits/today.html", _board(request, site, day))


@require_GET
@page("visits.read")
def board_part(request: StaffRequest) -> HttpResponse:
    """The rooms, lanes and what is next, as an open page fetches them when something has changed."""
    site, day = _asked(request)
    return render(request, "visits/board.html", _board(request, site, day))


def _asked(request: StaffRequest) -> tuple[Site, date]:
    code = request.GET.get("site", "")
    own = request.staff.site
    site: Site | None
    if own is not None and code in ("", own.code):
        site = own
    else:
        sites = Site.objects.filter(active=True)
        site = sites.filter(code=code).first() if code else sites.order_by("name").first()
    if site is None:
        raise NotFound("no-site", "There is no such site. Choose one on Today.")
    return site, Typed.sent(request.GET, ("day",)).day("day") or clock.today(ZoneInfo(site.zone))


def _board(request: StaffRequest, site: Site, day: date) -> dict[str, Any]:
    actor = request.actor
    now = clock.today(ZoneInfo(site.zone))
    query = f"?site={site.code}&day={day.isoformat()}"
    board = queries.board(actor, site.pk, day)
    return {
        "board": board,
        "next": worklist.next_for(actor, site.pk, limit=MOST_NEXT, board=board) if actor.may("worklist.read") else [],
        "sites": places.sites(),
        "may_clean": actor.may("places.rooms"),
        "site": site,
        "day": day,
        "is_today": day == now,
        "board_url": reverse("today-board") + (query if day != now else f"?site={site.code}"),
        "day_before": day - timedelta(days=1),
        "day_after": day + timedelta(days=1),
        "here": "today",
    }
