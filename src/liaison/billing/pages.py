"""Money on the screen: claims and where they stand, visits to code, a patient's account, payments."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liaison.billing import actions, lists, queries
from liaison.billing.actions.claims import ANSWERED, MENDABLE
from liaison.billing.actions.payments import METHODS
from liaison.billing.models import Charge, Claim, Transfer
from liaison.chart.models import Condition
from liaison.engines.codes.icd10cm import Icd10cm
from liaison.kernel import money
from liaison.kernel.errors import Invalid, NotFound
from liaison.people.access import page
from liaison.people.glass import patient_page
from liaison.people.models import Coverage
from liaison.people.queries import coverages_of
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, shown


@require_http_methods(["GET", "POST"])
@page("billing.read")
def claims(request: StaffRequest) -> HttpResponse:
    """The claims, by where they stand; a search comes by POST, for it may be a name."""
    show = request.GET.get("show", "")
    text = request.POST.get("q", "").strip()[:60]
    group = lists.GROUPS.get(show)
    rows = [] if show == "code" else queries.claims(request.actor, status=group[1] if group else "", text=text)
    context = {
        "steps": _strip(request, show),
        "show": show,
        "text": text,
        "rows": [(row, _standing(row, outcome)) for row, outcome in _with_outcomes(rows)],
        "coding": lists.to_code(request.actor) if show == "code" else [],
        "may_send": request.actor.may("billing.claim"),
    }
    return render(request, "billing/claims.html", context)


def _with_outcomes(rows: list[Claim]) -> list[tuple[Claim, lists.Outcome | None]]:
    found = lists.outcomes(rows) if rows else {}
    return [(row, found.get(row.pk)) for row in rows]


def _strip(request: StaffRequest, show: str) -> list[dict[str, Any]]:
    """The pipeline: each stop with how many and how much."""
    by_status = {step.status: step for step in queries.pipeline(request.actor)}
    waiting = lists.to_code(request.actor)
    steps = [{"key": "code", "label": "To code", "count": len(waiting), "cents": sum(one.cents for one in waiting)}]
    for key, (label, statuses) in lists.GROUPS.items():
        found = [by_status[status] for status in statuses if status in by_status]
        counts = {"count": sum(step.count for step in found), "cents": sum(step.cents for step in found)}
        steps.append({"key": key, "label": label, **counts})
    owed = lists.owed_by_patients()
    return [*steps, {"key": "", "label": "Patients owe", "count": owed.patients, "cents": owed.cents}]


def _standing(claim: Claim, outcome: lists.Outcome | None) -> dict[str, str]:
    """Where a claim stands in words, with its tone and the next action."""
    states = Claim.Status
    if claim.status == states.DRAFT:
        more = f" (and {len(claim.findings) - 1} more)" if len(claim.findings) > 1 else ""
        return {"words": (claim.findings[0] if claim.findings else "To check") + more, "tone": "wait", "act": "Fix"}
    if claim.status in (states.PAID, states.CLOSED) and outcome:
        parts = (("paid", outcome.paid), ("adjusted", outcome.adjusted), ("patient", outcome.patient))
        words = " · ".join(f"{name} {money.dollars(cents)}" for name, cents in parts if cents or name == "paid")
        left = claim.total_cents - sum(cents for _, cents in parts)
        if claim.status == states.PAID and left > 0:
            return {"words": f"{words} · open {money.dollars(left)}", "tone": "wait", "act": "Work"}
        return {"words": words, "tone": "good", "act": ""}
    table = {
        states.READY: ("Ready to send", "info", ""),
        states.SENT: ("Sent, no answer yet", "info", ""),
        states.ACCEPTED: ("Accepted by the payer", "info", ""),
        states.REJECTED: (claim.answer or "Rejected", "wait", "Correct"),
        states.DENIED: (claim.answer or "Denied", "wait", "Work"),
        states.PAID: ("Paid", "good", ""),
        states.CLOSED: (claim.answer or "Closed", "", ""),
    }
    words, tone, act = table[states(claim.status)]
    return {"words": words, "tone": tone, "act": act}


@require_POST
@page("billing.claim")
def send(request: StaffRequest) -> HttpResponse:
    """Put the ready claims into files to their payers; they go out with the next exchange."""
    files = actions.batch(request.actor)
    count = sum(len(file.claims) for file in files)
    if not files:
        return done(request, "No claim was ready to send.", reverse("claims"))
    words = f"{count} claim{'s' if count != 1 else ''} in {len(files)} file{'s' if len(files) != 1 else ''} on the way."
    return done(request, words, f"{reverse('claims')}?show=sent")


@require_GET
@page("billing.read")
def claim(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """A claim: lines, what must be mended, what was sent and answered."""
    return _claim(request, claim_id, None)


def _claim(request: StaffRequest, claim_id: UUID, form: Typed | None) -> HttpResponse:
    view = queries.claim_for(request.actor, claim_id)
    row = view.claim
    # What the payer has paid a part of cannot be sent anew: the rest is settled
    partly_paid = any(one.kind != Transfer.Kind.CHARGE for one in view.transfers)
    mendable = row.status in MENDABLE and request.actor.may("billing.claim") and not partly_paid
    to_settle = row.status in ANSWERED and view.open_cents > 0
    form = form or Typed({"coverage": str(row.coverage_id), "diagnoses": " ".join(row.diagnoses)})
    lines = [
        {
            **line,
            "codes": [row.diagnoses[place - 1] for place in line["pointers"] if place <= len(row.diagnoses)],
            "typed_cents": form.values.get(f"cents-{line['charge']}", f"{line['cents'] / 100:.2f}"),
            "typed_modifiers": form.values.get(f"modifiers-{line['charge']}", " ".join(line["modifiers"])),
        }
        for line in row.lines
    ]
    context = {
        "view": view,
        "claim": row,
        "patient": row.patient,
        "lines": lines,
        "standing": _standing(row, lists.outcomes([row]).get(row.pk)),
        "answers": lists.answers(view.adjudications),
        "files": lists.files_of(row, view.adjudications),
        "coverages": [(str(one.pk), _named(one)) for one in _choices(row)] if mendable else [],
        "may_mend": mendable,
        "may_write_off": to_settle and request.actor.may("billing.write_off"),
        "may_bill": to_settle and request.actor.may("billing.post"),
        "here": "claims",
    }
    return shown(request, "billing/claim.html", form, **context)


def _choices(claim: Claim) -> list[Coverage]:
    found = coverages_of(claim.patient_id)
    return found if any(one.pk == claim.coverage_id for one in found) else [claim.coverage, *found]


def _named(coverage: Coverage) -> str:
    return f"{coverage.payer.name}, member {coverage.member_id}"


@require_POST
@page("billing.claim")
def mend(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Write a claim anew from what is known now and what was corrected."""
    charges = [name.partition("-")[2] for name in request.POST if name.startswith("cents-")]
    names = [f"{part}-{charge}" for part in ("cents", "modifiers") for charge in charges]
    form = Typed.sent(request.POST, ("coverage", "diagnoses", *names))
    try:
        row = actions.mend_claim(
            request.actor,
            claim_id,
            coverage_id=_uuid(form.text("coverage"), "coverage"),
            diagnoses=form.text("diagnoses").upper().replace(",", " ").split(),
            cents={_uuid(one, f"cents-{one}"): form.cents(f"cents-{one}") for one in charges},
            modifiers={_uuid(one, f"cents-{one}"): form.text(f"modifiers-{one}").split() for one in charges},
        )
    except ON_THE_FORM as refusal:
        return _claim(request, claim_id, form.refuse(refusal))
    words = "Written anew; more is to be mended." if row.findings else "Written anew, ready to send."
    return done(request, words, reverse("claim", args=[claim_id]))


