"""Claims and where they stand."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liaison.billing import actions, queries
from liaison.billing.actions.mending import MENDABLE
from liaison.billing.actions.settling import ANSWERED
from liaison.billing.models import Claim, Transfer
from liaison.billing.pages.shown import chosen, named
from liaison.billing.queries.claims import Outcome
from liaison.kernel import money
from liaison.people.access import page
from liaison.people.models import Coverage
from liaison.people.queries import coverages_of
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done, shown


@require_http_methods(["GET", "POST"])
@page("billing.read")
def claims(request: StaffRequest) -> HttpResponse:
    """The claims, by where they stand; a search comes by POST, for it may be a name."""
    show = request.GET.get("show", "")
    text = request.POST.get("q", "").strip()[:60]
    group = queries.GROUPS.get(show)
    rows = [] if show == "code" else queries.claims(request.actor, status=group[1] if group else "", text=text)
    context = {
        "steps": _strip(request, show),
        "show": show,
        "text": text,
        "rows": [(row, _standing(row, outcome)) for row, outcome in _with_outcomes(rows)],
        "coding": queries.to_code(request.actor) if show == "code" else [],
        "may_send": request.actor.may("billing.claim"),
    }
    return render(request, "billing/claims.html", context)


def _with_outcomes(rows: list[Claim]) -> list[tuple[Claim, Outcome | None]]:
    found = queries.outcomes(rows) if rows else {}
    return [(row, found.get(row.pk)) for row in rows]


def _strip(request: StaffRequest, show: str) -> list[dict[str, Any]]:
    """The pipeline: each stop with how many and how much."""
    by_status = {step.status: step for step in queries.pipeline(request.actor)}
    waiting = queries.to_code(request.actor)
    steps = [{"key": "code", "label": "To code", "count": len(waiting), "cents": sum(one.cents for one in waiting)}]
    for key, (label, statuses) in queries.GROUPS.items():
        found = [by_status[status] for status in statuses if status in by_status]
        counts = {"count": sum(step.count for step in found), "cents": sum(step.cents for step in found)}
        steps.append({"key": key, "label": label, **counts})
    owed = queries.owed_by_patients()
    return [*steps, {"key": "", "label": "Patients owe", "count": owed.patients, "cents": owed.cents}]


def _standing(claim: Claim, outcome: Outcome | None) -> dict[str, str]:
    """Where a claim stands in words, with its tone and the next action."""
    states = Claim.Status
    if claim.status == states.DRAFT:
        stops = claim.stops
        more = f" (and {len(stops) - 1} more)" if len(stops) > 1 else ""
        return {"words": (stops[0]["sentence"] if stops else "To check") + more, "tone": "wait", "act": "Fix"}
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
        "standing": _standing(row, queries.outcomes([row]).get(row.pk)),
        "answers": queries.answers(view.adjudications),
        "files": queries.files_of(row, view.adjudications),
        "coverages": [(str(one.pk), named(one)) for one in _choices(row)] if mendable else [],
        "may_mend": mendable,
        "may_write_off": to_settle and request.actor.may("billing.write_off"),
        "may_bill": to_settle and request.actor.may("billing.post"),
        "here": "claims",
    }
    return shown(request, "billing/claim.html", form, **context)


def _choices(claim: Claim) -> list[Coverage]:
    found = coverages_of(claim.patient_id)
    return found if any(one.pk == claim.coverage_id for one in found) else [claim.coverage, *found]


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
            coverage_id=chosen(form.text("coverage"), "coverage"),
            diagnoses=form.text("diagnoses").upper().replace(",", " ").split(),
            cents={chosen(one, f"cents-{one}"): form.cents(f"cents-{one}") for one in charges},
            modifiers={chosen(one, f"cents-{one}"): form.text(f"modifiers-{one}").split() for one in charges},
        )
    except ON_THE_FORM as refusal:
        return _claim(request, claim_id, form.refuse(refusal))
    words = "Written anew; more is to be mended." if row.stops else "Written anew, ready to send."
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
