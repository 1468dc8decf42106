"""Booking, moving and cancelling: nobody is booked twice, unless deliberately."""

import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import orjson
import pytest
from django.db import connection

from liaison.kernel import clock
from liaison.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from liaison.kernel.ids import new_id
from liaison.people.actions import update
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.record.models import OutboxEvent, Revision
from liaison.record.promises import broken
from liaison.schedule import actions
from liaison.schedule.models import Appointment, Hold

TEN = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)  # 10:00 in Chicago
LENGTH = timedelta(minutes=20)


def said(appointment: Appointment) -> dict:
    newest = Revision.objects.filter(resource_type="Appointment", resource_id=appointment.pk).latest("version")
    return orjson.loads(bytes(newest.body))


def test_a_booked_time_is_held_and_told(practice):
    booked = practice.book(TEN, reason=" sore  throat ")
    assert (booked.starts_at, booked.ends_at, booked.reason) == (TEN, TEN + LENGTH, "sore throat")
    assert Hold.objects.get().resource_id == practice.provider.pk
    assert OutboxEvent.objects.get(name="schedule.booked").payload["appointment"] == str(booked.pk)
    resource = said(booked)
    assert (resource["status"], resource["start"], resource["minutesDuration"]) == (
        "booked",
        "2026-11-20T16:00:00Z",
        20,
    )
    assert {"reference": f"Patient/{booked.patient_id}"} in [one["actor"] for one in resource["participant"]]
    assert broken() == {}


def test_a_time_said_in_the_clinics_own_zone_is_recorded_as_it_is_kept(practice):
    booked = practice.book(TEN.astimezone(ZoneInfo("America/Chicago")))
    assert said(booked)["start"] == "2026-11-20T16:00:00Z"
    moved = actions.move(practice.desk, booked.pk, starts_at=(TEN + LENGTH).astimezone(ZoneInfo("America/Chicago")))
    assert said(moved)["start"] == "2026-11-20T16:20:00Z"
    assert broken() == {}


@pytest.mark.parametrize("minutes", [-19, -10, 0, 10, 19])
def test_a_time_that_touches_a_booked_one_is_taken(practice, minutes):
    practice.book(TEN)
    with pytest.raises(Conflict) as refused:
        practice.book(TEN + timedelta(minutes=minutes))
    assert (refused.value.code, refused.value.field) == ("time-taken", "starts_at")
    assert Appointment.objects.count() == Hold.objects.count() == 1
    assert OutboxEvent.objects.filter(name="schedule.booked").count() == 1


def test_the_times_before_and_after_and_another_provider_are_free(practice):
    practice.book(TEN)
    practice.book(TEN - LENGTH)
    practice.book(TEN + LENGTH)
    practice.book(TEN, provider_id=practice.another_provider().pk)
    assert broken() == {}


def test_overbooking_is_a_deliberate_act_with_its_own_capability(practice):
    practice.book(TEN)
    with pytest.raises(Forbidden):
        practice.book(TEN, overbook=True)
    with pytest.raises(Conflict):
        practice.book(TEN, actor=practice.nurse)
    second = practice.book(TEN, actor=practice.nurse, overbook=True)
    third = practice.book(TEN + timedelta(minutes=10), actor=practice.nurse, overbook=True)
    assert second.overbooked
    assert third.overbooked
    assert sorted(Hold.objects.values_list("lane", flat=True)) == [0, 1, 2]
    assert not practice.book(TEN + 4 * LENGTH, actor=practice.nurse, overbook=True).overbooked
    assert broken() == {}


@pytest.mark.parametrize(
    ("starts_at", "code"),
    [
        (TEN - timedelta(days=1), "past"),
        (TEN - timedelta(hours=2, minutes=20), "past"),
        (datetime(2026, 11, 20, 17, 50, tzinfo=UTC), "outside-hours"),  # over the lunch hour
        (datetime(2026, 11, 21, 3, 0, tzinfo=UTC), "outside-hours"),  # in the evening
        (datetime(2026, 11, 20, 22, 50, tzinfo=UTC), "outside-hours"),  # past closing
        (datetime(2026, 11, 20, 20, 30, tzinfo=UTC), "absent"),
        (datetime(2026, 11, 20, 20, 30), "no-zone"),  # noqa: DTZ001  # what a careless caller sends
    ],
)
def test_times_that_the_provider_does_not_offer_are_refused(practice, starts_at, code):
    two_pm = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
    actions.add_absence(practice.setup, practice.provider.pk, starts_at=two_pm, ends_at=two_pm + timedelta(hours=1))
    with pytest.raises(Invalid) as refused:
        practice.book(starts_at)
    assert (refused.value.code, refused.value.field) == (code, "starts_at")
    assert Appointment.objects.count() == 0


def test_overbooking_books_over_hours_and_absences_but_not_the_past(practice):
    evening = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
    assert practice.book(evening, actor=practice.nurse, overbook=True).starts_at == evening
    with pytest.raises(Invalid):
        practice.book(TEN - timedelta(days=1), actor=practice.nurse, overbook=True)


def test_who_walks_in_is_booked_at_the_time_that_has_just_begun_and_a_machine_whenever(practice):
    with clock.at(TEN + timedelta(minutes=10)):
        practice.book(TEN)
        practice.book(TEN - timedelta(hours=1), actor=practice.setup)


