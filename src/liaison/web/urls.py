"""All addresses: each room's own, in one order."""

from importlib.util import find_spec

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def healthz(request: HttpRequest) -> HttpResponse:
    """Whether this process answers."""
    return HttpResponse("ok", content_type="text/plain")


ROOMS = (
    "people",
    "schedule",
    "visits",
    "chart",
    "immunize",
    "orders",
    "supplies",
    "billing",
    "worklist",
    "practice",
    "registry",
    "interop",
)
urlpatterns = [
    path("healthz", healthz),
    path("accounts/", include("allauth.urls")),
    path("", include("liaison.web.pages_urls")),
    *(path("", include(f"liaison.{room}.urls")) for room in ROOMS if find_spec(f"liaison.{room}.urls")),
]
