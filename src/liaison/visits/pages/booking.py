"""Booking: find a time for a patient, move it, cancel it; who waits for a time; a patient's visits and tasks."""

from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liaison.documents.queries import all_in_force
from liaison.kernel import clock
from liaison.kernel.errors import Invalid, NotFound
from liaison.people import queries as people
from liaison.people.access import Answer, page
from liaison.people.glass import patient_page
from liaison.people.models import Patient
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, moment, shown
from liaison.places import queries as places
from liaison.schedule.queries import FreeTime, free_times
from liaison.visits import actions, machine, queries
from liaison.visits.actions.at_once import request_and_book
from liaison.visits.actions.booking import CHANNELS, PRIORITIES
from liaison.visits.models import Stage, Visit
from liaison.worklist.actions import OPEN
from liaison.worklist.models import Task

MOST_SEARCHED, MOST_SHOWN, A_DAY_ANY, DAYS = 600, 60, 12, 21
PARTS = (("", "any time"), ("morning", "morning"), ("afternoon", "afternoon"))
NOON = 12
_FIELDS = (
    "visit_type", "provider", "site", "from", "part", "reason", "priority", "channel", "time", "over_day", "over_time",
    "over_provider",
)  # fmt: skip
MOVABLE = (Stage.BOOKED, Stage.CONFIRMED)


@require_http_methods(["GET", "POST"])
@page("schedule.book")
def find_time(request: StaffRequest) -> Answer:
    """Book a visit: the patient, the visit type, with whom; then one of the free times."""
    patient_id = _uuid(request.GET.get("patient", ""))
    if patient_id is None:
        return render(request, "visits/choose_patient.html", {"here": "schedule"})
    return _for_patient(request, patient_id)


