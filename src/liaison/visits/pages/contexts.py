"""What each stage's part of the working page shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from liaison.billing import queries as billing
from liaison.billing.models import Transfer
from liaison.chart import queries as charts
from liaison.chart.lists import ALLERGY_KINDS, DANGERS
from liaison.chart.queries import Chart
from liaison.documents.queries import all_in_force
from liaison.engines.codes.icd10cm import Icd10cm
from liaison.immunize.queries.encounter import planned_doses
from liaison.kernel import clock, phones
from liaison.orders import queries as orders
from liaison.people.models import ADDRESS, Coverage, Sex
from liaison.people.queries import coverages_of, missing_consents
from liaison.record.actor import Actor
from liaison.schedule.queries import free_times
from liaison.visits import machine, queries
from liaison.visits.models import Visit
from liaison.visits.pages import leveling
from liaison.visits.pages.measures import measures_of, summary
from liaison.visits.protocol import standing_diagnoses

# The names of every field that a sentence can stand beside; any other cause is said on top of the form
FIELDS = frozenset(
    {"identifiers", "demographics_confirmed", "coverage_id", "consents", "copay_cents", "signed_by"}
    | {"text", "readings", "add", "display", "none_known", "note", "reason", "result"}
    | {"bp", "pulse", "temperature", "respiration", "spo2", "weight", "height", "head", "pain"}
    | {"diagnoses", "orders", "follow_up", "instructions", "follow_up_starts_at", "room_id", "room"}
    | {"phone", "email", "line", "city", "state", "postal_code", "preferred"}
    | {"minutes", "level", "level_word"}
)
IDENTIFIERS_ASKED = ("name", "birth_date", "phone", "address", "photo_id", "member_id")
INTERVALS = (
    (0, "none"),
    (7, "1 week"),
    (14, "2 weeks"),
    (30, "1 month"),
    (90, "3 months"),
    (180, "6 months"),
    (365, "1 year"),
)
RELATIONSHIPS = (
    ("self", "the patient"),
    ("parent", "parent"),
    ("guardian", "guardian"),
    ("spouse", "spouse"),
    ("other", "other"),
)
METHODS = (("card", "card"), ("cash", "cash"), ("check", "check"))
TIMES_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Seen:
    """A visit being shown: to whom, with its chart, which step is asked for, what was typed and what was wrong."""

    request: HttpRequest
    actor: Actor
    visit: Visit
    chart: Chart | None
    step: str
    typed: Mapping[str, str]
    errors: Mapping[str, str]

    def listed(self, name: str) -> list[str]:
        """The values of a field that has many."""
        getlist = getattr(self.typed, "getlist", None)
        return list(getlist(name)) if getlist else []


def arrival(seen: Seen) -> dict[str, Any]:
    patient = seen.visit.patient
    coverages = coverages_of(patient.pk)
    zone = ZoneInfo(seen.visit.site.zone)
    picked = seen.typed.get("coverage_id") or (str(coverages[0].pk) if coverages else "self-pay")
    consents = [
        {
            "form": form,
            "signed_by": seen.typed.get(f"signed-{form.key}", ""),
            "relationship": seen.typed.get(f"relationship-{form.key}", "self"),
        }
        for form in missing_consents(patient.pk)
    ]
    return {
        "identifiers": [
            (key, machine.IDENTIFIERS[key], key in seen.listed("identifiers")) for key in IDENTIFIERS_ASKED
        ],
        "coverages": _at_the_desk(seen, coverages),
        "picked_coverage": picked,
        "no_address": bool(patient.address_gap) or not seen.errors.keys().isdisjoint(ADDRESS),
        "phone_shown": phones.shown(patient.phone) if patient.phone else "",
        "consents": consents,
        "relationships": RELATIONSHIPS,
        "methods": METHODS,
        "copay_cents": next((c.copay_cents for c in coverages if str(c.pk) == picked), 0),
        "sexes": Sex.choices,
        "not_today": seen.visit.day is not None and seen.visit.day != clock.today(zone),
        "early": seen.visit.starts_at is not None and seen.visit.starts_at - clock.now() > timedelta(hours=2),
    }


def _at_the_desk(seen: Seen, coverages: list[Coverage]) -> list[billing.AtTheDesk]:
    """Each coverage with what its payer last said."""
    said = billing.standings(seen.visit.patient_id, [one.pk for one in coverages]) if coverages else {}
    return [billing.at_the_desk(one, said.get(one.pk), seen.actor, first=one is coverages[0]) for one in coverages]


def arrived(seen: Seen) -> dict[str, Any]:
    return {"rooms": queries.rooms_offered(seen.visit), "receipt": _receipt(seen.visit)}


def _receipt(visit: Visit) -> Transfer | None:
    if visit.encounter_id is None:
        return None
    return Transfer.objects.filter(encounter_id=visit.encounter_id, kind=Transfer.Kind.COPAY).order_by("-at").first()


def rooming(seen: Seen) -> dict[str, Any]:
    steps = queries.steps_of(seen.visit)
    due = next((s for s in steps if s.current), None)
    asked = next((s for s in steps if s.rule["key"] == seen.step and (s.settled or s.current)), None)
    opened = asked or due
    context: dict[str, Any] = {"steps": steps, "open": opened, "step_part": "visits/steps/handoff.html"}
    if opened is None:
        picked = seen.listed("diagnoses")
        standing = [(code, words, code in picked) for code, words in described(standing_diagnoses(seen.visit))]
        return {**context, **ready(seen), "standing": standing}
    kind = opened.rule["kind"]
    context["step_part"] = f"visits/steps/{kind}.html"
    context["again"] = opened.settled
    if kind == "vitals":
        context["measures"] = measures_of(seen.visit, seen.chart, opened.rule, seen.typed, seen.errors)
    if kind in ("medications", "allergies"):
        context["rows"] = _rows(seen)
        context["stopped"] = seen.listed("stop")
        context["kinds"], context["dangers"] = ALLERGY_KINDS, DANGERS
    if kind == "questions":
        given = opened.row.data.get("answers", {}) if opened.row else {}
        context["questions"] = [
            {
                **question,
                "answer": str(seen.typed.get(question["key"], given.get(question["key"], ""))),
                "error": seen.errors.get(question["key"], ""),
            }
            for question in opened.rule.get("questions", ())
        ]
    return context


def _rows(seen: Seen, count: int = 4) -> list[dict[str, Any]]:
    """Lines for what is added: as typed, and empty ones to fill."""
    names = ("display", "dosage", "reaction", "category", "criticality")
    columns = {name: seen.listed(f"add_{name}") for name in names}
    rows = []
    for n in range(count):
        row = {name: values[n] if n < len(values) else "" for name, values in columns.items()}
        rows.append({**row, "n": n, "shown": n == 0 or any(row.values())})
    return rows


def ready(seen: Seen) -> dict[str, Any]:
    if seen.visit.encounter_id is None:
        return {}
    return {
        "handoff": (handoff := charts.handoff_for(seen.actor, seen.visit.encounter_id)),
        "measured": summary(handoff.vitals),
        "answers": _answers(seen.visit),
    }


def _answers(visit: Visit) -> list[tuple[str, str]]:
    """Screenings and skipped steps, as the provider wants to know of them."""
    said = []
    for step in queries.steps_of(visit):
        if step.row is None:
            continue
        if step.status == "skipped":
            said.append((step.rule["title"], f"skipped: {step.row.reason}"))
        elif "score" in step.row.data:
            said.append((step.rule["title"], f"score {step.row.data['score']}"))
    return said


def exam(seen: Seen) -> dict[str, Any]:
    codes = seen.listed("diagnoses")
    known = {c.code: c.display for c in charts.diagnoses_of(seen.visit.encounter_id)} if seen.visit.encounter_id else {}
    return {
        **ready(seen),
        "leveled": leveling.asked(seen.actor, seen.visit),
        "catalog": orders.catalog(),
        "picked_orders": seen.listed("orders"),
        "picked": described(codes) if codes else list(known.items()),
        "intervals": INTERVALS,
        "visit_types": [(d.key, d.title) for d in all_in_force("visit-type")],
        "placed": orders.of_encounter(seen.visit.encounter_id) if seen.visit.encounter_id else [],
    }


def described(codes: list[str]) -> list[tuple[str, str]]:
    """Codes with their words; an unknown one stands alone."""
    book = Icd10cm.load()
    found = []
    for code in codes:
        entry = book.lookup(code)
        found.append((entry.code, entry.description) if entry else (code, ""))
    return found


def order_list(seen: Seen) -> dict[str, Any]:
    encounter = seen.visit.encounter_id
    rows = orders.of_encounter(encounter) if encounter else []
    containers = {o.key: o.container for o in orders.catalog()}
    doses = planned_doses(seen.visit.encounter_id) if seen.visit.encounter_id else []
    return {
        "rows": [
            {
                "order": row,
                "specimen": next(iter(row.specimens.all()), None),
                "container": containers.get(row.key, ""),
                "wrong": seen.typed.get("order") == str(row.pk),
            }
            for row in rows
        ],
        "doses": doses,
        "open_count": sum(row.status == row.Status.ACTIVE for row in rows) + len(doses),
        "may_revoke": seen.actor.may("orders.place"),
    }


def checkout(seen: Seen) -> dict[str, Any]:
    visit = seen.visit
    asked = visit.follow_up
    day = _follow_up_day(visit)
    times = []
    if asked.get("interval_days") and seen.actor.may("schedule.read"):
        times = offered_times(seen.actor, visit, day)
    return {
        "asked": asked,
        "follow_up_day": day,
        "times": times,
        "picked_time": seen.typed.get("follow_up_starts_at", ""),
        "diagnoses": charts.diagnoses_of(visit.encounter_id)
        if visit.encounter_id and seen.actor.may("chart.read")
        else [],
        "done_orders": orders.of_encounter(visit.encounter_id) if visit.encounter_id else [],
        "balance_cents": _balance(seen),
        "methods": METHODS,
    }


def _balance(seen: Seen) -> int | None:
    return billing.balance_of(seen.visit.patient_id) if seen.actor.may("billing.collect") else None


def _follow_up_day(visit: Visit) -> date:
    zone = ZoneInfo(visit.site.zone)
    return clock.today(zone) + timedelta(days=int(visit.follow_up.get("interval_days") or 14))


def offered_times(actor: Actor, visit: Visit, day: date, *, any_provider: bool = False) -> list[Any]:
    """Free times for the follow-up around the day it was asked for, a few days before included."""
    return free_times(
        actor,
        visit_type=visit.follow_up.get("visit_type") or "follow-up",
        site_id=visit.site_id,
        provider_id=None if any_provider else visit.provider_id,
        from_=day - timedelta(days=2),
        days=21,
        limit=TIMES_SHOWN,
        per_day=3,
    )


def overview(seen: Seen) -> dict[str, Any]:
    context: dict[str, Any] = {"moves": queries.moves_of(seen.visit), "receipt": _receipt(seen.visit)}
    if seen.visit.encounter_id and seen.actor.may("chart.read"):
        context["diagnoses"] = charts.diagnoses_of(seen.visit.encounter_id)
        context["orders"] = orders.of_encounter(seen.visit.encounter_id)
    return context


CONTEXTS: dict[str, Callable[[Seen], dict[str, Any]]] = {
    "requested": overview,
    "arrival": arrival,
    "arrived": arrived,
    "rooming": rooming,
    "ready": ready,
    "exam": exam,
    "orders": order_list,
    "checkout": checkout,
    "overview": overview,
}
