"""A clinic day, played: each visit is a process in simulated time that goes through the actions that the pages use."""

from collections.abc import Callable, Generator
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import simpy
from django.db.models import Max

from liaison.billing import actions as billing
from liaison.billing.actions.proposing import decide_modifier
from liaison.billing.models import Charge
from liaison.billing.queries import open_charges
from liaison.chart.models import Allergy, Medication
from liaison.kernel import clock
from liaison.kernel.errors import Refused
from liaison.orders import actions as orders
from liaison.orders.models import Order
from liaison.people.queries import coverages_of, missing_consents
from liaison.places import actions as places
from liaison.places.models import Room
from liaison.record.actor import Actor
from liaison.record.prepared import Prepared
from liaison.record.rows import row
from liaison.rehearsal import bedside, needle
from liaison.rehearsal.cast import Cast
from liaison.rehearsal.plan import Plan
from liaison.schedule.queries import FreeTime, free_times
from liaison.visits import actions as visits
from liaison.visits import protocol
from liaison.visits.models import Move, Stage, Step, Visit

T = TypeVar("T")
Waiting = Generator[simpy.Event, Any, None]
OPENS = 455  # minutes after midnight: the first patients may come in
TRIES = 6
PATIENCE = 60  # times that a patient is told that no room is free yet
NO_TIME = "No free time that day; the patient will call again"


# What is looked at again and again in the course of each visit
_KINDS = (Room.Kind.EXAM, Room.Kind.PROCEDURE)
_free_rooms = Prepared(
    lambda site: Room.objects.filter(site_id=site, kind__in=_KINDS, state=Room.State.READY, active=True).order_by(
        "kind", "position"
    )[:1]
)
_noted = Prepared(lambda visit: Step.objects.filter(visit=visit).values_list("key", flat=True))
_alerts = Prepared(lambda visit: Visit.objects.filter(pk=visit).values_list("alerts", flat=True))
_open_orders = Prepared(
    lambda encounter: Order.objects.filter(encounter_id=encounter, status="active").order_by("ordered_at", "key")
)
_charged = Prepared(lambda encounter: Charge.objects.filter(encounter_id=encounter).values_list("pk", flat=True)[:1])
_takes = Prepared(lambda patient: Medication.objects.filter(patient_id=patient, status="active").values_list("pk")[:1])
_allergic = Prepared(lambda patient: Allergy.objects.filter(patient_id=patient, status="active").values_list("pk")[:1])


