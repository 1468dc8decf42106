"""The provider's part, and the orders that follow."""

from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_POST

from liaison.kernel.errors import NotFound, Refused
from liaison.orders import actions as orders
from liaison.orders import queries as order_queries
from liaison.orders.labels import specimen_label
from liaison.orders.models import Specimen
from liaison.people.access import page
from liaison.people.typed import StaffRequest
from liaison.record.actor import Actor
from liaison.visits import actions, queries
from liaison.visits.models import Stage, Visit
from liaison.visits.pages import leveling
from liaison.visits.pages.answers import onward
from liaison.visits.pages.arrival import pdf
from liaison.visits.pages.working import show


@require_POST
@page("visits.examine")
def finish(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """End the examination with note, diagnoses, orders and follow-up."""
    typed = request.POST
    follow_up = {
        "interval_days": typed.get("interval_days", "0"),
        "visit_type": typed.get("follow_up_type", ""),
        "note": typed.get("follow_up_note", ""),
    }
    try:
        with transaction.atomic():
            actions.finish_exam(
                request.actor,
                visit_id,
                note=typed.get("note", ""),
                diagnoses=typed.getlist("diagnoses"),
                orders=typed.getlist("orders"),
                follow_up=follow_up if follow_up["interval_days"] not in ("", "0") else None,
                instructions=typed.get("instructions", ""),
            )
            leveling.decide(request.actor, visit_id, typed)
    except Refused as refusal:
        return show(request, visit_id, refusal)
    return onward(request, visit_id)


@require_POST
@page("orders.collect")
def collect(request: StaffRequest, visit_id: UUID, order_id: UUID) -> HttpResponse:
    """Note that the specimen is drawn; its label can be printed then."""
    try:
        orders.collect(request.actor, order_id, body_site=request.POST.get("body_site", ""))
    except Refused as refusal:
        return show(request, visit_id, refusal)
    return onward(request, visit_id)


@require_POST
@page("orders.collect")
def complete(request: StaffRequest, visit_id: UUID, order_id: UUID) -> HttpResponse:
    """Note that an order is done, with its result where there is one; after the last one the visit goes on."""
    try:
        with transaction.atomic():
            orders.complete(request.actor, order_id, result=request.POST.get("result", ""))
            _go_on(request.actor, visit_id)
    except Refused as refusal:
        return show(request, visit_id, refusal)
    return onward(request, visit_id)


@require_POST
@page("orders.place")
def revoke(request: StaffRequest, visit_id: UUID, order_id: UUID) -> HttpResponse:
    """Cancel an order, with the reason; after the last one the visit goes on."""
    try:
        with transaction.atomic():
            orders.revoke(request.actor, order_id, request.POST.get("reason", ""))
            _go_on(request.actor, visit_id)
    except Refused as refusal:
        return show(request, visit_id, refusal)
    return onward(request, visit_id)


def _go_on(actor: Actor, visit_id: UUID) -> None:
    """On to checkout with the last order, for the page to show at once what a reaction would do a moment later."""
    visit = Visit.objects.filter(pk=visit_id, stage=Stage.ORDERS).first()
    if visit is None or visit.encounter_id is None or not actor.may("orders.collect"):
        return
    if not order_queries.open_of(visit.encounter_id):
        actions.orders_done(actor, visit_id)


@require_GET
@page("orders.collect")
def label(request: StaffRequest, visit_id: UUID, order_id: UUID) -> HttpResponse:
    """The label of an order's specimen, to print."""
    visit = queries.visit_for(request.actor, visit_id)
    found = Specimen.objects.filter(order_id=order_id, order__encounter=visit.encounter).first()
    if found is None:
        raise NotFound("no-specimen", "No specimen is drawn for this order yet.")
    specimen = order_queries.specimen_for(request.actor, found.pk)
    return pdf(specimen_label(specimen), f"label-{specimen.accession}")
