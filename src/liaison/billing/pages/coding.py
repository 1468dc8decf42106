"""Visits to code: what they are charged, by which level and modifiers, and for which diagnoses."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from liaison.billing import actions, queries
from liaison.billing.actions.charges import MAY_PRICE
from liaison.billing.actions.leaving_out import leave_out as leave_out_action
from liaison.billing.actions.proposing import decide_modifier
from liaison.billing.models import Charge
from liaison.billing.pages.findings import Where, grouped
from liaison.billing.pages.level_form import level_context
from liaison.billing.pages.shown import chosen, named
from liaison.billing.queries.coding import Coding
from liaison.billing.queries.done import VACCINES
from liaison.billing.queries.services import Offered
from liaison.billing.queries.services import services as offered
from liaison.billing.scrub import facts as scrubbing
from liaison.chart.models import Condition
from liaison.engines.codes.icd10cm import Icd10cm
from liaison.kernel import clock
from liaison.kernel.errors import NotFound
from liaison.people.access import page
from liaison.people.models import Coverage
from liaison.people.queries import coverages_of
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, shown
from liaison.places.queries import practice as the_practice

OPEN = Charge.Status.OPEN
_MOST_UNITS = 999


@require_GET
@page("billing.read")
def coding(request: StaffRequest, encounter_id: UUID) -> HttpResponse:
    """A visit's drafted charges, its level and proposed modifiers, to confirm, add to or take off."""
    return show_coding(request, encounter_id, Typed({"units": "1"}))


def show_coding(request: StaffRequest, encounter_id: UUID, form: Typed) -> HttpResponse:
    """The page, with what was refused beside its field."""
    found = queries.coding_for(request.actor, encounter_id)
    coverages = coverages_of(found.encounter.patient_id)
    covered = [(str(one.pk), named(one)) for one in coverages]
    may_charge = request.actor.may("billing.charge")
    form.values.setdefault("units", "1")
    form.values.setdefault("payer", str(found.payer_id or ""))
    open_ones = [charge for charge in found.charges if charge.status == OPEN]
    context: dict[str, Any] = {
        "encounter": found.encounter,
        "patient": found.encounter.patient,
        "charges": found.charges,
        "total": sum(charge.cents for charge in open_ones),
        "open": open_ones,
        "billed": any(charge.status != OPEN for charge in found.charges),
        "left_out": found.left_out,
        "chargeable": any(one.code for one in found.left_out),
        "diagnoses": found.diagnoses,
        "picked": _picked(form, found.diagnoses),
        "service": _service(form.text("code")),
        "may_code": may_charge and all(charge.status == OPEN for charge in found.charges),
        "payers": [*covered, ("self", "the patient pays")],
        "may_charge": may_charge,
        "may_price": request.actor.may(MAY_PRICE),
        "vaccines": may_charge and any(one.source == VACCINES for one in open_ones),
        "counselled": found.counselled,
        "findings": _scrubbed(found, open_ones, coverages) if may_charge else [],
        "here": "claims",
        **level_context(found, form),
    }
    waiting = (one for charge in open_ones for one in charge.proposals if not one["decision"])
    context["first_proposal"] = next(waiting, None)
    context["next"] = _next(found, context)
    return shown(request, "billing/coding.html", form, **context)


def _scrubbed(found: Coding, charges: Sequence[Charge], coverages: Sequence[Coverage]) -> list[dict[str, Any]]:
    """What would hold back the claim that these charges became now."""
    visit = found.encounter
    coverage = next((one for one in coverages if one.pk == found.payer_id), coverages[0] if coverages else None)
    if not charges or coverage is None or visit.provider is None or visit.site is None:
        return []
    today = clock.today(timezone.get_current_timezone())
    codes = [one.code for one in found.diagnoses]
    kept = scrubbing.before(visit, coverage, charges, codes, the_practice(), today)
    where = Where(visit.pk, visit.patient_id, coverage.pk, coverage.payer_id, visit.provider_id, visit.site_id)
    return grouped(kept, where)


