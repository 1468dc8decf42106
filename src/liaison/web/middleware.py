"""Each request's actor, and refusals as answers."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject

from liaison.kernel.errors import Forbidden, Refused
from liaison.people.actors import of_staff
from liaison.people.models import Staff
from liaison.record.actor import Actor

Handler = Callable[[HttpRequest], HttpResponse]
NOBODY = Actor("", "", "nobody", frozenset())
_HEADINGS = {403: "Not permitted", 404: "There is no such thing", 409: "Somebody was first"}


class Acting:
    """Puts the signed-in member of staff on the request (`request.actor`, `request.staff`), looked up when asked."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.staff = SimpleLazyObject(lambda: _staff(request))  # type: ignore[attr-defined]  # Django's requests are open for it
        request.actor = SimpleLazyObject(lambda: _actor(request))  # type: ignore[attr-defined]
        return self.get_response(request)


class Refusals:
    """An action's refusal that no page has caught becomes a page, or for htmx a message, with the same sentence.

    A NUL in what an address asks is left out, as of forms: nobody types one, no database holds one.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.META.get("QUERY_STRING", "")
        if "%00" in asked:
            request.META["QUERY_STRING"] = asked.replace("%00", "")
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        return refused(request, exception)


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """A refusal as an answer: a notice beside the page for htmx, a page of its own otherwise."""
    if request.headers.get("HX-Request"):
        answer = render(request, "web/notice.html", {"refusal": refusal}, status=refusal.status)
        answer["HX-Retarget"], answer["HX-Reswap"] = "#notices", "beforeend"
        return answer
    known = refusal.code not in ("no-staff", "stale-form") and request.user.is_authenticated
    context = {
        "refusal": refusal,
        "heading": _HEADINGS.get(refusal.status, "That cannot be done"),
        "page_base": "web/base.html" if known else "web/entrance.html",
    }
    return render(request, "web/refused.html", context, status=refusal.status)


def _staff(request: HttpRequest) -> Staff | None:
    if not request.user.is_authenticated:
        return None
    return Staff.objects.select_related("site").filter(user_id=request.user.pk, active=True).first()


def _actor(request: HttpRequest) -> Actor:
    staff = _staff_of(request)
    if staff is None:
        if request.user.is_authenticated:
            raise Forbidden("no-staff", "This sign-in belongs to nobody on the staff list. Ask the office manager.")
        return NOBODY
    return of_staff(staff, request.META.get("REMOTE_ADDR", ""))


def _staff_of(request: HttpRequest) -> Staff | None:
    staff = request.staff  # type: ignore[attr-defined]
    return staff if staff else None
