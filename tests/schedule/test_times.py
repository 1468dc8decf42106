"""Free times, a day, a week, and the same as FHIR slots."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from liaison.kernel import clock
from liaison.kernel.errors import Forbidden, Invalid, NotFound
from liaison.kernel.ids import new_id
from liaison.people.actions import restrict
from liaison.record.actor import Actor
from liaison.record.forms import registry
from liaison.record.models import AuditEntry
from liaison.schedule import actions, queries
from liaison.schedule.models import ProviderSchedule

FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)
TEN = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)  # 10:00 in Chicago
SLOT = registry.computed["Slot"]


def at(hour: int, minute: int = 0, day: int = 20) -> datetime:
    """A time of November 2026 in Chicago."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) + timedelta(hours=6)


def starts(practice, **more) -> list[datetime]:
    wanted = {"visit_type": "follow-up", "from_": FRIDAY, "days": 1, "limit": 100}
    return [time.starts_at for time in queries.free_times(practice.desk, **(wanted | more))]


def test_free_times_leave_out_what_is_taken_absent_or_past(practice):
    practice.book(TEN)
    actions.add_absence(practice.setup, practice.provider.pk, starts_at=at(13), ends_at=at(16))
    with clock.at(at(9, 5)):
        free = starts(practice)
    assert free[0] == at(9, 10)
    assert not {at(9, 50), at(10), at(10, 10)} & set(free)
    assert {at(9, 40), at(10, 20), at(11, 40), at(16), at(16, 40)} <= set(free)
    assert max(one for one in free if one < at(13)) == at(11, 40)
    assert not [one for one in free if at(11, 40) < one < at(16)]


def test_every_time_that_is_offered_can_be_booked(practice):
    for time in queries.free_times(practice.desk, visit_type="follow-up", from_=SATURDAY, limit=4):
        booked = practice.book(time.starts_at, provider_id=time.provider_id, site_id=time.site_id)
        assert booked.ends_at == time.ends_at
        break


def test_free_times_of_everybody_or_of_one_soonest_first(practice):
    other = practice.another_provider()
    practice.book(at(8), provider_id=other.pk)
    times = queries.free_times(practice.desk, visit_type="follow-up", from_=FRIDAY, limit=5)
    assert [time.provider_name for time in times[:3]] == ["Dr Osei", "Dr Osei", "Dr Lindqvist"]
    assert sorted(time.starts_at for time in times) == [time.starts_at for time in times]
    assert {time.provider_id for time in queries.free_times(
        practice.desk, visit_type="follow-up", from_=FRIDAY, provider_id=other.pk
    )} == {other.pk}  # fmt: skip


def test_a_visit_that_needs_a_room_is_offered_where_one_is_free(practice):
    practice.book(TEN, visit_type="procedure")
    other = practice.another_provider()
    free = starts(practice, visit_type="procedure", provider_id=other.pk)
    assert at(9, 30) in free
    assert not {at(9, 45), at(10), at(10, 15)} & set(free)
    assert at(10) in starts(practice, provider_id=other.pk)


def test_hours_follow_the_clock_of_the_wall_into_summer_time(practice):
    march = {time.starts_at for time in queries.free_times(
        practice.desk, visit_type="follow-up", from_=date(2027, 3, 12), days=4, limit=500
    )}  # fmt: skip
    assert datetime(2027, 3, 12, 14, 0, tzinfo=UTC) in march
    assert datetime(2027, 3, 15, 13, 0, tzinfo=UTC) in march


def test_free_times_are_found_in_few_queries(practice, django_assert_max_num_queries):
    for number in range(4):
        practice.another_provider(f"Doctor{number}")
    with django_assert_max_num_queries(5):
        assert starts(practice, days=30)


def test_hours_are_refused_that_cannot_be(practice):
    for weekly in ({"7": [["08:00", "12:00"]]}, {"0": [["12:00", "08:00"]]}, {"0": [["8", "x"]]}, {"0": ["08:00"]},
                   {"0": [["08:00", "12:00"], ["11:00", "13:00"]]}):  # fmt: skip
        with pytest.raises(Invalid):
            actions.set_hours(practice.setup, practice.provider.pk, practice.site.pk, weekly)
    with pytest.raises(NotFound):
        actions.set_hours(practice.setup, new_id(), practice.site.pk, {})
    with pytest.raises(Forbidden):
        actions.set_hours(practice.desk, practice.provider.pk, practice.site.pk, {})
    actions.set_hours(practice.setup, practice.provider.pk, practice.site.pk, {0: [["8:00".zfill(5), "09:00"]]})
    assert ProviderSchedule.objects.get().weekly == {"0": [["08:00", "09:00"]]}


def test_an_absence_can_be_taken_back(practice):
    absence = actions.add_absence(practice.setup, practice.provider.pk, starts_at=at(8), ends_at=at(17))
    assert starts(practice) == []
    actions.remove_absence(practice.setup, absence.pk)
    assert starts(practice)
    with pytest.raises(Invalid):
        actions.add_absence(practice.setup, practice.provider.pk, starts_at=at(8), ends_at=at(8))


