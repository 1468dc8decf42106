"""A patient's coverage on the screen: from the card, corrected, in order, ended, and the card's photographs."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from liaison.kernel.errors import Invalid, NotFound
from liaison.people import actions, queries
from liaison.people.coverages import LARGEST_CARD, likely_kind
from liaison.people.glass import patient_page
from liaison.people.models import Coverage, CoverageCard, Patient, Sex
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, shown
from liaison.places import queries as places

_COLUMNS = ("kind", "member_id", "group_number", "plan", "filing", "second_reason", "relationship", "claim_number",
            "employer")  # fmt: skip
_SUBSCRIBER = ("subscriber_family", "subscriber_given", "subscriber_sex")
_DAYS = ("subscriber_birth_date", "injured_on", "starts", "ends")
_AMOUNTS = {"copay": "copay_cents", "deductible": "deductible_cents"}
_FIELDS = ("payer", "position", "coinsurance", *_COLUMNS, *_SUBSCRIBER, *_DAYS, *_AMOUNTS)
_POSITIONS = ((1, "1, primary"), (2, "2, secondary"), (3, "3, tertiary"))


def _home(patient_id: UUID) -> str:
    """The page of the patient's coverage, to which each of these leads back."""
    return reverse("patient-coverage", args=[patient_id])


@require_http_methods(["GET", "POST"])
@patient_page("people.write")
def add(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Add a patient's insurance from the card."""
    patient = queries.patient_for(request.actor, patient_id, why="coverage")
    form = Typed({"relationship": "self"})
    if request.method == "POST":
        form = Typed.sent(request.POST, _FIELDS)
        position = form.text("position")
        try:
            coverage = actions.add_coverage(
                request.actor,
                patient_id,
                position=int(position) if position.isdigit() and 1 <= int(position) <= 9 else None,
                **_facts(form),
            )
        except ON_THE_FORM as refusal:
            return _form(request, patient, form.refuse(refusal))
        if request.POST.get("then") == "card":
            return done(request, "Coverage added.", reverse("coverage-edit", args=[patient_id, coverage.pk]) + "#card")
        return done(request, "Coverage added.", _home(patient_id))
    return _form(request, patient, form)


@require_http_methods(["GET", "POST"])
@patient_page("people.write")
def edit(request: StaffRequest, patient_id: UUID, coverage_id: UUID) -> HttpResponse:
    """Correct what is on file of a coverage, photograph its card, end it."""
    patient = queries.patient_for(request.actor, patient_id, why="coverage")
    coverage = _of(patient_id, coverage_id)
    if request.method == "GET":
        return _form(request, patient, _on_file(coverage), coverage)
    form = Typed.sent(request.POST, _FIELDS)
    try:
        actions.update_coverage(request.actor, coverage_id, **_facts(form))
    except ON_THE_FORM as refusal:
        return _form(request, patient, form.refuse(refusal), coverage)
    return done(request, "Coverage saved.", _home(patient_id))


def _of(patient_id: UUID, coverage_id: UUID) -> Coverage:
    found = Coverage.objects.select_related("payer").filter(pk=coverage_id, patient_id=patient_id).first()
    if found is None:
        raise NotFound("no-coverage", "This patient has no such coverage. Look at the list again.")
    return found


def _on_file(coverage: Coverage) -> Typed:
    values: dict[str, Any] = {name: getattr(coverage, name) for name in (*_COLUMNS, *_SUBSCRIBER)}
    values |= {name: day.isoformat() if (day := getattr(coverage, name)) else "" for name in _DAYS}
    for name, column in _AMOUNTS.items():
        cents = getattr(coverage, column)
        values[name] = f"{cents / 100:.2f}" if cents else ""
    percent = coverage.coinsurance_percent
    return Typed(values | {"payer": str(coverage.payer_id), "coinsurance": "" if percent is None else str(percent)})


def _facts(form: Typed) -> dict[str, Any]:
    """The form's words as the actions take them. Raises Invalid."""
    facts: dict[str, Any] = {name: form.text(name) for name in _COLUMNS}
    own = facts["relationship"] == Coverage.Relationship.SELF
    facts |= {name: "" if own else form.text(name) for name in _SUBSCRIBER}
    facts |= {name: form.day(name) for name in _DAYS}
    facts["payer_id"] = _uuid(form.text("payer"))
    facts["copay_cents"] = form.cents("copay")
    facts["deductible_cents"] = form.cents("deductible") if form.text("deductible") else None
    facts["coinsurance_percent"] = _percent(form.text("coinsurance"))
    if own:
        facts["subscriber_birth_date"] = None
    if not facts["kind"]:
        facts["kind"] = next((likely_kind(p.name) for p in places.payers() if p.pk == facts["payer_id"]), "commercial")
    return facts


def _percent(text: str) -> int | None:
    text = text.removesuffix("%").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and int(text) <= 100):
        raise Invalid("bad-percent", "Type the patient’s share as a whole percentage, like 20.", "coinsurance")
    return int(text)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid("no-payer", "Choose the payer from the list.", "payer")


