"""The protocol's steps: each form parsed, done or skipped, and the next one shown."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_POST

from liaison.kernel.errors import NotFound, Refused
from liaison.people.access import page
from liaison.people.typed import StaffRequest
from liaison.visits import actions, protocol, queries
from liaison.visits.pages.acts import visit_url
from liaison.visits.pages.answers import onward
from liaison.visits.pages.measures import look, readings_of
from liaison.visits.pages.working import show
from liaison.visits.protocol import StepRule


@require_POST
@page("visits.room")
def step(request: StaffRequest, visit_id: UUID, key: str) -> HttpResponse:
    """Do a step. What is wrong is said beside its field, with everything as it was typed."""
    actor = request.actor
    visit = queries.visit_for(actor, visit_id)
    rule = next((rule for rule in protocol.steps_of(visit) if rule["key"] == key), None)
    if rule is None:
        raise NotFound("no-such-step", "This visit's protocol has no such step. Open the visit again.")
    try:
        actions.do_step(actor, visit_id, key, _data(rule, request.POST))
    except Refused as refusal:
        return show(request, visit_id, refusal, key)
    return onward(request, visit_id)


@require_POST
@page("visits.room")
def skip(request: StaffRequest, visit_id: UUID, key: str) -> HttpResponse:
    """Skip a step with a reason."""
    try:
        actions.skip_step(request.actor, visit_id, key, request.POST.get("reason", ""))
    except Refused as refusal:
        return show(request, visit_id, refusal, key)
    return onward(request, visit_id)


@require_POST
@page("visits.hand_off")
def hand_off(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """Hand the patient to the provider."""
    try:
        diagnoses = request.POST.getlist("diagnoses")
        actions.hand_off(request.actor, visit_id, request.POST.get("note", ""), diagnoses=diagnoses)
    except Refused as refusal:
        return show(request, visit_id, refusal)
    if request.headers.get("HX-Target") == "visit":
        return onward(request, visit_id)
    return HttpResponse(status=204, headers={"HX-Trigger": "acted", "HX-Redirect": visit_url(visit_id)})


@require_POST
@page("visits.room")
def read_vital(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """The sentence about a value that was just typed; nothing is recorded."""
    visit = queries.visit_for(request.actor, visit_id)
    key = request.POST.get("kind", "")
    sentence, level = look(visit, key, request.POST)
    return render(request, "visits/verdict.html", {"key": key, "sentence": sentence, "level": level})


def _data(rule: StepRule, typed: QueryDict) -> dict[str, Any]:
    kind = rule["kind"]
    if kind == "reason":
        return {"text": typed.get("text", "")}
    if kind == "vitals":
        return {"readings": readings_of(rule, typed)}
    if kind in ("medications", "allergies"):
        return {"none_known": bool(typed.get("none_known")), "add": _added(typed), "stop": typed.getlist("stop")}
    if kind == "history":
        return {"none_known": bool(typed.get("none_known")), "text": typed.get("text", "")}
    if kind == "questions":
        return {"answers": {q["key"]: typed.get(q["key"], "") for q in rule.get("questions", ())}}
    return {}


def _added(typed: QueryDict) -> list[dict[str, str]]:
    """Lines that were filled in; a line without the name but with the rest is sent on, to be refused beside it."""
    names = [name for name in ("display", "dosage", "reaction", "category", "criticality") if f"add_{name}" in typed]
    columns = [typed.getlist(f"add_{name}") for name in names]
    rows = [
        dict(zip(names, (value.strip() for value in values), strict=False)) for values in zip(*columns, strict=False)
    ]
    kept = [{name: value for name, value in row.items() if value} for row in rows]
    return [row for row in kept if row.keys() - {"category", "criticality"}]