@require_POST
@page("billing.read")
def settle(request: StaffRequest, claim_id: UUID) -> HttpResponse:
    """Settle what stays open of a claim, denied or partly paid: the patient owes it, or it is written off."""
    form = Typed.sent(request.POST, ("settle_reason",))
    act = actions.write_off if request.POST.get("how") == "write-off" else actions.bill_patient
    try:
        act(request.actor, claim_id, form.text("settle_reason"))
    except ON_THE_FORM as refusal:
        refusal.field = "settle_reason" if refusal.field == "reason" else refusal.field
        view = queries.claim_for(request.actor, claim_id).claim
        form.values |= {"coverage": str(view.coverage_id), "diagnoses": " ".join(view.diagnoses)}
        return _claim(request, claim_id, form.refuse(refusal))
    return done(request, "The claim is closed.", reverse("claim", args=[claim_id]))


def _uuid(text: str, name: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid("not-chosen", "Choose one from the list.", name)


@require_GET
@page("billing.read")
def coding(request: StaffRequest, encounter_id: UUID) -> HttpResponse:
    """A visit's drafted charges, to confirm, add to or take off."""
    return _coding(request, encounter_id, Typed({"units": "1"}))


def _coding(request: StaffRequest, encounter_id: UUID, form: Typed) -> HttpResponse:
    found = lists.coding_for(request.actor, encounter_id)
    covered = [(str(one.pk), _named(one)) for one in coverages_of(found.encounter.patient_id)]
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
    lists.coding_for(request.actor, encounter_id)
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
            coverage_id=None if payer in ("", "self") else _uuid(payer, "payer"),
            self_pay=payer == "self",
            nothing_to_bill=request.POST.get("nothing") == "yes",
        )
    except ON_THE_FORM as refusal:
        form.values["units"] = "1"
        return _coding(request, encounter_id, form.refuse(refusal))
    if made is None:
        return done(request, "Posted; no payer is asked.", f"{reverse('claims')}?show=code")
    words = f"Claim {made.number} is {made.get_status_display()}."
    return done(request, words, reverse("claim", args=[made.pk]) if made.findings else f"{reverse('claims')}?show=code")


