"""What the patient takes home."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from liaison.chart.actions import add_medication
from liaison.kernel import clock
from liaison.orders import actions as orders
from liaison.orders.models import Order
from liaison.visits import actions as visits
from liaison.visits.models import Visit
from liaison.visits.queries import visit_for
from liaison.visits.summary import pdf, summary
from tests.support.practice import Practice


@pytest.fixture
def seen(practice: Practice) -> Visit:
    visit = practice.examined(orders=["ekg"], follow_up={"interval_days": 90}, instructions="Walk.\nLess salt.")
    add_medication(practice.ma, visit.patient_id, display="Lisinopril 10 mg", dosage="one tablet each morning")
    with clock.at(practice.at("9:50")):
        orders.complete(practice.ma, Order.objects.get().pk, "normal")
        visits.orders_done(practice.ma, visit.pk)
    return visit_for(practice.desk, visit.pk)


def test_it_says_in_plain_words_what_was_found_and_what_is_next(practice: Practice, seen: Visit) -> None:
    said = summary(seen)
    assert said.name == "Otto Brandt"
    assert said.day == "Monday, 23 November 2026"
    assert said.found == ["Essential (primary) hypertension", "Blood pressure: 122/76 mmHg", "Pulse: 72 /min"]
    assert said.next == ["Walk.", "Less salt."]
    assert said.medicines == ["Lisinopril 10 mg: one tablet each morning"]
    assert said.tests == ["EKG: normal"]
    assert said.follow_up == "Please come back in about 3 months."
    assert said.call == "Call us at (312) 555-0100. For an emergency call 911."


def test_it_names_the_booked_time_in_the_sites_zone(practice: Practice, seen: Visit) -> None:
    with clock.at(practice.at("10:00")):
        visits.check_out(practice.desk, seen.pk, follow_up_starts_at=practice.at("14:40") + timedelta(days=91))
    said = summary(visit_for(practice.desk, seen.pk))
    assert said.follow_up == "Monday, 22 February 2027 at 2:40 PM, Maple Street."


def test_it_asks_a_fixed_number_of_queries(seen: Visit, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_max_num_queries(7):
        summary(seen)


def test_it_prints_as_pdf_whatever_was_typed(practice: Practice, seen: Visit) -> None:
    seen.instructions = 'Take #pagebreak() with *food* $5 "daily" \\ <b>\nΩ 漢字'
    made = pdf(seen)
    assert made.startswith(b"%PDF")
    assert len(made) > 5000
