"""What a key on a claim's page does."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from liaison.billing import actions
from liaison.billing.models import Claim
from liaison.billing.pages.claim import show
from liaison.people.access import page
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done


def _act(
    request: StaffRequest, claim_id: UUID, form: Typed, act: Callable[[], object], words: str, field: str = "reason"
) -> HttpResponse:
    try:
        act()
    except ON_THE_FORM as refusal:
        refusal.field = field if refusal.field == "reason" else refusal.field
        return show(request, claim_id, form.refuse(refusal))
    return done(request, words, reverse("claim", args=[claim_id]))


@require_POST
@page("billing.read")
def settle(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Settle what stays open of a claim, denied or partly paid: the patient owes it, or it is written off."""
    form = Typed.sent(request.POST, ("settle_reason", "agreed"))
    reason, agreed = form.text("settle_reason"), form.text("agreed") == "yes"
    writes_off = request.POST.get("how") == "write-off"
    return _act(
        request,
        claim_id,
        form,
        lambda: (
            actions.write_off(request.actor, claim_id, reason)
            if writes_off
            else actions.bill_patient(request.actor, claim_id, reason, agreed=agreed)
        ),
        "The claim is closed.",
        "settle_reason",
    )


@require_POST
@page("billing.claim")
def let_pass(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Let a warning pass, with a reason."""
    form = Typed.sent(request.POST, ("pass_reason", "rule", "line"))
    line = int(form.text("line")) if form.text("line").isdecimal() and len(form.text("line")) < 4 else None
    return _act(
        request,
        claim_id,
        form,
        lambda: actions.pass_warning(request.actor, claim_id, form.text("rule"), line, form.text("pass_reason")),
        "The warning is let pass.",
        "pass_reason",
    )


@require_POST
@page("billing.claim")
def resubmit(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Send a claim once more as it is."""
    form = Typed.sent(request.POST, ("again_reason",))
    return _act(
        request,
        claim_id,
        form,
        lambda: actions.resubmit(request.actor, claim_id, form.text("again_reason")),
        "The claim goes with the next file.",
        "again_reason",
    )


@require_POST
@page("billing.claim")
def void(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Take back what the payer has."""
    form = Typed.sent(request.POST, ("void_reason", "void_number"))

    def act() -> Claim:
        return actions.void_claim(request.actor, claim_id, form.text("void_reason"), form.text("void_number"))

    return _act(request, claim_id, form, act, "The claim is taken back with the next file.", "void_reason")


@require_POST
@page("billing.claim")
def ask(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Ask the payer where a claim stands."""
    try:
        said = actions.ask_status(request.actor, claim_id)
    except ON_THE_FORM as refusal:
        return show(request, claim_id, Typed({}).refuse(refusal))
    words = said.sentence if said else "The payer did not answer. Ask again later, or call."
    return done(request, words, reverse("claim", args=[claim_id]))
