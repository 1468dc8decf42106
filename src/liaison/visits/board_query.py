"""How the board is put together: a fixed number of queries, whatever the day holds."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Value, When

from liaison.billing.models import EligibilityCheck
from liaison.billing.queries.coverage import open_problem
from liaison.chart.models import Allergy
from liaison.documents.models import Document
from liaison.documents.queries import all_in_force
from liaison.immunize.forecasts import due_on
from liaison.immunize.models import Need, PlannedDose, Watch
from liaison.kernel import clock, names
from liaison.kernel.errors import NotFound
from liaison.orders.models import Order
from liaison.people.models import Consent, Coverage, GlassBreak, Staff
from liaison.places.models import Room, Site
from liaison.places.queries import rooms_of
from liaison.record.actor import Actor
from liaison.visits.board import LANES, SOON, TARGET_MINUTES, Board, Card, Lane, RoomTile, Tag
from liaison.visits.machine import DONE, EXPECTED, HERE, IN_ROOM
from liaison.visits.models import Move, Stage, Step, Visit
from liaison.visits.next_action import Situation, next_action
from liaison.visits.protocol import SETTLED, steps_in

Row = dict[str, Any]
MOST_TAGS = 5
_COLUMNS = (
    "pk", "stage", "stage_since", "patient_id", "visit_type", "reason", "priority", "starts_at", "arrived_at", "alerts",
    "provider_id", "room_id", "encounter_id", "coverage_id",
)  # fmt: skip
_JOINED = {
    "family": "patient__family",
    "given": "patient__given",
    "birth_date": "patient__birth_date",
    "sex": "patient__sex",
    "interpreter": "patient__interpreter",
    "language": "patient__language",
    "provider_family": "provider__family",
    "provider_given": "provider__given",
    "provider_credential": "provider__credential",
}


_WORKED_OUT = ("covered", "coverage_problem", "settled", "closed", "watched")


@dataclass(frozen=True, slots=True)
class _Type:
    title: str
    color: str
    minutes: int
    room_kind: str
    with_provider: bool
    steps: tuple[str, ...]


@dataclass(slots=True)
class _Day:
    """What the cards are made of, read once."""

    actor: Actor
    zone: ZoneInfo
    now: datetime
    types: dict[str, _Type]
    consents: list[Document]
    ready_rooms: list[Room]
    rooms: dict[UUID, Room]
    allergies: dict[UUID, list[str]]
    orders: dict[UUID, list[tuple[str, bool]]]
    vaccines: dict[UUID, list[tuple[str, str]]]
    providers: dict[UUID, str]


def board(actor: Actor, site_id: UUID, day: date) -> Board:
    """A site's day as this actor sees it, in ten queries. Raises Forbidden, NotFound."""
    actor.require("visits.read")
    site = _site(site_id)
    zone, now = ZoneInfo(site.zone), clock.now()
    types = {d.key: _type(d) for d in all_in_force("visit-type")}
    consents = all_in_force("consent")
    rows = _visits(actor, site_id, day, consents)
    rooms = rooms_of(site_id)
    shown = [r for r in rows if r["stage"] in HERE or (r["stage"] in EXPECTED and _is_near(r, now, SOON))]
    known = _Day(
        actor, zone, now, types, consents,
        ready_rooms=[room for room in rooms if room.state == Room.State.READY],
        rooms={room.pk: room for room in rooms},
        allergies=_allergies({r["patient_id"] for r in shown}),
        orders=_open_orders({r["encounter_id"] for r in shown if r["encounter_id"]}),
        vaccines=_vaccines_due(actor, {r["patient_id"] for r in shown}, day),
        providers={},
    )  # fmt: skip
    lanes = tuple(_lane(known, key, title, [r for r in shown if r["stage"] in stages]) for key, title, stages in LANES)
    counts = _counts(rows)
    return Board(
        site_id=site_id,
        site=site.name,
        day=day,
        now=now.astimezone(zone),
        rooms=tuple(_tile(known, room, rows) for room in rooms),
        lanes=lanes,
        coming=sum(r["stage"] in EXPECTED for r in rows) - len(lanes[0].cards),
        done=sum(counts[stage] for stage in DONE),
        missed=counts[Stage.NO_SHOW],
        requests=site.requests or 0,
        total=sum(counts.values()) - counts[Stage.CANCELLED],
        wait_minutes=_median_wait(rows, site_id, day),
        behind_minutes=_behind(shown, now),
    )


