"""Patients: find, register, their details, coverage, restriction, and who looked."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liaison.kernel import phones
from liaison.kernel.countries import COUNTRIES
from liaison.kernel.errors import Invalid
from liaison.people import actions, looks, queries
from liaison.people import search as searching
from liaison.people.access import page
from liaison.people.choices import LANGUAGES
from liaison.people.glass import patient_page, restricted
from liaison.people.models import Patient, Sex
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, shown, way_back

MOST = 30
_TEXT = (
    "family", "given", "preferred", "birth_date", "sex", "phone", "phone_alt", "email", "line", "city", "state",
    "postal_code", "language", "deceased_on", "mother_maiden_name", "birth_country", "multiple_birth_order",
)  # fmt: skip


@require_GET
@page("people.search")
def patients(request: StaffRequest) -> HttpResponse:
    """The search, and whom this person opened lately."""
    return render(request, "people/patients.html", {"lately": looks.lately_opened(request.actor)})


@require_POST
@page("people.search")
def search(request: StaffRequest) -> HttpResponse:
    """Who was meant: the list alone for htmx, the whole page for a browser without scripts."""
    text = request.POST.get("q", "").strip()[:100]
    found = queries.search(request.actor, text, limit=MOST) if len(text) > 1 else []
    context = {"rows": found, "text": text, "asked": len(text) > 1, "more": len(found) == MOST}
    return render(request, "people/results.html" if request.htmx else "people/patients.html", context)


@require_http_methods(["GET", "POST"])
@page("people.write")
def register(request: StaffRequest) -> HttpResponse:
    """Register somebody; like-looking people are shown before a second record is made."""
    if request.method == "GET" or "q" in request.POST:
        return _person_form(request, Typed(_guessed(request.POST.get("q", ""))))
    form = _person_sent(request)
    try:
        facts = _facts(form)
        patient = actions.register(request.actor, despite_duplicates=request.POST.get("despite") == "yes", **facts)
    except actions.PossibleDuplicate as maybe:
        form.sorry = maybe.sentence
        return _person_form(request, form, candidates=maybe.candidates)
    except ON_THE_FORM as refusal:
        return _person_form(request, form.refuse(refusal))
    return done(request, f"Registered under MRN {patient.mrn}.", reverse("patient-details", args=[patient.pk]))


def _guessed(text: str) -> dict[str, object]:
    """What was searched for, sorted into the form's fields."""
    terms = searching.parse(text)
    names = [word for word in text.replace(",", " ").split() if word.isalpha()]
    if "," in text:
        names = [*names[1:], *names[:1]]
    return {
        "family": names[-1].title() if names else "",
        "given": " ".join(names[:-1]).title(),
        "birth_date": terms.dates[0].isoformat() if terms.dates else "",
        "phone": terms.phones[0] if terms.phones else "",
        "language": "en",
    }


def _person_sent(request: StaffRequest) -> Typed:
    form = Typed.sent(request.POST, _TEXT)
    form.values["interpreter"] = request.POST.get("interpreter") == "yes"
    rows = zip(*(request.POST.getlist(f"contact_{part}") for part in ("name", "relationship", "phone")), strict=False)
    form.values["contacts"] = [
        {"name": name.strip(), "relationship": kin.strip(), "phone": phone.strip()} for name, kin, phone in rows
    ]
    return form


def _facts(form: Typed) -> dict[str, Any]:
    """The form's words as the actions take them. Raises Invalid."""
    if not form.values["birth_date"]:
        raise Invalid("no-birth-date", "Type the birth date.", "birth_date")
    if not form.values["sex"]:
        raise Invalid("no-sex", "Choose the sex, or “unknown”.", "sex")
    contacts = [one for one in form.values["contacts"] if any(one.values())]
    return {**form.values, "contacts": contacts, "deceased_on": form.day("deceased_on")}


def _person_form(
    request: StaffRequest,
    form: Typed,
    patient: Patient | None = None,
    candidates: list[tuple[Patient, str]] | None = None,
) -> HttpResponse:
    contacts = [*form.values.get("contacts", ()), {}] if not form.values.get("contacts") else form.values["contacts"]
    return shown(
        request, "people/person.html", form, patient=patient, candidates=candidates, sexes=Sex.choices,
        languages=sorted(LANGUAGES.items(), key=lambda one: one[1]), contacts=contacts,
        countries=sorted(COUNTRIES.items(), key=lambda one: one[1]),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@patient_page("people.write")
def edit(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Change a patient's demographics."""
    patient = queries.patient_for(request.actor, patient_id, why="demographics")
    if request.method == "GET":
        values = {name: _shown_value(patient, name) for name in _TEXT}
        values |= {"interpreter": patient.interpreter, "contacts": [*patient.contacts, {}]}
        return _person_form(request, Typed(values), patient)
    form = _person_sent(request)
    try:
        actions.update(request.actor, patient_id, **_facts(form))
    except ON_THE_FORM as refusal:
        return _person_form(request, form.refuse(refusal), patient)
    return done(request, "Saved.", reverse("patient-details", args=[patient_id]))


def _shown_value(patient: Patient, name: str) -> object:
    value = getattr(patient, name)
    if name.startswith("phone"):
        return phones.shown(value)
    return value.isoformat() if hasattr(value, "isoformat") else value or ""


@require_GET
@patient_page("people.read")
def details(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """A patient's demographics, coverage and consents."""
    return _details(request, patient_id, Typed())


def _details(request: StaffRequest, patient_id: UUID, form: Typed) -> HttpResponse:
    actor = request.actor
    patient = queries.patient_for(actor, patient_id)
    context = {
        "patient": patient,
        "coverages": queries.all_coverages(patient_id),
        "consents": queries.consents_of(patient_id),
        "missing": queries.missing_consents(patient_id),
        "may_write": actor.may("people.write"),
        "may_restrict": actor.may("people.restrict"),
    }
    return shown(request, "people/details.html", form, **context)


@require_POST
@patient_page("people.restrict")
def restrict(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Restrict a chart, or lift the restriction, with a reason."""
    on = request.POST.get("on") == "yes"
    # The closed door has a reason of its own for breaking the glass
    name = "lift_reason" if "lift_reason" in request.POST else "reason"
    form = Typed.sent(request.POST, (name,))
    try:
        actions.restrict(request.actor, patient_id, on, form.text(name))
    except ON_THE_FORM as refusal:
        refusal.field = name if refusal.field == "reason" else refusal.field
        if name == "lift_reason":
            return restricted(request, patient_id, form.refuse(refusal), 422)
        return _details(request, patient_id, form.refuse(refusal))
    sentence = "The chart is restricted." if on else "The chart is open to the staff again."
    return done(request, sentence, reverse("patient-details", args=[patient_id]))


@require_POST
@page("people.break_glass")
def break_glass(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Open a restricted chart for an hour; the reason stays in the audit log."""
    form = Typed.sent(request.POST, ("reason",))
    try:
        actions.break_glass(request.actor, patient_id, form.text("reason"))
    except ON_THE_FORM as refusal:
        return restricted(request, patient_id, form.refuse(refusal), 422)
    return HttpResponseRedirect(way_back(request, reverse("patient-details", args=[patient_id])))


@require_GET
@patient_page("record.audit")
def looked(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Who saw or changed this patient's record."""
    patient = queries.patient_for(request.actor, patient_id, why="audit")
    pager = looks.looks_at(request.actor, patient_id, request.GET.get("page"))
    lines = [looks.line(entry) for entry in pager]
    return render(request, "people/looks.html", {"patient": patient, "pager": pager, "lines": lines})
