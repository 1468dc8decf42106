"""Acts of one click on a visit: each does one thing and sends the page where the work goes on."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from liaison.kernel.errors import Invalid, Refused
from liaison.people.access import page
from liaison.people.typed import StaffRequest
from liaison.places import actions as places
from liaison.places.models import Room
from liaison.visits import actions
from liaison.visits.models import Visit


def done(request: StaffRequest, url: str = "") -> HttpResponse:
    """The answer to an act: htmx goes to `url`, or stays and lets the live parts follow; without htmx, a redirect."""
    if not request.headers.get("HX-Request"):
        return redirect(url or request.headers.get("Referer") or "today")
    return HttpResponse(status=204, headers={"HX-Redirect": url} if url else {"HX-Trigger": "acted"})


def visit_url(visit_id: UUID) -> str:
    return reverse("visit", args=[visit_id])


def chosen(request: StaffRequest, name: str, sentence: str) -> UUID:
    """An id that was chosen on a form. Raises Invalid with `sentence` when none was."""
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        raise Invalid("not-chosen", sentence, field=name)


@require_POST
@page("schedule.book")
def confirm(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    actions.confirm(request.actor, visit_id)
    return done(request)


@require_POST
@page("visits.room")
def tell(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    actions.tell_provider(request.actor, visit_id, request.POST.get("code", ""))
    return done(request)


@require_POST
@page("visits.room")
def room(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """Bring the patient to a room, or, once there, to another one; the work goes on at the visit."""
    room_id = chosen(request, "room", "Choose a room.")
    act = actions.change_room if request.POST.get("change") else actions.room
    act(request.actor, visit_id, room_id)
    return done(request, visit_url(visit_id))


@require_POST
@page("visits.examine")
def begin(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    actions.begin_exam(request.actor, visit_id)
    return done(request, visit_url(visit_id))


@require_POST
@page("orders.collect")
def orders_done(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    actions.orders_done(request.actor, visit_id)
    return done(request, visit_url(visit_id) if request.POST.get("stay") else "")


@require_POST
@page("visits.cancel")
def end(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """Cancelled, missed, or left: `how` says which, `reason` why. What was wrong is said at the form."""
    ends: dict[str, Callable[[], Visit]] = {
        "cancel": lambda: actions.cancel(request.actor, visit_id, request.POST.get("reason", "")),
        "no_show": lambda: actions.no_show(request.actor, visit_id),
        "left": lambda: actions.left(request.actor, visit_id, request.POST.get("reason", "")),
    }
    how = request.POST.get("how", "")
    if how not in ends:
        raise Invalid("how", "Choose how the visit ended.", field="how")
    try:
        ends[how]()
    except Refused as refusal:
        return said(refusal)
    messages.success(request, "Noted.")
    return done(request, reverse("today"))


def said(refusal: Refused) -> HttpResponse:
    """A refusal as the sentence under a small form's field: the form's `.said` is its target."""
    return HttpResponse(refusal.sentence, status=422, content_type="text/plain; charset=utf-8")


@require_POST
@page("places.rooms")
def room_state(request: StaffRequest, room_id: UUID) -> HttpResponse:
    """Say that a room is clean, dirty, or closed."""
    state = request.POST.get("state", Room.State.READY)
    if state not in (Room.State.READY, Room.State.DIRTY, Room.State.CLOSED):
        raise Invalid("state", "A room is ready, to clean, or closed.", field="state")
    places.set_room_state(request.actor, room_id, state)
    return done(request)
