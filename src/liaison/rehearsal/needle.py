"""Vaccines in a played day: planned while rooming, given with the other orders, observed until checkout."""

from collections.abc import Generator
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from liaison.immunize import actions as vaccines
from liaison.immunize.actions.giving import funding_for, give
from liaison.immunize.actions.planning import covering
from liaison.immunize.models import Eligibility, PlannedDose
from liaison.immunize.queries.due import due_of, groups_of
from liaison.immunize.queries.encounter import Day as Vaccines
from liaison.immunize.queries.encounter import day_of, planned_doses, watch_of
from liaison.immunize.queries.offers import Offer, choices
from liaison.immunize.rules import how_to_give, standing_order
from liaison.kernel.errors import Conflict
from liaison.people.queries import coverages_of
from liaison.record.actor import Actor
from liaison.supplies.queries import stock_at, why_not
from liaison.visits.models import Visit

if TYPE_CHECKING:
    from liaison.rehearsal.day import Day
    from liaison.rehearsal.plan import Plan

Waiting = Generator[Any, Any, None]
KINDS = ("well-child", "annual-exam")  # the visits in which the actors look after vaccines
MOST = 3
ADULT = 19


def plan(day: "Day", assistant: Actor, visit: Visit, how: "Plan") -> None:
    """Put what is due and in stock on the plan; one family in ten refuses one."""
    if visit.visit_type not in KINDS or visit.encounter is None or standing_order() is None:
        return
    today = day.do(day_of, visit.encounter, visit.patient)
    if today.plan:
        return
    offered = day.do(choices, visit.patient, today, due_of(visit.patient, today.on))
    found = [one for one in offered if one.due.when.now and one.offers and _covered(one.offers[0], today)]
    taken: set[str] = set()
    for choice in found:
        offer = choice.offers[0]
        if choice.due.vaccine_group in taken or len(taken) >= MOST:
            continue
        if how.rng(f"refuses {offer.cvx}").random() < 0.1:
            day.do(vaccines.not_given, assistant, visit.encounter.pk, offer.cvx, "refused", "Wants to think it over")
        else:
            day.do(vaccines.plan, assistant, visit.encounter.pk, offer.cvx)
        taken.update(offer.covers)


def _covered(offer: Offer, today: Vaccines) -> bool:
    """Whether an assistant may plan it: the others wait for a provider's own order."""
    try:
        covering(groups_of(offer.cvx), today.age, today.on)
    except Conflict:
        return False
    return True


def prepare_and_give(day: "Day", assistant: Actor, visit: Visit, how: "Plan") -> Waiting:
    """Settle what must be settled, then give every planned dose, each at its own place."""
    if visit.encounter is None or not planned_doses(visit.encounter.pk):
        return
    yield day.env.timeout(how.rng("screening").uniform(2, 5))
    _prepare(day, assistant, visit, day.do(day_of, visit.encounter, visit.patient))
    today = day.do(day_of, visit.encounter, visit.patient)
    used: set[str] = {one.immunization.body_site for one in today.given if one.immunization}
    for dose in today.to_give:
        yield day.env.timeout(how.rng(dose.cvx).uniform(1.5, 3))
        used.add(_give(day, assistant, visit, today, dose, used))


def _prepare(day: "Day", assistant: Actor, visit: Visit, today: Vaccines) -> None:
    encounter, patient = today.encounter.pk, visit.patient
    covered = bool(coverages_of(patient.pk))
    code = Eligibility.PRIVATE if covered or today.age.years >= ADULT else Eligibility.UNINSURED
    answers = {one.key: "no" for one in today.questions}
    guardian = today.age.years < 18
    who = patient.contacts[0]["name"] if guardian and patient.contacts else f"{patient.given} {patient.family}".strip()
    day.do(vaccines.say_eligibility, assistant, encounter, code.value)
    day.do(vaccines.screen, assistant, encounter, answers)
    day.do(vaccines.hand_over_vis, assistant, encounter, "es" if patient.language.startswith("es") else "en")
    day.do(vaccines.consent, assistant, encounter, who, "parent" if guardian else "self")


def _give(day: "Day", assistant: Actor, visit: Visit, today: Vaccines, dose: PlannedDose, used: set[str]) -> str:
    """Give one dose from the first lot that may be used; without one it is noted as not in stock. Gives the place."""
    assert today.preparation is not None
    funding = funding_for(today.preparation.eligibility).value
    rows = day.do(stock_at, visit.site_id, [dose.cvx])
    lot = next((one for one in rows if why_not(one, today.on, funding) is None), None)
    if lot is None:
        day.do(vaccines.not_given, assistant, today.encounter.pk, dose.cvx, "no-stock")
        return ""
    how_to = how_to_give(dose.cvx, today.age, visit.patient.sex, today.weight_kg)
    route = how_to.routes[0]
    places = how_to.sites[route]
    place = next((one for one in places if one not in used), places[0] if places else "")
    day.do(
        give, assistant, dose.pk, stock_id=lot.pk, identifiers=["name", "birth_date"], route=route, body_site=place,
        dose_ml=Decimal(str(how_to.volumes_ml[0] if how_to.volumes_ml else 0.5)),
    )  # fmt: skip
    return place


def observe(day: "Day", assistant: Actor, encounter_id: UUID) -> Waiting:
    """Wait until the observation is over, and end it."""
    watch = watch_of(encounter_id)
    if watch is None or watch.ended_at is not None:
        return
    # A second more: minutes of a simulated day are fractions
    yield day.until(watch.ends_at + timedelta(seconds=1))
    again = watch_of(encounter_id)
    if again is not None and again.ended_at is None:
        day.do(vaccines.end_watch, assistant, encounter_id, "well")
