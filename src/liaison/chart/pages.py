"""The chart: everything a clinician opens it for, on one page."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from liaison.chart import actions, lists, queries, shown
from liaison.engines.codes.icd10cm import Entry, Icd10cm
from liaison.immunize.queries.due import due_of
from liaison.kernel.errors import NotFound
from liaison.people.checks import today
from liaison.people.glass import patient_page
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done

IN_BANNER = 5


@require_GET
@patient_page("people.read")
def patient(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """A patient's chart; who may not read charts comes to the details instead."""
    if not request.actor.may("chart.read"):
        return HttpResponseRedirect(reverse("patient-details", args=[patient_id]))
    return _chart(request, patient_id, {})


def _chart(request: StaffRequest, patient_id: UUID, forms: dict[str, Typed]) -> HttpResponse:
    """The page; `forms` are those that were refused: of a list what was to be added, or `ending` of a line."""
    chart = queries.chart_for(request.actor, patient_id)
    labs = shown.measures(chart.labs)
    context = {
        "chart": chart,
        "patient": chart.patient,
        "vitals": shown.measures(chart.vitals),
        "labs": labs,
        "vaccines": shown.doses(chart.immunizations),
        "picture": due_of(chart.patient, today()) if request.actor.may("immunize.read") else None,
        "give": request.actor.may("immunize.write"),
        "flagged": sum(1 for one in labs if one.latest.flag),
        "banner_allergies": chart.allergies[:IN_BANNER],
        "banner_tags": _more_allergies(len(chart.allergies)),
        "reviewed": chart.reviews.get("allergies"),
        "forms": forms,
        "may_change": {what: request.actor.may(one.capability) for what, one in lists.LISTS.items()},
        "kinds": lists.ALLERGY_KINDS,
        "dangers": lists.DANGERS,
        "picked": _picked(forms["condition"].text("code")) if "condition" in forms else None,
    }
    return render(request, "chart/chart.html", context, status=422 if forms else 200)


def _picked(code: str) -> Entry | None:
    return Icd10cm.load().lookup(code) if code else None


@require_POST
@patient_page("chart.read")
def add(request: StaffRequest, patient_id: UUID, what: str) -> HttpResponse:
    """Put a problem, an allergy or a medication on its list."""
    kept = _list(what)
    form = Typed.sent(request.POST, kept.fields)
    try:
        kept.add(request.actor, patient_id, form)
    except ON_THE_FORM as refusal:
        return _chart(request, patient_id, {what: form.refuse(refusal)})
    return done(request, kept.added, reverse("patient", args=[patient_id]))


@require_POST
@patient_page("chart.read")
def end(request: StaffRequest, patient_id: UUID, what: str, row_id: UUID) -> HttpResponse:
    """Take a line off its list: it is over, or it was entered in error."""
    kept = _list(what)
    if not kept.model.objects.filter(pk=row_id, patient_id=patient_id).exists():
        raise NotFound("no-row", "This is not on the patient's list. Look at the chart again.")
    form = Typed.sent(request.POST, ("reason",))
    wrong = request.POST.get("how") == "wrong"
    try:
        if wrong:
            actions.enter_in_error(request.actor, what, row_id, form.text("reason"))
        else:
            kept.end(request.actor, row_id, form.text("reason"))
    except ON_THE_FORM as refusal:
        form.refuse(refusal).values["row"] = str(row_id)
        return _chart(request, patient_id, {"ending": form})
    said = "It is marked as entered in error." if wrong else kept.ended
    return done(request, said, reverse("patient", args=[patient_id]))


def _list(what: str) -> lists.ListOf:
    if what not in lists.LISTS:
        raise NotFound("no-list", "The chart has no such list.")
    return lists.LISTS[what]


def _more_allergies(count: int) -> list[tuple[str, str]]:
    return [(f"{count} allergies, all in the list below", "danger")] if count > IN_BANNER else []
