"""The provider sees the level of the visit while examining, and may decide it with the note."""

import pytest
from django.urls import reverse

from liaison.billing import actions as billing
from liaison.billing.models import VisitCoding
from liaison.kernel import clock
from liaison.visits import actions as visits
from liaison.visits.models import Stage, Visit
from tests.support.practice import Practice, small_practice
from tests.support.signed_in import client_of


@pytest.fixture
def place(db: None) -> Practice:
    return small_practice()


@pytest.fixture
def visit(place: Practice) -> Visit:
    ready = place.ready(patient=place.patient())
    with clock.at(place.at("9:40")):
        return visits.begin_exam(place.provider, ready.pk)


EXAM = {"note": "Sugar is high.", "diagnoses": ["E11.65", "I10"], "orders": ["a1c"], "interval_days": "0"}


def test_the_level_follows_what_is_picked_and_the_providers_minutes(place: Practice, visit: Visit) -> None:
    provider, url = client_of(place.provider), reverse("visit-level", args=[visit.pk])
    assert reverse("visit-level", args=[visit.pk]) in provider.get(f"/visits/{visit.pk}/").content.decode()
    told = provider.post(url, EXAM).content.decode()
    assert "<b>99203</b>" in told
    assert "not at its goal" in told
    assert "<b>99205</b>" in provider.post(url, EXAM | {"minutes": "61"}).content.decode()
    assert "whole number" in provider.post(url, EXAM | {"minutes": "long"}).content.decode()
    assert client_of(place.ma).post(url, EXAM).status_code == 403


def test_the_level_is_decided_with_the_note_and_drafted_at_checkout(place: Practice, visit: Visit) -> None:
    provider, url = client_of(place.provider), reverse("visit-exam", args=[visit.pk])
    refused = provider.post(url, EXAM | {"level": "99205"})
    assert (refused.status_code, "Say in a word why" in refused.content.decode()) == (422, True)
    assert Visit.objects.get(pk=visit.pk).stage == Stage.WITH_PROVIDER, "nothing is half done"
    provider.post(url, EXAM | {"level": "99204", "minutes": "47"})
    row = VisitCoding.objects.get()
    assert (row.code, row.proposed, row.facts["minutes"], row.decided_by_id) == ("99204", "99204", 47, place.dr.pk)
    assert row.encounter_id is not None
    (charge, *_) = billing.draft_charges(place.setup, row.encounter_id, visit_type="follow-up")
    assert charge.code == "99204"


def test_the_level_may_wait_until_it_is_coded(place: Practice, visit: Visit) -> None:
    client_of(place.provider).post(reverse("visit-exam", args=[visit.pk]), EXAM)
    assert Visit.objects.get(pk=visit.pk).stage == Stage.ORDERS
    assert not VisitCoding.objects.exists()
