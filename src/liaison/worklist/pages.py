"""The list of tasks, and what is done with one."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from liaison.kernel.errors import Refused
from liaison.people.access import page
from liaison.people.typed import StaffRequest
from liaison.places import actions as places
from liaison.places.models import Room
from liaison.worklist import actions, queries


@require_GET
@page("worklist.read")
def tasks(request: StaffRequest) -> HttpResponse:
    """Every open task of one's role, most pressing first; kept current by itself."""
    actor = request.actor
    staff = request.staff
    rows = queries.tasks(actor, staff.site_id)
    lines = [queries.line_of(row) for row in rows]
    return render(request, "worklist/tasks.html", {"lines": lines, "mine": str(actor.id)})


@require_POST
@page("worklist.work")
def take(request: StaffRequest, task_id: UUID) -> HttpResponse:
    actions.take(request.actor, task_id)
    return _done(request)


@require_POST
@page("worklist.work")
def finish(request: StaffRequest, task_id: UUID) -> HttpResponse:
    """Note a task as done; that a room was cleaned makes the room ready."""
    actor = request.actor
    task = actions.finish(actor, task_id)
    if task.kind == "clean-room" and actor.may("places.rooms"):
        room = Room.objects.filter(pk=task.source.split(":")[1], state=Room.State.DIRTY).first()
        if room is not None:
            places.set_room_state(actor, room.pk, Room.State.READY)
    return _done(request)


@require_POST
@page("worklist.work")
def cancel(request: StaffRequest, task_id: UUID) -> HttpResponse:
    """Note that a task is not needed; a refusal is the sentence under the form's field."""
    try:
        actions.cancel(request.actor, task_id, request.POST.get("reason", ""))
    except Refused as refusal:
        return HttpResponse(refusal.sentence, status=422, content_type="text/plain; charset=utf-8")
    return _done(request)


def _done(request: StaffRequest) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect("tasks")
    return HttpResponse(status=204, headers={"HX-Trigger": "acted"})
