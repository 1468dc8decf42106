"""Pages that belong to no room."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long, or came from elsewhere."""
    from liaison.kernel.errors import Forbidden

    sentence = "This page was open too long. Go back, reload it, and send it again; nothing was changed."
    return render(request, "web/refused.html", {"refusal": Forbidden("stale-form", sentence)}, status=403)
