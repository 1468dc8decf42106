"""The bank reconciled on the screen: what it held before, closing through a day, reopening."""

from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from liaison.billing.actions.books import reconciling as actions
from liaison.billing.pages.bank import shown_bank
from liaison.kernel.clock import told
from liaison.kernel.errors import Invalid
from liaison.people.access import page
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done


@require_POST
@page("books.bank")
def begin(request: StaffRequest) -> HttpResponse:
    """Say what the bank held before the books began."""
    form = Typed.sent(request.POST, ("begun_on", "begun_cents"))
    try:
        held = _held(form, "begun_on", "begun_cents", "Say the day, and what the bank held as it ended.")
        begun = actions.begin_bank(request.actor, *held)
    except ON_THE_FORM as refusal:
        return shown_bank(request, form.refuse(refusal))
    return done(request, f"Noted what the bank held on {told(begun.through)}.", reverse("bank"))


@require_POST
@page("books.bank")
def reconcile(request: StaffRequest) -> HttpResponse:
    """Close the bank through the day of its statement."""
    form = Typed.sent(request.POST, ("through", "ending_cents"))
    try:
        held = _held(form, "through", "ending_cents", "Say the last day of the statement, and what it ends with.")
        made = actions.reconcile(request.actor, *held)
    except ON_THE_FORM as refusal:
        return shown_bank(request, form.refuse(refusal))
    return done(request, f"The bank is reconciled through {told(made.through)}.", reverse("bank"))


def _held(form: Typed, day: str, cents: str, otherwise: str) -> tuple[date, int]:
    """A day, and what the bank held as it ended. Raises Invalid."""
    on = form.day(day)
    if on is None or not form.text(cents):
        raise Invalid("no-day", otherwise, day)
    return on, form.cents(cents)


@require_POST
@page("books.bank")
def reopen(request: StaffRequest, reconciled_id: UUID) -> HttpResponse:
    """Reopen what was reconciled last."""
    form = Typed.sent(request.POST, ("reopen_reason",))
    try:
        actions.reopen_bank(request.actor, reconciled_id, form.text("reopen_reason"))
    except ON_THE_FORM as refusal:
        form.sorry = refusal.sentence
        return shown_bank(request, form)
    return done(request, "It is open again: its lines can be matched anew.", reverse("bank"))
