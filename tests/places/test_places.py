"""Sites and rooms: set up once, a room taken by one patient at a time."""

import threading
from datetime import time
from uuid import UUID

import orjson
import pytest
from django.db import connection

from liaison.engines.x12 import is_npi
from liaison.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from liaison.people.actors import capabilities_of
from liaison.places import actions, queries
from liaison.places.fhir import location_from_fhir, organization_from_fhir
from liaison.places.models import Room, Site
from liaison.record.actor import Actor, machine
from liaison.record.models import OutboxEvent, Revision

SETUP = machine("test")
ASSISTANT = Actor("1", "Dana", "medical-assistant", capabilities_of("medical-assistant"))


def a_site() -> Site:
    actions.add_organization(SETUP, kind="practice", name="Lakeside Family Practice", npi="1234567893")
    return actions.add_site(
        SETUP, name="North", code="north", phone="(312) 555-0100", line="1 Main St", city="Chicago", state="IL"
    )


def said(resource_type: str, pk: UUID) -> dict:
    newest = Revision.objects.filter(resource_type=resource_type, resource_id=pk).latest("version")
    return orjson.loads(bytes(newest.body))


@pytest.mark.django_db
def test_a_ready_room_is_taken_and_cleaned_before_the_next_patient():
    room = actions.add_room(SETUP, site_id=a_site().pk, name="Exam 1")
    actions.set_room_state(ASSISTANT, room.pk, "occupied")
    with pytest.raises(Conflict, match="Exam 1 is taken"):
        actions.set_room_state(ASSISTANT, room.pk, "occupied")
    actions.set_room_state(ASSISTANT, room.pk, "dirty")
    with pytest.raises(Conflict, match="not clean yet"):
        actions.set_room_state(ASSISTANT, room.pk, "occupied")
    actions.set_room_state(ASSISTANT, room.pk, "ready")
    assert said("Location", room.pk)["operationalStatus"]["code"] == "U"
    states = [e.payload["state"] for e in OutboxEvent.objects.filter(name="places.room_state").order_by("seq")]
    assert states == ["occupied", "dirty", "ready"]


@pytest.mark.django_db
def test_saying_again_what_a_room_is_changes_nothing():
    room = actions.add_room(SETUP, site_id=a_site().pk, name="Exam 1")
    actions.set_room_state(ASSISTANT, room.pk, "dirty")
    assert actions.set_room_state(ASSISTANT, room.pk, "dirty").version == 2


@pytest.mark.django_db
def test_room_states_are_refused_with_a_sentence():
    room = actions.add_room(SETUP, site_id=a_site().pk, name="Exam 1")
    with pytest.raises(Invalid, match="A room is one of"):
        actions.set_room_state(ASSISTANT, room.pk, "haunted")
    with pytest.raises(NotFound):
        actions.set_room_state(ASSISTANT, UUID(int=7), "ready")
    desk = Actor("2", "Kim", "front-desk", capabilities_of("front-desk"))
    with pytest.raises(Forbidden):
        actions.set_room_state(desk, room.pk, "dirty")


def test_of_32_who_want_one_room_exactly_one_gets_it(own_database):
    room = actions.add_room(SETUP, site_id=a_site().pk, name="Exam 1")
    together = threading.Barrier(32)
    won: list[int] = []

    def take(number: int) -> None:
        together.wait()
        try:
            actions.set_room_state(ASSISTANT, room.pk, "occupied")
            won.append(number)
        except Conflict:
            return
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=(number,)) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert Room.objects.get(pk=room.pk).version == 2


@pytest.mark.django_db
def test_setting_up_refuses_what_cannot_be():
    site = a_site()
    with pytest.raises(Invalid) as refused:
        actions.add_site(SETUP, name="South", code="south", zone="Mars/Olympus")
    assert refused.value.field == "zone"
    with pytest.raises(Conflict):
        actions.add_site(SETUP, name="Other", code="north")
    with pytest.raises(Invalid, match="NPI"):
        actions.add_organization(SETUP, kind="other", name="X", npi="1234567890")
    with pytest.raises(Invalid, match="telephone"):
        actions.add_organization(SETUP, kind="other", name="X", phone="12")
    actions.add_organization(SETUP, kind="payer", name="Acme Health", code="ACME1")
    with pytest.raises(Conflict):
        actions.add_organization(SETUP, kind="payer", name="Acme again", code="ACME1")
    actions.add_hours(SETUP, site_id=site.pk, weekday=0, opens="08:00", closes="12:00")
    with pytest.raises(Conflict):
        actions.add_hours(SETUP, site_id=site.pk, weekday=0, opens="11:00", closes="13:00")
    with pytest.raises(Invalid):
        actions.add_hours(SETUP, site_id=site.pk, weekday=7, opens="08:00", closes="12:00")
    assert [str(one.opens) for one in queries.hours_of(site.pk)] == ["08:00:00"]


