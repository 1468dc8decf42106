"""The connection: where the registry is, who we are there, and whether it answers."""

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from liaison.people.access import page
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, shown
from liaison.registry import actions, queries
from liaison.registry.actions.connecting import WRITABLE
from liaison.registry.models import Connection

_FLAGS = ("test_messages", "send_history", "ask_first")
_TEXT = tuple(name for name in WRITABLE if name not in _FLAGS)


@require_http_methods(["GET", "POST"])
@page("registry.manage")
def set_up(request: StaffRequest) -> HttpResponse:
    """Connect the practice to its registry, or change how it is."""
    row = queries.connection()
    if request.method == "GET":
        return _form(request, Typed({name: getattr(row, name) for name in WRITABLE} if row else {"kind": "soap"}), row)
    form = Typed.sent(request.POST, _TEXT)
    form.values |= {name: request.POST.get(name) == "yes" for name in _FLAGS}
    try:
        actions.connect(request.actor, **form.values)
    except ON_THE_FORM as refusal:
        return _form(request, form.refuse(refusal), row)
    return done(request, "Saved. Test the connection next.", reverse("registry-set-up"))


def _form(request: StaffRequest, form: Typed, row: Connection | None, tried: str = "") -> HttpResponse:
    return shown(
        request, "registry/set_up.html", form, connection=row, kinds=Connection.Kind.choices, tried=tried,
        has_password=bool(settings.REGISTRY_PASSWORD), elsewhere=settings.REGISTRY_URL,
    )  # fmt: skip


@require_POST
@page("registry.manage")
def test(request: StaffRequest) -> HttpResponse:
    """Try the connection, and say what came of it."""
    # Here, for the HTTP client is slow to import, and most requests do without
    from liaison.registry.exchange import Locked, Unreachable, test_line

    row = queries.connection()
    form = Typed({name: getattr(row, name) for name in WRITABLE} if row else {})
    try:
        tried = test_line(request.actor)
    except (Unreachable, Locked) as trouble:
        form.sorry = trouble.words
        return _form(request, form, row)
    return _form(request, form, row, tried)


@require_POST
@page("registry.manage")
def leave(request: StaffRequest) -> HttpResponse:
    """Tell and ask the registry nothing any more."""
    actions.disconnect(request.actor)
    return done(request, "Disconnected. What was told stays on record.", reverse("registry-set-up"))
