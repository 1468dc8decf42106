"""Payers' payments on the screen: what came in, what of it fits nothing, and what is done with that."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from liaison.billing.actions.remittances import unposted as actions
from liaison.billing.pages.shown import chosen, once, paged
from liaison.billing.queries import payments as queries
from liaison.kernel.money import dollars
from liaison.people.access import page
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, shown

_WAITING = 20


@require_GET
@page("billing.read")
def payments(request: StaffRequest) -> HttpResponse:
    """What payers have paid, and what of it waits for a person."""
    show = request.GET.get("show", "")
    number = request.GET.get("number", "").strip()[:50]
    context: dict[str, Any] = {
        "standing": queries.standing(request.actor),
        "show": show,
        "number": number,
        "waiting": queries.unposted(request.actor)[:_WAITING] if not number and not show else [],
        "here": "claims",
    }
    if show == "over":
        context["pager"] = paged(request, queries.overpaid(request.actor))
    else:
        context["pager"] = paged(request, queries.payments(request.actor, only_open=show == "open", number=number))
    return render(request, "billing/payments/list.html", context)


@require_GET
@page("billing.read")
def payment(request: StaffRequest, payment_id: UUID) -> HttpResponse:
    """One check or transfer, and what it is made of."""
    view = queries.payment_for(request.actor, payment_id)
    context = {"view": view, "payment": view.payment, "pager": paged(request, view.answers), "here": "claims"}
    return render(request, "billing/payments/one.html", context)


@require_GET
@page("billing.read")
def unposted(request: StaffRequest, unposted_id: UUID) -> HttpResponse:
    """A part of a payment that fits nothing, with the claims that it may be for."""
    return _unposted(request, unposted_id, Typed())


def _unposted(request: StaffRequest, unposted_id: UUID, form: Typed) -> HttpResponse:
    row = queries.unposted_for(request.actor, unposted_id)
    going = row.settled_at is None
    context: dict[str, Any] = {
        "row": row,
        "payment": row.payment,
        "served": queries.served(row),
        "candidates": queries.candidates(request.actor, row) if going else [],
        "may_post": going and request.actor.may("billing.post"),
        "money": row.cents > 0 and row.kind != row.Kind.PROVIDER_LEVEL,
        "nothing": not row.cents or row.kind == row.Kind.PROVIDER_LEVEL,
        "here": "claims",
    }
    return shown(request, "billing/payments/unposted.html", form, **context)


@require_POST
@page("billing.post")
def settle(request: StaffRequest, unposted_id: UUID) -> HttpResponse:
    """Do with a part of a payment what was chosen."""
    form = Typed.sent(request.POST, ("how", "claim", "reference", "reason"))
    how, actor = form.text("how"), request.actor
    try:
        if how in ("match", "overpaid"):
            act = actions.match if how == "match" else actions.keep_overpaid
            said = f"Posted to claim {act(actor, unposted_id, chosen(form.text('claim'), 'claim')).number}."
        elif how == "back":
            actions.send_back(actor, unposted_id, reference=form.text("reference"), reason=form.text("reason"))
            said = "Noted as sent back."
        else:
            actions.set_aside(actor, unposted_id, form.text("reason"))
            said = "Set aside."
    except ON_THE_FORM as refusal:
        return _unposted(request, unposted_id, form.refuse(refusal))
    return done(request, said, reverse("payments"))


@require_POST
@page("billing.post")
def refund(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Pay back to a payer what it paid too much."""
    form = Typed.sent(request.POST, ("cents", "reference", "reason"))
    try:
        entry = actions.refund_payer(
            request.actor,
            claim_id,
            cents=form.cents("cents"),
            reference=form.text("reference"),
            reason=form.text("reason"),
            once=once(request),
        )
    except ON_THE_FORM as refusal:
        rows = paged(request, queries.overpaid(request.actor))
        context = {"standing": queries.standing(request.actor), "show": "over", "pager": rows, "here": "claims"}
        return shown(request, "billing/payments/list.html", form.refuse(refusal), wrong=str(claim_id), **context)
    return done(request, f"{dollars(entry.cents)} paid back.", f"{reverse('payments')}?show=over")
