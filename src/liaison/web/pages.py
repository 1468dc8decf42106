"""Pages that belong to no room."""

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET, require_POST

from liaison.kernel.errors import Forbidden
from liaison.people import queries as people
from liaison.people.access import page
from liaison.people.typed import StaffRequest
from liaison.web import live
from liaison.web.middleware import refused

FOUND = 8


def csrf_failed(request: StaffRequest, reason: str = "") -> HttpResponse:
    """The form was open too long, or came from elsewhere."""
    sentence = "This page was open too long. Go back, reload it, and send it again; nothing was changed."
    return refused(request, Forbidden("stale-form", sentence))


@require_POST
@page("people.search")
def find(request: StaffRequest) -> HttpResponse:
    """Patients by whatever was typed, for the find box."""
    text = request.POST.get("q", "").strip()[:100]
    rows = people.search(request.actor, text, limit=FOUND) if len(text) > 1 else []
    patients = [{"row": row, "href": _chart(row.pk)} for row in rows]
    return render(request, "web/found.html", {"patients": patients, "text": text if len(text) > 1 else ""})


@require_GET
@page("visits.read")
def events(request: StaffRequest) -> HttpResponse | StreamingHttpResponse:
    """The stream of changes that keeps open pages live (server-sent events); 503 when this process carries no more."""
    last, tab = request.headers.get("Last-Event-ID", ""), request.GET.get("tab", "")[:40]
    tab = f"{request.user.pk}:{tab}" if tab else ""
    live.watcher.start()
    if not live.try_open():
        return HttpResponse("Too many open pages.", status=503, headers={"Retry-After": "5"})
    live.let_go_of_database()
    answer = StreamingHttpResponse(
        live.stream(int(last) if last.isdigit() else None, tab), content_type="text/event-stream"
    )
    answer["Cache-Control"] = "no-cache"
    answer["X-Accel-Buffering"] = "no"
    return answer


def _chart(patient_id: object) -> str:
    try:
        return reverse("patient", args=[patient_id])
    except NoReverseMatch:
        return "#"
