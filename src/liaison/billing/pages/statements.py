"""Statements: what is due, what was sent, credits, plans and what is with the agency; a statement by its link."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liaison.billing.actions.books import statements as actions
from liaison.billing.models import Statement
from liaison.billing.pages.shown import paged
from liaison.billing.papers.compiled import pdf
from liaison.billing.papers.statements import stage_titles, statements_pdf
from liaison.billing.queries import statements as queries
from liaison.kernel.errors import Conflict, Invalid, NotFound
from liaison.people.access import mailed_page, page
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, not_done, shown
from liaison.places.queries import practice as the_practice
from liaison.record import audit

_MOST_PRINTED = 500


@require_GET
@page("books.read")
def statements(request: StaffRequest) -> HttpResponse:
    """The work of statements, by what is to be looked at."""
    show = request.GET.get("show", "due")
    parts: dict[str, Callable[[], Any]] = {
        "due": lambda: queries.due(request.actor),
        "sent": lambda: queries.made(request.actor),
        "credits": lambda: queries.credit_balances(request.actor),
        "plans": lambda: queries.plans(request.actor),
        "agency": lambda: [*queries.for_agency(request.actor), *queries.placements(request.actor)],
    }
    show = show if show in parts else "due"
    pager = paged(request, parts[show]())
    found: list[Any] = list(pager)
    if show in ("due", "sent"):
        found = list(zip(found, stage_titles(one.stage for one in found), strict=True))
    names = (("due", "Due"), ("sent", "Sent"), ("credits", "Paid ahead"), ("plans", "Plans"), ("agency", "Agency"))
    context = {
        "here": "claims",
        "show": show,
        "names": names,
        "found": found,
        "pager": pager,
        "query": f"show={show}&",
        "may_send": request.actor.may("books.statements"),
        "unprinted": Statement.objects.filter(printed_at=None, emailed_at=None).count() if show == "sent" else 0,
    }
    return render(request, "billing/books/statements.html", context)


@require_POST
@page("books.statements")
def make_due(request: StaffRequest) -> HttpResponse:
    """Make every statement that is due."""
    made = actions.make_due(request.actor)
    words = f"{len(made)} statement{'s' if len(made) != 1 else ''} made. Print them, or send their links."
    return done(request, words if made else "No statement was due.", f"{reverse('statements')}?show=sent")


@require_POST
@page("books.statements")
def make_one(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Make a statement for a patient who asks for one."""
    try:
        made = actions.make_statement(request.actor, patient_id)
    except Conflict as refusal:
        return not_done(request, refusal.sentence, reverse("settle-account", args=[patient_id]))
    return done(request, f"Statement {made.number} is made.", reverse("settle-account", args=[patient_id]))


@require_GET
@page("books.read")
def statement_pdf(request: StaffRequest, statement_id: UUID) -> HttpResponse:
    """A statement as it was made, to print."""
    found = queries.statement_for(request.actor, statement_id)
    body = statements_pdf([found])
    if request.actor.may("books.statements"):
        actions.note_printed(request.actor, [found])
    return pdf(body, found.number)


@require_POST
@page("books.statements")
def print_new(request: StaffRequest) -> HttpResponse:
    """The statements that went out neither on paper nor by mail, as one PDF."""
    rows = Statement.objects.select_related("patient").filter(printed_at=None, emailed_at=None).order_by("number")
    found = list(rows[:_MOST_PRINTED])
    if not found:
        return done(request, "Every statement is printed or sent already.", f"{reverse('statements')}?show=sent")
    for one in found:
        audit.looked(request.actor, one.patient_id, ["statement"])
    body = statements_pdf(found)
    actions.note_printed(request.actor, found)
    return pdf(body, f"statements-{found[0].number}-{found[-1].number}")


@require_POST
@page("books.statements")
def email(request: StaffRequest, statement_id: UUID) -> HttpResponse:
    """Send a patient the link of a statement."""
    try:
        found = actions.email_statement(request.actor, statement_id)
    except ON_THE_FORM as refusal:
        return not_done(request, refusal.sentence, f"{reverse('statements')}?show=sent")
    return done(request, f"The link of {found.number} is on its way.", f"{reverse('statements')}?show=sent")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@mailed_page
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """A patient's own statement: by the link of the mail and the birth date. It names nobody before that."""
    form = Typed.sent(request.POST, ("birth_date",))
    try:
        if request.method == "POST":
            day = form.day("birth_date")
            if day is None:
                raise Invalid("no-date", "Type the birth date.", "birth_date")
            found = actions.open_by_link(token, day)
            return pdf(statements_pdf([found]), found.number)
        actions.by_link(token)
    except Invalid as refusal:
        form.refuse(refusal)
    except NotFound as refusal:
        form.sorry = refusal.sentence
    return shown(request, "billing/books/by_link.html", form, practice=the_practice(), over=bool(form.sorry))
