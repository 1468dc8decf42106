"""An open charge is changed by a person: units, price with a reason, and the draft leaves it alone."""

import pytest
from django.urls import reverse

from liaison.billing.actions import change_charge, confirm_charges, draft_charges
from liaison.billing.models import Charge
from liaison.billing.queries.uncharged import left_out_of
from liaison.kernel.errors import Conflict, Forbidden, Invalid
from liaison.people.actors import of_staff
from liaison.people.staffing import add_staff
from liaison.record.actor import Actor
from tests.billing.clinic import TEST, Practice
from tests.support.signed_in import client_of


@pytest.fixture
def strep(practice: Practice) -> Charge:
    """The charge of a strep test, by the list 26.00."""
    encounter = practice.visit(practice.patient(), orders=["strep"])
    return next(one for one in draft_charges(TEST, encounter.pk, visit_type="follow-up") if one.code == "87880")


@pytest.fixture
def biller(practice: Practice) -> Actor:
    return of_staff(add_staff(TEST, role="biller", family="Byrne", given="Ada"))


def test_units_take_the_lists_price_and_another_price_wants_a_reason(strep: Charge, biller: Actor) -> None:
    assert (change_charge(biller, strep.pk, units=2).cents, Charge.objects.get(pk=strep.pk).units) == (5_200, 2)
    with pytest.raises(Invalid) as refused:
        change_charge(biller, strep.pk, units=2, cents=4_000)
    assert refused.value.field == "reason"
    changed = change_charge(biller, strep.pk, units=2, cents=4_000, reason="Second test at half price")
    assert (changed.cents, changed.by_hand) == (4_000, "Second test at half price")
    assert change_charge(biller, strep.pk, units=3).cents == 7_800, "without an amount it is the list's again"
    for units in (0, 40_000):
        with pytest.raises(Invalid):
            change_charge(biller, strep.pk, units=units)


def test_who_may_not_post_payments_sets_no_price(practice: Practice, strep: Charge) -> None:
    doctor = of_staff(practice.doctor)
    assert change_charge(doctor, strep.pk, units=2).cents == 5_200
    with pytest.raises(Forbidden):
        change_charge(doctor, strep.pk, units=2, cents=100, reason="A friend")
    assert Charge.objects.get(pk=strep.pk).cents == 5_200


@pytest.mark.parametrize("units", [1, 3])
def test_the_draft_and_the_report_leave_alone_what_a_person_set(strep: Charge, biller: Actor, units: int) -> None:
    change_charge(biller, strep.pk, units=units + 1)
    draft_charges(TEST, strep.encounter_id, visit_type="follow-up")
    assert Charge.objects.get(pk=strep.pk).units == units + 1
    assert left_out_of([strep.encounter]) == {}


def test_what_is_billed_is_not_changed(strep: Charge, biller: Actor) -> None:
    confirm_charges(TEST, strep.encounter_id)
    with pytest.raises(Conflict):
        change_charge(biller, strep.pk, units=2)


def test_the_page_shows_the_refusal_beside_its_field_and_keeps_what_was_typed(strep: Charge, biller: Actor) -> None:
    client, url = client_of(biller), reverse("change-charge", args=[strep.encounter_id, strep.pk])
    refused = client.post(url, {"units": "2", "cents": "40.00", "reason": ""})
    html = refused.content.decode()
    assert (refused.status_code, "Say why the price is not the list’s." in html) == (422, True)
    assert 'value="40.00"' in html
    assert client.post(url, {"units": "two", "cents": "", "reason": ""}).status_code == 422
    assert client.post(url, {"units": "2", "cents": "40.00", "reason": "Agreed"}).status_code == 302
    assert Charge.objects.get(pk=strep.pk).cents == 4_000
    assert "Agreed" in client.get(reverse("coding", args=[strep.encounter_id])).content.decode()
