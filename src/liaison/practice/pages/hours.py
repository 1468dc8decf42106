"""When a provider sees patients, and when not."""

from datetime import datetime, time, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from liaison.kernel.errors import Invalid
from liaison.people import queries as people
from liaison.people.access import page
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done
from liaison.places import queries as places
from liaison.practice import queries
from liaison.practice.pages.forms import DAYS, form_of, week_fields, week_sent, week_typed
from liaison.schedule import actions
from liaison.schedule.models import Absence

_ABSENCE = ("first", "last", "from_time", "to_time", "reason")


@require_http_methods(["GET", "POST"])
@page("schedule.manage")
def provider_hours(request: StaffRequest, staff_id: UUID, site_id: UUID) -> HttpResponse:
    """Say when a provider sees patients at a site. What is booked stays."""
    provider, site = people.staff(staff_id), places.site(site_id)
    back = reverse("staff-member", args=[staff_id])
    form = week_typed(next((one.week for one in queries.weeks_of(staff_id) if one.site.pk == site_id), {}))
    if request.method == "POST":
        form = Typed.sent(request.POST, DAYS)
        sent = week_sent(form)
        if sent is not None:
            actions.set_hours(request.actor, staff_id, site_id, queries.as_stored(sent))
            return done(request, f"The hours of {provider.short} at {site.name} are saved. What is booked stays.", back)
    title = f"{provider.short} at {site.name}"
    return form_of(request, "week", form, "staff", days=week_fields(), title=title, back=back, provider=provider)


@require_http_methods(["GET", "POST"])
@page("schedule.manage")
def add_absence(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """Say that a provider is away: days, or hours of a day."""
    provider = people.staff(staff_id)
    form = Typed()
    if request.method == "POST":
        form = Typed.sent(request.POST, _ABSENCE)
        try:
            starts_at, ends_at = _when(form)
            actions.add_absence(
                request.actor, staff_id, starts_at=starts_at, ends_at=ends_at, reason=form.text("reason")
            )
        except ON_THE_FORM as refusal:
            form.refuse(refusal)
        else:
            booked = queries.booked_of(staff_id, starts_at, ends_at)
            if booked:
                words = "1 visit is" if booked == 1 else f"{booked} visits are"
                messages.info(request, f"{words} booked in that time. Move them on the schedule.")
            return done(request, "The absence is saved.", reverse("staff-member", args=[staff_id]))
    return form_of(request, "absence", form, "staff", provider=provider)


@require_POST
@page("schedule.manage")
def remove_absence(request: StaffRequest, staff_id: UUID, absence_id: UUID) -> HttpResponse:
    """Open the time of an absence again."""
    if Absence.objects.filter(pk=absence_id, provider_id=staff_id).exists():
        actions.remove_absence(request.actor, absence_id)
    return done(request, "That time can be booked again.", reverse("staff-member", args=[staff_id]))


def _when(form: Typed) -> tuple[datetime, datetime]:
    """Start and end of the absence, whole days unless times are typed. Raises Invalid."""
    first = form.day("first")
    if first is None:
        raise Invalid("no-day", "Choose the first day.", "first")
    last = form.day("last") or first
    if last < first:
        raise Invalid("bad-absence", "The last day is not before the first one.", "last")
    zone = timezone.get_current_timezone()
    starts_at = datetime.combine(first, _time(form, "from_time") or time.min, zone)
    ends = _time(form, "to_time")
    ends_at = datetime.combine(last, ends, zone) if ends else datetime.combine(last + timedelta(days=1), time.min, zone)
    if ends_at <= starts_at:
        raise Invalid("bad-absence", "The absence ends before it begins.", "to_time")
    return starts_at, ends_at


def _time(form: Typed, name: str) -> time | None:
    if not form.text(name):
        return None
    try:
        return time.fromisoformat(form.text(name))
    except ValueError:
        raise Invalid("bad-time", "Type a time like 13:00, or leave it empty.", name)
