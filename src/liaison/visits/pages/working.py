"""A visit's working page: who it is about, where the visit stands, and the one thing to do now."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from liaison.chart import queries as charts
from liaison.chart.queries import Chart
from liaison.chart.vitals import DIASTOLIC, SYSTOLIC, part
from liaison.immunize.queries.due import due_of
from liaison.kernel import clock, names, units
from liaison.kernel.errors import Forbidden, Refused
from liaison.kernel.units import Unit
from liaison.people.access import page
from liaison.people.glass import restricted
from liaison.people.typed import StaffRequest, Typed
from liaison.record.actor import Actor
from liaison.visits import machine, queries
from liaison.visits.models import Stage, Visit
from liaison.visits.pages.contexts import CONTEXTS, FIELDS, Seen
from liaison.visits.pages.due import due_for

HX = "HX-Request"
_PATH = (
    Stage.BOOKED, Stage.ARRIVED, Stage.ROOMING, Stage.READY, Stage.WITH_PROVIDER, Stage.ORDERS, Stage.CHECKOUT,
    Stage.CODING, Stage.BILLED, Stage.CLOSED,
)  # fmt: skip
_PARTS = {
    Stage.REQUESTED: "requested",
    Stage.BOOKED: "arrival",
    Stage.CONFIRMED: "arrival",
    Stage.ARRIVED: "arrived",
    Stage.ROOMING: "rooming",
    Stage.READY: "ready",
    Stage.WITH_PROVIDER: "exam",
    Stage.ORDERS: "orders",
    Stage.CHECKOUT: "checkout",
}
# What a part needs; who lacks it sees the overview instead
_WORKERS = {
    "arrival": "visits.check_in",
    "arrived": "visits.room",
    "rooming": "visits.room",
    "ready": "chart.read",
    "exam": "visits.examine",
    "orders": "orders.collect",
    "checkout": "visits.check_out",
}
TREND = 12
ADULT, PRESSURE_LINE = 18, 140  # years; mmHg systolic, stage 2 hypertension (ACC/AHA 2017)


@require_GET
@page("visits.read")
def visit(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """The whole page; `?step=` opens a step of the protocol again."""
    return show(request, visit_id)


@require_GET
@page("visits.read")
def work_part(request: StaffRequest, visit_id: UUID) -> HttpResponse:
    """Where the visit stands, as an open page fetches it when something has changed; what is being typed stays."""
    actor = request.actor
    seen = queries.visit_for(actor, visit_id)
    context = {**_stand(seen), "opened_at": request.GET.get("at", "")}
    return render(request, "visits/stand.html", context)


def show(request: StaffRequest, visit_id: UUID, refusal: Refused | None = None, step: str = "") -> HttpResponse:
    """The page, or for htmx its changing part; after a refusal with what was typed, the sentence beside its cause."""
    actor = request.actor
    try:
        row = queries.visit_for(actor, visit_id)
    except Forbidden as closed:
        if closed.code != "restricted":
            raise
        return restricted(request, queries.patient_of(visit_id), Typed(), closed.status)
    chart = charts.chart_for(actor, row.patient_id) if actor.may("chart.read") else None
    part_name = _PARTS.get(Stage(row.stage), "overview")
    if not actor.may(_WORKERS.get(part_name, "visits.read")):
        part_name = "overview"
    context: dict[str, Any] = {
        **_stand(row),
        "opened_at": row.stage,
        "patient": row.patient,
        "here": "today",
        "part": f"visits/parts/{part_name}.html",
        "part_name": part_name,
        "errors": {},
        "typed": {},
        "bound": refusal is not None,
        **_banner(row, chart),
        **_aside(chart),
        "due": due_for(actor, row),
        "picture": due_of(row.patient, site_today(row)) if chart is not None and actor.may("immunize.read") else None,
        "give": actor.may("immunize.write") and row.stage in machine.HERE,
        "can": Can(actor, row),
    }
    if refusal is not None:
        context["errors"] = {refusal.field if refusal.field in FIELDS else "form": refusal.sentence}
        context["typed"] = request.POST
    seen = Seen(request, actor, row, chart, step or request.GET.get("step", ""), context["typed"], context["errors"])
    context.update(CONTEXTS[part_name](seen))
    template = "visits/part.html" if request.headers.get(HX) else "visits/visit.html"
    return render(request, template, context, status=422 if refusal is not None else 200)


@dataclass(frozen=True, slots=True)
class Can:
    """What this person may do with the visit besides the next step."""

    actor: Actor
    visit: Visit

    @property
    def goods(self) -> bool:
        """Whether this person may note what was used; only where the patient has arrived."""
        return self.visit.encounter_id is not None and self.actor.may("supplies.use")

    @property
    def ends(self) -> list[tuple[str, str]]:
        """Ways in which the visit may end before its time: (how, words)."""
        words = {"cancel": "Cancel the visit", "no_show": "Patient did not come", "left": "Patient left"}
        return [
            (row.action, words[row.action]) for row in queries.possible(self.actor, self.visit) if row.action in words
        ]

    @property
    def examine(self) -> bool:
        return self.actor.may("visits.examine")

    @property
    def change_room(self) -> bool:
        return self.visit.stage in machine.IN_ROOM and self.actor.may("visits.room")

    @property
    def tell(self) -> bool:
        return self.visit.stage in machine.IN_ROOM and self.actor.may("visits.room")


def site_today(row: Visit) -> date:
    """The calendar day at the visit's site."""
    return clock.today(ZoneInfo(row.site.zone))