def _next(found: Coding, context: dict[str, Any]) -> str:
    """The one thing to do now: diagnoses, the level, the modifiers, then confirm."""
    if not context["may_charge"]:
        return ""
    if not found.diagnoses and context["may_code"]:
        return "diagnoses"
    if context["open"] and context["leveling"] and not context["decided"]:
        return "level"
    if context["first_proposal"]:
        return "modifiers"
    return "confirm" if context["open"] or not found.charges else ""


def _picked(form: Typed, diagnoses: Sequence[Condition]) -> list[tuple[str, str]]:
    """The diagnoses in the picker: as sent when they were refused, else those of the visit."""
    if "coded" not in form.values:
        return [(one.code, one.display) for one in diagnoses]
    book = Icd10cm.load()
    return [(code, entry.description if (entry := book.lookup(code)) else "") for code in form.values["diagnoses"]]


def _service(code: str) -> Offered | None:
    """The code in the charge field, as picked when the form was refused."""
    today = clock.today(timezone.get_current_timezone())
    return next((one for one in offered(code, today) if one.code == code.upper()), None) if code else None


@require_POST
@page("billing.charge")
def diagnoses(request: StaffRequest, encounter_id: UUID) -> HttpResponse:
    """Say what a visit was for, before its claim is made."""
    codes = request.POST.getlist("diagnoses")
    form = Typed({"diagnoses": codes, "coded": True})
    try:
        actions.code_diagnoses(request.actor, encounter_id, codes)
    except ON_THE_FORM as refusal:
        return show_coding(request, encounter_id, form.refuse(refusal))
    return done(request, "The diagnoses are set.", reverse("coding", args=[encounter_id]))


@require_POST
@page("billing.charge")
def add_charge(request: StaffRequest, encounter_id: UUID) -> HttpResponse:
    """Charge something more for a visit."""
    form = Typed.sent(request.POST, ("code", "service", "units", "cents", "modifiers"))
    try:
        units = form.number("units", _MOST_UNITS)
        cents = form.cents("cents") if form.text("cents") else None
        modifiers = form.text("modifiers").split()
        actions.add_charge(
            request.actor,
            encounter_id,
            code=form.text("code") or form.text("service"),
            units=1 if units is None else units,
            cents=cents,
            modifiers=modifiers,
        )
    except ON_THE_FORM as refusal:
        return show_coding(request, encounter_id, form.refuse(refusal))
    return done(request, "Charge added.", reverse("coding", args=[encounter_id]))


@require_POST
@page("billing.charge")
def services(request: StaffRequest) -> HttpResponse:
    """What may be charged, by code or words, for the list under the charge field."""
    text = Typed.sent(request.POST, ("service",)).text("service")[:100]
    today = clock.today(timezone.get_current_timezone())
    hits = offered(text, today) if len(text) > 1 else []
    return render(request, "billing/coding/services.html", {"hits": hits, "text": text})


@require_POST
@page("billing.charge")
def draft(request: StaffRequest, encounter_id: UUID) -> HttpResponse:
    """Add what was done and is not charged, also to a visit that is billed already."""
    try:
        actions.draft_charges(request.actor, encounter_id, after_billing=True)
    except ON_THE_FORM as refusal:
        return show_coding(request, encounter_id, Typed().refuse(refusal))
    return done(request, "Everything done that has a code is charged.", reverse("coding", args=[encounter_id]))


@require_POST
@page("billing.charge")
def leave_out(request: StaffRequest, encounter_id: UUID) -> HttpResponse:
    """Say why something done is not charged."""
    form = Typed.sent(request.POST, ("source", "code", "left_reason"))
    source, code = form.text("source"), form.text("code")
    try:
        leave_out_action(request.actor, encounter_id, source=source, code=code, reason=form.text("left_reason"))
    except ON_THE_FORM as refusal:
        refused = Typed({"left_reason": "", "leaving": f"{source} {code}"})
        refusal.field = "left_reason" if refusal.field == "reason" else refusal.field
        return show_coding(request, encounter_id, refused.refuse(refusal))
    return done(request, "It stays uncharged.", reverse("coding", args=[encounter_id]))