def test_what_does_not_exist_cannot_be_booked(practice):
    for wrong, kind in (
        ({"patient_id": new_id()}, NotFound),
        ({"provider_id": new_id()}, NotFound),
        ({"site_id": new_id()}, Invalid),
        ({"visit_type": "dance"}, Invalid),
        ({"minutes": 0}, Invalid),
        ({"minutes": 2000}, Invalid),
    ):
        with pytest.raises(kind):
            practice.book(TEN, **wrong)
    gone = practice.patient()
    update(practice.setup, gone.pk, deceased_on="2026-01-01")
    with pytest.raises(Invalid, match="deceased"):
        practice.book(TEN, patient_id=gone.pk)
    with pytest.raises(Forbidden):
        practice.book(TEN, actor=Actor("1", "Guest", "guest", frozenset()))
    assert Appointment.objects.count() == 0


def test_a_visit_type_that_needs_a_room_holds_one(practice):
    other = practice.another_provider()
    first = practice.book(TEN, visit_type="procedure")
    assert first.room is not None
    assert {"reference": f"Location/{first.room_id}"} in [one["actor"] for one in said(first)["participant"]]
    with pytest.raises(Conflict) as refused:
        practice.book(TEN, visit_type="procedure", provider_id=other.pk)
    assert refused.value.code == "no-room"
    practice.book(TEN, provider_id=other.pk)
    actions.cancel(practice.desk, first.pk, "moved away")
    practice.book(TEN, visit_type="procedure", provider_id=practice.another_provider("Third").pk)


def test_moving_frees_the_old_time_and_takes_the_new(practice):
    booked = practice.book(TEN)
    taken = practice.book(TEN + 2 * LENGTH)
    moved = actions.move(practice.desk, booked.pk, starts_at=TEN + timedelta(minutes=10))
    assert (moved.starts_at, moved.ends_at) == (TEN + timedelta(minutes=10), TEN + timedelta(minutes=30))
    with pytest.raises(Conflict):
        actions.move(practice.desk, booked.pk, starts_at=taken.starts_at)
    assert Appointment.objects.get(pk=booked.pk).starts_at == moved.starts_at
    actions.move(practice.desk, booked.pk, starts_at=TEN, provider_id=practice.another_provider().pk)
    practice.book(TEN)
    assert said(booked)["start"] == "2026-11-20T16:00:00Z"
    assert broken() == {}


def test_cancelling_frees_the_time_and_says_why(practice):
    booked = practice.book(TEN)
    with pytest.raises(Invalid) as refused:
        actions.cancel(practice.desk, booked.pk, " ")
    assert refused.value.field == "reason"
    actions.cancel(practice.desk, booked.pk, "feels better")
    assert Hold.objects.count() == 0
    assert said(booked)["cancelationReason"] == {"text": "feels better"}
    practice.book(TEN)
    for again in (
        lambda: actions.cancel(practice.desk, booked.pk, "again"),
        lambda: actions.move(practice.desk, booked.pk, starts_at=TEN + LENGTH),
    ):
        with pytest.raises(Conflict, match="cancelled already"):
            again()
    with pytest.raises(NotFound):
        actions.cancel(practice.desk, new_id(), "who")


def test_a_visit_that_has_begun_is_neither_moved_nor_cancelled_and_a_missed_one_frees_its_time(practice):
    begun, missed = practice.book(TEN), practice.book(TEN + LENGTH)
    with change(practice.setup, "schedule.book") as this:
        actions.set_status(this, begun, "arrived")
        actions.set_status(this, missed, "noshow")
    with pytest.raises(Conflict, match="has begun"):
        actions.cancel(practice.desk, begun.pk, "no")
    assert Hold.objects.get().appointment_id == begun.pk
    with change(practice.setup, "schedule.book") as this, pytest.raises(Conflict):
        actions.set_status(this, missed, "arrived")
    assert broken() == {}


def test_booking_costs_few_queries(practice, django_assert_max_num_queries):
    patient = practice.patient()
    practice.book(TEN + LENGTH)
    # With the test's own savepoint (2), the revision, the audit entry and the event
    with django_assert_max_num_queries(11):
        practice.book(TEN, patient_id=patient.pk)


def race(times: int, act) -> list[BaseException]:
    """Let `act(number)` run in so many threads at once; gives what they raised."""
    together, raised = threading.Barrier(times), []
    now = clock.now()

    def run(number: int) -> None:
        together.wait()
        try:
            with clock.at(now):
                act(number)
        except Exception as problem:  # noqa: BLE001  # looked at by the test
            raised.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_of_32_who_want_one_time_exactly_one_gets_it(own_database, make_practice):
    practice = make_practice()
    patients = [practice.patient() for _ in range(32)]
    refused = race(32, lambda number: practice.book(TEN, patient_id=patients[number].pk))
    assert [type(one) for one in refused] == [Conflict] * 31
    assert {one.code for one in refused} == {"time-taken"}
    assert Appointment.objects.count() == Hold.objects.count() == 1
    assert broken() == {}


def test_of_32_who_overbook_each_gets_a_lane_of_its_own(own_database, make_practice):
    practice = make_practice()
    patients = [practice.patient() for _ in range(32)]
    refused = race(
        32, lambda number: practice.book(TEN, actor=practice.nurse, overbook=True, patient_id=patients[number].pk)
    )
    assert refused == []
    assert sorted(Hold.objects.values_list("lane", flat=True)) == list(range(32))


def test_of_10_appointments_moved_to_two_times_at_once_two_get_there_and_none_is_lost(own_database, make_practice):
    practice = make_practice()
    booked = [practice.book(TEN + timedelta(days=1, minutes=20 * number)) for number in range(-6, 4)]
    wanted = [TEN + timedelta(days=2, minutes=20 * (number % 2)) for number in range(10)]
    refused = race(10, lambda number: actions.move(practice.desk, booked[number].pk, starts_at=wanted[number]))
    assert [type(one) for one in refused] == [Conflict] * 8
    assert Appointment.objects.filter(starts_at__gte=TEN + timedelta(days=2)).count() == 2
    assert broken() == {}