class Day:
    """One day of the clinic. A `live` day goes by the clock that its neighbours go by; others set the clock."""

    def __init__(self, cast: Cast, day: date, zone: ZoneInfo, *, live: bool = False) -> None:
        self.cast, self.day, self.zone, self.live = cast, day, zone, live
        self.midnight = datetime.combine(day, time(0), zone)
        self.env = simpy.Environment(self._begins())
        self.refusals: list[str] = []
        self.ended: Callable[[], None] = lambda: None
        self._busy: dict[str, simpy.Resource] = {}
        self._protocols: dict[UUID | None, list[protocol.StepRule]] = {}
        self.open = 0

    # ------------------------------------------------------------------------------------------------ time and people

    def moment(self) -> datetime:
        """The simulated time; minutes since the day's midnight make it."""
        return self.midnight + timedelta(minutes=self.env.now)

    def _begins(self) -> float:
        """The minute to begin with: midnight, or when the last thing happened on a day that was played in part."""
        moved = Move.objects.filter(visit__day=self.day, at__gte=self.midnight).aggregate(last=Max("at"))["last"]
        return max(0.0, self.minute(moved)) if moved else 0.0

    def minute(self, at: datetime) -> float:
        return (at - self.midnight).total_seconds() / 60

    def first_minute(self) -> float:
        """The minute before which nobody comes."""
        return max(OPENS - 15, self.env.now)

    def until(self, at: datetime) -> simpy.Event:
        return self.env.timeout(max(0.0, self.minute(at) - self.env.now))

    def do(self, action: Callable[..., T], *args: Any, **more: Any) -> T:
        """Act at the simulated time."""
        if self.live:
            return action(*args, **more)
        with clock.at(self.moment()):
            return action(*args, **more)

    def busy(self, actor: Actor) -> simpy.Resource:
        """An actor can do one thing at a time."""
        return self._busy.setdefault(actor.id, simpy.Resource(self.env))

    def free_one(self, actors: list[Actor]) -> Actor:
        """The one of `actors` with the least to do."""
        return min(actors, key=lambda a: (self.busy(a).count + len(self.busy(a).queue), a.name))

    # --------------------------------------------------------------------------------------------------------- before

    def asked(self, plan: Plan) -> datetime:
        """When the patient calls: on a day before, or right after the doors open."""
        rng = plan.rng("asked")
        minute = rng.randint(440, 475) if plan.asked_days_before == 0 else rng.randint(480, 1000)
        return self.midnight + timedelta(days=-plan.asked_days_before, minutes=minute)

    def call(self, plan: Plan, asked_already: UUID | None = None) -> UUID:
        """Somebody calls: a request taken and booked (or moved to another time), days before. Gives the visit.

        `asked_already` is the visit of a call that was cut off after the request.
        """
        desk = self.cast.at(plan.site_id, "front-desk")[0]
        rng = plan.rng("call")
        with clock.at(self.asked(plan)):
            channel = rng.choice(("phone", "phone", "message"))
            visit_id = asked_already or visits.request(
                desk, patient_id=plan.patient_id, site_id=plan.site_id, visit_type=plan.visit_type, channel=channel,
                priority="soon" if plan.visit_type == "acute" else "routine", reason=plan.story.reason,
            ).pk  # fmt: skip
            times = self._times(desk, plan)
            if not times:
                visits.cancel(desk, visit_id, NO_TIME)
                return visit_id
            chosen = rng.choice(times[: max(4, len(times) // 2)] if plan.number % 2 else times)
            visits.book(desk, visit_id, provider_id=chosen.provider_id, starts_at=chosen.starts_at)
            if plan.moves and (others := [t for t in times if t.starts_at != chosen.starts_at]):
                other = rng.choice(others)
                visits.move(desk, visit_id, starts_at=other.starts_at, provider_id=other.provider_id)
            if plan.fate == "cancels":
                visits.cancel(desk, visit_id, "Patient called: cannot come")
            elif rng.random() < 0.6:
                visits.confirm(desk, visit_id)
        return visit_id

    def _times(self, desk: Actor, plan: Plan) -> list[FreeTime]:
        return free_times(
            desk,
            visit_type=plan.visit_type,
            site_id=plan.site_id,
            from_=self.midnight + timedelta(hours=7),
            days=1,
            limit=120,
        )

    # ------------------------------------------------------------------------------------------------------------ day

    def expect(self, visit: Visit, plan: Plan) -> None:
        """Let a visit take its course."""
        self.open += 1
        self.env.process(self._course(visit.pk, plan))

    def _course(self, visit_id: UUID, plan: Plan) -> Waiting:
        """Follow the visit's stage, whoever moved it there: a person at a screen may act in between."""
        tries, before = 0, ""
        try:
            while tries < TRIES:
                visit = row(Visit, visit_id)
                assert visit is not None, "visits are cancelled, never deleted"
                part = self._PARTS.get(Stage(visit.stage))
                if part is None:
                    return
                tries, before = (tries + 1, before) if visit.stage == before else (0, visit.stage)
                try:
                    yield from part(self, visit, plan)
                except Refused as refusal:
                    self.refusals.append(f"{visit.stage}: {refusal.sentence}")
                    yield self.env.timeout(4)
        finally:
            self.open -= 1
            self.ended()

    def _arrive(self, visit: Visit, plan: Plan) -> Waiting:
        assert visit.starts_at is not None
        desks = self.cast.at(visit.site_id, "front-desk")
        if plan.fate == "misses":
            yield self.until(visit.starts_at + timedelta(minutes=30))
            self.do(visits.no_show, desks[0], visit.pk)
            return
        yield self.until(max(visit.starts_at - timedelta(minutes=plan.early), self.midnight + timedelta(minutes=OPENS)))
        desk = self.free_one(desks)
        with self.busy(desk).request() as turn:
            yield turn
            yield self.env.timeout(plan.rng("check-in").uniform(1.5, 4))
            self._check_in(desk, visit, plan)

    def _check_in(self, desk: Actor, visit: Visit, plan: Plan) -> None:
        patient = visit.patient
        coverage = next(iter(coverages_of(visit.patient_id)), None)
        guardian = plan.age_days < 18 * 365
        signer = (
            patient.contacts[0]["name"]
            if guardian and patient.contacts
            else f"{patient.given} {patient.family}".strip()
        )
        signed = [
            {"key": d.key, "signed_by": signer, "relationship": "parent" if guardian else "self"}
            for d in missing_consents(visit.patient_id)
        ]
        copay = coverage.copay_cents if coverage else 0
        forgot = copay and plan.rng("copay").random() < 0.08
        self.do(
            visits.check_in, desk, visit.pk,
            identifiers=["name", "birth_date"], demographics_confirmed=True, consents=signed,
            coverage_id=coverage.pk if coverage else None,
            copay_cents=0 if forgot else copay, copay_method="card" if copay else "",
            copay_waived_reason="Card forgotten; will be billed" if forgot else "",
            no_address_reason="Has no fixed address" if coverage and patient.address_gap else "",
        )  # fmt: skip

    def _bring_in(self, visit: Visit, plan: Plan) -> Waiting:
        if plan.fate == "leaves":
            yield self.env.timeout(25)
            self.do(visits.left, self.cast.at(visit.site_id, "front-desk")[0], visit.pk, "Could not wait longer")
            return
        for _ in range(PATIENCE):
            assistant = self.free_one(self.cast.at(visit.site_id, "medical-assistant"))
            with self.busy(assistant).request() as turn:
                yield turn
                if self._free_room(visit.site_id):
                    # The chart is looked at, the patient called and walked to the room, which may be taken by then
                    yield self.env.timeout(plan.rng("bring in").uniform(1, 4))
                if room := self._free_room(visit.site_id):
                    self.do(visits.room, assistant, visit.pk, room.pk)
                    return
            yield self.env.timeout(3)
        self.do(visits.left, self.cast.at(visit.site_id, "front-desk")[0], visit.pk, "Could not wait longer")

    def _free_room(self, site_id: UUID) -> Room | None:
        return _free_rooms.first(site_id)

    def _room(self, visit: Visit, plan: Plan) -> Waiting:
        assistants = self.cast.at(visit.site_id, "medical-assistant")
        assistant = next((a for a in assistants if a.id == str(visit.assistant_id)), assistants[0])
        rng = plan.rng("rooming")
        with self.busy(assistant).request() as turn:
            yield turn
            settled = set(_noted(visit.pk))
            for step in self._protocol(visit):
                if step["key"] in settled:
                    continue
                yield self.env.timeout(rng.uniform(0.8, 2.6))
                yield from self._step(assistant, visit, dict(step), plan)
            needle.plan(self, assistant, visit, plan)
            # Nobody examines in a nurse visit: the visit type stands for what it is for
            standing = plan.story.diagnoses if visit.visit_type == "nurse-visit" else ()
            self.do(visits.hand_off, assistant, visit.pk, "", diagnoses=standing)

    def _protocol(self, visit: Visit) -> list[protocol.StepRule]:
        """The steps of the edition of rules that was in force when the visit began, which never changes."""
        if visit.protocol_id not in self._protocols:
            self._protocols[visit.protocol_id] = protocol.steps_of(visit)
        return self._protocols[visit.protocol_id]

    def _step(self, assistant: Actor, visit: Visit, step: dict[str, Any], plan: Plan) -> Waiting:
        rng, key = plan.rng(step["key"]), step["key"]
        if step["kind"] == "history" and rng.random() < 0.1:
            self.do(visits.skip_step, assistant, visit.pk, key, "Reviewed at the last visit")
        elif step["kind"] == "vitals":
            yield from self._vitals(assistant, visit, step, plan)
        elif step["kind"] == "reason":
            self.do(visits.do_step, assistant, visit.pk, key, {"text": plan.story.reason})
        elif step["kind"] == "questions":
            self.do(visits.do_step, assistant, visit.pk, key, {"answers": bedside.answers(rng, step)})
        else:
            self.do(visits.do_step, assistant, visit.pk, key, _reviewed(visit.patient_id, step["kind"]))
        if step["kind"] in ("vitals", "questions"):
            self._tell(assistant, visit)

    def _vitals(self, assistant: Actor, visit: Visit, step: dict[str, Any], plan: Plan) -> Waiting:
        rng = plan.rng("vitals")
        first = bedside.readings(rng, plan.age_days, step["measures"], plan.abnormal)
        self.do(visits.do_step, assistant, visit.pk, step["key"], {"readings": first})
        if plan.abnormal and any(r.kind == "bp" for r in first) and plan.age_days > 13 * 365:
            yield self.env.timeout(5)
            again = bedside.pressure(rng, plan.age_days / 365.25, rng.random() < 0.6)
            self.do(visits.do_step, assistant, visit.pk, step["key"], {"readings": [again]})

    def _tell(self, assistant: Actor, visit: Visit) -> None:
        """Tell the provider whatever must be told."""
        for alert in _alerts(visit.pk)[0]:
            if alert.get("must_tell") and not alert.get("told_at"):
                self.do(visits.tell_provider, assistant, visit.pk, alert["code"])

    def _see(self, visit: Visit, plan: Plan) -> Waiting:
        provider = self.cast.by_id[str(visit.provider_id)]
        with self.busy(provider).request() as turn:
            yield turn
            if visit.stage == Stage.READY:
                self.do(visits.begin_exam, provider, visit.pk)
            yield self.env.timeout(plan.rng("exam").uniform(7, 16))
            story = plan.story
            self.do(
                visits.finish_exam, provider, visit.pk,
                note=bedside.note(plan.rng("note"), story), diagnoses=list(story.diagnoses), orders=list(story.orders),
                follow_up=_follow_up(plan), instructions=story.instructions,
            )  # fmt: skip

    def _carry_out(self, visit: Visit, plan: Plan) -> Waiting:
        assistant = self.free_one(self.cast.at(visit.site_id, "medical-assistant"))
        with self.busy(assistant).request() as turn:
            yield turn
            for order in _open_orders(visit.encounter_id):
                yield self.env.timeout(plan.rng(order.key).uniform(1.5, 4))
                if order.needs_specimen:
                    self.do(orders.collect, assistant, order.pk)
                self.do(orders.complete, assistant, order.pk, bedside.RESULTS.get(order.key, ""))
            yield from needle.prepare_and_give(self, assistant, visit, plan)
            now = row(Visit, visit.pk)
            if now is not None and now.stage == Stage.ORDERS:
                self.do(visits.orders_done, assistant, visit.pk)

    def _check_out(self, visit: Visit, plan: Plan) -> Waiting:
        if visit.room_id:
            self.env.process(self._clean(visit.room_id, visit.site_id))
        if visit.encounter_id is not None:
            assistant = self.free_one(self.cast.at(visit.site_id, "medical-assistant"))
            yield from needle.observe(self, assistant, visit.encounter_id)
        desk = self.free_one(self.cast.at(visit.site_id, "front-desk"))
        with self.busy(desk).request() as turn:
            yield turn
            yield self.env.timeout(plan.rng("check-out").uniform(1, 4))
            wanted = visit.follow_up.get("interval_days")
            chosen = self._follow_up(desk, visit, int(wanted)) if wanted and plan.rng("again").random() < 0.85 else None
            self.do(
                visits.check_out, desk, visit.pk,
                follow_up_starts_at=chosen.starts_at if chosen else None,
                follow_up_provider_id=chosen.provider_id if chosen else None,
                follow_up_declined=bool(wanted) and chosen is None,
            )  # fmt: skip

    def _follow_up(self, desk: Actor, visit: Visit, days: int) -> FreeTime | None:
        found = self.do(
            free_times, desk, visit_type="follow-up", site_id=visit.site_id, provider_id=visit.provider_id,
            from_=self.midnight + timedelta(days=days, hours=7), days=7, limit=3,
        )  # fmt: skip
        return found[0] if found else None

    def clean_up(self) -> None:
        """Let the rooms be cleaned that an interrupted day has left."""
        for room in Room.objects.filter(state=Room.State.DIRTY).order_by("site__code", "position"):
            self.env.process(self._clean(room.pk, room.site_id))

    def _clean(self, room_id: UUID, site_id: UUID) -> Waiting:
        yield self.env.timeout(2)
        assistant = self.free_one(self.cast.at(site_id, "medical-assistant"))
        with self.busy(assistant).request() as turn:
            yield turn
            yield self.env.timeout(2)
            room = row(Room, room_id)
            if room is not None and room.state == Room.State.DIRTY:
                self.do(places.set_room_state, assistant, room_id, "ready")

    def _code(self, visit: Visit, plan: Plan) -> Waiting:
        """The biller confirms what was drafted at checkout, a while after."""
        biller = self.cast.by_role["biller"][0]
        with self.busy(biller).request() as turn:
            yield turn
            yield self.env.timeout(plan.rng("coding").uniform(2, 6))
            assert visit.encounter_id is not None
            if not _charged(visit.encounter_id):
                self.do(billing.draft_charges, biller, visit.encounter_id)
            for charge in self.do(open_charges, biller, visit.encounter_id):
                for proposed in charge.proposals:
                    self.do(decide_modifier, biller, charge.pk, proposed["modifier"], accept=True)
            self.do(billing.confirm_charges, biller, visit.encounter_id)
        # The visit moves on when its rooms have heard of it
        yield self.env.timeout(11)

    _PARTS: dict[Stage, Callable[["Day", Visit, Plan], Waiting]] = {
        Stage.BOOKED: _arrive,
        Stage.CONFIRMED: _arrive,
        Stage.ARRIVED: _bring_in,
        Stage.ROOMING: _room,
        Stage.READY: _see,
        Stage.WITH_PROVIDER: _see,
        Stage.ORDERS: _carry_out,
        Stage.CHECKOUT: _check_out,
        Stage.CODING: _code,
    }

    # ------------------------------------------------------------------------------------------------------- the rest

    def every(self, minutes: float, what: Callable[[], Any]) -> None:
        """Do something again and again while visits are open, and once after."""
        self.env.process(self._every(minutes, what))

    def _every(self, minutes: float, what: Callable[[], Any]) -> Waiting:
        while self.open:
            yield self.env.timeout(minutes)
            self.do(what)


def _follow_up(plan: Plan) -> dict[str, Any] | None:
    days = plan.story.follow_up_days
    return {"interval_days": days, "visit_type": "follow-up"} if days and plan.age_days > 18 * 365 else None


def _reviewed(patient_id: UUID, what: str) -> dict[str, Any]:
    """What going through a list comes to: nothing new, or that there is nothing to list."""
    if what == "medications":
        listed = bool(_takes(patient_id))
    elif what == "allergies":
        listed = bool(_allergic(patient_id))
    else:
        listed = True
    return {} if listed else {"none_known": True}
