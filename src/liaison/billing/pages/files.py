"""Files to and from payers: what waits, what is held for a person, and a file taken in by hand."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_POST

from liaison.billing import actions, queries
from liaison.billing.actions.files import KINDS, LONGEST
from liaison.billing.models import Claim, Exchange
from liaison.billing.pages.shown import paged
from liaison.engines.x12 import X12Error, tell
from liaison.kernel.errors import Invalid
from liaison.people.access import page
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, not_done, shown

E = Exchange.Status
SHOWN = {"": "All", "held": "Held", "to_send": "Waiting", "refused": "Refused", "set_aside": "Set aside"}
_CLAIMS, _LINES = 200, 400  # of a file that are shown


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


@require_GET
@page("billing.read")
def one(request: StaffRequest, exchange_id: UUID) -> HttpResponse:
    """A file: where it stands, whom it speaks of, what it says in words."""
    return _one(request, exchange_id, Typed({}))


def _one(request: StaffRequest, exchange_id: UUID, form: Typed) -> HttpResponse:
    file = queries.exchange_for(request.actor, exchange_id)
    says, is_all = _told(bytes(file.body))
    context = {
        "file": file,
        "size": len(file.body),
        "claims": Claim.objects.filter(number__in=file.claims[:_CLAIMS]).order_by("number"),
        "payments": file.payments.order_by("position"),
        "says": says,
        "is_all": is_all,
        "may_decide": file.status == E.HELD and request.actor.may("billing.post"),
        "may_resend": file.status == E.REFUSED and request.actor.may("billing.claim"),
        "here": "claims",
    }
    return shown(request, "billing/claims/file.html", form, **context)


def _told(body: bytes) -> tuple[str, bool]:
    """The beginning of a file in words, as far as it can be read, and whether that is all of it."""
    lines: list[str] = []
    try:
        for piece in tell(body, as_json=False, anyway=True):
            lines += piece.splitlines()
            if len(lines) > _LINES:
                return "\n".join(lines[:_LINES]), False
    except X12Error as fault:
        lines.append(str(fault))
    return "\n".join(lines), True


@require_GET
@page("billing.read")
def original(request: StaffRequest, exchange_id: UUID) -> HttpResponse:
    """A file as it went or came, byte by byte."""
    file = queries.exchange_for(request.actor, exchange_id)
    name = slugify(f"{file.kind or 'file'}-{file.control_number or file.pk}")
    headers = {"Content-Disposition": f'attachment; filename="{name}.x12"', "Cache-Control": "no-store"}
    return HttpResponse(bytes(file.body), content_type="application/octet-stream", headers=headers)


@require_POST
@page("billing.post")
def again(request: StaffRequest, exchange_id: UUID) -> HttpResponse:
    """Try to post a held file once more."""
    try:
        file = actions.try_file_again(request.actor, exchange_id)
    except ON_THE_FORM as refusal:
        return not_done(request, refusal.sentence, reverse("claim-file", args=[exchange_id]))
    address = reverse("claim-file", args=[exchange_id])
    if file.status == E.HELD:
        return not_done(request, "It cannot be posted yet; the reason stands below.", address)
    return done(request, "The file is posted.", address)


@require_POST
@page("billing.post")
def aside(request: StaffRequest, exchange_id: UUID) -> HttpResponse:
    """Set a held file aside, with a reason."""
    form = Typed.sent(request.POST, ("aside_reason",))
    try:
        actions.set_file_aside(request.actor, exchange_id, form.text("aside_reason"))
    except ON_THE_FORM as refusal:
        return _one(request, exchange_id, form.refuse(refusal))
    return done(request, "The file is set aside; it stays here.", reverse("claim-files"))


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
        return not_done(request, "This file is here already; nothing was done twice.", reverse("claim-files"))
    kept = actions.process(request.actor, kept.pk)
    if kept.status == E.HELD:
        return not_done(request, f"Held: {kept.note}", reverse("claim-file", args=[kept.pk]))
    return done(request, f"The {kept.kind} is taken in.", reverse("claim-files"))


@require_POST
@page("billing.claim")
def resend(request: StaffRequest, exchange_id: UUID) -> HttpResponse:
    """Make the claims of a refused file ready for the next one."""
    try:
        claims = actions.resend(request.actor, exchange_id)
    except ON_THE_FORM as refusal:
        return not_done(request, refusal.sentence, reverse("claim-files"))
    count = len(claims)
    return done(request, f"{count} claim{'s' if count != 1 else ''} ready again.", reverse("claim-files"))
