"""Patients on the screen: found, registered once, changed, covered, restricted, and looked after."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from liaison.kernel import clock
from liaison.people import actions as people
from liaison.people.models import Coverage, GlassBreak, Patient
from liaison.record.models import AuditEntry
from tests.support.practice import Practice, small_practice
from tests.support.signed_in import client_of

NEW = {"family": "Novak", "given": "Petra", "birth_date": "1966-05-17", "sex": "female", "phone": "312 555 0177"}


@pytest.fixture
def place(db: None) -> Practice:
    return small_practice()


def of(patient: Patient, name: str = "patient-details") -> str:
    return reverse(name, args=[patient.pk])


def page(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def test_a_search_comes_by_post_and_leaves_no_name_in_the_log(place: Practice) -> None:
    place.patient("Brandt", "Otto")
    answer = client_of(place.desk, htmx=True).post(reverse("patient-search"), {"q": "brant 1955-03-04"})
    assert "Brandt, Otto" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert client_of(place.desk).get(reverse("patient-search")).status_code == 405
    assert AuditEntry.objects.filter(action="search").latest("seq").entities == ["name", "birth date"]


def test_a_search_without_scripts_gives_the_whole_page(place: Practice) -> None:
    place.patient("Brandt", "Otto")
    text = client_of(place.desk).post(reverse("patient-search"), {"q": "Brandt"}).content.decode()
    assert "<html" in text
    assert "Brandt, Otto" in text


def test_nobody_found_leads_to_registering_with_what_was_typed(place: Practice) -> None:
    desk = client_of(place.desk)
    text = desk.post(reverse("patient-search"), {"q": "Petra Novak 5/17/1966"}).content.decode()
    assert "Nobody found" in text
    text = desk.post(reverse("register"), {"q": "Petra Novak 5/17/1966"}).content.decode()
    assert 'value="Novak"' in text
    assert 'value="Petra"' in text
    assert 'value="1966-05-17"' in text


def test_registering_gives_an_mrn_and_opens_the_details(place: Practice) -> None:
    son = {"contact_name": "Jan Novak", "contact_relationship": "son", "contact_phone": "312 555 0178"}
    answer = client_of(place.desk).post(reverse("register"), NEW | son)
    patient = Patient.objects.get(family="Novak")
    assert answer.headers["Location"] == of(patient)
    assert patient.phone == "+13125550177"
    assert patient.contacts == [{"name": "Jan Novak", "relationship": "son", "phone": "+13125550178"}]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("family", "", "Type the family name"),
        ("birth_date", "", "Type the birth date"),
        ("birth_date", "2199-01-01", "in the future"),
        ("sex", "", "Choose the sex"),
        ("phone", "12", "no complete telephone number"),
        ("email", "nobody", "Enter a valid email address"),
    ],
)
def test_wrong_input_keeps_what_was_typed_with_the_sentence_beside_it(
    place: Practice, field: str, value: str, sentence: str
) -> None:
    answer = client_of(place.desk).post(reverse("register"), NEW | {"line": "12 Elm Street", field: value})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in text.split(f'name="{field}"')[1].split("</div>")[0]
    assert 'value="12 Elm Street"' in text
    assert not Patient.objects.exists()


def test_a_likely_duplicate_is_shown_before_a_second_record_is_made(place: Practice) -> None:
    place.patient("Novak", "Petra", birth_date=date(1966, 5, 17))
    desk = client_of(place.desk)
    answer = desk.post(reverse("register"), NEW)
    assert answer.status_code == 422
    assert "same birth date, same name" in answer.content.decode()
    assert "Register all the same" in answer.content.decode()
    assert Patient.objects.count() == 1
    desk.post(reverse("register"), NEW | {"despite": "yes"})
    assert Patient.objects.count() == 2


def test_details_are_changed_and_the_change_is_audited(place: Practice) -> None:
    patient = place.patient()
    desk = client_of(place.desk)
    assert "Otto" in page(desk, of(patient, "patient-edit"))
    facts = {"family": "Brandt", "given": "Otto", "birth_date": "1955-03-04", "sex": "male", "city": "Springfield"}
    assert desk.post(of(patient, "patient-edit"), facts).status_code == 302
    patient.refresh_from_db()
    assert patient.city == "Springfield"
    assert AuditEntry.objects.filter(patient_id=patient.pk, action="people.write", write=True).exists()


def test_coverage_is_added_and_ended(place: Practice) -> None:
    patient = place.patient()
    desk = client_of(place.desk)
    card = {"payer": str(place.payer_id), "member_id": "X1", "relationship": "self", "copay": "15.00"}
    assert desk.post(of(patient, "add-coverage"), card).status_code == 302
    second = Coverage.objects.get(patient=patient, member_id="X1")
    assert (second.position, second.copay_cents) == (2, 1500)
    end = reverse("end-coverage", args=[patient.pk, second.pk])
    assert desk.post(end, {"last_day": ""}).status_code == 422
    desk.post(end, {"last_day": (clock.now() - timedelta(days=3)).date().isoformat()})
    second.refresh_from_db()
    assert not second.active


def test_a_dependants_coverage_asks_for_the_subscriber(place: Practice) -> None:
    card = {"payer": str(place.payer_id), "member_id": "X1", "relationship": "child", "copay": "many"}
    patient = place.patient()
    answer = client_of(place.desk).post(of(patient, "add-coverage"), card)
    assert (answer.status_code, "is not an amount" in answer.content.decode()) == (422, True)
    answer = client_of(place.desk).post(of(patient, "add-coverage"), card | {"copay": ""})
    assert (answer.status_code, "name of the subscriber" in answer.content.decode()) == (422, True)
    assert 'value="X1"' in answer.content.decode()


def test_another_patients_coverage_is_not_ended_from_here(place: Practice) -> None:
    mine, other = place.patient(), place.patient("Haddad", "Leila")
    url = reverse("end-coverage", args=[mine.pk, place.coverages[other.pk].pk])
    assert client_of(place.desk).post(url, {"last_day": "2026-01-01"}).status_code == 404
    assert Coverage.objects.get(patient=other).active


def test_a_restricted_chart_opens_with_a_reason_for_an_hour(place: Practice) -> None:
    patient = place.patient()
    people.restrict(place.setup, patient.pk, True, "member of staff")
    ma = client_of(place.ma)
    closed = ma.get(of(patient))
    assert closed.status_code == 403
    assert "This chart is restricted" in closed.content.decode()
    assert "Brandt" not in closed.content.decode()
    opening = of(patient, "break-glass")
    assert ma.post(opening, {"reason": " ", "next": of(patient)}).status_code == 422
    assert ma.post(opening, {"reason": "chest pain in room 2", "next": of(patient)}).headers["Location"] == of(patient)
    assert "Brandt, Otto" in page(ma, of(patient))
    with clock.at(clock.now() + timedelta(minutes=61)):
        assert client_of(place.ma).get(of(patient)).status_code == 403
    assert GlassBreak.objects.get().reason == "chest pain in room 2"


def test_breaking_the_glass_never_leads_away_from_this_server(place: Practice) -> None:
    patient = place.patient()
    answer = client_of(place.ma).post(of(patient, "break-glass"), {"reason": "care", "next": "https://elsewhere.test/"})
    assert answer.headers["Location"] == of(patient)


def test_who_may_restrict_does_and_others_are_refused(place: Practice) -> None:
    patient = place.patient()
    assert client_of(place.ma).post(of(patient, "restrict"), {"on": "yes", "reason": "x"}).status_code == 403
    provider = client_of(place.provider)
    assert provider.post(of(patient, "restrict"), {"on": "yes", "reason": ""}).status_code == 422
    provider.post(of(patient, "restrict"), {"on": "yes", "reason": "asked for by the patient"})
    patient.refresh_from_db()
    assert patient.restricted


def test_the_office_manager_lifts_a_restriction_at_the_closed_door(place: Practice) -> None:
    patient = place.patient()
    manager = client_of(place.manager)
    manager.post(of(patient, "restrict"), {"on": "yes", "reason": "works here"})
    closed = page(manager, of(patient))
    assert "Lift the restriction" in closed
    assert "Brandt" not in closed
    assert "Lift the restriction" not in page(client_of(place.ma), of(patient))
    refused = manager.post(of(patient, "restrict"), {"on": "no", "lift_reason": " "})
    assert (refused.status_code, "Brandt" in refused.content.decode()) == (422, False)
    assert 'id="lift-reason-said">Type why' in refused.content.decode()
    manager.post(of(patient, "restrict"), {"on": "no", "lift_reason": "has left the practice"})
    assert "Brandt, Otto" in page(client_of(place.ma), of(patient))
    assert not GlassBreak.objects.exists()
    assert AuditEntry.objects.filter(patient_id=patient.pk, reason="has left the practice").exists()


def test_who_looked_is_read_by_those_with_the_audit_log_alone(
    place: Practice, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    patient = place.patient()
    for _ in range(60):
        page(client_of(place.ma), of(patient))
    assert client_of(place.ma).get(of(patient, "looked")).status_code == 403
    manager = client_of(place.manager)
    with django_assert_max_num_queries(10):
        text = page(manager, of(patient, "looked"))
    assert "Dana Whitfield, CMA" in text
    assert "Older" in text
    for number in ("99", "9" * 5000, "x"):
        assert page(manager, of(patient, "looked") + f"?page={number}")


def test_the_patients_opened_last_wait_on_the_search_page(place: Practice) -> None:
    first, second = place.patient(), place.patient("Haddad", "Leila")
    hidden = place.patient("Secret", "Sue")
    ma = client_of(place.ma)
    for patient in (first, hidden, second):
        page(ma, of(patient))
    people.restrict(place.setup, hidden.pk, True, "asked for")
    text = page(ma, reverse("patients"))
    assert text.index("Haddad, Leila") < text.index("Brandt, Otto")
    assert "Secret" not in text
