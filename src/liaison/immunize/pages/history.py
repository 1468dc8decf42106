"""The pages of a patient's vaccine history: all of it, doses from a card, one dose, corrections."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liaison.engines.vaccines import facts
from liaison.immunize import actions, choosing
from liaison.immunize.actions import Told
from liaison.immunize.actions.history import TOLD_BY
from liaison.immunize.models import Immunization, Source
from liaison.immunize.queries.due import groups_of
from liaison.immunize.queries.history import dose_for, history_for, local_day, verdict
from liaison.immunize.queries.seen import forecast_for
from liaison.immunize.words import ROUTES, SITES
from liaison.kernel import clock
from liaison.people.glass import patient_page
from liaison.people.queries import patient_for
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done

ROWS = 6  # on a fresh form; a script makes more as they are filled, and the next page offers more without one
MOST_ROWS = 80
_COLUMNS = ("vaccine", "on", "lot_number", "mvx")
SOURCES = [(key, Source(key).label.capitalize()) for key in TOLD_BY]


@require_GET
@patient_page("immunize.read")
def history(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """The whole history by vaccine group, and what is due."""
    told = history_for(request.actor, patient_id, clock.today(timezone.get_default_timezone()))
    context = {
        "history": told,
        "patient": told.patient,
        "picture": told.picture,
        "may_write": request.actor.may("immunize.write"),
    }
    return render(request, "immunize/history.html", context)


@require_http_methods(["GET", "POST"])
@patient_page("immunize.write")
def add(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Doses from a card, several at once; what is refused stays on the form with its sentence."""
    patient = patient_for(request.actor, patient_id)
    context: dict[str, Any] = {
        "patient": patient,
        "sources": SOURCES,
        "choices": choosing.choices(),
        "makers": _makers(),
    }
    if request.method == "GET":
        fresh = [{"at": at} for at in range(ROWS)]
        return render(request, "immunize/add.html", context | {"rows": fresh, "form": Typed({"source": "card"})})
    form = Typed.sent(request.POST, ("source", "note"))
    rows = _typed_rows(request)
    told: list[Told] = []
    places: list[dict[str, Any]] = []
    for row in rows:
        try:
            day = Typed({"on": row["on"]}).day("on")
        except ON_THE_FORM as refusal:
            row["errors"] = {"on": refusal.sentence}
            continue
        told.append(Told(row["vaccine"], day, row["lot_number"], row["mvx"]))
        places.append(row)
    try:
        added = actions.add_several(request.actor, patient_id, told, source=form.text("source"), note=form.text("note"))
    except ON_THE_FORM as refusal:
        return render(request, "immunize/add.html", context | {"rows": rows, "form": form.refuse(refusal)}, status=422)
    for at, cause in added.refused.items():
        places[at]["errors"] = {_FIELD.get(cause.field, cause.field): cause.sentence}
    kept = [row for row in rows if row.get("errors")]
    count = len(added.doses)
    words = f"{count} dose{'' if count == 1 else 's'} added to the history."
    if not rows:
        form.sorry = "Type a vaccine and its date first."
    if kept or not rows:
        for at, row in enumerate(kept):
            row["at"] = at
        blank = [{"at": len(kept)}] if kept else [{"at": at} for at in range(ROWS)]
        said = words if count else ""
        return render(
            request, "immunize/add.html", context | {"rows": kept + blank, "form": form, "said": said}, status=422
        )
    return done(request, words, reverse("immunizations", args=[patient_id]))


_FIELD = {"cvx": "vaccine", "display": "vaccine"}


def _typed_rows(request: StaffRequest) -> list[dict[str, Any]]:
    """The rows in which something was typed."""
    columns = [request.POST.getlist(name)[:MOST_ROWS] for name in _COLUMNS]
    rows = [dict(zip(_COLUMNS, (text.strip() for text in row), strict=True)) for row in zip(*columns, strict=False)]
    return [row | {"at": at} for at, row in enumerate(rows) if any(row.values())]


def _makers() -> list[tuple[str, str]]:
    return sorted((one.mvx, one.name) for one in facts().manufacturers.values() if one.active)


@require_GET
@patient_page("immunize.read")
def dose(request: StaffRequest, patient_id: UUID, immunization_id: UUID) -> HttpResponse:
    """One dose with everything known of it, and the ways to correct it."""
    return _dose(request, patient_id, immunization_id, {})