def _form(
    request: StaffRequest, patient: Patient, form: Typed, coverage: Coverage | None = None, **more: Any
) -> HttpResponse:
    context = {
        "patient": patient,
        "coverage": coverage,
        "cards": queries.cards_of(patient.pk).get(coverage.pk, {}) if coverage else {},
        "sides": CoverageCard.Side.choices,
        "payers": [(str(payer.pk), payer.name) for payer in places.payers()],
        "kinds": Coverage.Kind.choices,
        "filings": Coverage.Filing.choices,
        "second_reasons": Coverage.SecondReason.choices,
        "relationships": Coverage.Relationship.choices,
        "sexes": Sex.choices,
        "positions": _POSITIONS,
    }
    return shown(request, "people/coverage.html", form, **context, **more)


@require_POST
@patient_page("people.write")
def end(request: StaffRequest, patient_id: UUID, coverage_id: UUID) -> HttpResponse:
    """Say which was the last day of a coverage."""
    patient = queries.patient_for(request.actor, patient_id, why="coverage")
    coverage = _of(patient_id, coverage_id)
    typed = Typed.sent(request.POST, ("last_day",))
    try:
        last = typed.day("last_day")
        if last is None:
            raise Invalid("no-day", "Choose the last day of the coverage.", "last_day")
        actions.end_coverage(request.actor, coverage_id, last)
    except ON_THE_FORM as refusal:
        if refusal.field == "ends":
            refusal.field = "last_day"
        form = _on_file(coverage)
        form.values["last_day"] = typed.text("last_day")
        return _form(request, patient, form.refuse(refusal), coverage)
    return done(request, "The coverage ends on that day.", _home(patient_id))


@require_POST
@patient_page("people.write")
def order(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Bill a coverage before the one in front of it."""
    queries.patient_for(request.actor, patient_id, why="coverage")
    there = list(Coverage.objects.filter(patient_id=patient_id, active=True).order_by("position"))
    keys = [row.pk for row in there]
    moved = next((key for key in keys if str(key) == request.POST.get("earlier")), None)
    if moved is None:
        raise NotFound("no-coverage", "This patient has no such coverage. Look at the list again.")
    at = keys.index(moved)
    if at:
        keys[at - 1], keys[at] = keys[at], keys[at - 1]
    actions.reorder_coverages(request.actor, patient_id, keys)
    return done(request, "The coverage is billed in the new order.", _home(patient_id))


@require_http_methods(["GET", "POST"])
@patient_page("people.read")
def card(request: StaffRequest, patient_id: UUID, coverage_id: UUID, side: str) -> HttpResponse:
    """The photograph of a side of the card; a POST keeps a new one."""
    patient = queries.patient_for(request.actor, patient_id, why="insurance card")
    coverage = _of(patient_id, coverage_id)
    if request.method == "GET":
        return _picture(queries.card_of(coverage_id, side))
    request.actor.require("people.write")
    sent = request.FILES.get("picture")
    try:
        if sent is not None and (sent.size or 0) > LARGEST_CARD:
            raise Invalid("too-large", "The picture is larger than 8 MB. Take it again in a smaller size.", side)
        actions.keep_card(request.actor, coverage_id, side, sent.read() if sent else b"")
    except ON_THE_FORM as refusal:
        form = _on_file(coverage)
        form.errors[side] = refusal.sentence
        return _form(request, patient, form, coverage)
    back = reverse("coverage-edit", args=[patient_id, coverage_id]) + "#card"
    return done(request, f"The {side} of the card is kept.", back)


def _picture(kept: CoverageCard) -> HttpResponse:
    """The picture as it is kept; a browser shows that or nothing."""
    answer = HttpResponse(bytes(kept.body), content_type=kept.media_type)
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
