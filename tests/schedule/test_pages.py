"""The schedule on the screen: a site's day, a provider's week."""

from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from liaison.kernel import clock
from liaison.people import actions as people
from liaison.schedule import queries
from liaison.schedule.calendar import calendar
from liaison.schedule.models import Appointment
from liaison.visits import actions as visits
from tests.support.practice import MONDAY, Practice, small_practice
from tests.support.signed_in import client_of

DAY = f"{MONDAY:%Y-%m-%d}"


@pytest.fixture
def place(db: None) -> Practice:
    return small_practice()


def test_a_day_shows_who_is_booked_when(place: Practice) -> None:
    place.booked("9:20")
    text = client_of(place.desk).get(reverse("schedule"), {"day": DAY}).content.decode()
    assert "Monday 23 November" in text
    assert "9:20" in text
    assert "Brandt, Otto" in text
    assert "Follow-up" in text


def test_an_appointment_stands_at_its_minute_and_overbooked_ones_side_by_side(place: Practice) -> None:
    place.booked("9:20")
    over = place.requested(place.patient("Haddad"))
    with clock.at(place.at("7:30")):
        visits.book(place.provider, over.pk, provider_id=place.dr.pk, starts_at=place.at("9:20"), overbook=True)
    place.booked("10:00", place.patient("Novak"))
    shown = calendar(queries.day(place.desk, MONDAY.date(), place.site.pk), place.at("9:30"))
    blocks = shown.columns[0].blocks
    assert [(b.top, b.length, b.lane, b.lanes) for b in blocks] == [(80, 20, 0, 2), (80, 20, 1, 2), (120, 20, 0, 1)]
    assert shown.now == 90
    assert calendar(queries.day(place.desk, MONDAY.date(), place.site.pk), place.at("22:00")).now is None


def test_a_full_day_asks_a_fixed_number_of_queries(
    place: Practice, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(24):
        place.booked(f"{8 + n // 3}:{n % 3 * 20:02d}", place.patient(f"Family{n}"))
    client = client_of(place.desk)
    client.get(reverse("schedule"), {"day": DAY})
    with django_assert_max_num_queries(14):
        text = client.get(reverse("schedule"), {"day": DAY}).content.decode()
    assert text.count('class="appt') == 24


def test_the_live_part_is_the_calendar_alone(place: Practice) -> None:
    place.booked("9:20")
    text = client_of(place.desk, htmx=True).get(reverse("schedule"), {"day": DAY}).content.decode()
    assert text.strip().startswith("{#") is False
    assert "<html" not in text
    assert 'id="calendar"' in text


def test_a_week_of_a_provider_and_a_day_that_is_none(place: Practice) -> None:
    place.booked("9:20")
    client = client_of(place.desk)
    text = client.get(reverse("schedule-week", args=[place.dr.pk]), {"day": DAY}).content.decode()
    assert text.count('class="col') == 7
    assert "Brandt, Otto" in text
    for nonsense in ("2026-13-40", "9999-12-31", "0001-01-01", "x"):
        assert client.get(reverse("schedule"), {"day": nonsense, "site": nonsense}).status_code == 200
        assert client.get(reverse("schedule-week", args=[place.dr.pk]), {"day": nonsense}).status_code == 200


def test_a_restricted_patient_is_not_named_on_the_schedule(place: Practice) -> None:
    visit = place.booked("9:20")
    people.restrict(place.setup, visit.patient_id, True, "asked for")
    text = client_of(place.desk).get(reverse("schedule"), {"day": DAY}).content.decode()
    assert "Brandt" not in text
    assert "Restricted chart" in text


def test_a_night_appointment_is_in_sight(place: Practice) -> None:
    late = place.requested()
    with clock.at(place.at("7:30")):
        visits.book(place.provider, late.pk, provider_id=place.dr.pk, starts_at=place.at("20:00"), overbook=True)
    shown = calendar(queries.day(place.desk, MONDAY.date(), place.site.pk), place.at("9:00"))
    assert shown.minutes >= 13 * 60
    assert shown.columns[0].blocks[0].top == 12 * 60
    assert Appointment.objects.get().ends_at - Appointment.objects.get().starts_at == timedelta(minutes=20)
