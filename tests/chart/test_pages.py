"""The chart on the screen."""

from datetime import date

import pytest
from django.http import HttpResponse
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from liaison.chart import actions as chart
from liaison.chart.models import Allergy, Condition, Medication
from liaison.immunize import actions as immunize
from liaison.kernel import clock
from liaison.people.models import Patient
from liaison.record.models import AuditEntry
from tests.support.practice import ZONE, Practice, small_practice
from tests.support.signed_in import client_of


@pytest.fixture
def place(db: None) -> Practice:
    return small_practice()


def of(patient: Patient) -> str:
    return reverse("patient", args=[patient.pk])


def test_a_measured_patient_shows_value_mark_and_what_was_before(place: Practice) -> None:
    visit = place.rooming()
    chart.record_vitals(place.ma, visit.encounter_id, [chart.Reading("bp", "128/80"), chart.Reading("weight", 180)])
    chart.record_vitals(place.ma, visit.encounter_id, [chart.Reading("bp", "172/98")])
    text = client_of(place.ma).get(of(visit.patient)).content.decode()
    shown = text.split("<figcaption><span>Blood pressure")[1].split("</figure>")[0]
    assert shown.index("172/98 mmHg") < shown.index("128/80 mmHg")
    assert "180 lb" in text
    assert ">high<" in shown
    assert 'class="spark"' in shown


def test_forty_allergies_stay_readable_and_none_is_hidden(
    place: Practice, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    patient = place.patient()
    for n in range(40):
        chart.add_allergy(place.setup, patient.pk, display=f"Allergen {n}", reaction="rash")
    client = client_of(place.ma)
    client.get(of(patient))
    with django_assert_max_num_queries(18):
        text = client.get(of(patient)).content.decode()
    assert "40 allergies, all in the list below" in text
    assert all(f">Allergen {n}<" in text for n in range(40))


def test_nothing_on_record_is_told_from_none_known(place: Practice) -> None:
    asked = place.rooming()
    chart.review(place.ma, asked.encounter_id, "allergies", none_known=True)
    client = client_of(place.ma)
    assert "No known allergies" in client.get(of(asked.patient)).content.decode()
    assert "nobody has asked yet" in client.get(of(place.patient("Haddad"))).content.decode()


def test_medications_and_allergies_are_kept_up_without_a_visit(place: Practice) -> None:
    patient = place.patient()
    ma = client_of(place.ma)

    def add(what: str, **typed: str) -> HttpResponse:
        return ma.post(reverse("chart-add", args=[patient.pk, what]), typed)

    refused = add("medication", display=" ", dosage="1 at night")
    assert refused.status_code == 422
    assert 'medication-name-said">Write the medication' in refused.content.decode()
    assert 'value="1 at night"' in refused.content.decode()
    assert add("medication", display="Ibuprofen 400 mg", dosage="as needed").status_code == 302
    assert add("allergy", display="Latex", reaction="hives", category="nonsense", criticality="high").status_code == 302
    assert 'allergy-name-said">This allergy is on the list' in add("allergy", display="latex").content.decode()
    page = ma.get(of(patient)).content.decode()
    assert "Ibuprofen 400 mg" in page
    assert "high risk" in page
    latex, drug = Allergy.objects.get(), Medication.objects.get()
    assert (latex.category, latex.criticality) == ("", "high")
    refused = ma.post(reverse("chart-end", args=[patient.pk, "allergy", latex.pk]), {"how": "end", "reason": ""})
    assert (refused.status_code, "Say how that is known." in refused.content.decode()) == (422, True)
    ma.post(reverse("chart-end", args=[patient.pk, "allergy", latex.pk]), {"how": "end", "reason": "Tested negative"})
    ma.post(reverse("chart-end", args=[patient.pk, "medication", drug.pk]), {"how": "wrong", "reason": "Her sister's"})
    latex.refresh_from_db()
    drug.refresh_from_db()
    assert (latex.status, drug.status) == ("resolved", "entered-in-error")


def test_problems_are_for_who_may_diagnose(place: Practice) -> None:
    patient, other = place.patient(), place.patient("Haddad")
    add = reverse("chart-add", args=[patient.pk, "condition"])
    ma, dr = client_of(place.ma), client_of(place.provider)
    assert ma.post(add, {"code": "I10"}).status_code == 403
    assert "Add a problem" not in ma.get(of(patient)).content.decode()
    for typed, sentence in (
        ({"code": ""}, "pick the problem"),
        ({"code": "I10", "onset": "2999-01-01"}, "today or before"),
    ):
        refused = dr.post(add, typed)
        assert (refused.status_code, sentence in refused.content.decode()) == (422, True)
    assert dr.post(add, {"code": "I10", "onset": "2024-02-01"}).status_code == 302
    assert "on the list already" in dr.post(add, {"code": "I10"}).content.decode()
    row = Condition.objects.get()
    assert dr.post(reverse("chart-end", args=[other.pk, "condition", row.pk]), {"how": "end"}).status_code == 404
    dr.post(reverse("chart-end", args=[patient.pk, "condition", row.pk]), {"how": "end"})
    row.refresh_from_db()
    assert (row.status, row.abated) == ("resolved", clock.today(ZONE))
    assert "1 past" in dr.get(of(patient)).content.decode()


def test_doses_stand_together_by_vaccine(place: Practice) -> None:
    patient = place.patient()
    for day in (date(2020, 1, 2), date(2021, 3, 4)):
        immunize.add_history(place.setup, patient.pk, cvx="08", display="Hep B", on=day)
    text = client_of(place.ma).get(of(patient)).content.decode()
    assert text.count("Hep B") == 1
    assert "2 doses" in text


def test_opening_a_chart_is_audited_and_refused_to_nobody_by_surprise(place: Practice) -> None:
    patient = place.patient()
    client_of(place.ma).get(of(patient))
    assert AuditEntry.objects.filter(patient_id=patient.pk, actor_id=place.ma.id, action="read").exists()
    to_details = client_of(place.desk).get(of(patient))
    assert to_details.headers["Location"] == reverse("patient-details", args=[patient.pk])


def test_a_name_is_text_and_never_markup(place: Practice) -> None:
    patient = place.patient("<b>Bold</b>", 'O\'Brien "Q"')
    text = client_of(place.ma).get(of(patient)).content.decode()
    assert "<b>Bold</b>" not in text
    assert "&lt;b&gt;Bold&lt;/b&gt;" in text
