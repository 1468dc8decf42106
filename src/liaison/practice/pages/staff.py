"""The staff list: who works here, in which role and where, and how they sign in."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liaison.people import staffing
from liaison.people.access import page
from liaison.people.models import Staff
from liaison.people.passwords import first_password, stored_first
from liaison.people.roles import STAFF_ROLES
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done
from liaison.places import queries as places
from liaison.practice import queries
from liaison.practice.pages.forms import chosen, form_of, page_of, stored

_PERSON = ("given", "family", "credential", "role", "npi", "taxonomy")


@require_GET
@page("people.staff")
def staff(request: StaffRequest) -> HttpResponse:
    """The staff list: those who work here, and those who have left."""
    everybody = [(one, STAFF_ROLES.get(one.role, one.role)) for one in queries.roster(request.actor)]
    working = [line for line in everybody if line[0].active]
    return page_of(request, "staff", "staff", working=working, left=[line for line in everybody if not line[0].active])


@require_http_methods(["GET", "POST"])
@page("people.staff")
def add_staff(request: StaffRequest) -> HttpResponse:
    """Add somebody to the staff list, with a sign-in where they need one."""
    sites = places.sites()
    form = Typed({"site": str(sites[0].pk) if len(sites) == 1 else ""})
    if request.method == "POST":
        form = Typed.sent(request.POST, (*_PERSON, "site", "username"))
        password = first_password() if form.text("username") else ""
        try:
            person = staffing.add_staff(
                request.actor,
                **{name: form.text(name) for name in _PERSON},
                site_id=chosen(form, "site", "Choose the site where they work."),
                username=form.text("username"),
                password=password,
                encoded=stored_first(password) if password else "",
            )
        except ON_THE_FORM as refusal:
            form.refuse(refusal)
        else:
            if password:
                return _handed_over(request, person, password)
            return done(request, f"{person.full} is on the staff list.", reverse("staff-member", args=[person.pk]))
    return _person_form(request, form)


@require_http_methods(["GET", "POST"])
@page("people.staff")
def edit_staff(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """Change somebody's name, role, numbers or own site."""
    person = queries.member(request.actor, staff_id)
    form = stored(person, _PERSON)
    form.values["site"] = str(person.site_id or "")
    if request.method == "POST":
        form = Typed.sent(request.POST, (*_PERSON, "site"))
        try:
            staffing.update_staff(
                request.actor,
                staff_id,
                **{name: form.text(name) for name in _PERSON},
                site_id=chosen(form, "site", "Choose the site where they work."),
            )
        except ON_THE_FORM as refusal:
            form.refuse(refusal)
        else:
            return done(request, "Saved.", reverse("staff-member", args=[staff_id]))
    return _person_form(request, form, person)


def _person_form(request: StaffRequest, form: Typed, person: Staff | None = None) -> HttpResponse:
    sites = [(str(site.pk), site.name) for site in places.sites()]
    return form_of(request, "person", form, "staff", person=person, roles=STAFF_ROLES.items(), sites=sites)


@require_GET
@page("people.staff")
def member(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """One of the staff: role, sites, sign-in; of a provider, hours and absences."""
    return _member(request, staff_id, Typed())


def _member(request: StaffRequest, staff_id: UUID, form: Typed) -> HttpResponse:
    person = queries.member(request.actor, staff_id)
    elsewhere = [one.site for one in person.roles.all() if one.site_id != person.site_id]
    here = {person.site_id, *(site.pk for site in elsewhere)}
    sites = places.sites()
    weeks = queries.weeks_of(staff_id)
    with_hours = {one.site.pk for one in weeks}
    context = {
        "person": person,
        "role": STAFF_ROLES.get(person.role, person.role),
        "elsewhere": elsewhere,
        "other_sites": [(str(site.pk), site.name) for site in sites if site.pk not in here],
        "weeks": weeks,
        "sites_without_hours": [site for site in sites if site.pk in here and site.pk not in with_hours],
        "absences": queries.absences_of(staff_id),
        "booked": queries.booked_of(staff_id),
    }
    return form_of(request, "member", form, "staff", **context)


@require_POST
@page("people.staff")
def sign_in(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """Give somebody a sign-in, or another name for the one they have."""
    form = Typed.sent(request.POST, ("username",))
    try:
        person, password = staffing.give_sign_in(request.actor, staff_id, form.text("username"))
    except ON_THE_FORM as refusal:
        return _member(request, staff_id, form.refuse(refusal))
    if password:
        return _handed_over(request, person, password)
    return done(request, "The sign-in has another name now.", reverse("staff-member", args=[staff_id]))


@require_POST
@page("people.staff")
def new_password(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """Give somebody a new first password; what they are signed in with ends."""
    lost = request.POST.get("second_factor") == "lost"
    try:
        password = staffing.new_password(request.actor, staff_id, second_factor_lost=lost)
    except ON_THE_FORM as refusal:
        return _member(request, staff_id, Typed().refuse(refusal))
    return _handed_over(request, queries.member(request.actor, staff_id), password)


@require_POST
@page("people.staff")
def end_staff(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """End somebody's access: they have left."""
    try:
        person = staffing.end_staff(request.actor, staff_id)
    except ON_THE_FORM as refusal:
        return _member(request, staff_id, Typed().refuse(refusal))
    return done(request, f"{person.full} signs in no more.", reverse("practice-staff"))


@require_POST
@page("people.staff")
def return_staff(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """Take somebody back who had left."""
    person, password = staffing.return_staff(request.actor, staff_id)
    if password:
        return _handed_over(request, person, password)
    return done(request, f"{person.full} is back.", reverse("staff-member", args=[staff_id]))


@require_POST
@page("people.staff")
def add_staff_site(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """Say that somebody works at another site too."""
    person = queries.member(request.actor, staff_id)
    form = Typed.sent(request.POST, ("site",))
    try:
        site = places.site(chosen(form, "site", "Choose the site."))
        staffing.add_role(request.actor, staff_id, site.pk, person.role)
    except ON_THE_FORM as refusal:
        return _member(request, staff_id, form.refuse(refusal))
    return done(request, f"{person.short} works at {site.name} too.", reverse("staff-member", args=[staff_id]))


@require_POST
@page("people.staff")
def end_staff_site(request: StaffRequest, staff_id: UUID, site_id: UUID) -> HttpResponse:
    """Say that somebody works no longer at another site."""
    staffing.end_role(request.actor, staff_id, site_id)
    return done(request, "Saved.", reverse("staff-member", args=[staff_id]))


def _handed_over(request: StaffRequest, person: Staff, password: str) -> HttpResponse:
    """The first password, shown this once; no copy of the page is kept."""
    address = request.build_absolute_uri(reverse("account_login"))
    context = {"person": person, "password": password, "address": address, "here": "practice", "tab": "staff"}
    answer = render(request, "practice/handed_over.html", context)
    answer["Cache-Control"] = "no-store"
    return answer