@patient_page("schedule.book")
def _for_patient(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    patient = people.patient_for(request.actor, patient_id, why="booking")
    if request.method == "GET":
        return _page(request, patient, None, Typed(_start(request)))
    form = Typed.sent(request.POST, _FIELDS)
    if request.POST.get("do") not in ("book", "overbook", "wait"):
        return _page(request, patient, None, form)
    try:
        visit = _book_new(request, patient, form)
    except ON_THE_FORM as refusal:
        return _page(request, patient, None, form.refuse(refusal))
    return done(request, _booked(visit), reverse("booking", args=[visit.pk]))


def _start(request: StaffRequest) -> dict[str, Any]:
    """What the form begins with: this site, any provider, from today."""
    site = request.staff.site_id if request.staff else None
    return {
        "site": str(site or ""),
        "provider": request.GET.get("provider", ""),
        "visit_type": "",
        "from": clock.today(timezone.get_current_timezone()).isoformat(),
        "priority": "routine",
        "channel": "phone",
    }


def _book_new(request: StaffRequest, patient: Patient, form: Typed) -> Visit:
    facts = {name: form.text(name) for name in ("visit_type", "reason", "priority", "channel")}
    if not facts["visit_type"]:
        raise Invalid("no-visit-type", "Choose the visit type.", "visit_type")
    if request.POST.get("do") == "wait":
        return actions.request(request.actor, patient_id=patient.pk, site_id=_site(form), **facts)
    provider_id, starts_at, site_id = _chosen(request, form, None)
    return request_and_book(
        request.actor,
        patient_id=patient.pk,
        site_id=site_id,
        provider_id=provider_id,
        starts_at=starts_at,
        overbook=request.POST.get("do") == "overbook",
        **facts,
    )


@require_http_methods(["GET", "POST"])
@page("schedule.book")
def visit_time(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """Find a time for a visit that was asked for, or another one for a visit that is booked."""
    visit = queries.visit_for(request.actor, visit_id, why="booking")
    if visit.stage not in (Stage.REQUESTED, *MOVABLE):
        return HttpResponseRedirect(reverse("visit", args=[visit_id]))
    if request.method == "GET":
        start = _start(request) | {"visit_type": visit.visit_type, "site": str(visit.site_id)}
        return _page(request, visit.patient, visit, Typed(start | {"provider": str(visit.provider_id or "")}))
    form = Typed.sent(request.POST, _FIELDS)
    form.values |= {"visit_type": visit.visit_type, "site": str(visit.site_id)}
    if request.POST.get("do") not in ("book", "overbook"):
        return _page(request, visit.patient, visit, form)
    try:
        provider_id, starts_at, _ = _chosen(request, form, visit)
        act = actions.book if visit.stage == Stage.REQUESTED else actions.move
        overbook = request.POST.get("do") == "overbook"
        visit = act(request.actor, visit_id, provider_id=provider_id, starts_at=starts_at, overbook=overbook)
    except ON_THE_FORM as refusal:
        return _page(request, visit.patient, visit, form.refuse(refusal))
    return done(request, _booked(visit), reverse("booking", args=[visit_id]))


def _chosen(request: StaffRequest, form: Typed, visit: Visit | None) -> tuple[UUID, datetime, UUID]:
    """Provider, time and site of what was chosen, or typed for an overbooking. Raises Invalid."""
    if request.POST.get("do") == "overbook":
        return _overbooked(form, visit.site_id if visit else _site(form))
    at, provider, site = [*form.text("time").split("|"), "", ""][:3]
    provider_id, site_id = _uuid(provider), _uuid(site)
    starts_at = _moment(at)
    if starts_at is None or provider_id is None or site_id is None:
        raise Invalid("no-time", "Choose one of the free times.", "time")
    return provider_id, starts_at, site_id


def _overbooked(form: Typed, site_id: UUID) -> tuple[UUID, datetime, UUID]:
    provider_id = _uuid(form.text("over_provider"))
    day = form.day("over_day")
    if provider_id is None:
        raise Invalid("no-provider", "Choose the provider.", "over_provider")
    if day is None:
        raise Invalid("no-day", "Choose the day.", "over_day")
    try:
        at = time.fromisoformat(form.text("over_time").rjust(5, "0"))
    except ValueError:
        raise Invalid("no-time", "Type the time as hours and minutes, like 14:20.", "over_time")
    zone = ZoneInfo(places.site(site_id).zone)
    return provider_id, datetime.combine(day, at.replace(tzinfo=None), zone), site_id


def _moment(text: str) -> datetime | None:
    at = moment(text)
    return at if at and at.tzinfo else None


def _site(form: Typed) -> UUID:
    site_id = _uuid(form.text("site"))
    if site_id is None:
        raise Invalid("no-site", "Choose the site.", "site")
    return site_id


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _booked(visit: Visit) -> str:
    if visit.starts_at is None or visit.provider is None:
        return "Noted: waits for a time."
    at = visit.starts_at.astimezone(ZoneInfo(visit.site.zone))
    return f"Booked with {visit.provider.short} on {at:%A} {at.day} {at:%B}, {at.hour}:{at:%M}."


def _page(request: StaffRequest, patient: Patient, visit: Visit | None, form: Typed) -> HttpResponse:
    """The page, or for htmx the times alone."""
    kinds = all_in_force("visit-type")
    context = {
        "patient": patient,
        "visit": visit,
        "moving": visit is not None and visit.stage in MOVABLE,
        "types": [(kind.key, f"{kind.title}, {kind.body.get('minutes')} min") for kind in kinds],
        "type_title": next((kind.title for kind in kinds if kind.key == form.text("visit_type")), ""),
        "providers": [(str(one.pk), one.short) for one in people.providers()],
        "sites": [(str(one.pk), one.name) for one in places.sites()],
        "parts": PARTS,
        "priorities": [(one, one) for one in PRIORITIES],
        "channels": [(one, one) for one in CHANNELS],
        "may_overbook": request.actor.may("schedule.overbook"),
        "here": "schedule",
        **_times(request, form),
    }
    if request.htmx:
        return render(request, "visits/booking_times.html", {"form": form, **context})
    return shown(request, "visits/find_time.html", form, **context)


def _times(request: StaffRequest, form: Typed) -> dict[str, Any]:
    """The free times by day, and the day after the last of them."""
    if not form.text("visit_type"):
        return {"days": None}
    provider_id = _uuid(form.text("provider"))
    try:
        first = form.day("from") or clock.today(timezone.get_current_timezone())
        found = free_times(
            request.actor,
            visit_type=form.text("visit_type"),
            site_id=_uuid(form.text("site")),
            provider_id=provider_id,
            from_=first,
            days=DAYS,
            limit=MOST_SEARCHED,
        )
    except ON_THE_FORM as refusal:
        form.refuse(refusal)
        return {"days": []}
    wanted = [free for free in _apart(found) if form.text("part") in ("", _part_of(free))]
    days: list[tuple[date, list[FreeTime]]] = []
    for day, times in groupby(wanted, key=_day_of):
        days.append((day, list(times)[: None if provider_id else A_DAY_ANY]))
        if sum(len(shown) for _, shown in days) >= MOST_SHOWN:
            break
    return {"days": days, "later": (days[-1][0] if days else first + timedelta(days=DAYS - 1)) + timedelta(days=1)}


def _apart(found: list[FreeTime]) -> list[FreeTime]:
    """Of each provider the times that do not overlap: a list to choose from, and no short gaps left between visits."""
    until: dict[UUID, datetime] = {}
    kept = []
    for free in found:
        if free.starts_at >= until.get(free.provider_id, free.starts_at):
            until[free.provider_id] = free.ends_at
            kept.append(free)
    return kept


def _part_of(free: FreeTime) -> str:
    return "morning" if timezone.localtime(free.starts_at).hour < NOON else "afternoon"


def _day_of(free: FreeTime) -> date:
    return timezone.localtime(free.starts_at).date()


@require_POST
@page("people.search")
def choose_patient(request: StaffRequest) -> HttpResponse:
    """For whom: patients as one types."""
    text = request.POST.get("q", "").strip()[:100]
    rows = people.search(request.actor, text, limit=12) if len(text) > 1 else []
    context = {"rows": rows, "text": text, "asked": len(text) > 1, "here": "schedule"}
    return render(request, "visits/chosen_patients.html" if request.htmx else "visits/choose_patient.html", context)


@require_GET
@page("schedule.read")
def appointment(request: StaffRequest, appointment_id: UUID) -> HttpResponse:
    """From an appointment to its visit: to its booking before the day begins for it, to the work after that."""
    visit = Visit.objects.filter(appointment_id=appointment_id).only("pk", "stage").first()
    if visit is None:
        raise NotFound("no-visit", "No visit belongs to this appointment. Look at the schedule again.")
    return HttpResponseRedirect(reverse("booking" if visit.stage in MOVABLE else "visit", args=[visit.pk]))


@require_GET
@page("visits.read")
def booking(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """What is booked, with the ways to confirm, move and cancel it."""
    return _booking(request, visit_id, Typed())


def _booking(request: StaffRequest, visit_id: UUID, form: Typed) -> HttpResponse:
    visit = queries.visit_for(request.actor, visit_id, why="booking")
    context = {
        "visit": visit,
        "patient": visit.patient,
        "title": visit.protocol.title if visit.protocol else visit.visit_type,
        "moves": {move.action for move in queries.possible(request.actor, visit)},
        "today": visit.day == clock.today(ZoneInfo(visit.site.zone)),
        "here": "schedule",
    }
    return shown(request, "visits/booking.html", form, **context)


@require_POST
@page("visits.cancel")
def cancel(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """Cancel a visit that has not begun, with a reason."""
    form = Typed.sent(request.POST, ("reason",))
    try:
        visit = actions.cancel(request.actor, visit_id, form.text("reason"))
    except ON_THE_FORM as refusal:
        return _booking(request, visit_id, form.refuse(refusal))
    address = f"{reverse('schedule')}?day={visit.day}&site={visit.site_id}" if visit.day else reverse("schedule")
    return done(request, "Cancelled. The time is free again.", address)


@require_GET
@page("visits.read")
def requests(request: StaffRequest) -> HttpResponse:
    """Who waits for a time, as a part of the schedule."""
    rows = queries.requests_of(request.actor, _uuid(request.GET.get("site", "")))
    return render(request, "visits/requests.html", {"rows": rows})


@require_GET
@patient_page("visits.read")
def thread(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """A patient's visits and open tasks, as a part of the patient's pages."""
    people.patient_for(request.actor, patient_id, why="visits")
    rows = Visit.objects.filter(patient_id=patient_id).select_related("provider", "protocol", "site")
    tasks = Task.objects.filter(patient_id=patient_id, status__in=OPEN) if request.actor.may("worklist.read") else []
    context = {"visits": rows.order_by("-starts_at", "-created_at")[:12], "tasks": tasks, "over": machine_over()}
    return render(request, "visits/thread.html", context)


def machine_over() -> frozenset[str]:
    """Stages from which a visit goes nowhere any more."""
    return frozenset(stage for stage in Stage.values if not machine.possible(stage))
