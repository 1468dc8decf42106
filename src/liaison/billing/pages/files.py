"""Files to and from payers: what waits, what is held for a person, and a file taken in by hand."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from liaison.billing import actions, queries
from liaison.billing.actions.files import KINDS, LONGEST
from liaison.billing.models import Exchange
from liaison.billing.pages.shown import paged
from liaison.kernel.errors import Invalid
from liaison.people.access import page
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, shown

E = Exchange.Status
SHOWN = {"": "All", "held": "Held", "to_send": "Waiting", "refused": "Refused"}


@require_GET
@page("billing.read")
def files(request: StaffRequest) -> HttpResponse:
    """The files, newest first: all, or those that wait for somebody."""
    return _files(request, Typed({}))


def _files(request: StaffRequest, form: Typed) -> HttpResponse:
    show = request.GET.get("show", "")
    show = show if show in SHOWN else ""
    context = {
        "pager": paged(request, queries.exchanges(request.actor, status=show)),
        "query": f"show={show}&" if show else "",
        "show": show,
        "shown": list(SHOWN.items()),
        "may_resend": request.actor.may("billing.claim"),
        "may_take": request.actor.may("billing.post"),
        "here": "claims",
    }
    return shown(request, "billing/claims/files.html", form, **context)


@require_POST
@page("billing.post")
def take(request: StaffRequest) -> HttpResponse:
    """Take a file in that came another way: by a portal, on a stick."""
    form = Typed({"file": ""})
    sent = request.FILES.get("file")
    try:
        if sent is None or (sent.size or 0) > LONGEST:
            raise Invalid("no-file", "Choose a file of up to 50 MB.", "file")
        body = sent.read()
        kept = actions.take_in(request.actor, "", sent.name or "file", body)
    except ON_THE_FORM as refusal:
        if refusal.code == "unknown-kind":
            refusal.sentence = f"This is none of {', '.join(KINDS)}. Choose a file from a payer."
            refusal.field = "file"
        return _files(request, form.refuse(refusal))
    if kept.status != E.RECEIVED:
        return done(request, "This file is here already; nothing was done twice.", reverse("claim-files"))
    kept = actions.process(request.actor, kept.pk)
    words = f"Held: {kept.note}" if kept.status == E.HELD else f"The {kept.kind} is taken in."
    return done(request, words, reverse("claim-files"))


@require_POST
@page("billing.claim")
def resend(request: StaffRequest, exchange_id: UUID) -> HttpResponse:
    """Make the claims of a refused file ready for the next one."""
    try:
        claims = actions.resend(request.actor, exchange_id)
    except ON_THE_FORM as refusal:
        return done(request, refusal.sentence, reverse("claim-files"))
    count = len(claims)
    return done(request, f"{count} claim{'s' if count != 1 else ''} ready again.", reverse("claim-files"))
