"""How a form on the working page is answered when all was well."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect

from liaison.people.typed import StaffRequest
from liaison.visits.pages.working import show


def onward(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """The visit as it stands now, with the next thing to do: in place for htmx, by a redirect otherwise."""
    if not request.headers.get("HX-Request"):
        return redirect("visit", visit_id=visit_id)
    return show(request, visit_id)