def _site(site_id: UUID) -> Any:
    asked = Visit.objects.filter(site=OuterRef("pk"), stage=Stage.REQUESTED).order_by().values("site")
    counted = asked.annotate(count=Count("pk")).values("count")
    site = Site.objects.filter(pk=site_id).annotate(requests=Subquery(counted)).first()
    if site is None:
        raise NotFound("no-site", "There is no such site.", "site")
    return site


def _type(document: Document) -> _Type:
    body = document.body
    return _Type(
        title=document.title,
        color=body.get("color", ""),
        minutes=int(body.get("minutes", 20)),
        room_kind=body.get("room_kind", "exam"),
        with_provider="provider" in body.get("roles", ["provider"]),
        steps=tuple(step["title"] for step in steps_in(body)),
    )


def _visits(actor: Actor, site_id: UUID, day: date, consents: list[Document]) -> list[Row]:
    signed = {
        f"signed_{n}": Exists(
            Consent.objects.filter(patient=OuterRef("patient"), key=form.key, edition=form.edition).order_by()
        )
        for n, form in enumerate(consents)
    }
    in_force = Q(ends=None) | Q(ends__gte=day)
    settled = Step.objects.filter(visit=OuterRef("pk"), status__in=SETTLED).order_by().values("visit")
    rows = Visit.objects.filter(site_id=site_id, day=day).annotate(
        covered=Exists(Coverage.objects.filter(in_force, patient=OuterRef("patient"), active=True)),
        settled=Subquery(settled.annotate(count=Count("pk")).values("count")),
        coverage_problem=Subquery(open_problem(OuterRef("patient"))),
        closed=_closed_to(actor),
        watched=Subquery(Watch.objects.filter(encounter=OuterRef("encounter"), ended_at=None).values("ends_at")),
        **{alias: F(path) for alias, path in _JOINED.items()},
        **signed,
    )
    return list(rows.order_by("starts_at", "pk").values(*_COLUMNS, *_JOINED, *_WORKED_OUT, *signed))


def _closed_to(actor: Actor) -> Any:
    """Whether a visit's chart is restricted and this actor has not broken the glass."""
    if actor.may("people.restricted"):
        return Value(False)
    broken = GlassBreak.objects.filter(patient=OuterRef("patient"), actor_id=actor.id, until__gt=clock.now())
    return Case(When(patient__restricted=True, then=~Exists(broken)), default=Value(False))


def _is_near(row: Row, now: datetime, within: timedelta) -> bool:
    return row["starts_at"] is None or row["starts_at"] <= now + within


