"""The doors to a page: of the staff, signed in and with the capability; of a patient, by a mailed link."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone
from django.views.decorators.cache import never_cache

Answer = HttpResponse | StreamingHttpResponse
View = Callable[..., Answer]


def page(capability: str = "") -> Callable[[View], View]:
    """Let a view be seen by signed-in staff with `capability` only; times are shown as the clocks of their site.

    Who is not signed in is sent to sign in and back, who has the office's first password to choose another; who lacks
    the capability is refused (Forbidden).
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> Answer:
            if not request.user.is_authenticated:
                return _sign_in(request)
            if getattr(request.user, "has_first_password", False):
                return _elsewhere(request, resolve_url("account_change_password"))
            actor = request.actor  # type: ignore[attr-defined]  # put there by Acting
            if capability:
                actor.require(capability)
            with timezone.override(zone_of(request)):
                return view(request, *args, **kwargs)

        return answer

    return wrap


def mailed_page(view: View) -> View:
    """Let a view be seen by whoever holds its mailed link: no cache keeps it, no other site is told its address."""

    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> Answer:
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        return response

    return answer


def zone_of(request: HttpRequest) -> ZoneInfo:
    """The zone of the site that the signed-in person works at."""
    staff = request.staff  # type: ignore[attr-defined]  # put there by Acting
    return ZoneInfo(staff.site.zone if staff and staff.site else settings.TIME_ZONE)


def _sign_in(request: HttpRequest) -> HttpResponse:
    door = resolve_url(settings.LOGIN_URL)
    back = request.get_full_path() if request.method == "GET" and not request.headers.get("HX-Request") else "/"
    return _elsewhere(request, f"{door}?{urlencode({'next': back})}" if back != "/" else door)


def _elsewhere(request: HttpRequest, address: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        # A fragment cannot show another page: the whole page goes there
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
