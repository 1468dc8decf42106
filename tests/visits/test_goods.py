"""Goods used in a visit: found on its site's shelf, counted down, charged, and put back."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from liaison.billing.models import Charge
from liaison.billing.rules import packaged
from liaison.documents.actions import publish
from liaison.kernel import clock
from liaison.record import outbox
from liaison.supplies import actions as supplies
from liaison.supplies.models import Item, Movement, Stock
from liaison.visits import actions as visits
from liaison.visits.models import Visit
from tests.support.practice import Practice, small_practice
from tests.support.signed_in import client_of


@pytest.fixture
def place(db: None) -> Practice:
    return small_practice()


@pytest.fixture
def splint(place: Practice) -> Item:
    """Finger splints: two that expire first, ten more, and a charge of A4570 for each."""
    item = supplies.add_item(place.setup, kind="supply", name="Finger splint", unit="piece", storage="room")
    unit = supplies.add_unit(place.setup, site_id=place.site.pk, name="Cupboard", kind="room")
    facts: dict[str, Any] = {"unit_id": unit.pk, "item_id": item.pk, "funding": "private"}
    today = clock.now().date()
    for number, days, pieces in (("OLD", 400, 2), ("NEW", 800, 10)):
        supplies.receive(place.setup, number=number, expires_on=today + timedelta(days=days), doses=pieces, **facts)
    body = packaged("charge-rules")["body"] | {"supplies": {"Finger splint": {"code": "A4570"}}}
    publish(place.setup, kind="charge-rules", key="default", title="Charges", body=body)
    return item


@pytest.fixture
def visit(place: Practice) -> Visit:
    return place.examined(patient=place.patient(), diagnoses=["S61.209A"])


def on_hand() -> dict[str, int]:
    return dict(Stock.objects.values_list("lot__number", "on_hand"))


def test_goods_leave_the_shelf_first_to_expire_first_and_are_charged(
    place: Practice, splint: Item, visit: Visit
) -> None:
    ma, page = client_of(place.ma), reverse("visit-goods", args=[visit.pk])
    assert "12 pieces on the shelf" in ma.get(page, {"q": "splint finger"}).content.decode()
    use = reverse("visit-goods-use", args=[visit.pk, splint.pk])
    assert ma.post(use, {"quantity": "3"}).status_code == 302
    assert on_hand() == {"OLD": 0, "NEW": 9}
    visits.check_out(place.desk, visit.pk, follow_up_declined=True)
    outbox.deliver()
    assert list(Charge.objects.filter(code="A4570").values_list("units", "status")) == [(3, "open")]
    assert ma.post(use, {"quantity": "1"}).status_code == 302
    outbox.deliver()
    assert Charge.objects.get(code="A4570", status="open").units == 4, "used after checkout is charged too"


def test_what_was_not_used_goes_back_once_and_its_charge_goes(place: Practice, splint: Item, visit: Visit) -> None:
    ma = client_of(place.ma)
    ma.post(reverse("visit-goods-use", args=[visit.pk, splint.pk]), {"quantity": "2"})
    movement = Movement.objects.get(kind=Movement.Kind.USED)
    visits.check_out(place.desk, visit.pk, follow_up_declined=True)
    outbox.deliver()
    back = reverse("visit-goods-back", args=[visit.pk, movement.pk])
    assert ma.post(back).status_code == 302
    assert on_hand() == {"OLD": 2, "NEW": 10}
    assert "Back on the shelf already" in ma.post(back).content.decode().replace("It is back", "Back")
    assert on_hand() == {"OLD": 2, "NEW": 10}
    outbox.deliver()
    assert not Charge.objects.filter(code="A4570", status="open").exists()


@pytest.mark.parametrize("quantity", ["0", "", "two", "1000", "13"])
def test_a_number_that_cannot_be_is_told_beside_its_field(
    place: Practice, splint: Item, visit: Visit, quantity: str
) -> None:
    use = reverse("visit-goods-use", args=[visit.pk, splint.pk])
    refused = client_of(place.ma).post(use, {"quantity": quantity, "q": "splint"})
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.content.decode()
    assert on_hand() == {"OLD": 2, "NEW": 10}


def test_a_vaccine_is_no_goods_and_the_desk_takes_none(place: Practice, splint: Item, visit: Visit) -> None:
    vaccine = supplies.add_item(place.setup, name="MMR II", ndc="00006-4681-00", storage="refrigerator")
    url = reverse("visit-goods-use", args=[visit.pk, vaccine.pk])
    assert client_of(place.ma).post(url, {"quantity": "1"}).status_code == 422
    page = reverse("visit-goods", args=[visit.pk])
    assert "MMR" not in client_of(place.ma).get(page).content.decode()
    assert client_of(place.desk).get(page).status_code == 403


def test_the_list_says_what_to_do_when_nothing_is_found(place: Practice, splint: Item, visit: Visit) -> None:
    ma, page = client_of(place.ma), reverse("visit-goods", args=[visit.pk])
    found = ma.post(reverse("visit-goods-search", args=[visit.pk]), {"q": "<gauze>"}).content.decode()
    assert "No goods by “&lt;gauze&gt;”" in found
    assert "Nothing yet" in ma.get(page).content.decode()
    working = ma.get(reverse("visit", args=[visit.pk])).content.decode()
    assert page in working
