"""The work list of orders: collect with a label, done with its result, cancelled with a reason."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from liaison.orders import actions, queries
from liaison.orders.labels import specimen_label
from liaison.people.access import page
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed
from liaison.places import queries as places


@require_GET
@page("orders.read")
def worklist(request: StaffRequest) -> HttpResponse:
    """What is to be drawn and done, urgent first."""
    return _list(request)


def _list(request: StaffRequest, form: Typed | None = None, order_id: UUID | None = None) -> HttpResponse:
    form = form or Typed()
    sites = places.sites()
    own = request.staff.site_id if request.staff else None
    asked = request.GET.get("site") or request.POST.get("site") or (str(own) if own else "all")
    site = next((one for one in sites if str(one.pk) == asked), None)
    rows = queries.worklist(request.actor, site.pk if site else None)
    context = {
        "rows": rows,
        "form": form,
        "typed": form.values,
        "errors": form.errors,
        "wrong": order_id,
        "site": site,
        "sites": sites,
        "may_collect": request.actor.may("orders.collect"),
        "may_cancel": request.actor.may("orders.place"),
        "containers": {one.key: one.container for one in queries.catalog()},
    }
    template = "orders/list.html" if request.htmx else "orders/orders.html"
    return render(request, template, context, status=form.status)


def _back(request: StaffRequest) -> HttpResponse:
    site = request.POST.get("site", "")
    return HttpResponseRedirect(reverse("orders") + (f"?site={site}" if site else ""))


@require_POST
@page("orders.collect")
def collect(request: StaffRequest, order_id: UUID) -> HttpResponse:
    """Note that the specimen is drawn; its label is one click away then."""
    form = Typed.sent(request.POST, ("body_site",))
    try:
        specimen = actions.collect(request.actor, order_id, body_site=form.text("body_site"))
    except ON_THE_FORM as refusal:
        return _list(request, form.refuse(refusal), order_id)
    messages.success(request, f"Drawn: accession {specimen.accession}. Print its label now.", extra_tags="done")
    return _back(request)


@require_POST
@page("orders.collect")
def complete(request: StaffRequest, order_id: UUID) -> HttpResponse:
    """Note that an order is done, with its result."""
    form = Typed.sent(request.POST, ("result",))
    try:
        actions.complete(request.actor, order_id, form.text("result"))
    except ON_THE_FORM as refusal:
        return _list(request, form.refuse(refusal), order_id)
    messages.success(request, "Done.", extra_tags="done")
    return _back(request)


@require_POST
@page("orders.place")
def revoke(request: StaffRequest, order_id: UUID) -> HttpResponse:
    """Cancel an order with a reason."""
    form = Typed.sent(request.POST, ("reason",))
    try:
        actions.revoke(request.actor, order_id, form.text("reason"))
    except ON_THE_FORM as refusal:
        return _list(request, form.refuse(refusal), order_id)
    messages.success(request, "Cancelled.", extra_tags="done")
    return _back(request)


@require_GET
@page("orders.read")
def label(request: StaffRequest, specimen_id: UUID) -> HttpResponse:
    """A specimen's label, to print."""
    specimen = queries.specimen_for(request.actor, specimen_id)
    answer = HttpResponse(specimen_label(specimen), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="label-{specimen.accession}.pdf"'
    return answer
