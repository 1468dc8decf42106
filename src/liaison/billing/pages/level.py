"""The level of a visit's evaluation: what the facts come to, the decision, and counselling about vaccines."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from liaison.billing import queries
from liaison.billing.actions.leveling import decide_level, say_counselled
from liaison.billing.pages.coding import show_coding
from liaison.billing.pages.level_form import facts_sent
from liaison.billing.queries.done import VISIT
from liaison.engines.evaluation import Facts, evaluate, family_of
from liaison.kernel.errors import Invalid, NotFound
from liaison.people.access import page
from liaison.people.typed import ON_THE_FORM, StaffRequest, Typed, done


@require_POST
@page("billing.charge")
def decide(request: StaffRequest, encounter_id: UUID) -> HttpResponse:
    """Choose the level of a visit, as worked out or another with a word why."""
    form = Typed.sent(request.POST, ("level", "word", "minutes"))
    try:
        facts = facts_sent(request.POST)
        form.values["facts"] = facts
        code = form.text("level") or _worked_out(request, encounter_id, facts)
        row = decide_level(request.actor, encounter_id, code, facts, word=form.text("word"))
    except ON_THE_FORM as refusal:
        return show_coding(request, encounter_id, form.refuse(refusal))
    return done(request, f"The visit is coded {row.code}.", reverse("coding", args=[encounter_id]))


def _worked_out(request: StaffRequest, encounter_id: UUID, facts: Facts) -> str:
    """The code that the facts bear out in the family of the visit's evaluation."""
    found = queries.coding_for(request.actor, encounter_id)
    family = next((family_of(one.code) for one in found.charges if one.source == VISIT), None)
    if family is None:
        raise NotFound("no-level", "The evaluation of this visit has no levels.")
    return evaluate(family, facts).code


@require_POST
@page("billing.charge")
def preview(request: StaffRequest, encounter_id: UUID) -> HttpResponse:
    """What the facts typed so far come to, for the card of the level."""
    found = queries.coding_for(request.actor, encounter_id)
    family = next((family_of(one.code) for one in found.charges if one.source == VISIT), None)
    try:
        evaluation = evaluate(family, facts_sent(request.POST)) if family else None
    except Invalid as refusal:
        return render(request, "billing/coding/evaluation.html", {"sorry": refusal.sentence})
    return render(request, "billing/coding/evaluation.html", {"evaluation": evaluation})


@require_POST
@page("billing.charge")
def counselled(request: StaffRequest, encounter_id: UUID) -> HttpResponse:
    """Say whether somebody counselled about the vaccines; their administration follows from it."""
    said = request.POST.get("counselled") == "yes"
    try:
        say_counselled(request.actor, encounter_id, counselled=said)
    except ON_THE_FORM as refusal:
        return show_coding(request, encounter_id, Typed().refuse(refusal))
    return done(request, "The administration is charged by it.", reverse("coding", args=[encounter_id]))