def _allergies(patients: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Allergies to drugs and critical ones, by patient: the only ones that a card shows."""
    dangerous = Q(category="medication") | Q(criticality="high")
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = Allergy.objects.filter(dangerous, patient_id__in=list(patients), status="active", error=False)
    for patient, display in rows.order_by("criticality", "display").values_list("patient_id", "display"):
        found[patient].append(display)
    return found


def _open_orders(encounters: Iterable[UUID]) -> dict[UUID, list[tuple[str, bool]]]:
    found: dict[UUID, list[tuple[str, bool]]] = defaultdict(list)
    rows = Order.objects.filter(encounter_id__in=list(encounters), status=Order.Status.ACTIVE).order_by("ordered_at")
    for encounter, display, specimen in rows.values_list("encounter_id", "display", "needs_specimen"):
        found[encounter].append((display, specimen))
    planned = PlannedDose.objects.filter(encounter_id__in=list(encounters), status=PlannedDose.Status.PLANNED)
    for encounter, display in planned.order_by("planned_at").values_list("encounter_id", "display"):
        found[encounter].append((display, False))
    return found


def _vaccines_due(actor: Actor, patients: Iterable[UUID], day: date) -> dict[UUID, list[tuple[str, str]]]:
    """The vaccine groups of which a dose is due and why, by patient, the longest due first."""
    found: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    if actor.may("immunize.read"):
        needs = Need.objects.filter(due_on(day), patient_id__in=list(patients)).order_by("recommended", "vaccine_group")
        for patient, group, reason in needs.values_list("patient_id", "vaccine_group", "reason"):
            found[patient].append((group, reason))
    return found


def _lane(known: _Day, key: str, title: str, rows: list[Row]) -> Lane:
    urgent = {"urgent": 0, "soon": 1}
    ordered = sorted(rows, key=lambda r: (urgent.get(r["priority"], 2), r["starts_at"] or r["stage_since"]))
    return Lane(key, title, tuple(_card(known, row) for row in ordered))


def _card(known: _Day, row: Row) -> Card:
    stage = Stage(row["stage"])
    kind = known.types.get(row["visit_type"]) or _Type(row["visit_type"], "", 20, "exam", True, ())
    hidden = row["closed"]
    since = row["starts_at"] if stage in EXPECTED and row["starts_at"] else row["stage_since"]
    minutes = int((known.now - since).total_seconds() // 60)
    target = kind.minutes if stage == Stage.WITH_PROVIDER else TARGET_MINUTES[stage]
    orders = known.orders.get(row["encounter_id"], [])
    provider = _provider(known, row)
    room = known.rooms.get(row["room_id"]) if stage in IN_ROOM else None
    offered = _offer(known, kind.room_kind) if stage == Stage.ARRIVED and known.actor.may("visits.room") else None
    situation = Situation(
        stage=stage,
        near=_is_near(row, known.now, timedelta(minutes=60)),
        provider=provider,
        with_provider=kind.with_provider,
        room_id=str(offered.pk) if offered else "",
        room=_in_short(offered),
        untold=next((a["code"] for a in row["alerts"] if a.get("must_tell") and not a.get("told_at")), ""),
        next_step=kind.steps[row["settled"] or 0] if (row["settled"] or 0) < len(kind.steps) else "",
        open_orders=len(orders),
        specimens=sum(specimen for _, specimen in orders),
    )
    return Card(
        visit_id=row["pk"],
        patient_id=row["patient_id"],
        name=names.listed(row["family"], row["given"]),
        age=names.age(row["birth_date"], known.now.astimezone(known.zone).date()),
        sex=names.SEX_LETTER.get(row["sex"], "U"),
        provider=provider,
        visit_type=kind.title,
        reason="" if hidden else row["reason"],
        stage=stage,
        starts_at=row["starts_at"].astimezone(known.zone) if row["starts_at"] else None,
        since=row["stage_since"].astimezone(known.zone),
        minutes=minutes,
        share=max(0, min(100, minutes * 100 // target)),
        tags=(Tag("restricted chart", "wait"),) if hidden else _tags(known, row, stage, orders),
        action=next_action(known.actor, situation),
        room=room.name if room else "",
        color=kind.color,
        priority=row["priority"],
    )


def _provider(known: _Day, row: Row) -> str:
    key = row["provider_id"]
    if key is None:
        return ""
    if key not in known.providers:
        family, given, credential = row["provider_family"], row["provider_given"], row["provider_credential"]
        known.providers[key] = Staff(family=family, given=given, credential=credential).short
    return known.providers[key]


def _offer(known: _Day, kind: str) -> Room | None:
    """A ready room of the kind, each to one card only, so that two cards never point to the same."""
    found = next((room for room in known.ready_rooms if room.kind == kind), None)
    if found is not None:
        known.ready_rooms.remove(found)
    return found


def _in_short(room: Room | None) -> str:
    return room.name.removeprefix("Room ") if room else ""


def _tags(known: _Day, row: Row, stage: Stage, orders: list[tuple[str, bool]]) -> tuple[Tag, ...]:
    tags = [Tag(text, "danger") for text in known.allergies.get(row["patient_id"], ())[:2]]
    for alert in row["alerts"]:
        untold = alert.get("must_tell") and not alert.get("told_at")
        tags.append(Tag(alert["text"], "danger" if untold or alert.get("critical") else "wait"))
    if row["priority"] == "urgent":
        tags.append(Tag("urgent", "wait"))
    if row["interpreter"]:
        tags.append(Tag(f"interpreter: {row['language']}", "wait"))
    if row["watched"]:
        tags.append(Tag(f"observe until {row['watched'].astimezone(known.zone):%-H:%M}", "wait"))
    if orders:
        tags.append(Tag(", ".join(display for display, _ in orders[:3]), "info"))
    if stage in EXPECTED:
        due = [form.title for n, form in enumerate(known.consents) if not row[f"signed_{n}"]]
        if due:
            tags.append(Tag(f"to sign: {', '.join(due)}", "wait"))
    due_now = known.vaccines.get(row["patient_id"], [])
    if due_now and not orders:
        some = due_now[0][0] if len(due_now) == 1 else f"{len(due_now)} vaccines"
        tags.append(Tag(f"due: {some}", "info", "\n".join(f"{group}: {reason}" for group, reason in due_now)))
    if stage in EXPECTED or stage == Stage.ARRIVED:
        if row["coverage_problem"] and row["covered"]:
            words = EligibilityCheck.Problem(row["coverage_problem"]).label
            tags.append(Tag(words, "wait", "What the payer said stands at check-in and on the patient’s coverage."))
        elif row["coverage_id"] or (row["covered"] and stage in EXPECTED):
            tags.append(Tag("covered", "good"))
        else:
            tags.append(Tag("no coverage" if stage in EXPECTED else "self-pay"))
    return tuple(tags[:MOST_TAGS])


def _tile(known: _Day, room: Room, rows: list[Row]) -> RoomTile:
    since = room.state_since.astimezone(known.zone) if room.state_since else None
    inside = next((r for r in rows if r["room_id"] == room.pk and r["stage"] in IN_ROOM), None)
    if inside is None:
        text = room.get_state_display()
        if room.state != Room.State.READY and since:
            text = f"{text} since {since:%H:%M}"
        return RoomTile(room.pk, room.name, room.kind, room.state, since, text)
    stage = Stage(inside["stage"])
    what = _provider(known, inside) if stage == Stage.WITH_PROVIDER else stage.label.lower()
    return RoomTile(
        room.pk, room.name, room.kind, Room.State.OCCUPIED, since, f"{inside['family']} · {what}", inside["pk"]
    )


def _counts(rows: list[Row]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        counts[row["stage"]] += 1
    return counts


def _median_wait(rows: list[Row], site_id: UUID, day: date) -> int | None:
    arrived = {r["pk"]: r["arrived_at"] for r in rows if r["arrived_at"]}
    moves = Move.objects.filter(visit__site_id=site_id, visit__day=day, to_stage=Stage.ROOMING)
    waits = [
        (at - arrived[visit]).total_seconds() / 60
        for visit, at in moves.values_list("visit_id", "at")
        if visit in arrived
    ]
    return round(median(waits)) if waits else None


def _behind(rows: list[Row], now: datetime) -> int:
    waiting = (Stage.ARRIVED, Stage.ROOMING, Stage.READY)
    late = [
        max(0.0, (now - r["starts_at"]).total_seconds() / 60) for r in rows if r["stage"] in waiting and r["starts_at"]
    ]
    return round(median(late)) if late else 0
