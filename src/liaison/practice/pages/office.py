"""The practice itself, and its payers."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from liaison.people.access import page
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done
from liaison.places import actions
from liaison.places import queries as places
from liaison.practice import queries
from liaison.practice.pages.forms import ADDRESS, form_of, page_of, stored

_PRACTICE = ("name", "npi", "tax_id", "taxonomy", *ADDRESS)
_PAYER = ("name", "code", *ADDRESS)


@require_GET
@page("places.manage")
def practice(request: StaffRequest) -> HttpResponse:
    """The practice, its payers, and what is still to do before visits can be booked and claimed."""
    todo = [(one.sentence, reverse(one.page, args=one.args)) for one in queries.to_do(request.actor)]
    return page_of(request, "practice", "practice", practice=places.practice(), payers=queries.all_payers(), todo=todo)


@require_http_methods(["GET", "POST"])
@page("places.manage")
def edit(request: StaffRequest) -> HttpResponse:
    """Change what claims and letters say of the practice."""
    practice = places.practice()
    form = stored(practice, _PRACTICE)
    if request.method == "POST":
        form = Typed.sent(request.POST, _PRACTICE)
        try:
            actions.update_organization(request.actor, practice.pk, **form.values)
        except ON_THE_FORM as refusal:
            form.refuse(refusal)
        else:
            return done(request, "Saved.", reverse("practice"))
    return form_of(request, "edit", form, "practice")


@require_http_methods(["GET", "POST"])
@page("places.manage")
def add_payer(request: StaffRequest) -> HttpResponse:
    """Add a payer that patients are insured with."""
    form = Typed()
    if request.method == "POST":
        form = Typed.sent(request.POST, _PAYER)
        try:
            payer = actions.add_organization(request.actor, kind="payer", **form.values)
        except ON_THE_FORM as refusal:
            form.refuse(refusal)
        else:
            return done(request, f"{payer.name} added.", reverse("practice"))
    return form_of(request, "payer", form, "practice", payer=None)


@require_http_methods(["GET", "POST"])
@page("places.manage")
def edit_payer(request: StaffRequest, payer_id: UUID) -> HttpResponse:
    """Change a payer, or say that no new coverage is with it."""
    payer = queries.payer(payer_id)
    form = stored(payer, (*_PAYER, "active"))
    if request.method == "POST":
        form = Typed.sent(request.POST, _PAYER)
        form.values["active"] = request.POST.get("active") == "yes"
        try:
            actions.update_organization(request.actor, payer_id, **form.values)
        except ON_THE_FORM as refusal:
            form.refuse(refusal)
        else:
            return done(request, "Saved.", reverse("practice"))
    return form_of(request, "payer", form, "practice", payer=payer)
