"""The chart: everything a clinician opens it for, on one page."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from liaison.chart import queries, shown
from liaison.people.glass import patient_page
from liaison.people.typed import StaffRequest

IN_BANNER = 5


@require_GET
@patient_page("people.read")
def patient(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """A patient's chart; who may not read charts comes to the details instead."""
    if not request.actor.may("chart.read"):
        return HttpResponseRedirect(reverse("patient-details", args=[patient_id]))
    chart = queries.chart_for(request.actor, patient_id)
    labs = shown.measures(chart.labs)
    context = {
        "chart": chart,
        "patient": chart.patient,
        "vitals": shown.measures(chart.vitals),
        "labs": labs,
        "vaccines": shown.doses(chart.immunizations),
        "flagged": sum(1 for one in labs if one.latest.flag),
        "banner_allergies": chart.allergies[:IN_BANNER],
        "banner_tags": _more_allergies(len(chart.allergies)),
        "reviewed": chart.reviews.get("allergies"),
    }
    return render(request, "chart/chart.html", context)


def _more_allergies(count: int) -> list[tuple[str, str]]:
    return [(f"{count} allergies, all in the list below", "danger")] if count > IN_BANNER else []
