"""Visits to code: what they are charged and for which diagnoses."""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from liaison.billing import actions, queries
from liaison.billing.models import Charge
from liaison.billing.pages.shown import chosen, named
from liaison.chart.models import Condition
from liaison.engines.codes.icd10cm import Icd10cm
from liaison.kernel.errors import Invalid, NotFound
from liaison.people.access import page
from liaison.people.queries import coverages_of
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, shown


@require_GET
@page("billing.read")
def coding(request: StaffRequest, encounter_id: UUID) -> HttpResponse:
    """A visit's drafted charges, to confirm, add to or take off."""
    return _coding(request, encounter_id, Typed({"units": "1"}))


def _coding(request: StaffRequest, encounter_id: UUID, form: Typed) -> HttpResponse:
    found = queries.coding_for(request.actor, encounter_id)
    covered = [(str(one.pk), named(one)) for one in coverages_of(found.encounter.patient_id)]
    may_charge = request.actor.may("billing.charge")
    context = {
        "encounter": found.encounter,
        "patient": found.encounter.patient,
        "charges": found.charges,
        "total": sum(charge.cents for charge in found.charges if charge.status == Charge.Status.OPEN),
        "open": [charge for charge in found.charges if charge.status == Charge.Status.OPEN],
        "diagnoses": found.diagnoses,
        "picked": _picked(form, found.diagnoses),
        "may_code": may_charge and all(charge.status == Charge.Status.OPEN for charge in found.charges),
        "payers": [*covered, ("self", "the patient pays")],
        "may_charge": may_charge,
        "here": "claims",
    }
    return shown(request, "billing/coding.html", form, **context)


def _picked(form: Typed, diagnoses: Sequence[Condition]) -> list[tuple[str, str]]:
    """The diagnoses in the picker: as sent when they were refused, else those of the visit."""
    if "coded" not in form.values:
        return [(one.code, one.display) for one in diagnoses]
    book = Icd10cm.load()
    return [(code, entry.description if (entry := book.lookup(code)) else "") for code in form.values["diagnoses"]]


@require_POST
@page("billing.charge")
def diagnoses(request: StaffRequest, encounter_id: UUID) -> HttpResponse:
    """Say what a visit was for, before its claim is made."""
    codes = request.POST.getlist("diagnoses")
    form = Typed({"units": "1", "diagnoses": codes, "coded": True})
    try:
        actions.code_diagnoses(request.actor, encounter_id, codes)
    except ON_THE_FORM as refusal:
        return _coding(request, encounter_id, form.refuse(refusal))
    return done(request, "The diagnoses are set.", reverse("coding", args=[encounter_id]))


@require_POST
@page("billing.charge")
def add_charge(request: StaffRequest, encounter_id: UUID) -> HttpResponse:
    """Charge something more for a visit."""
    form = Typed.sent(request.POST, ("code", "units", "cents", "modifiers"))
    try:
        units = form.text("units") or "1"
        if not units.isdecimal() or len(units) > 3:
            raise Invalid("bad-units", "Type how many, as a whole number.", "units")
        cents = form.cents("cents") or None
        modifiers = form.text("modifiers").split()
        actions.add_charge(
            request.actor, encounter_id, code=form.text("code"), units=int(units), cents=cents, modifiers=modifiers
        )
    except ON_THE_FORM as refusal:
        return _coding(request, encounter_id, form.refuse(refusal))
    return done(request, "Charge added.", reverse("coding", args=[encounter_id]))


@require_POST
@page("billing.charge")
def void_charge(request: StaffRequest, encounter_id: UUID, charge_id: UUID) -> HttpResponse:
    """Take a charge off a visit, with a reason."""
    queries.coding_for(request.actor, encounter_id)
    if not Charge.objects.filter(pk=charge_id, encounter_id=encounter_id).exists():
        raise NotFound("no-charge", "This visit has no such charge. Look at its charges again.")
    form = Typed.sent(request.POST, ("reason",))
    try:
        actions.void_charge(request.actor, charge_id, form.text("reason"))
    except ON_THE_FORM as refusal:
        form.refuse(refusal).values |= {"voiding": str(charge_id), "units": "1"}
        return _coding(request, encounter_id, form)
    return done(request, "Taken off.", reverse("coding", args=[encounter_id]))


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
        form.values["units"] = "1"
        return _coding(request, encounter_id, form.refuse(refusal))
    if made is None:
        return done(request, "Posted; no payer is asked.", f"{reverse('claims')}?show=code")
    words = f"Claim {made.number} is {made.get_status_display()}."
    return done(request, words, reverse("claim", args=[made.pk]) if made.stops else f"{reverse('claims')}?show=code")
