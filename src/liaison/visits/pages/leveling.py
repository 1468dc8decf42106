"""The level of the evaluation while the provider examines: worked out from what is picked, decided with the note."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_POST

from liaison.billing.actions.drafting import evaluation_code
from liaison.billing.actions.leveling import decide_level
from liaison.billing.queries.leveling import Proposed, propose_level
from liaison.chart import queries as charts
from liaison.chart.models import Encounter
from liaison.engines.codes.icd10cm import Icd10cm
from liaison.engines.evaluation import family_of
from liaison.kernel.errors import Invalid, Refused
from liaison.people.access import page
from liaison.people.typed import StaffRequest
from liaison.record.actor import Actor
from liaison.visits import queries
from liaison.visits.models import Visit

MOST_MINUTES = 1440


def asked(actor: Actor, visit: Visit) -> bool:
    """Whether the examination asks for the level: the visit has one, and this person may choose it."""
    return actor.may("billing.charge") and family_of(_code(visit)) is not None


@require_POST
@page("visits.examine")
def level(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """What the diagnoses, orders and minutes picked so far come to, with the reasons."""
    visit = queries.visit_for(request.actor, visit_id)
    book = Icd10cm.load()
    entries = [book.lookup(code) for code in request.POST.getlist("diagnoses")]
    picked = [(entry.code, entry.description) for entry in entries if entry is not None]
    try:
        proposed = _proposed(visit, picked, request.POST.getlist("orders"), request.POST)
    except Refused as refusal:
        return render(request, "visits/level.html", {"sorry": refusal.sentence})
    context: dict[str, Any] = {
        "proposed": proposed,
        "chosen": request.POST.get("level", ""),
        "typed": request.POST,
        "errors": {},
    }
    return render(request, "visits/level.html", context)


def decide(actor: Actor, visit_id: UUID, typed: QueryDict) -> None:
    """Keep the level that the provider chose with the note, if any. Raises Invalid at `minutes` or `level_word`."""
    code = typed.get("level", "")
    if not code:
        return
    visit = queries.visit_for(actor, visit_id)
    if visit.encounter_id is None:
        return
    saved = [(one.code, one.display) for one in charts.diagnoses_of(visit.encounter_id)]
    proposed = _proposed(visit, saved, (), typed)
    if proposed is None:
        return
    try:
        decide_level(actor, visit.encounter_id, code, proposed.facts, word=typed.get("level_word", ""))
    except Invalid as refusal:
        refusal.field = "level_word" if refusal.field == "word" else refusal.field
        raise


def _code(visit: Visit) -> str:
    encounter = visit.encounter
    return evaluation_code(encounter, visit.visit_type) if encounter is not None else ""


def _proposed(
    visit: Visit, diagnoses: list[tuple[str, str]], orders: list[str] | tuple[()], typed: QueryDict
) -> Proposed | None:
    encounter: Encounter | None = visit.encounter
    if encounter is None:
        return None
    return propose_level(encounter, _code(visit), diagnoses, orders, _minutes(typed.get("minutes", "").strip()))


def _minutes(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or int(text[:6]) > MOST_MINUTES:
        raise Invalid("bad-minutes", "Type your minutes as a whole number.", "minutes")
    return int(text)