@require_POST
@patient_page("immunize.write")
def correct(request: StaffRequest, patient_id: UUID, immunization_id: UUID) -> HttpResponse:
    """Correct a dose."""
    fields = ("vaccine", "on", "lot_number", "mvx", "source", "route", "body_site", "note", "reason")
    form = Typed.sent(request.POST, [name for name in fields if name in request.POST])
    row = dose_for(request.actor, patient_id, immunization_id)
    try:
        before = _as_typed(row)
        told: dict[str, Any] = {name: value for name, value in form.values.items() if value != before.get(name)}
        if "on" in told:
            told["on"] = form.day("on")
        actions.correct(request.actor, row.pk, **{"reason": "", **told})
    except ON_THE_FORM as refusal:
        refusal.field = _FIELD.get(refusal.field, refusal.field)
        return _dose(request, patient_id, immunization_id, {"correct": form.refuse(refusal)})
    return done(request, "The dose is corrected.", reverse("immunization", args=[patient_id, immunization_id]))


@require_POST
@patient_page("immunize.write")
def remove(request: StaffRequest, patient_id: UUID, immunization_id: UUID) -> HttpResponse:
    """Mark a dose as entered in error."""
    form = Typed.sent(request.POST, ("reason",))
    row = dose_for(request.actor, patient_id, immunization_id)
    try:
        actions.enter_in_error(request.actor, row.pk, form.text("reason"))
    except ON_THE_FORM as refusal:
        return _dose(request, patient_id, immunization_id, {"remove": form.refuse(refusal)})
    return done(request, "It is marked as entered in error.", reverse("immunizations", args=[patient_id]))


def _dose(request: StaffRequest, patient_id: UUID, immunization_id: UUID, forms: dict[str, Typed]) -> HttpResponse:
    row = dose_for(request.actor, patient_id, immunization_id)
    made_by = facts().manufacturer(row.mvx) if row.mvx else None
    vaccine = facts().vaccine(row.cvx)
    correcting = forms.get("correct") or Typed(_as_typed(row))
    context = {
        "patient": row.patient,
        "dose": row,
        "vaccine": vaccine,
        "maker": made_by.name if made_by else row.mvx,
        "groups": groups_of(row.cvx.zfill(2)),
        "judged": _judged(request, row) if row.status == "completed" else [],
        "route": ROUTES.get(row.route, row.route),
        "body_site": SITES.get(row.body_site, row.body_site),
        "routes": tuple(ROUTES.items()),
        "body_sites": tuple(SITES.items()),
        "sources": SOURCES
        if row.source in TOLD_BY
        else [*SOURCES, (row.source, Source(row.source).label.capitalize())],
        "choices": choosing.choices(),
        "makers": _makers(),
        "correcting": correcting,
        "typed": correcting.values,
        "errors": correcting.errors,
        "removing": forms.get("remove"),
        "is_given": row.source == Source.GIVEN,
        "may_write": request.actor.may("immunize.write") and row.status != "entered-in-error",
        "open": "correct" in forms,
    }
    return render(request, "immunize/dose.html", context, status=422 if forms else 200)


def _as_typed(row: Immunization) -> dict[str, Any]:
    return {
        "vaccine": f"{row.display} [CVX {row.cvx}]",
        "on": local_day(row).isoformat(),
        "lot_number": row.lot_number,
        "mvx": row.mvx,
        "source": row.source,
        "route": row.route,
        "body_site": row.body_site,
        "note": row.note,
    }


def _judged(request: StaffRequest, row: Immunization) -> list[dict[str, Any]]:
    """What the dose counts for, antigen by antigen, with the specification's tables."""
    result = forecast_for(request.actor, row.patient_id, clock.today(timezone.get_default_timezone())).result()
    said = next((one.by_antigen for one in result.doses if (one.dose.date, one.dose.cvx.zfill(2)) == _key(row)), ())
    return [
        {
            "antigen": one.antigen,
            "series": one.series,
            "number": one.target_dose,
            "counts": verdict([one])[0],
            "why": verdict([one])[1],
            "rules": ", ".join(dict.fromkeys(finding.reason.rule for finding in one.findings)),
        }
        for one in said
    ]


def _key(row: Immunization) -> tuple[Any, str]:
    return local_day(row), row.cvx.zfill(2)
