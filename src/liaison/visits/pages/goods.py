"""The goods used in a visit: searched on the shelf of its site, counted down, put back."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from liaison.kernel.errors import Conflict, Invalid
from liaison.people.access import page
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, shown
from liaison.supplies.actions import put_back_goods, use_goods
from liaison.supplies.actions.consuming import MOST
from liaison.supplies.queries.consumed import goods_at, used_for
from liaison.visits import queries
from liaison.visits.models import Visit


@require_GET
@page("supplies.use")
def goods(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """What was used in a visit, and what its site has."""
    return _shown(request, queries.visit_for(request.actor, visit_id), Typed(), _words(request.GET))


@require_POST
@page("supplies.use")
def search(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """The goods of the visit's site by what was typed, for the list under the field."""
    visit, words = queries.visit_for(request.actor, visit_id), _words(request.POST)
    found = goods_at(request.actor, visit.site_id, words)
    return render(request, "visits/goods_found.html", {"visit": visit, "found": found, "words": words})


def _words(sent: QueryDict) -> str:
    return Typed.sent(sent, ("q",)).text("q")[:100]


def _shown(request: StaffRequest, visit: Visit, form: Typed, words: str) -> HttpResponse:
    context: dict[str, Any] = {
        "visit": visit,
        "patient": visit.patient,
        "words": words,
        "found": goods_at(request.actor, visit.site_id, words),
        "used": used_for(request.actor, visit.encounter_id) if visit.encounter_id else [],
        "here": "today",
    }
    return shown(request, "visits/goods.html", form, **context)


@require_POST
@page("supplies.use")
def use(request: StaffRequest, visit_id: UUID, item_id: UUID) -> HttpResponse:
    """Note goods as used; they leave the shelf and are charged with the visit."""
    visit = queries.visit_for(request.actor, visit_id)
    form, words = Typed.sent(request.POST, ("quantity",)), _words(request.POST)
    form.values["using"] = str(item_id)
    try:
        quantity = form.number("quantity", MOST) or 0
        taken = use_goods(request.actor, item_id, site_id=visit.site_id, for_id=_encounter(visit), quantity=quantity)
    except ON_THE_FORM as refusal:
        return _shown(request, visit, form.refuse(refusal), words)
    return done(request, f"{quantity} of {taken[0].stock.lot.item.name} used.", reverse("visit-goods", args=[visit_id]))


@require_POST
@page("supplies.use")
def put_back(request: StaffRequest, visit_id: UUID, movement_id: UUID) -> HttpResponse:
    """Put back what was not used after all."""
    visit = queries.visit_for(request.actor, visit_id)
    try:
        put_back_goods(request.actor, movement_id, for_id=_encounter(visit), reason="Not used in the visit")
    except (Invalid, Conflict) as refusal:
        return _shown(request, visit, Typed().refuse(refusal), "")
    return done(request, "Back on the shelf.", reverse("visit-goods", args=[visit_id]))


def _encounter(visit: Visit) -> UUID:
    if visit.encounter_id is None:
        raise Conflict("not-arrived", "Goods are used once the patient has arrived. Check the patient in first.")
    return visit.encounter_id
