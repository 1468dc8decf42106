"""The board: who is where, how long, and the one thing to do next."""

from datetime import date, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from liaison.chart.actions import add_allergy
from liaison.kernel import clock
from liaison.kernel.errors import Forbidden, NotFound
from liaison.people.actions import break_glass, restrict
from liaison.places.actions import set_room_state
from liaison.record.actor import Actor
from liaison.schedule import actions as schedule
from liaison.visits import actions as visits
from liaison.visits.board import Board, Card
from liaison.visits.queries import board, rooms_offered, steps_of, visit_for
from tests.support.practice import MONDAY, Practice, bp


def seen(practice: Practice, actor: Actor, time: str) -> Board:
    with clock.at(practice.at(time)):
        return board(actor, practice.site.pk, MONDAY.date())


def lanes(found: Board) -> dict[str, list[str]]:
    return {lane.key: [card.name for card in lane.cards] for lane in found.lanes if lane.cards}


def only(found: Board) -> Card:
    (card,) = found.cards()
    return card


def test_each_visit_stands_in_the_lane_of_its_stage(practice: Practice) -> None:
    practice.booked("10:00", practice.patient("Reyes", "Amalia"))
    practice.booked("15:00", practice.patient("Late", "Lou"))
    practice.arrived("9:40", practice.patient("Okafor", "Theo"))
    practice.rooming("9:20", 1, patient=practice.patient("Haddad", "Leila"))
    visit = practice.ready("9:00", 0, patient=practice.patient("Brandt", "Otto"))
    with clock.at(practice.at("9:30")):
        visits.begin_exam(practice.provider, visit.pk)
    with clock.at(practice.at("8:00")):
        gone = practice.booked("8:20", practice.patient("Gone", "Gil"))
        visits.cancel(practice.desk, gone.pk, "Called")

    found = seen(practice, practice.ma, "9:52")
    assert lanes(found) == {
        "expected": ["Reyes, Amalia"],
        "arrived": ["Okafor, Theo"],
        "rooming": ["Haddad, Leila"],
        "with_provider": ["Brandt, Otto"],
    }
    assert (found.coming, found.done, found.total) == (1, 0, 5)
    assert found.wait_minutes == 7
    assert found.behind_minutes == 22
    assert [(tile.name, tile.state, tile.text) for tile in found.rooms] == [
        ("Room 1", "occupied", "Brandt · Dr Osei"),
        ("Room 2", "occupied", "Haddad · rooming"),
        ("Room 3", "ready", "ready"),
    ]


def test_a_card_says_who_with_whom_why_and_how_long(practice: Practice) -> None:
    practice.arrived("9:20", practice.patient(birth_date=date(1955, 3, 4)))
    card = only(seen(practice, practice.ma, "9:29"))
    assert (card.name, card.age, card.sex, card.provider, card.visit_type) == (
        "Brandt, Otto", "71", "M", "Dr Osei", "Follow-up",
    )  # fmt: skip
    assert (card.reason, f"{card.starts_at:%H:%M}") == ("Blood pressure check", "09:20")
    assert (card.timer, card.share, card.level) == ("9 min", 60, "wait")
    late = only(seen(practice, practice.ma, "9:34"))
    assert (late.timer, late.level) == ("14 min", "late")


def test_who_is_expected_has_the_time_to_come_or_the_minutes_late(practice: Practice) -> None:
    practice.booked("9:20")
    assert only(seen(practice, practice.desk, "9:12")).timer == "in 8 min"
    assert only(seen(practice, practice.desk, "9:20")).timer == "now"
    assert only(seen(practice, practice.desk, "9:26")).timer == "6 min late"


def test_red_is_for_allergies_to_drugs_critical_ones_and_untold_alerts_alone(practice: Practice) -> None:
    patient = practice.patient(interpreter=True, language="de")
    add_allergy(practice.setup, patient.pk, display="Penicillin", category="medication")
    add_allergy(practice.setup, patient.pk, display="Peanut", category="food", criticality="high")
    add_allergy(practice.setup, patient.pk, display="Pollen", category="environment", criticality="low")
    visit = practice.rooming(patient=patient)
    visits.do_step(practice.ma, visit.pk, "reason", {"text": "Headache"})
    visits.do_step(practice.ma, visit.pk, "vitals", {"readings": [bp(192, 124), {"kind": "pulse", "value": 80}]})
    tags = only(seen(practice, practice.ma, "9:30")).tags
    assert {t.text for t in tags if t.tone == "danger"} == {"Penicillin", "Peanut", "BP 192/124, critically high"}
    assert "interpreter: de" in {t.text for t in tags if t.tone == "wait"}


def test_what_is_due_at_the_desk_is_tagged(practice: Practice) -> None:
    practice.booked("9:20")
    tags = {t.text for t in only(seen(practice, practice.desk, "9:12")).tags}
    assert {"to sign: Consent to treatment", "covered"} <= tags


@pytest.mark.parametrize(
    ("way", "who", "label", "method"),
    [
        ("booked", "desk", "Check in", "get"),
        ("booked", "provider", "Check in", "get"),
        ("booked", "biller", "Open", "get"),
        ("arrived", "ma", "Room in 1", "post"),
        ("arrived", "desk", "Open", "get"),
        ("rooming", "ma", "Reason for visit", "get"),
        ("rooming", "desk", "Open", "get"),
        ("ready", "provider", "Begin", "post"),
        ("ready", "ma", "Open", "get"),
        ("examined", "desk", "Check out", "get"),
    ],
)
def test_one_next_action_by_stage_and_role(practice: Practice, way: str, who: str, label: str, method: str) -> None:
    getattr(practice, way)()
    action = only(seen(practice, getattr(practice, who), "9:21")).action
    assert (action.label, action.method) == (label, method)
    assert getattr(practice, who).may(action.capability)


