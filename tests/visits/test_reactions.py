"""A visit follows what happens in other rooms, once; and what must always hold is noticed when it does not."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from liaison.billing import actions as billing
from liaison.kernel import clock
from liaison.orders import actions as orders
from liaison.orders.models import Order
from liaison.people.actions import end_coverage
from liaison.record import outbox
from liaison.record.change import change
from liaison.record.models import OutboxEvent
from liaison.schedule import actions as schedule
from liaison.visits import actions as visits
from liaison.visits import promises
from liaison.visits.models import Move, Stage, Visit
from tests.support.practice import Practice


def test_the_last_order_done_sends_the_patient_to_checkout(practice: Practice) -> None:
    visit = practice.examined(orders=["ekg", "a1c"])
    orders.complete(practice.ma, Order.objects.get(key="ekg").pk)
    outbox.deliver()
    assert Visit.objects.get(pk=visit.pk).stage == Stage.ORDERS
    orders.revoke(practice.provider, Order.objects.get(key="a1c").pk, "Had it last week")
    outbox.deliver()
    assert Visit.objects.get(pk=visit.pk).stage == Stage.CHECKOUT


def test_posted_charges_make_a_visit_billed_until_the_payer_answers(practice: Practice) -> None:
    visit = practice.examined()
    with clock.at(practice.at("10:00")):
        visits.check_out(practice.desk, visit.pk)
        outbox.deliver()
        assert billing.confirm_charges(practice.biller, visit.encounter_id) is not None
        outbox.deliver()
    assert Visit.objects.get(pk=visit.pk).stage == Stage.BILLED


def test_without_a_payer_nothing_is_waited_for(practice: Practice) -> None:
    patient = practice.patient()
    end_coverage(practice.desk, practice.coverages.pop(patient.pk).pk, practice.at("0:00").date() - timedelta(days=1))
    visit = practice.examined(patient=patient)
    with clock.at(practice.at("10:00")):
        visits.check_out(practice.desk, visit.pk)
        outbox.deliver()
        assert billing.confirm_charges(practice.biller, visit.encounter_id) is None
        outbox.deliver()
    assert [m.to_stage for m in visit.moves.order_by("at", "pk")][-3:] == ["coding", "billed", "closed"]


def test_an_appointment_moved_or_cancelled_on_the_schedule_takes_its_visit_along(practice: Practice) -> None:
    visit = practice.booked()
    visits.confirm(practice.desk, visit.pk)
    with clock.at(practice.at("7:45")):
        schedule.move(practice.desk, visit.appointment_id, starts_at=practice.at("13:00"))
        outbox.deliver()
        visit.refresh_from_db()
        assert (visit.stage, visit.starts_at) == (Stage.BOOKED, practice.at("13:00"))
        schedule.cancel(practice.desk, visit.appointment_id, "Called")
        outbox.deliver()
    assert Visit.objects.get(pk=visit.pk).stage == Stage.CANCELLED


def test_events_that_come_twice_change_nothing_more(practice: Practice) -> None:
    visit = practice.examined(orders=["ekg"])
    orders.complete(practice.ma, Order.objects.get().pk)
    outbox.deliver()
    moves = Move.objects.filter(visit=visit).count()
    OutboxEvent.objects.update(handled_at=None)
    outbox.deliver(1000)
    assert Move.objects.filter(visit=visit).count() == moves
    assert not OutboxEvent.objects.exclude(error="").exists()


@pytest.mark.parametrize(
    ("promise", "word"),
    [
        (promises.moves_follow_the_table, "its last move says"),
        (promises.rooms_hold_one_visit, "does not say so"),
        (promises.visits_have_encounters, "has no encounter"),
    ],
)
def test_a_broken_promise_is_told(practice: Practice, promise: Callable[[], object], word: str) -> None:
    visit = practice.booked()
    assert not list(promise())
    visit.stage, visit.room = Stage.READY, practice.rooms[0]
    with change(practice.setup, "visits.room") as this:
        this.save(visit, "stage", "room")
    (sentence,) = promise()
    assert word in sentence