def test_a_day_shows_each_provider_with_hours_and_appointments_in_order(practice, django_assert_max_num_queries):
    other = practice.another_provider()
    late, early = practice.book(at(15)), practice.book(TEN)
    gone = practice.book(at(11))
    actions.cancel(practice.desk, gone.pk, "ill")
    for number in range(6):
        practice.book(at(13) + timedelta(minutes=20 * number), provider_id=other.pk)
    with django_assert_max_num_queries(5):
        columns = queries.day(practice.desk, FRIDAY, practice.site.pk)
        assert [column.provider for column in columns] == [other, practice.provider]
        assert columns[1].appointments == [early, late]
        assert columns[1].appointments[0].patient.family
    assert columns[1].open[0] == (at(8), at(12))


def test_a_week_has_seven_days(practice):
    practice.book(TEN)
    week = queries.week(practice.desk, date(2026, 11, 16), practice.provider.pk)
    assert [one.day.day for one in week] == [16, 17, 18, 19, 20, 21, 22]
    assert [len(one.appointments) for one in week] == [0, 0, 0, 0, 1, 0, 0]
    with pytest.raises(NotFound):
        queries.week(practice.desk, date(2026, 11, 16), new_id())


def test_an_appointment_is_looked_at_through_its_door(practice):
    booked = practice.book(TEN)
    assert queries.appointment_for(practice.desk, booked.pk) == booked
    entry = AuditEntry.objects.latest("seq")
    assert (entry.action, entry.patient_id) == ("read", booked.patient_id)
    restrict(practice.setup, booked.patient_id, True, "works here")
    with pytest.raises(Forbidden):
        queries.appointment_for(practice.desk, booked.pk)
    with pytest.raises(Forbidden):
        queries.day(Actor("1", "Guest", "guest", frozenset()), FRIDAY, practice.site.pk)


def slots(practice, **params) -> list[dict]:
    return SLOT.search(practice.desk, list(params.items()), 0, 1000)[1]


def test_slots_say_what_is_free_and_what_is_taken(practice):
    practice.book(TEN)
    actions.add_absence(practice.setup, practice.provider.pk, starts_at=at(14), ends_at=at(15))
    schedule = ProviderSchedule.objects.get()
    found = slots(practice, schedule=f"Schedule/{schedule.pk}", start="2026-11-20")
    by_status = {status: [one["start"] for one in found if one["status"] == status] for status in ("free", "busy")}
    assert by_status["busy"] == [TEN]
    assert {at(8), at(9, 45), at(13), at(15), at(16, 45)} <= set(by_status["free"])
    assert not {at(10), at(10, 15), at(12), at(14, 30), at(17)} & set(by_status["free"])
    assert [one["start"] for one in found if one["status"] == "busy-unavailable"] == [at(14)]
    assert [one["start"] for one in found] == sorted(one["start"] for one in found)


def test_a_slot_has_a_lasting_id_that_reads_back(practice):
    booked = practice.book(TEN)
    for slot in slots(practice, start="2026-11-20"):
        assert re.fullmatch(r"[A-Za-z0-9.-]{1,64}", slot["id"])
        assert SLOT.read(practice.desk, slot["id"]) == slot
    busy = next(slot for slot in slots(practice, status="busy"))
    actions.cancel(practice.desk, booked.pk, "ill")
    assert SLOT.read(practice.desk, busy["id"])["status"] == "free"


@pytest.mark.parametrize(
    "slot_id",
    [
        "",
        "x",
        "..",
        "{schedule}.20261120T0300.20",
        "{schedule}.20261199T1600.20",
        "{schedule}.20261120T1600.0",
        "00000000-0000-0000-0000-000000000000.20261120T1600.20",
    ],
)
def test_what_is_no_slot_is_not_there(practice, slot_id):
    assert SLOT.read(practice.desk, slot_id.format(schedule=ProviderSchedule.objects.get().pk)) is None


def test_slots_are_asked_for_by_schedule_status_and_start(practice):
    practice.another_provider()
    one = ProviderSchedule.objects.get(provider=practice.provider)
    assert {slot["schedule"]["reference"] for slot in slots(practice)} != {f"Schedule/{one.pk}"}
    assert {slot["schedule"]["reference"] for slot in slots(practice, schedule=str(one.pk))} == {f"Schedule/{one.pk}"}
    assert slots(practice, schedule="nonsense") == []
    assert slots(practice, status="busy") == []
    pairs = [("schedule", str(one.pk)), ("start", "ge2026-11-23T15:00:00Z"), ("start", "lt2026-11-23T16:00:00Z")]
    total, found = SLOT.search(practice.desk, pairs, 1, 2)
    assert total == 4
    assert [slot["start"] for slot in found] == [at(9, 15, day=23), at(9, 30, day=23)]
    for bad in ("soon", "2026-13-01", "ge2026-11-23T25:00Z", "9999-12-31", "0001-01-01"):
        with pytest.raises(Invalid):
            slots(practice, start=bad)
