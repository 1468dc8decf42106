"""The pages of the books: empty, with a day's work on them, and for whoever may not see them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from liaison.billing import actions as billing
from liaison.billing.books import days
from liaison.billing.models import Claim
from liaison.visits import actions as visits
from tests.support.practice import Practice, small_practice
from tests.support.signed_in import client_of

PAGES = ("day-sheet", "aging", "rates", "periods", "bank", "expenses", "statements", "drawer")


@pytest.fixture
def place(db: None) -> Practice:
    return small_practice()


def claimed(place: Practice) -> Claim:
    """A visit that is billed, and a payment of the patient's."""
    visit = place.examined("9:20", 0, patient=place.patient("Brandt", "Otto"))
    visits.check_out(place.desk, visit.pk, follow_up_declined=True)
    assert visit.encounter_id is not None
    billing.draft_charges(place.setup, visit.encounter_id, visit_type=visit.visit_type)
    made = billing.confirm_charges(place.biller, visit.encounter_id)
    assert made is not None
    billing.take_payment(place.desk, visit.patient_id, cents=2_500, method="check", encounter_id=visit.encounter_id)
    return made


@pytest.mark.parametrize("name", PAGES)
def test_a_page_with_nothing_on_it_says_what_would_come(place: Practice, name: str) -> None:
    answer = client_of(place.manager).get(reverse(name))
    assert answer.status_code == 200
    assert "Parts of the books" in answer.content.decode()


def test_a_day_stands_on_every_page(place: Practice) -> None:
    claim = claimed(place)
    manager = client_of(place.manager)
    day = manager.get(reverse("day-sheet")).content.decode()
    assert "$210.00" in day
    assert "Brandt, Otto" in day
    assert "Brandt" not in manager.get(reverse("day-sheet-csv")).content.decode()
    assert manager.get(reverse("day-sheet-pdf")).content.startswith(b"%PDF")
    assert "<title" in manager.get(reverse("aging")).content.decode()
    assert "paid ahead" in manager.get(reverse("account", args=[claim.patient_id])).content.decode()
    for query in ("?by=patient", "?by=payer"):
        assert manager.get(reverse("aging") + query).status_code == 200
        assert manager.get(reverse("aging-csv") + query).status_code == 200
    for show in ("due", "sent", "credits", "plans", "agency", "other"):
        assert manager.get(reverse("statements"), {"show": show}).status_code == 200
    assert "$45.00" in manager.get(reverse("statements"), {"show": "credits"}).content.decode()
    assert "Clean claims" in manager.get(reverse("rates")).content.decode()
    assert manager.get(reverse("settle-account", args=[claim.patient_id])).status_code == 200


@pytest.mark.parametrize("query", ["?day=x", "?day=9999-12-31", "?site=nowhere", "?day=1800-01-01"])
def test_an_odd_question_is_answered_in_words(place: Practice, query: str) -> None:
    assert client_of(place.manager).get(reverse("day-sheet") + query).status_code in (200, 422)


def test_an_assistant_sees_no_books_and_the_desk_its_drawer(place: Practice) -> None:
    for name in PAGES:
        assert client_of(place.ma).get(reverse(name)).status_code == 403
    assert client_of(place.desk).get(reverse("day-sheet")).status_code == 403
    desk = client_of(place.desk).get(reverse("drawer")).content.decode()
    assert "Open the drawer" in desk
    assert reverse("bank") not in desk


def test_the_drawer_is_opened_counted_and_brought_to_the_bank(place: Practice) -> None:
    desk = client_of(place.desk)
    desk.post(reverse("open-drawer"), {"float_cents": "100"})
    claimed(place)
    page = desk.get(reverse("drawer"))
    drawer = page.context["view"].drawer
    wrong = desk.post(reverse("close-drawer", args=[drawer.pk]), {"piece2000": "5", "piece100": "-1"})
    assert "Type a whole number" in wrong.content.decode()
    short = desk.post(reverse("close-drawer", args=[drawer.pk]), {"piece2000": "4"})
    assert "$20.00 short" in short.content.decode()
    assert 'value="4"' in short.content.decode()
    assert "dict_items" not in short.content.decode()
    desk.post(reverse("close-drawer", args=[drawer.pk]), {"piece2000": "5"})
    items = [str(one.pk) for one, _ in page.context["slips"]]
    assert "Choose what goes to the bank." in desk.post(reverse("deposit"), {}).content.decode()
    desk.post(reverse("deposit"), {"items": items})
    shown = desk.get(reverse("drawer")).context
    after = shown["view"]
    assert shown["slips"] == []
    assert desk.get(reverse("deposit-slip", args=[after.deposits[0].pk])).content.startswith(b"%PDF")
    again = desk.post(reverse("deposit"), {"items": items})
    assert "went to the bank already" in again.content.decode()


def test_the_books_are_closed_and_reopened_on_the_page(place: Practice) -> None:
    manager = client_of(place.manager)
    today = days.today()
    early = manager.post(reverse("close-books"), {"through": today.isoformat()})
    assert (early.status_code, "yesterday at the latest" in early.content.decode()) == (422, True)
    manager.post(reverse("close-books"), {"through": (today - timedelta(days=1)).isoformat()})
    closing = manager.get(reverse("periods")).context["last"]
    nothing = manager.post(reverse("reopen-books", args=[closing.pk]), {"reason": ""})
    assert "why the period is reopened" in nothing.content.decode()
    manager.post(reverse("reopen-books", args=[closing.pk]), {"reason": "A check was forgotten"})
    assert "A check was forgotten" in manager.get(reverse("periods")).content.decode()
    assert client_of(place.biller).post(reverse("close-books"), {"through": "2020-01-01"}).status_code == 403
