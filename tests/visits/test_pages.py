"""The pages of a visit, stage by stage, as the people of a clinic use them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from liaison.chart.models import Observation
from liaison.documents import actions as documents
from liaison.kernel import clock
from liaison.orders.models import Order
from liaison.people import actions as people
from liaison.people.models import Consent, Patient
from liaison.record.models import AuditEntry
from liaison.visits import actions as visits
from liaison.visits.models import Stage, Step, Visit
from liaison.visits.pages.due import due_for
from liaison.worklist import actions as worklist
from tests.support.practice import Practice, bp
from tests.support.signed_in import client_of

CHECK_IN = {
    "identifiers": ["name", "birth_date"],
    "demographics_confirmed": "on",
    "signed-treatment": "Otto Brandt",
    "relationship-treatment": "self",
    "copay_cents": "20.00",
    "copay_method": "card",
    "phone": "(312) 555-0142",
}


def of(visit: Visit, name: str = "visit", **more: object) -> str:
    return reverse(name, kwargs={"visit_id": visit.pk, **more})


def text(client: Client, url: str, **more: str) -> str:
    return client.get(url, more).content.decode()


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(practice: Practice, client: Client) -> None:
    url = of(practice.booked())
    assert client.get(url).headers["Location"] == f"/accounts/login/?next={url.replace('/', '%2F')}"
    assert client.get("/").headers["Location"] == "/accounts/login/"
    fragment = client.get(reverse("today-board"), headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (204, "/accounts/login/")


def test_today_shows_each_visit_with_its_one_next_action(practice: Practice) -> None:
    practice.booked("9:20")
    practice.arrived("9:40", practice.patient("Okafor", "Theo"))
    with clock.at(practice.at("9:45")):
        page = text(client_of(practice.ma), "/")
    assert "Brandt, Otto" in page
    assert ">Check in</a>" in page
    assert "Room in 1" in page
    assert page.count('class="visit card"') == 2
    assert "Next for you" in page


def test_a_day_without_visits_says_so(practice: Practice) -> None:
    with clock.at(practice.at("9:00")):
        page = text(client_of(practice.biller), "/")
    assert "No visits on this day" in page
    assert "Nothing waits for you" in page


def test_today_with_200_visits_is_small_and_asks_a_fixed_number_of_queries(
    practice: Practice, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with clock.at(practice.at("7:30")):
        for n in range(200):
            visit = practice.requested(practice.patient(f"Family{n}", "Given"))
            starts_at = practice.at("8:00") + timedelta(minutes=(n * 3) // 10 * 10)
            visits.book(practice.setup, visit.pk, provider_id=practice.dr.pk, starts_at=starts_at, overbook=True)
    client = client_of(practice.ma)
    with clock.at(practice.at("11:00")):
        client.get("/")
        with django_assert_max_num_queries(16):
            answer = client.get("/")
    assert len(answer.content) < 100_000


def test_what_is_wrong_at_check_in_is_said_beside_it_and_what_was_typed_stays(practice: Practice) -> None:
    visit = practice.booked()
    typed = {**CHECK_IN, "identifiers": ["phone"], "city": "Fairhaven Heights"}
    with clock.at(practice.at("9:15")):
        answer = client_of(practice.desk, htmx=True).post(of(visit, "visit-check-in"), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Confirm two identifiers with the patient" in page
    assert "Fairhaven Heights" in page
    assert 'value="Otto Brandt"' in page
    assert Visit.objects.get(pk=visit.pk).stage == Stage.BOOKED
    assert Patient.objects.get(pk=visit.patient_id).city != "Fairhaven Heights", "nothing is saved halfway"
    assert not Consent.objects.exists()


def test_check_in_mends_the_demographics_and_offers_a_room(practice: Practice) -> None:
    visit = practice.booked()
    coverage = practice.coverages[visit.patient_id]
    with clock.at(practice.at("9:15")):
        page = client_of(practice.ma, htmx=True).post(
            of(visit, "visit-check-in"), {**CHECK_IN, "coverage_id": coverage.pk, "city": "Fairhaven"}
        )
    assert page.status_code == 200
    assert "Room 1" in page.content.decode()
    assert "receipt" in page.content.decode()
    visit.refresh_from_db()
    assert (visit.stage, visit.patient.city) == (Stage.ARRIVED, "Fairhaven")


def test_check_in_asks_for_the_address_that_the_claim_needs(practice: Practice) -> None:
    patient = practice.patient("Haddad", "Leila", line="", city="", state="", postal_code="")
    visit = practice.booked("9:20", patient)
    desk, url = client_of(practice.desk, htmx=True), of(visit, "visit-check-in")
    typed = {**CHECK_IN, "coverage_id": practice.coverages[patient.pk].pk, "line": "", "city": "", "state": "IL"}
    with clock.at(practice.at("9:15")):
        page = text(client_of(practice.desk), of(visit))
        assert "Or why there is no address" in page
        answer = desk.post(url, typed)
        assert answer.status_code == 422
        assert 'id="line-said">The claim needs the whole address' in answer.content.decode()
        assert (
            desk.post(url, {**typed, "line": "2 Oak Street", "city": "Chicago", "postal_code": "60614"}).status_code
            == 200
        )
    patient.refresh_from_db()
    assert (patient.line, patient.city, patient.state, patient.postal_code) == (
        "2 Oak Street",
        "Chicago",
        "IL",
        "60614",
    )


def test_an_impossible_weight_is_refused_beside_its_field_and_nothing_is_recorded(practice: Practice) -> None:
    visit = practice.rooming()
    client = client_of(practice.ma, htmx=True)
    with clock.at(practice.at("9:30")):
        client.post(of(visit, "visit-step", key="reason"), {"text": "My pressure"})
        typed = {"bp": "172/98", "bp-position": "sitting", "pulse": "84", "weight": "1800", "weight-unit": "[lb_av]"}
        answer = client.post(of(visit, "visit-step", key="vitals"), typed)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "is not possible at this age. Check number and unit." in page
        assert 'value="1800"' in page
        assert 'value="172/98"' in page
        assert "Let the patient rest 5 min, then repeat." in page, "what is abnormal is marked already"
        assert not Observation.objects.filter(encounter_id=visit.encounter_id).exists()
        answer = client.post(of(visit, "visit-step", key="vitals"), {**typed, "weight": "180"})
        assert answer.status_code == 200
    assert Step.objects.get(visit=visit, key="vitals").status == "done"
    assert "Told Dr Osei" in answer.content.decode() or "Told " in answer.content.decode()


def test_a_typed_value_is_assessed_at_once_and_not_recorded(practice: Practice) -> None:
    visit = practice.rooming()
    with clock.at(practice.at("9:30")):
        answer = client_of(practice.ma, htmx=True).post(
            of(visit, "visit-read-vital"), {"kind": "temperature", "temperature": "104", "temperature-unit": "[degF]"}
        )
    assert 'class="said verdict high"' in answer.content.decode()
    assert not Observation.objects.filter(encounter_id=visit.encounter_id).exists()


def test_a_step_is_skipped_only_with_a_reason(practice: Practice) -> None:
    visit = practice.rooming()
    client = client_of(practice.ma, htmx=True)
    with clock.at(practice.at("9:30")):
        refused = client.post(of(visit, "visit-skip", key="reason"), {"reason": " "})
        assert refused.status_code == 422
        assert "Say why the step is skipped." in refused.content.decode()
        assert client.post(of(visit, "visit-skip", key="reason"), {"reason": "Brought by police"}).status_code == 200
    assert Step.objects.get(visit=visit, key="reason").status == "skipped"


def test_the_visit_from_rooming_to_checkout_by_its_pages(practice: Practice) -> None:
    visit = practice.rooming()
    ma, dr = client_of(practice.ma, htmx=True), client_of(practice.provider, htmx=True)
    with clock.at(practice.at("9:30")):
        ma.post(of(visit, "visit-step", key="reason"), {"text": "My pressure"})
        ma.post(of(visit, "visit-step", key="vitals"), {"bp": "122/76", "pulse": "72"})
        added = {"add_display": ["Ibuprofen 400 mg", ""], "add_dosage": ["at need", ""]}
        ma.post(of(visit, "visit-step", key="medications"), added)
        ma.post(of(visit, "visit-step", key="allergies"), {"none_known": "on"})
        page = ma.post(of(visit, "visit-step", key="phq2"), {"interest": "0", "mood": "1"}).content.decode()
        assert "Hand off to" in page
        assert "Ibuprofen 400 mg" in page
        ma.post(of(visit, "visit-hand-off"), {"note": "Asks about the new tablet."}, headers={"HX-Target": "visit"})
    with clock.at(practice.at("9:40")):
        assert "Asks about the new tablet." in text(dr, of(visit))
        dr.post(of(visit, "visit-begin"))
        hits = dr.post(reverse("codes"), {"words": "high blood pressure"}).content.decode()
        assert 'data-picks="I10"' in hits
        exam = {"note": "Well controlled.", "orders": ["a1c"], "interval_days": "90"}
        refused = dr.post(of(visit, "visit-exam"), exam)
        assert refused.status_code == 422
        assert "Choose at least one diagnosis." in refused.content.decode()
        assert "Well controlled." in refused.content.decode()
        assert dr.post(of(visit, "visit-exam"), {**exam, "diagnoses": ["I10"]}).status_code == 200
    order = Order.objects.get(encounter_id=visit.encounter_id)
    with clock.at(practice.at("9:50")):
        page = ma.post(of(visit, "visit-collect", order_id=order.pk)).content.decode()
        assert "Print label" in page
        label = ma.get(of(visit, "visit-label", order_id=order.pk))
        assert label.content.startswith(b"%PDF")
        page = ma.post(of(visit, "visit-complete", order_id=order.pk), {"order": str(order.pk)}).content.decode()
        assert "asks to see the patient again in 90 days" in page
        refused = ma.post(of(visit, "visit-check-out"), {})
        assert refused.status_code == 422
        assert "Book the follow-up" in refused.content.decode()
        assert ma.post(of(visit, "visit-check-out"), {"follow_up_starts_at": "declined"}).status_code == 200
        assert ma.get(of(visit, "visit-summary")).content.startswith(b"%PDF")
    visit.refresh_from_db()
    assert visit.stage == Stage.CODING


def test_the_last_order_cancelled_takes_the_visit_on_and_an_open_one_does_not(practice: Practice) -> None:
    visit = practice.examined(orders=["a1c", "ekg"])
    dr = client_of(practice.provider, htmx=True)
    with clock.at(practice.at("9:50")):
        for order, stage in zip(Order.objects.order_by("pk"), (Stage.ORDERS, Stage.CHECKOUT), strict=True):
            assert dr.post(of(visit, "visit-revoke", order_id=order.pk), {"reason": ""}).status_code == 422
            dr.post(of(visit, "visit-revoke", order_id=order.pk), {"reason": "Not needed"})
            visit.refresh_from_db()
            assert visit.stage == stage


def test_a_repeated_pressure_is_one_line_with_the_advice_of_the_last_reading(practice: Practice) -> None:
    visit = practice.rooming()
    with clock.at(practice.at("9:28")):
        visits.do_step(practice.ma, visit.pk, "reason", {"text": "My pressure"})
        high = {"readings": [bp(172, 98), {"kind": "pulse", "value": 72}]}
        visits.do_step(practice.ma, visit.pk, "vitals", high)
    with clock.at(practice.at("9:34")):
        visits.do_step(practice.ma, visit.pk, "vitals", {"readings": [bp(118, 76)]})
        for alert in Visit.objects.get(pk=visit.pk).alerts:
            visits.tell_provider(practice.ma, visit.pk, alert["code"])
        visits.do_step(practice.ma, visit.pk, "medications")
        visits.do_step(practice.ma, visit.pk, "allergies", {"none_known": True})
        visits.do_step(practice.ma, visit.pk, "phq2", {"answers": {"interest": 0, "mood": 1}})
        page = text(client_of(practice.ma), of(visit))
    assert "118/76 <small>after 172/98</small>" in page
    assert "verdict high" not in page


def test_what_is_to_do_for_the_patient_stands_beside_the_visit(practice: Practice) -> None:
    visit = practice.arrived()
    facts = {"kind": "call", "patient_id": visit.patient_id}
    worklist.add(practice.setup, source="1", title="Call about the A1c", for_role="medical-assistant", **facts)
    worklist.add(practice.setup, source="2", title="Work the denied claim", for_role="biller", **facts)
    ma = client_of(practice.ma)
    with clock.at(practice.at("9:30")):
        page = text(ma, of(visit))
        assert "To do for this patient" in page
        assert "Call about the A1c" in page
        assert "Work the denied claim" not in page
        assert "Address is not complete" not in page
        people.update(practice.setup, visit.patient_id, city="")
        documents.publish(practice.setup, kind="consent", key="photo", title="Photographs", body={"text": "Yes."})
        page = text(ma, of(visit))
    assert "Address is not complete" in page
    assert "To sign: Photographs" in page


def test_nothing_is_to_do_where_nothing_is_missing(practice: Practice) -> None:
    visit = practice.arrived()
    with clock.at(practice.at("9:30")):
        assert due_for(practice.ma, visit) == []
        assert "To do for this patient" not in text(client_of(practice.ma), of(visit))


def test_a_visit_is_cancelled_only_with_a_reason(practice: Practice) -> None:
    visit = practice.booked()
    client = client_of(practice.desk, htmx=True)
    with clock.at(practice.at("8:00")):
        refused = client.post(of(visit, "visit-end"), {"how": "cancel", "reason": ""})
        assert (refused.status_code, refused.content.decode()) == (422, "Say why.")
        done = client.post(of(visit, "visit-end"), {"how": "cancel", "reason": "Has a cold"})
    assert done.headers["HX-Redirect"] == "/"
    assert Visit.objects.get(pk=visit.pk).stage == Stage.CANCELLED


def test_who_lacks_the_capability_sees_the_visit_and_cannot_move_it(practice: Practice) -> None:
    visit = practice.booked()
    client = client_of(practice.biller)
    with clock.at(practice.at("9:15")):
        assert "Ask for two identifiers" not in text(client, of(visit))
        refused = client.post(of(visit, "visit-check-in"), CHECK_IN)
    assert refused.status_code == 403
    assert "does not include “visits.check_in”" in refused.content.decode()
    assert Visit.objects.get(pk=visit.pk).stage == Stage.BOOKED


def test_a_restricted_chart_opens_with_a_reason_that_is_recorded(practice: Practice) -> None:
    visit = practice.arrived()
    people.restrict(practice.setup, visit.patient_id, True, "Works here")
    client = client_of(practice.ma)
    with clock.at(practice.at("9:30")):
        closed = client.get(of(visit))
        assert closed.status_code == 403
        assert "This chart is restricted" in closed.content.decode()
        assert "Brandt" not in closed.content.decode()
        answer = client.post(
            reverse("break-glass", args=[visit.patient_id]), {"reason": "Rooming him now", "next": of(visit)}
        )
        assert answer.headers["Location"] == of(visit)
        assert "Brandt, Otto" in text(client, of(visit))
    assert AuditEntry.objects.filter(patient_id=visit.patient_id, reason="Rooming him now").exists()


def test_an_open_page_is_told_when_somebody_else_has_moved_the_visit_on(practice: Practice) -> None:
    visit = practice.arrived()
    with clock.at(practice.at("9:30")):
        client = client_of(practice.ma)
        assert "moved on" not in text(client, of(visit, "visit-work"), at="arrived")
        visits.room(practice.ma2, visit.pk, practice.rooms[1].pk)
        assert "moved on to “Rooming”" in text(client, of(visit, "visit-work"), at="arrived")


@pytest.mark.parametrize("name", ["visit-room", "visit-tell", "visit-begin", "visit-check-in", "visit-exam"])
def test_nothing_is_done_by_following_a_link(practice: Practice, name: str) -> None:
    assert client_of(practice.provider).get(of(practice.booked(), name)).status_code == 405
