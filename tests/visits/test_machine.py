"""The table of moves: whatever people try, a visit goes only where the table leads, every step timed."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from liaison.kernel import clock
from liaison.kernel.errors import Refused
from liaison.orders import actions as orders
from liaison.orders.models import Order
from liaison.people.roles import CAPABILITIES, ROLES
from liaison.places.actions import set_room_state
from liaison.visits import actions as visits
from liaison.visits import promises
from liaison.visits.machine import IN_ROOM, TRANSITIONS, possible
from liaison.visits.models import Move, Stage, Step, Visit
from tests.support.practice import Practice, small_practice

WAYS = {(origin.value, row.to.value) for row in TRANSITIONS for origin in row.origins}


def test_every_row_names_a_capability_that_somebody_in_a_clinic_has() -> None:
    for row in TRANSITIONS:
        assert row.capability in CAPABILITIES
        assert any(row.capability in role.capabilities for role in ROLES.values())


def test_every_stage_is_reached_and_only_the_ends_lead_nowhere() -> None:
    assert {row.to for row in TRANSITIONS} == set(Stage)
    assert {s for s in Stage if not possible(s)} == {Stage.CLOSED, Stage.CANCELLED, Stage.NO_SHOW, Stage.LEFT}


FORWARD = {
    Stage.BOOKED: "check_in",
    Stage.CONFIRMED: "check_in",
    Stage.ROOMING: "hand_off",
    Stage.READY: "begin_exam",
    Stage.WITH_PROVIDER: "finish_exam",
    Stage.ORDERS: "orders_done",
    Stage.CHECKOUT: "check_out",
    Stage.CODING: "bill",
    Stage.BILLED: "close",
}
BUTTONS = {*FORWARD.values(), "confirm", "cancel", "no_show", "left"}


class ClinicDay(RuleBasedStateMachine):
    """Staff press whatever button they like, for three patients and two rooms."""

    practice: Practice

    @initialize()
    def open_the_doors(self) -> None:
        self._atomic = transaction.atomic()
        self._atomic.__enter__()
        self.now = self.practice.at("7:30")
        with clock.at(self.now):
            self.visits = [self.practice.requested(patient).pk for patient in self.practice.patients]

    def teardown(self) -> None:
        if hasattr(self, "_atomic"):
            for promise in (
                promises.moves_follow_the_table,
                promises.rooms_hold_one_visit,
                promises.visits_have_encounters,
            ):
                assert not list(promise())
            transaction.set_rollback(True)
            self._atomic.__exit__(None, None, None)

    @contextmanager
    def trying(self) -> Iterator[None]:
        self.now += timedelta(minutes=3)
        with clock.at(self.now), suppress(Refused), transaction.atomic():
            yield

    @rule(n=st.integers(0, 2), slot=st.integers(0, 5))
    def book(self, n: int, slot: int) -> None:
        with self.trying():
            at = self.practice.at("8:00") + timedelta(minutes=20 * slot)
            visits.book(
                self.practice.provider, self.visits[n], provider_id=self.practice.dr.pk, starts_at=at, overbook=slot > 3
            )

    @rule(n=st.integers(0, 2), room=st.integers(0, 1))
    def room(self, n: int, room: int) -> None:
        with self.trying():
            visits.room(self.practice.ma, self.visits[n], self.practice.rooms[room].pk)

    @rule(room=st.integers(0, 1), state=st.sampled_from(["ready", "dirty"]))
    def somebody_sets_a_room(self, room: int, state: str) -> None:
        with self.trying():
            if not Visit.objects.filter(room=self.practice.rooms[room], stage__in=IN_ROOM).exists():
                set_room_state(self.practice.ma, self.practice.rooms[room].pk, state)

    @rule(n=st.integers(0, 2))
    def all_steps(self, n: int) -> None:
        with self.trying():
            self.practice.all_steps(Visit.objects.get(pk=self.visits[n]))

    @rule(n=st.integers(0, 2))
    def skip_first(self, n: int) -> None:
        with self.trying():
            visits.skip_step(self.practice.ma, self.visits[n], "reason", "No time")

    def buttons(self, pk: UUID, *, yes: bool) -> dict[str, Callable[[], Any]]:
        p = self.practice
        wanted = ["ekg"] if yes else []
        return {
            "confirm": lambda: visits.confirm(p.desk, pk),
            "check_in": lambda: p.check_in(Visit.objects.get(pk=pk)),
            "hand_off": lambda: visits.hand_off(p.ma, pk),
            "begin_exam": lambda: visits.begin_exam(p.provider, pk),
            "finish_exam": lambda: visits.finish_exam(p.provider, pk, note="Well", diagnoses=["I10"], orders=wanted),
            "orders_done": lambda: visits.orders_done(p.ma, pk),
            "check_out": lambda: visits.check_out(p.desk, pk, follow_up_declined=yes),
            "bill": lambda: visits.bill(p.biller, pk),
            "close": lambda: visits.close(p.setup, pk),
            "cancel": lambda: visits.cancel(p.desk, pk, "Called" if yes else ""),
            "no_show": lambda: visits.no_show(p.desk, pk),
            "left": lambda: visits.left(p.desk, pk, "Had to go"),
        }

    @rule(n=st.integers(0, 2), yes=st.booleans(), what=st.sampled_from(sorted(BUTTONS)))
    def press_any(self, n: int, yes: bool, what: str) -> None:
        with self.trying():
            self.buttons(self.visits[n], yes=yes)[what]()

    @rule(n=st.integers(0, 2), yes=st.booleans())
    def press_what_is_next(self, n: int, yes: bool) -> None:
        """So that many examples come far."""
        visit = Visit.objects.get(pk=self.visits[n])
        with self.trying():
            if visit.stage == Stage.ROOMING:
                self.practice.all_steps(visit)
            if (what := FORWARD.get(Stage(visit.stage))) is not None:
                self.buttons(visit.pk, yes=yes)[what]()

    @rule(n=st.integers(0, 2))
    def do_open_orders(self, n: int) -> None:
        with self.trying():
            for order in Order.objects.filter(encounter__visit=self.visits[n], status="active"):
                orders.complete(self.practice.ma, order.pk)

    @invariant()
    def every_move_is_in_the_table_and_timed(self) -> None:
        rows = Move.objects.filter(visit__in=getattr(self, "visits", ())).order_by("at", "pk")
        for pk, moves in groupby(sorted(rows, key=lambda m: m.visit_id), key=lambda m: m.visit_id):
            way, visit = list(moves), Visit.objects.get(pk=pk)
            assert (way[0].from_stage, way[0].to_stage) == ("", "requested")
            assert {(m.from_stage, m.to_stage) for m in way[1:]} <= WAYS
            assert (visit.stage, visit.stage_since) == (way[-1].to_stage, way[-1].at)

    @invariant()
    def a_room_never_holds_two(self) -> None:
        inside = list(Visit.objects.filter(stage__in=IN_ROOM).values_list("room_id", "room__state"))
        assert len(inside) == len({room for room, _ in inside})
        assert {state for _, state in inside} <= {"occupied"}

    @invariant()
    def nobody_is_handed_off_with_a_step_open(self) -> None:
        for visit in Visit.objects.filter(stage__in=["ready", "with_provider", "orders"]).select_related("protocol"):
            settled = Step.objects.filter(visit=visit, status__in=["done", "skipped"]).count()
            assert settled == len(visit.protocol.body["protocol"])


def test_whatever_is_pressed_no_visit_skips_a_stage_and_no_room_holds_two(practice: Practice) -> None:
    for family in ("Brandt", "Haddad", "Okafor"):
        practice.patient(family)
    ClinicDay.practice = practice
    run_state_machine_as_test(
        ClinicDay,
        settings=settings(
            max_examples=12, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.mark.parametrize("stage", list(Stage))
def test_what_is_not_in_the_table_is_refused_and_what_is_possible_is_said(practice: Practice, stage: Stage) -> None:
    visit = practice.requested()
    visit.stage = stage
    from liaison.record.change import change

    with change(practice.setup, "visits.room") as this:
        this.save(visit, "stage")
    for action, press in {
        "begin_exam": lambda: visits.begin_exam(practice.provider, visit.pk),
        "bill": lambda: visits.bill(practice.biller, visit.pk),
        "confirm": lambda: visits.confirm(practice.desk, visit.pk),
    }.items():
        if action in {row.action for row in possible(stage)}:
            continue
        with pytest.raises(Refused) as refused:
            press()
        assert refused.value.code == "not-from-here"
        for row in possible(stage):
            assert row.title in refused.value.sentence


def test_of_many_who_want_one_room_at_once_exactly_one_gets_it(own_database: None) -> None:
    practice = small_practice()
    times = [f"{8 + n // 3}:{20 * (n % 3):02d}" for n in range(16)]
    arrived = [practice.arrived(time, practice.patient(f"Family{n}")).pk for n, time in enumerate(times)]
    start, outcomes = threading.Barrier(len(arrived)), []

    def bring_in(n: int) -> None:
        start.wait()
        try:
            visits.room(practice.ma if n % 2 else practice.ma2, arrived[n], practice.rooms[0].pk)
            outcomes.append("in")
        except Refused as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=bring_in, args=(n,)) for n in range(len(arrived))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in"] + ["room-occupied"] * (len(arrived) - 1)
    assert Visit.objects.filter(room=practice.rooms[0], stage=Stage.ROOMING).count() == 1
    assert Visit.objects.filter(stage=Stage.ARRIVED, room=None).count() == len(arrived) - 1
