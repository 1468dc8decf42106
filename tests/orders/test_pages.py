"""The work list of orders on the screen."""

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from liaison.kernel import clock
from liaison.orders import actions as orders
from liaison.orders.models import Order, Specimen
from tests.support.practice import Practice, small_practice
from tests.support.signed_in import client_of


@pytest.fixture
def place(db: None) -> Practice:
    return small_practice()


@pytest.fixture
def order(place: Practice) -> Order:
    visit = place.examined(orders=["a1c"])
    return Order.objects.get(encounter_id=visit.encounter_id)


def act(order: Order, name: str) -> str:
    return reverse(name, args=[order.pk])


def test_from_the_list_to_the_label_to_done(place: Practice, order: Order) -> None:
    ma = client_of(place.ma)
    listed = ma.get(reverse("orders")).content.decode()
    assert "Hemoglobin A1c" in listed
    assert "lavender top, 3 mL" in listed
    ma.post(act(order, "order-collect"))
    specimen = Specimen.objects.get()
    assert specimen.accession in ma.get(reverse("orders")).content.decode()
    label = ma.get(reverse("specimen-label", args=[specimen.pk]))
    assert (label.headers["Content-Type"], label.content[:4]) == ("application/pdf", b"%PDF")
    ma.post(act(order, "order-complete"), {"result": "6.8 %"})
    order.refresh_from_db()
    assert (order.status, order.result) == ("completed", "6.8 %")
    assert "Nothing to draw or to do" in ma.get(reverse("orders")).content.decode()


def test_done_before_drawn_is_refused_with_what_to_do(place: Practice, order: Order) -> None:
    answer = client_of(place.ma).post(act(order, "order-complete"), {"result": "6.8 %"})
    assert answer.status_code == 422
    assert "Collect and label the specimen first." in answer.content.decode()


def test_a_specimen_is_drawn_once(place: Practice, order: Order) -> None:
    ma = client_of(place.ma)
    assert ma.post(act(order, "order-collect")).status_code == 302
    again = ma.post(act(order, "order-collect"))
    assert (again.status_code, "drawn already" in again.content.decode()) == (422, True)


def test_cancelling_takes_the_capability_and_a_reason(place: Practice, order: Order) -> None:
    assert client_of(place.ma).post(act(order, "order-revoke"), {"reason": "twice"}).status_code == 403
    provider = client_of(place.provider)
    empty = provider.post(act(order, "order-revoke"), {"reason": ""})
    assert (empty.status_code, "Say why the order is cancelled." in empty.content.decode()) == (422, True)
    provider.post(act(order, "order-revoke"), {"reason": "ordered twice"})
    order.refresh_from_db()
    assert order.status == "revoked"


def test_the_desk_sees_no_orders(place: Practice) -> None:
    assert client_of(place.desk).get(reverse("orders")).status_code == 403


def test_a_long_list_asks_a_fixed_number_of_queries(
    place: Practice, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(3):
        visit = place.ready(f"{9 + n}:00", room=n, patient=place.patient(f"Family{n}"))
        with clock.at(place.at(f"{9 + n}:30")):
            for key in ("a1c", "ekg"):
                orders.place(place.provider, visit.encounter_id, key)
    ma = client_of(place.ma)
    ma.get(reverse("orders"))
    with django_assert_max_num_queries(12):
        text = ma.get(reverse("orders"), {"site": "all"}).content.decode()
    assert text.count("data-card") == 6
