"""The schedule: a site's day by provider, and a provider's week."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from liaison.billing.queries.coverage import problems_of
from liaison.kernel import clock
from liaison.people import queries as people
from liaison.people.access import page
from liaison.people.typed import StaffRequest
from liaison.places import queries as places
from liaison.schedule import queries
from liaison.schedule.calendar import calendar, monday_of

FARTHEST = timedelta(days=3660)


@require_GET
@page("schedule.read")
def schedule(request: StaffRequest) -> HttpResponse:
    """A site's day: each provider a column, times down the side."""
    day = _day(request)
    sites = places.sites()
    asked = _uuid(request, "site")
    own = request.staff.site_id if request.staff else None
    site = next((s for s in sites if s.pk == (asked or own)), sites[0] if sites else None)
    days = queries.day(request.actor, day, site.pk) if site else []
    context = {
        "kind": "day",
        "calendar": calendar(days, clock.now()),
        "day": day,
        "earlier": day - timedelta(days=1),
        "later": day + timedelta(days=1),
        "site": site,
        "sites": sites,
        "providers": people.providers(site.pk) if site else [],
        "monday": monday_of(day),
    }
    return _shown(request, context)


@require_GET
@page("schedule.read")
def week(request: StaffRequest, provider_id: UUID) -> HttpResponse:
    """A provider's week: each day a column."""
    monday = monday_of(_day(request))
    provider = people.staff(provider_id)
    context = {
        "kind": "week",
        "calendar": calendar(queries.week(request.actor, monday, provider_id), clock.now()),
        "day": monday,
        "earlier": monday - timedelta(days=7),
        "later": monday + timedelta(days=7),
        "sunday": monday + timedelta(days=6),
        "provider": provider,
        "providers": people.providers(),
        "site": provider.site,
        "here": "schedule",
    }
    return _shown(request, context)


def _shown(request: StaffRequest, context: dict[str, Any]) -> HttpResponse:
    context["today"] = clock.today(timezone.get_current_timezone())
    context["coverage"] = _coverage(context)
    # The live fragment is the calendar alone; the same address answers both
    template = "schedule/calendar.html" if request.htmx else "schedule/schedule.html"
    return render(request, template, context)


def _coverage(context: dict[str, Any]) -> dict[UUID, tuple[str, str]]:
    """Whose coverage has something to see to, of who is still to come: in two words, by patient."""
    columns = context["calendar"].columns if context["day"] >= context["today"] - timedelta(days=6) else ()
    booked = {block.row.patient_id for column in columns for block in column.blocks if block.row.status == "booked"}
    return problems_of(booked) if booked else {}


def _day(request: HttpRequest) -> date:
    """The day asked for; today for none, and for what is no day."""
    today = clock.today(timezone.get_current_timezone())
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return today
    return day if abs(day - today) < FARTHEST else today


def _uuid(request: HttpRequest, name: str) -> UUID | None:
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None
