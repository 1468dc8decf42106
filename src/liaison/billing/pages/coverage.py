"""Coverage on the screen: a patient's, with what the payer says; a day's list; one answer whole."""

from datetime import date, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from liaison.billing import queries
from liaison.billing.actions import eligibility
from liaison.billing.models import EligibilityCheck
from liaison.billing.queries import coverage as asked
from liaison.kernel import clock
from liaison.kernel.errors import NotFound, Refused
from liaison.people import queries as people
from liaison.people.access import page
from liaison.people.glass import patient_page
from liaison.people.models import Coverage
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, shown, way_back
from liaison.places import queries as places

_FARTHEST = timedelta(days=366)


@require_GET
@patient_page("people.read")
def patient(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """A patient's coverage in order, with what each payer says, authorizations and estimates."""
    return _patient(request, patient_id, Typed())


def _patient(request: StaffRequest, patient_id: UUID, form: Typed) -> HttpResponse:
    actor = request.actor
    view = queries.coverage_for(actor, patient_id)
    context = {
        "view": view,
        "patient": view.patient,
        "may_write": actor.may("people.write"),
        "may_check": actor.may("billing.coverage"),
    }
    return shown(request, "billing/coverage/patient.html", form, **context)


def _today() -> date:
    return clock.today(timezone.get_current_timezone())


@require_POST
@patient_page("billing.coverage")
def check(request: StaffRequest, patient_id: UUID, coverage_id: UUID) -> HttpResponse:
    """Ask the payer now and wait for the answer; a fragment for a page that asks in place."""
    people.patient_for(request.actor, patient_id, why="coverage")
    if not Coverage.objects.filter(pk=coverage_id, patient_id=patient_id).exists():
        raise NotFound("no-coverage", "This patient has no such coverage. Look at the list again.")
    sorry = ""
    try:
        answer = eligibility.check_coverage(request.actor, coverage_id, _today())
    except ON_THE_FORM as refusal:
        sorry = refusal.sentence
    if request.htmx:
        return _in_place(request, coverage_id, sorry)
    back = way_back(request, reverse("patient-coverage", args=[patient_id]))
    if sorry:
        return _patient(request, patient_id, Typed(sorry=sorry))
    return done(request, _said(answer), back)


def _said(check: EligibilityCheck) -> str:
    if check.status == EligibilityCheck.Status.ANSWERED:
        return check.note or "The coverage is active; nothing differs."
    return check.note or "The payer has not answered yet."


def _in_place(request: StaffRequest, coverage_id: UUID, sorry: str) -> HttpResponse:
    coverage = Coverage.objects.select_related("payer").get(pk=coverage_id)
    latest = queries.standings(coverage.patient_id, [coverage_id]).get(coverage_id)
    context = {"one": queries.at_the_desk(coverage, latest, request.actor), "sorry": sorry}
    return render(request, "billing/coverage/standing.html", context)


@require_GET
@page("people.read")
def answer(request: StaffRequest, check_id: UUID) -> HttpResponse:
    """All that a payer said at one time, and what was asked about the coverage before."""
    found = asked.check_for(request.actor, check_id)
    context = {
        "check": found,
        "patient": found.patient,
        "shares": asked.shares(found),
        "standing": asked.standing_of(found),
        "history": asked.history_of(found.coverage_id),
    }
    return render(request, "billing/coverage/answer.html", context)


@require_POST
@page("billing.coverage")
def difference(request: StaffRequest, check_id: UUID, name: str) -> HttpResponse:
    """Take over what the payer has, or let stand what is on file."""
    found = asked.check_for(request.actor, check_id)
    keep = request.POST.get("how") == "keep"
    try:
        (eligibility.let_stand if keep else eligibility.take_over)(request.actor, check_id, name)
    except Refused as refusal:
        if refusal.code == "not-permitted":
            raise
        return _patient(request, found.patient_id, Typed(sorry=refusal.sentence))
    words = "What is on file stands." if keep else "Taken over from the payer."
    return done(request, words, reverse("patient-coverage", args=[found.patient_id]))


@require_POST
@page("billing.coverage")
def settle(request: StaffRequest, check_id: UUID) -> HttpResponse:
    """Note how a problem was settled elsewhere: on the telephone, at the payer's own pages."""
    found = asked.check_for(request.actor, check_id)
    form = Typed.sent(request.POST, ("reason",))
    try:
        eligibility.set_aside(request.actor, check_id, form.text("reason"))
    except ON_THE_FORM as refusal:
        form.refuse(refusal).values["settling"] = str(check_id)
        return _patient(request, found.patient_id, form)
    return done(request, "Settled; your words are kept.", reverse("patient-coverage", args=[found.patient_id]))


@require_GET
@page("billing.coverage")
def day(request: StaffRequest) -> HttpResponse:
    """Who comes on a day (tomorrow, unless one is named), and where their coverage stands."""
    return _day_page(request, _day(request))


def _day(request: HttpRequest) -> date:
    today = _today()
    try:
        named = date.fromisoformat(request.GET.get("day", "") or request.POST.get("day", ""))
    except ValueError:
        return today + timedelta(days=1)
    return named if abs(named - today) < _FARTHEST else today


def _day_page(request: StaffRequest, named: date) -> HttpResponse:
    today = _today()
    view = queries.coverage_day(request.actor, named, places.sites())
    context = {
        "here": "claims",
        "view": view,
        "day": named,
        "earlier": named - timedelta(days=1),
        "later": named + timedelta(days=1),
        "today": today,
        "tomorrow": today + timedelta(days=1),
        "may_open": request.actor.may("people.restricted"),
        "can_ask": queries.can_ask_payers() and named >= today,
    }
    return render(request, "billing/coverage/day.html", context)


@require_POST
@page("billing.coverage")
def ask_day(request: StaffRequest) -> HttpResponse:
    """Let the worker ask about everybody of a day who was not asked about since yesterday."""
    named, sites = _day(request), places.sites()
    found = queries.appointments_on(named, sites)
    planned = eligibility.check_day(request.actor, found, named, clock.now() - eligibility.FRESH)
    words = f"Asking about {len(planned)}; the answers come within a minute." if planned else "All were asked lately."
    return done(request, words, f"{reverse('coverage-day')}?day={named.isoformat()}")
