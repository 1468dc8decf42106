"""The coding page: one next action, the level, the modifiers, each refusal beside its field."""

import re

import pytest
from django.urls import reverse

from liaison.billing import actions as billing
from liaison.billing.actions.drafting import draft_charges
from liaison.billing.models import Charge, VisitCoding
from liaison.immunize.models import Immunization
from liaison.kernel import clock
from liaison.record.change import change
from liaison.visits import actions as visits
from liaison.visits.models import Visit
from tests.support.practice import Practice, small_practice
from tests.support.signed_in import client_of


@pytest.fixture
def place(db: None) -> Practice:
    return small_practice()


@pytest.fixture
def visit(place: Practice) -> Visit:
    """A visit with a vaccine, checked out and drafted: 99203, 90656, 90471, and 25 proposed."""
    visit = place.examined(patient=place.patient(), diagnoses=["E11.65", "I10"])
    with change(place.setup, "immunize.write") as this:
        facts = {"cvx": "140", "display": "Influenza", "here": True, "route": "IM", "occurred_at": place.at("9:35")}
        this.save(Immunization(patient_id=visit.patient_id, encounter_id=visit.encounter_id, **facts))
    with clock.at(place.at("16:00")):
        visits.check_out(place.desk, visit.pk, follow_up_declined=True)
    assert visit.encounter_id is not None
    draft_charges(place.setup, visit.encounter_id, visit_type=visit.visit_type)
    return visit


def going(html: str) -> list[str]:
    """The words of the buttons that are the next action."""
    return [
        re.sub(r"<[^>]+>", "", words).strip() for words in re.findall(r'class="btn[^"]* go"[^>]*>(.*?)</button>', html)
    ]


def test_the_page_leads_from_level_to_modifiers_to_confirm(place: Practice, visit: Visit) -> None:
    biller, page = client_of(place.biller), reverse("coding", args=[visit.encounter_id])
    html = biller.get(page).content.decode()
    assert [words.partition(" ")[0] for words in going(html)] == ["Decide"]
    assert "Two of the three reach low: 99203." in html
    biller.post(reverse("decide-level", args=[visit.encounter_id]), {"risks": "low", "problem-stable-chronic": "1"})
    assert VisitCoding.objects.get().code == "99203"
    html = biller.get(page).content.decode()
    assert going(html) == ["Accept 25 a"]
    charge = Charge.objects.get(code="99203")
    decide = reverse("decide-modifier", args=[visit.encounter_id, charge.pk])
    assert biller.post(decide, {"modifier": "25", "accept": "yes"}).status_code == 302
    charge.refresh_from_db()
    assert charge.modifiers == ["25"]
    assert [words.partition(" ")[0] for words in going(biller.get(page).content.decode())] == ["Confirm"]


def test_another_level_asks_for_a_word_and_keeps_what_was_typed(place: Practice, visit: Visit) -> None:
    biller, url = client_of(place.biller), reverse("decide-level", args=[visit.encounter_id])
    typed = {"problem-worse-chronic": "1", "risks": ["prescription"], "level": "99203", "minutes": "12"}
    refused = biller.post(url, typed)
    html = refused.content.decode()
    assert (refused.status_code, "The facts bear out 99204. Say in a word why it is 99203." in html) == (422, True)
    assert 'name="minutes" type="text" value="12"' in html
    assert re.search(r'value="prescription" checked', html)
    assert biller.post(url, typed | {"minutes": "two"}).status_code == 422
    assert biller.post(url, typed | {"word": "As the provider says"}).status_code == 302
    row = VisitCoding.objects.get()
    assert (row.code, row.proposed, row.word, row.facts["minutes"]) == ("99203", "99204", "As the provider says", 12)
    shown = biller.post(reverse("preview-level", args=[visit.encounter_id]), {"minutes": "60"}).content.decode()
    assert "<b>99205</b>" in shown
    assert client_of(place.desk).post(url, typed).status_code == 403


def test_counselling_is_said_and_administration_follows(place: Practice) -> None:
    child = place.patient("Lind", "Mio", birth_date=place.at("0:00").date().replace(year=2020))
    visit = place.rooming(patient=child)
    assert visit.encounter_id is not None
    with change(place.setup, "immunize.write") as this:
        facts = {"cvx": "03", "display": "MMR", "here": True, "route": "SC", "occurred_at": place.at("9:35")}
        this.save(Immunization(patient_id=child.pk, encounter_id=visit.encounter_id, **facts))
    draft_charges(place.setup, visit.encounter_id, visit_type=visit.visit_type)
    codes = Charge.objects.filter(source="vaccines", status="open").order_by("code").values_list("code", "units")
    assert list(codes) == [("90471", 1)], "no provider has written anything"
    biller, url = client_of(place.biller), reverse("say-counselled", args=[visit.encounter_id])
    biller.post(url, {"counselled": "yes"})
    assert list(codes.all()) == [("90460", 1), ("90461", 2)]
    biller.post(url, {"counselled": "no"})
    assert list(codes.all()) == [("90471", 1)], "what the system took off comes back"
    billing.code_diagnoses(place.biller, visit.encounter_id, ["Z23"])
    billing.confirm_charges(place.biller, visit.encounter_id)
    assert biller.post(url, {"counselled": "yes"}).status_code == 422


def test_a_charge_of_another_visit_is_not_decided_about(place: Practice, visit: Visit) -> None:
    other = place.examined("11:20", 1, patient=place.patient("Other"))
    charge = Charge.objects.get(code="99203")
    url = reverse("decide-modifier", args=[other.encounter_id, charge.pk])
    assert client_of(place.biller).post(url, {"modifier": "25", "accept": "yes"}).status_code == 404