@require_GET
@patient_page("billing.read")
def account(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """A patient's account by visit, with the way to take a payment."""
    return _account(request, patient_id, None)


def _account(request: StaffRequest, patient_id: UUID, form: Typed | None) -> HttpResponse:
    view = queries.account_for(request.actor, patient_id)
    owed = max(0, view.balance_cents)
    form = form or Typed({"cents": f"{owed / 100:.2f}" if owed else "", "method": "card"})
    visits = [(str(v.encounter_id), f"{v.day:%b} {v.day.day}, {v.title}") for v in view.visits if v.encounter_id]
    context = {
        "view": view,
        "patient": view.patient,
        "methods": [(one, one) for one in METHODS],
        "visits": visits,
        "may_collect": request.actor.may("billing.collect"),
    }
    return shown(request, "billing/account.html", form, **context)


@require_POST
@patient_page("billing.collect")
def pay(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Take a payment under a receipt number."""
    form = Typed.sent(request.POST, ("cents", "method", "encounter", "memo"))
    try:
        chosen = form.text("encounter")
        transfer = actions.take_payment(
            request.actor,
            patient_id,
            cents=form.cents("cents"),
            method=form.text("method"),
            encounter_id=_uuid(chosen, "encounter") if chosen else None,
            memo=form.text("memo"),
        )
    except ON_THE_FORM as refusal:
        return _account(request, patient_id, form.refuse(refusal))
    words = f"Receipt {transfer.receipt}: {money.dollars(transfer.cents)} taken."
    return done(request, words, reverse("account", args=[patient_id]))


@require_GET
@page("billing.collect")
def receipt(request: StaffRequest, transfer_id: UUID) -> HttpResponse:
    """The receipt of a patient's payment, to print."""
    transfer = queries.receipt_for(request.actor, transfer_id)
    answer = HttpResponse(actions.receipt_pdf(transfer), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="receipt-{transfer.receipt}.pdf"'
    return answer
