"""Checkout: what happens next, the follow-up, the balance."""

from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from liaison.kernel.errors import Invalid, Refused
from liaison.people.access import page
from liaison.people.typed import StaffRequest, Typed, moment
from liaison.visits import actions, queries
from liaison.visits import summary as summaries
from liaison.visits.pages.answers import onward
from liaison.visits.pages.arrival import pdf
from liaison.visits.pages.contexts import offered_times
from liaison.visits.pages.working import show

DECLINED = "declined"


@require_POST
@page("visits.check_out")
def check_out(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """Check the patient out, with the follow-up booked or declined."""
    try:
        starts_at, provider_id, declined = _follow_up(request.POST.get("follow_up_starts_at", ""))
        actions.check_out(
            request.actor,
            visit_id,
            follow_up_starts_at=starts_at,
            follow_up_provider_id=provider_id,
            follow_up_declined=declined,
        )
    except Refused as refusal:
        return show(request, visit_id, refusal)
    return onward(request, visit_id)


def _follow_up(chosen: str) -> tuple[datetime | None, UUID | None, bool]:
    """What was chosen: nothing, `declined`, or `<time>|<provider>`."""
    if chosen in ("", DECLINED):
        return None, None, chosen == DECLINED
    at, _, provider = chosen.partition("|")
    try:
        starts_at, provider_id = moment(at), UUID(provider)
    except ValueError:
        raise Invalid("bad-time", "Choose one of the times.", field="follow_up_starts_at")
    if starts_at is None or starts_at.tzinfo is None:
        raise Invalid("bad-time", "Choose one of the times.", field="follow_up_starts_at")
    return starts_at, provider_id, False


@require_GET
@page("visits.check_out")
def times(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """Free times for the follow-up from another day on, or with any provider."""
    actor = request.actor
    visit = queries.visit_for(actor, visit_id)
    if (day := Typed.sent(request.GET, ("from",)).day("from")) is None:
        raise Invalid("no-day", "Choose a day.", field="from")
    found = offered_times(actor, visit, day + timedelta(days=2), any_provider=bool(request.GET.get("any")))
    return render(request, "visits/times.html", {"times": found, "visit": visit, "picked_time": ""})


@require_GET
@page("visits.read")
def summary(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """The visit summary for the patient, to print."""
    visit = queries.visit_for(request.actor, visit_id, why="visit summary")
    return pdf(summaries.pdf(visit), f"visit-summary-{visit.pk}")
