"""Denials on the screen: what to work first, and who refuses how much and why."""

from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from liaison.billing import codes
from liaison.billing.actions.denials import note_appealed
from liaison.billing.pages.shown import paged
from liaison.billing.queries import denials as queries
from liaison.kernel import clock
from liaison.kernel.errors import Conflict
from liaison.people.access import page
from liaison.people.typed import StaffRequest, done, not_done
from liaison.places.queries import payers

YEAR = timedelta(days=365)


@require_GET
@page("billing.read")
def denials(request: StaffRequest) -> HttpResponse:
    """What payers refused: the nearest deadline first, or the most money."""
    today = clock.today(timezone.get_current_timezone())
    show = request.GET.get("show", "")
    chosen = {"kind": request.GET.get("kind", ""), "order": request.GET.get("order", "")}
    payer = _payer(request.GET.get("payer", ""))
    every = queries.chosen(request.actor, show=show, payer_id=payer, **chosen)
    pager = paged(request, every)
    asked = {"show": show, "payer": str(payer) if payer else "", **chosen}
    context = {
        "rows": queries.told(pager, today),
        "pager": pager,
        "query": f"{urlencode({name: said for name, said in asked.items() if said})}&",
        "worth": queries.worth(every, today),
        "show": show if show in queries.SHOWN else "",
        "shown": list(queries.SHOWN.items()),
        "kinds": codes.reasons().kinds(),
        "payers": [(str(one.pk), one.name) for one in payers()],
        "payer": str(payer) if payer else "",
        "may_claim": request.actor.may("billing.claim"),
        "charts": [
            ("Denied by payer", queries.rates_by_payer(request.actor, today - YEAR)),
            ("Denied by reason", queries.rates_by_reason(request.actor, today - YEAR)),
        ],
        "here": "claims",
        **chosen,
    }
    return render(request, "billing/denials.html", context)


def _payer(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_POST
@page("billing.claim")
def appealed(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Note that a claim's denials were appealed."""
    try:
        note_appealed(request.actor, claim_id)
    except Conflict as refused:
        return not_done(request, refused.sentence, reverse("denials"))
    return done(request, "Noted as appealed; it waits for the payer.", reverse("denials"))