def _stand(row: Visit) -> dict[str, Any]:
    moves = queries.moves_of(row)
    times = {move.to_stage: move.at for move in moves}
    at = Stage.BOOKED if row.stage in (Stage.REQUESTED, Stage.CONFIRMED) else Stage(row.stage)
    place = _PATH.index(at) if at in _PATH else len(_PATH)
    path = [
        {
            "title": "Expected" if stage == Stage.BOOKED else stage.label,
            "past": n < place and stage in times,
            "now": n == place,
            "at": None if stage == Stage.BOOKED else times.get(stage),
        }
        for n, stage in enumerate(_PATH)
        if n >= place or stage in times
    ]
    return {
        "visit": row,
        "path": path,
        "ended": row.stage in machine.ENDED,
        "end_reason": moves[-1].reason if moves else "",
        "untold": machine.untold_alerts(row),
        "live_url": f"{reverse('visit-work', args=[row.pk])}?at={row.stage}",
    }


def _banner(row: Visit, chart: Chart | None) -> dict[str, Any]:
    tags = [(row.protocol.title if row.protocol else row.visit_type, "")]
    if row.room is not None and row.stage in machine.IN_ROOM:
        tags.append((row.room.name, ""))
    if row.provider is not None:
        tags.append((row.provider.short, ""))
    if row.priority != "routine":
        tags.append((row.priority, "wait"))
    return {
        "tags": tags,
        "allergies": chart.allergies if chart else None,
        "reviewed": chart.reviews.get("allergies") if chart else None,
    }


def _aside(chart: Chart | None) -> dict[str, Any]:
    if chart is None:
        return {"chart": None}
    return {"chart": chart, "pressure": _pressure(chart), "weight": _weight(chart)}


def _pressure(chart: Chart) -> dict[str, Any] | None:
    points = [
        (float(upper), float(lower), row)
        for trend in chart.vitals
        for row in trend.points
        if (upper := part(row, SYSTOLIC.loinc)) is not None and (lower := part(row, DIASTOLIC.loinc)) is not None
    ][:TREND]
    if len(points) < 2:
        return None
    points.reverse()
    first, last = points[0], points[-1]
    grown = names.age_years(chart.patient.birth_date, clock.now().date()) >= ADULT
    return {
        "line": PRESSURE_LINE if grown else None,  # a child's limit goes by age, sex and height
        "values": [upper for upper, _, _ in points],
        "second": [lower for _, lower, _ in points],
        "abnormal": [row.interpretation not in ("", "N") for _, _, row in points],
        "latest": f"{last[0]:g}/{last[1]:g}",
        "since": first[2].effective_at,
        "words": f"Blood pressure: {first[0]:g}/{first[1]:g} first, {last[0]:g}/{last[1]:g} mmHg last",
    }


def _weight(chart: Chart) -> dict[str, Any] | None:
    trend = next((t for t in chart.vitals if t.code == "29463-7"), None)
    rows = [row for row in (trend.points[:TREND] if trend else ()) if row.value is not None and row.unit == "kg"]
    if len(rows) < 2:
        return None
    rows.reverse()
    values = [float(units.convert(row.value, Unit.KG, Unit.LB)) for row in rows if row.value is not None]
    return {
        "values": values,
        "latest": values[-1],
        "since": rows[0].effective_at,
        "words": f"Weight, {len(values)} readings: first {values[0]:g}, last {values[-1]:g} lb",
    }
