"""Claims and where they stand."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from liaison.billing import actions, queries
from liaison.billing.models import Claim
from liaison.billing.pages.shown import A_PAGE, paged
from liaison.billing.queries import coding
from liaison.billing.queries.claims import Outcome
from liaison.chart.models import Encounter
from liaison.kernel import money
from liaison.people.access import page
from liaison.people.typed import StaffRequest, Typed, done
from liaison.record.actor import Actor

_FOUND = 200


@require_http_methods(["GET", "POST"])
@page("billing.read")
def claims(request: StaffRequest) -> HttpResponse:
    """The claims, by where they stand; a search comes by POST, for it may be a name."""
    show = request.GET.get("show", "")
    text = Typed.sent(request.POST, ("q",)).text("q")[:60]
    group = queries.GROUPS.get(show)
    waiting = coding.to_code(request.actor)
    rows = queries.claims(request.actor, status=group[1] if group else "", text=text)
    # What is found by a name has no address, so no pages either
    pager: Page[Any] = paged(request, waiting) if show == "code" else paged(request, rows, _FOUND if text else A_PAGE)
    context = {
        "steps": _strip(request.actor, waiting),
        "show": show,
        "text": text,
        "pager": pager,
        "query": f"{urlencode({'show': show})}&" if show else "",
        "rows": [] if show == "code" else [(row, standing(row, outcome)) for row, outcome in _with_outcomes(pager)],
        "coding": coding.drafted(pager) if show == "code" else [],
        "may_send": request.actor.may("billing.claim"),
    }
    return render(request, "billing/claims.html", context)


def _with_outcomes(rows: Iterable[Claim]) -> list[tuple[Claim, Outcome | None]]:
    shown = list(rows)
    found = queries.outcomes(shown) if shown else {}
    return [(row, found.get(row.pk)) for row in shown]


def _strip(actor: Actor, waiting: QuerySet[Encounter]) -> list[dict[str, Any]]:
    """The pipeline: each stop with how many and how much."""
    by_status = {step.status: step for step in queries.pipeline(actor)}
    count, cents = coding.worth(waiting)
    steps = [{"key": "code", "label": "To code", "count": count, "cents": cents}]
    for key, (label, statuses) in queries.GROUPS.items():
        found = [by_status[status] for status in statuses if status in by_status]
        counts = {"count": sum(step.count for step in found), "cents": sum(step.cents for step in found)}
        steps.append({"key": key, "label": label, **counts})
    owed = queries.owed_by_patients()
    return [*steps, {"key": "", "label": "Patients owe", "count": owed.patients, "cents": owed.cents}]


def standing(claim: Claim, outcome: Outcome | None) -> dict[str, str]:
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