@pytest.mark.django_db
def test_places_look_like_us_core_in_fhir():
    site = a_site()
    room = actions.add_room(SETUP, site_id=site.pk, name="Exam 1")
    practice = said("Organization", queries.practice().pk)
    assert practice["identifier"] == [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"}]
    assert practice["type"][0]["coding"][0]["code"] == "prov"
    place = said("Location", site.pk)
    assert place["physicalType"]["coding"][0]["code"] == "si"
    assert place["telecom"] == [{"system": "phone", "value": "+13125550100", "use": "work"}]
    assert said("Location", room.pk)["partOf"] == {"reference": f"Location/{site.pk}"}


def test_organizations_and_locations_of_others_give_their_columns():
    payer = organization_from_fhir(
        {
            "resourceType": "Organization",
            "name": " Acme  Health ",
            "type": [{"coding": [{"code": "ins"}]}],
            "telecom": [{"system": "phone", "value": "nonsense"}],
            "address": [{"line": ["1 Road"], "city": "Boston", "state": "MA", "postalCode": "02101"}],
        },
        lambda reference, kind: None,
    )
    assert payer == {
        "kind": "payer", "name": "Acme Health", "active": True,
        "line": "1 Road", "city": "Boston", "state": "MA", "postal_code": "02101",
    }  # fmt: skip
    with pytest.raises(Invalid, match="managing organization"):
        location_from_fhir({"resourceType": "Location", "name": "Ward"}, lambda reference, kind: None)


def test_an_npi_checks_itself():
    assert is_npi("1234567893")
    assert not is_npi("1234567890")
    assert not is_npi("12345678９3")
    assert not is_npi("123")


@pytest.mark.django_db
def test_a_site_is_changed_and_the_same_again_writes_nothing():
    site = a_site()
    actions.update_site(SETUP, site.pk, name="North Wing", phone="(312) 555-0199")
    actions.update_site(SETUP, site.pk, name="North Wing", phone="312 555 0199")
    changed = Site.objects.get(pk=site.pk)
    assert (changed.name, changed.phone, changed.version) == ("North Wing", "+13125550199", 2)
    for field, value in (
        ("zone", "Mars/Olympus"),
        ("place_of_service", "office"),
        ("name", ""),
        ("phone", "12"),
        ("clia", "12"),
    ):
        with pytest.raises(Invalid) as refused:
            actions.update_site(SETUP, site.pk, **{field: value})
        assert refused.value.field == field
    with pytest.raises(Forbidden):
        actions.update_site(ASSISTANT, site.pk, name="Mine")


@pytest.mark.django_db
def test_a_room_is_renamed_taken_out_of_use_and_back():
    site = a_site()
    first, second = (actions.add_room(SETUP, site_id=site.pk, name=name) for name in ("Exam 1", "Exam 2"))
    assert second.position == first.position + 1
    actions.update_room(SETUP, first.pk, name="Exam A", kind="procedure")
    with pytest.raises(Conflict):
        actions.update_room(SETUP, second.pk, name="Exam A")
    actions.set_room_state(ASSISTANT, second.pk, "occupied")
    with pytest.raises(Conflict, match="Somebody is in"):
        actions.retire_room(SETUP, second.pk)
    actions.retire_room(SETUP, first.pk)
    assert [room.name for room in queries.rooms_of(site.pk)] == ["Exam 2"]
    with pytest.raises(NotFound):
        actions.set_room_state(ASSISTANT, first.pk, "ready")
    actions.return_room(SETUP, first.pk)
    assert [room.name for room in queries.rooms_of(site.pk)] == ["Exam A", "Exam 2"]
    with pytest.raises(Forbidden):
        actions.retire_room(ASSISTANT, second.pk)


@pytest.mark.django_db
def test_opening_hours_are_set_by_day_and_other_days_stay():
    site = a_site()
    morning, long = (time(8), time(12)), (time(8), time(17))
    assert actions.set_opening(SETUP, site.pk, {0: [long], 1: [morning]}) == [0, 1]
    assert actions.set_opening(SETUP, site.pk, {0: [morning, (time(13), time(17))], 1: [morning]}) == [0]
    assert actions.set_opening(SETUP, site.pk, {1: []}) == [1]
    said = [(one.weekday, one.opens.hour, one.closes.hour) for one in queries.hours_of(site.pk)]
    assert said == [(0, 8, 12), (0, 13, 17)]
    with pytest.raises(Conflict):
        actions.set_opening(SETUP, site.pk, {0: [morning, (time(11), time(13))]})
    assert len(queries.hours_of(site.pk)) == 2