@require_POST
@page("billing.charge")
def void_charge(request: StaffRequest, encounter_id: UUID, charge_id: UUID) -> HttpResponse:
    """Take a charge off a visit, with a reason."""
    _of_visit(request, encounter_id, charge_id)
    form = Typed.sent(request.POST, ("reason",))
    try:
        actions.void_charge(request.actor, charge_id, form.text("reason"))
    except ON_THE_FORM as refusal:
        form.refuse(refusal).values |= {"voiding": str(charge_id)}
        return show_coding(request, encounter_id, form)
    return done(request, "Taken off.", reverse("coding", args=[encounter_id]))


@require_POST
@page("billing.charge")
def change_charge(request: StaffRequest, encounter_id: UUID, charge_id: UUID) -> HttpResponse:
    """Change the units and the price of an open charge."""
    _of_visit(request, encounter_id, charge_id)
    form = Typed.sent(request.POST, ("units", "cents", "reason"))
    changed = Typed({"changing": str(charge_id)} | {f"new_{name}": words for name, words in form.values.items()})
    try:
        cents = form.cents("cents") if form.text("cents") else None
        units = form.number("units", _MOST_UNITS) or 0
        actions.change_charge(request.actor, charge_id, units=units, cents=cents, reason=form.text("reason"))
    except ON_THE_FORM as refusal:
        refusal.field = f"new_{refusal.field}"
        return show_coding(request, encounter_id, changed.refuse(refusal))
    return done(request, "The charge is changed.", reverse("coding", args=[encounter_id]))


@require_POST
@page("billing.charge")
def modifier(request: StaffRequest, encounter_id: UUID, charge_id: UUID) -> HttpResponse:
    """Accept a proposed modifier, or refuse it."""
    _of_visit(request, encounter_id, charge_id)
    proposed, accept = request.POST.get("modifier", ""), request.POST.get("accept") == "yes"
    try:
        charge = decide_modifier(request.actor, charge_id, proposed, accept=accept)
    except ON_THE_FORM as refusal:
        return show_coding(request, encounter_id, Typed().refuse(refusal))
    words = f"{charge.code} carries {proposed}." if accept else f"{charge.code} goes without {proposed}."
    return done(request, words, reverse("coding", args=[encounter_id]))


def _of_visit(request: StaffRequest, encounter_id: UUID, charge_id: UUID) -> None:
    queries.coding_for(request.actor, encounter_id)
    if not Charge.objects.filter(pk=charge_id, encounter_id=encounter_id).exists():
        raise NotFound("no-charge", "This visit has no such charge. Look at its charges again.")


@require_POST
@page("billing.charge")
def confirm(request: StaffRequest, encounter_id: UUID) -> HttpResponse:
    """Post a visit's charges and make its claim."""
    form = Typed.sent(request.POST, ("payer",))
    payer = form.text("payer")
    try:
        made = actions.confirm_charges(
            request.actor,
            encounter_id,
            coverage_id=None if payer in ("", "self") else chosen(payer, "payer"),
            self_pay=payer == "self",
            nothing_to_bill=request.POST.get("nothing") == "yes",
        )
    except ON_THE_FORM as refusal:
        return show_coding(request, encounter_id, form.refuse(refusal))
    if made is None:
        return done(request, "Posted; no payer is asked.", f"{reverse('claims')}?show=code")
    words = f"Claim {made.number} is {made.get_status_display()}."
    return done(request, words, reverse("claim", args=[made.pk]) if made.stops else f"{reverse('claims')}?show=code")
