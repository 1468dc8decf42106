"""All addresses."""

from importlib.util import find_spec

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def healthz(request: HttpRequest) -> HttpResponse:
    """Whether this process answers."""
    return HttpResponse("ok", content_type="text/plain")


ROOMS = ["web.pages_urls", "people.urls", "schedule.urls", "visits.urls", "chart.urls", "orders.urls", "billing.urls", "worklist.urls", "interop.urls"]
urlpatterns = [
    path("healthz", healthz),
    path("accounts/", include("allauth.urls")),
    path("accounts/", include("allauth.mfa.urls")),
    *(path("", include(f"liaison.{room}")) for room in ROOMS if find_spec(f"liaison.{room}")),
]
