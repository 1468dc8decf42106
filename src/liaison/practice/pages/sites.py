"""Sites: where they are, when they are open, and their rooms."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liaison.people.access import page
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done
from liaison.places import actions
from liaison.places import queries as places
from liaison.places.models import Room
from liaison.practice import queries
from liaison.practice.pages.forms import ADDRESS, DAYS, form_of, page_of, stored, week_fields, week_sent, week_typed

_SITE = ("name", "code", "zone", "place_of_service", "npi", "clia", *ADDRESS)
_ROOM = ("name", "kind")


@require_GET
@page("places.manage")
def sites(request: StaffRequest) -> HttpResponse:
    """Every site with its address, hours and rooms."""
    return page_of(request, "sites", "sites", sites=queries.sites_whole(request.actor))


@require_http_methods(["GET", "POST"])
@page("places.manage")
def add_site(request: StaffRequest) -> HttpResponse:
    """Add a place that patients come to."""
    form = Typed({"zone": places.sites()[0].zone if places.sites() else "America/Chicago", "place_of_service": "11"})
    if request.method == "POST":
        form = Typed.sent(request.POST, _SITE)
        try:
            site = actions.add_site(request.actor, **form.values)
        except ON_THE_FORM as refusal:
            form.refuse(refusal)
        else:
            return done(request, f"{site.name} added. Say when it is open.", reverse("site-hours", args=[site.pk]))
    return form_of(request, "site", form, "sites", site=None)


@require_http_methods(["GET", "POST"])
@page("places.manage")
def edit_site(request: StaffRequest, site_id: UUID) -> HttpResponse:
    """Change a site's name, address or time zone."""
    site = places.site(site_id)
    form = stored(site, _SITE)
    if request.method == "POST":
        form = Typed.sent(request.POST, _SITE)
        try:
            actions.update_site(request.actor, site_id, **form.values)
        except ON_THE_FORM as refusal:
            form.refuse(refusal)
        else:
            return done(request, "Saved.", reverse("practice-sites"))
    return form_of(request, "site", form, "sites", site=site)


@require_http_methods(["GET", "POST"])
@page("places.manage")
def site_hours(request: StaffRequest, site_id: UUID) -> HttpResponse:
    """Say when a site is open."""
    site = places.site(site_id)
    week: queries.Week = {}
    for one in places.hours_of(site_id):
        week.setdefault(one.weekday, []).append((one.opens, one.closes))
    form = week_typed(week)
    if request.method == "POST":
        form = Typed.sent(request.POST, DAYS)
        sent = week_sent(form)
        if sent is not None:
            actions.set_opening(request.actor, site_id, sent)
            return done(request, f"The hours of {site.name} are saved.", reverse("practice-sites"))
    context = {"days": week_fields(), "title": f"{site.name}: opening hours", "back": reverse("practice-sites")}
    return form_of(request, "week", form, "sites", **context)


@require_http_methods(["GET", "POST"])
@page("places.manage")
def add_room(request: StaffRequest, site_id: UUID) -> HttpResponse:
    """Add a room to a site."""
    site = places.site(site_id)
    form = Typed({"kind": "exam"})
    if request.method == "POST":
        form = Typed.sent(request.POST, _ROOM)
        try:
            room = actions.add_room(request.actor, site_id=site_id, **form.values)
        except ON_THE_FORM as refusal:
            form.refuse(refusal)
        else:
            another = "another" in request.POST
            to = reverse("add-room", args=[site_id]) if another else reverse("practice-sites")
            return done(request, f"{room.name} added to {site.name}.", to)
    return form_of(request, "room", form, "sites", site=site, room=None, kinds=Room.Kind.choices)


@require_http_methods(["GET", "POST"])
@page("places.manage")
def edit_room(request: StaffRequest, room_id: UUID) -> HttpResponse:
    """Change a room's name or kind, or its place along the corridor."""
    room = queries.room(room_id)
    form = stored(room, (*_ROOM, "position"))
    if request.method == "POST":
        form = Typed.sent(request.POST, (*_ROOM, "position"))
        try:
            actions.update_room(request.actor, room_id, **form.values)
        except ON_THE_FORM as refusal:
            form.refuse(refusal)
        else:
            return done(request, "Saved.", reverse("practice-sites"))
    return form_of(request, "room", form, "sites", site=room.site, room=room, kinds=Room.Kind.choices)


@require_POST
@page("places.manage")
def use_room(request: StaffRequest, room_id: UUID) -> HttpResponse:
    """Take a room out of use for good, or into use again."""
    room = queries.room(room_id)
    if request.POST.get("on") == "yes":
        actions.return_room(request.actor, room_id)
        return done(request, f"{room.name} is in use again.", reverse("practice-sites"))
    try:
        actions.retire_room(request.actor, room_id)
    except ON_THE_FORM as refusal:
        form = stored(room, (*_ROOM, "position")).refuse(refusal)
        return form_of(request, "room", form, "sites", site=room.site, room=room, kinds=Room.Kind.choices)
    return done(request, f"{room.name} is out of use.", reverse("practice-sites"))
