"""What may be charged is found by code or words: fee schedule, the practice's own CPT, HCPCS Level II."""

from datetime import date

import pytest
from django.urls import reverse

from liaison.billing.queries.services import services
from liaison.chart import cpt
from liaison.people.actors import of_staff
from liaison.people.staffing import add_staff
from tests.billing.clinic import TEST, Practice
from tests.support.signed_in import client_of

TODAY = date(2026, 3, 2)


def test_what_has_a_price_comes_first_and_each_code_once(practice: Practice) -> None:
    found = services("992", TODAY)
    assert [(one.code, one.cents) for one in found] == [("99203", 19_500), ("99213", 14_200)]
    assert services("strep test", TODAY)[0].code == "87880"
    assert len({one.code for one in services("99", TODAY)}) == len(services("99", TODAY))


def test_hcpcs_is_found_by_words_and_by_the_beginning_of_a_code(practice: Practice) -> None:
    assert "J1100" in [one.code for one in services("dexamethasone injection", TODAY)]
    assert all(one.code.startswith("J110") for one in services("j110", TODAY))
    assert len(services("injection", TODAY, 7)) == 7


def test_the_licensed_file_is_searched_and_a_whole_code_without_words_is_offered(
    practice: Practice, settings: pytest.FixtureRequest, tmp_path: object
) -> None:
    settings.HOME = tmp_path  # type: ignore[attr-defined]  # pytest-django's settings
    assert [(one.code, one.words) for one in services("29125", TODAY)] == [("29125", "")]
    cpt.keep("29125\tWords of our own for a splint\n")
    assert services("splint own", TODAY)[0].code == "29125"
    assert services("29125", TODAY)[0].words == "Words of our own for a splint"


def test_the_list_under_the_field_is_for_who_may_charge(practice: Practice) -> None:
    biller = client_of(of_staff(add_staff(TEST, role="biller", family="Byrne", given="Ada")))
    html = biller.post(reverse("services"), {"service": "strep"}).content.decode()
    assert 'data-picks="87880"' in html
    assert "$26.00" in html
    nothing = biller.post(reverse("services"), {"service": "qqqq<qqq>"}).content.decode()
    assert ("Nothing by" in nothing, "<qqq>" in nothing) == (True, False)
    desk = client_of(of_staff(add_staff(TEST, role="front-desk", family="Diaz", given="Eva")))
    assert desk.post(reverse("services"), {"service": "strep"}).status_code == 403