def test_the_next_action_of_rooming_follows_the_protocol(practice: Practice) -> None:
    visit = practice.rooming()
    visits.do_step(practice.ma, visit.pk, "reason", {"text": "Cough"})
    assert only(seen(practice, practice.ma, "9:30")).action.label == "Vital signs"
    visits.do_step(practice.ma, visit.pk, "vitals", {"readings": [bp(192, 124), {"kind": "pulse", "value": 80}]})
    tell = only(seen(practice, practice.ma, "9:30")).action
    assert (tell.label, tell.url_name, tell.data) == ("Tell Dr Osei", "visit-tell", {"code": "bp"})
    visits.tell_provider(practice.ma, visit.pk, "bp")
    for key in ("medications", "allergies", "phq2"):
        visits.skip_step(practice.ma, visit.pk, key, "Later")
    assert only(seen(practice, practice.ma, "9:30")).action.label == "Hand off"


def test_two_cards_are_never_offered_the_same_room(practice: Practice) -> None:
    practice.arrived("9:00", practice.patient("Brandt"))
    practice.arrived("9:20", practice.patient("Haddad"))
    set_room_state(practice.ma, practice.rooms[0].pk, "dirty")
    found = seen(practice, practice.ma, "9:30")
    assert [card.action.label for card in found.cards()] == ["Room in 2", "Room in 3"]
    assert found.rooms[0].text.startswith("to clean since")


def test_urgent_patients_stand_first(practice: Practice) -> None:
    practice.arrived("9:00", practice.patient("Brandt"))
    practice.arrived("9:20", practice.patient("Haddad"), priority="urgent")
    assert lanes(seen(practice, practice.ma, "9:30"))["arrived"] == ["Haddad, Otto", "Brandt, Otto"]


def test_a_restricted_chart_shows_no_more_than_the_name(practice: Practice) -> None:
    patient = practice.patient()
    add_allergy(practice.setup, patient.pk, display="Penicillin", category="medication")
    visit = practice.arrived("9:20", patient)
    restrict(practice.manager, patient.pk, True, "Works here")
    card = only(seen(practice, practice.ma, "9:25"))
    assert (card.reason, [t.text for t in card.tags]) == ("", ["restricted chart"])
    with pytest.raises(Forbidden) as refused:
        visit_for(practice.ma, visit.pk)
    assert refused.value.code == "restricted"
    assert only(seen(practice, practice.provider, "9:25")).reason == "Blood pressure check"


def test_who_broke_the_glass_sees_the_card_whole_for_that_hour(practice: Practice) -> None:
    patient = practice.patient()
    practice.arrived("9:20", patient)
    restrict(practice.manager, patient.pk, True, "Works here")
    with clock.at(practice.at("9:24")):
        break_glass(practice.ma, patient.pk, "Rooming him now")
    assert only(seen(practice, practice.ma, "9:25")).reason == "Blood pressure check"
    assert only(seen(practice, practice.ma2, "9:25")).reason == "", "the glass is whole for everybody else"
    assert only(seen(practice, practice.ma, "10:25")).reason == ""


def test_the_board_is_for_who_may_see_visits(practice: Practice) -> None:
    nobody = Actor("x", "Nobody", "none", frozenset())
    with pytest.raises(Forbidden):
        board(nobody, practice.site.pk, MONDAY.date())
    with pytest.raises(NotFound):
        board(practice.ma, practice.dr.pk, MONDAY.date())


def test_the_board_takes_ten_queries_however_many_visits(
    practice: Practice, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(3):
        practice.rooming(f"9:{20 * n:02d}", n, patient=practice.patient(f"Family{n}"))
    seen(practice, practice.ma, "10:10")
    with django_assert_max_num_queries(10):
        seen(practice, practice.ma, "10:10")
    for n in range(6):
        practice.arrived(f"{10 + n // 3}:{20 * (n % 3):02d}", practice.patient(f"More{n}"))
    with django_assert_max_num_queries(10):
        assert len(seen(practice, practice.ma, "12:10").cards()) == 9


def test_rooms_are_offered_clean_ones_first_that_nobody_needs_soon(practice: Practice) -> None:
    visit = practice.arrived()
    set_room_state(practice.ma, practice.rooms[2].pk, "dirty")
    with clock.at(practice.at("7:30")):
        held = schedule.book(
            practice.setup, patient_id=visit.patient_id, provider_id=practice.dr.pk, site_id=practice.site.pk,
            visit_type="follow-up", starts_at=practice.at("11:00"),
        )  # fmt: skip
        held.room = practice.rooms[0]
        from liaison.record.change import change

        with change(practice.setup, "schedule.book") as this:
            this.save(held, "room")
    with clock.at(practice.at("9:30")):
        assert [room.name for room in rooms_offered(visit_for(practice.ma, visit.pk))] == ["Room 2", "Room 1"]


def test_the_page_of_a_visit_knows_its_steps(
    practice: Practice, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    visit = visit_for(practice.ma, practice.rooming().pk)
    visits.do_step(practice.ma, visit.pk, "reason", {"text": "Cough"})
    with django_assert_num_queries(1):
        steps = steps_of(visit)
    assert [(s.status, s.current) for s in steps[:3]] == [("done", False), ("open", True), ("open", False)]
    assert seen(practice, practice.ma, "9:30").now - practice.at("9:30") == timedelta(0)
