"""A visit's way through the clinic, told as it happens, with what is refused on the way."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from liaison.billing import actions as billing
from liaison.chart.queries import diagnoses_of
from liaison.kernel import clock
from liaison.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from liaison.orders import actions as orders
from liaison.orders.models import Order
from liaison.places.models import Room
from liaison.record import outbox
from liaison.visits import actions as visits
from liaison.visits.models import Move, Stage, Step, Visit
from tests.support.practice import Practice, bp


def test_the_whole_day_of_a_visit_from_the_call_to_the_posted_charges(practice: Practice) -> None:
    with clock.at(practice.at("7:30")):
        visit = practice.requested()
        assert visit.stage == Stage.REQUESTED
        visits.book(practice.desk, visit.pk, provider_id=practice.dr.pk, starts_at=practice.at("9:20"))
        visits.confirm(practice.desk, visit.pk)
    with clock.at(practice.at("9:12")):
        practice.check_in(visit)
    with clock.at(practice.at("9:21")):
        visits.room(practice.ma, visit.pk, practice.rooms[0].pk)
    with clock.at(practice.at("9:30")):
        practice.all_steps(visit)
        visits.hand_off(practice.ma, visit.pk, note="Asks about the new tablet.")
    with clock.at(practice.at("9:35")):
        visits.begin_exam(practice.provider, visit.pk)
    with clock.at(practice.at("9:48")):
        visits.finish_exam(
            practice.provider, visit.pk, note="Pressure well controlled.", diagnoses=["I10"], orders=["a1c"],
            follow_up={"interval_days": 90}, instructions="Keep walking.",
        )  # fmt: skip
    with clock.at(practice.at("9:52")):
        order = Order.objects.get(encounter__visit=visit)
        orders.collect(practice.ma, order.pk, body_site="left arm")
        orders.complete(practice.ma, order.pk)
        outbox.deliver()
    with clock.at(practice.at("9:58")):
        visits.check_out(practice.desk, visit.pk, follow_up_starts_at=practice.at("9:20") + timedelta(days=91))
        outbox.deliver()
        visit.refresh_from_db()
        assert visit.stage == Stage.CODING
    with clock.at(practice.at("10:30")):
        billing.confirm_charges(practice.biller, visit.encounter_id)
        outbox.deliver()

    way = [
        (m.to_stage, m.at.astimezone(practice.at("0:00").tzinfo).strftime("%H:%M"))
        for m in visit.moves.order_by("at", "pk")
    ]
    assert way == [
        ("requested", "07:30"), ("booked", "07:30"), ("confirmed", "07:30"), ("arrived", "09:12"), ("rooming", "09:21"),
        ("ready", "09:30"), ("with_provider", "09:35"), ("orders", "09:48"), ("checkout", "09:52"), ("coding", "09:58"),
        ("billed", "10:30"),
    ]  # fmt: skip
    visit.refresh_from_db()
    assert visit.appointment.status == "fulfilled"
    assert visit.encounter.status == "finished"
    assert visit.room.state == Room.State.DIRTY
    following = Visit.objects.get(pk=visit.follow_up["visit"])
    assert (following.stage, following.visit_type, following.patient_id) == ("booked", "follow-up", visit.patient_id)
    assert not Move.objects.filter(visit=visit, actor_id="").exists()


def test_a_settled_encounter_closes_the_visit(practice: Practice) -> None:
    visit = practice.examined()
    with clock.at(practice.at("10:00")):
        visits.check_out(practice.desk, visit.pk)
        visits.bill(practice.biller, visit.pk)
        visits.close(practice.setup, visit.pk)
    visit.refresh_from_db()
    assert visit.stage == Stage.CLOSED


class TestCheckIn:
    @pytest.mark.parametrize(
        ("changed", "code", "field"),
        [
            ({"identifiers": ["name"]}, "two-identifiers", "identifiers"),
            ({"identifiers": ["phone", "photo_id"]}, "two-identifiers", "identifiers"),
            ({"identifiers": ["name", "shoe size"]}, "two-identifiers", "identifiers"),
            ({"demographics_confirmed": False}, "demographics", "demographics_confirmed"),
            ({"coverage_id": None}, "coverage", "coverage_id"),
            ({"consents": []}, "consents", "consents"),
            ({"copay_cents": 0}, "copay-due", "copay_cents"),
        ],
    )
    def test_refuses_what_is_not_settled_and_says_where(
        self, practice: Practice, changed: dict, code: str, field: str
    ) -> None:
        visit = practice.booked()
        with clock.at(practice.at("9:15")), pytest.raises(Invalid) as refused:
            practice.check_in(visit, **changed)
        assert (refused.value.code, refused.value.field) == (code, field)
        visit.refresh_from_db()
        assert (visit.stage, visit.encounter_id) == (Stage.BOOKED, None)

    def test_takes_the_copayment_and_opens_the_encounter(self, practice: Practice) -> None:
        visit = practice.arrived()
        visit.refresh_from_db()
        assert visit.checkin["copay_cents"] == 2000
        assert visit.encounter.status == "in-progress"
        assert visit.appointment.status == "arrived"

    def test_a_copayment_not_taken_needs_the_reason(self, practice: Practice) -> None:
        visit = practice.booked()
        with clock.at(practice.at("9:15")):
            practice.check_in(visit, copay_cents=0, copay_waived_reason="Card forgotten")
        assert Visit.objects.get(pk=visit.pk).checkin["copay_waived"] == "Card forgotten"

    def test_a_covered_patient_needs_the_whole_address_or_a_reason_that_is_kept(self, practice: Practice) -> None:
        visit = practice.booked("9:20", practice.patient("Haddad", "Leila", line="2 Oak Street", postal_code=""))
        with clock.at(practice.at("9:15")):
            with pytest.raises(Invalid, match="whole address") as refused:
                practice.check_in(visit)
            assert refused.value.field == "postal_code"
            practice.check_in(visit, no_address_reason="Stays at the shelter")
        visit.refresh_from_db()
        assert visit.checkin["no_address"] == "Stays at the shelter"
        assert visit.moves.get(to_stage=Stage.ARRIVED).reason == "Stays at the shelter"

    def test_who_pays_themselves_may_come_without_an_address(self, practice: Practice) -> None:
        visit = practice.booked("9:20", practice.patient("Haddad", "Leila", line="", city=""))
        with clock.at(practice.at("9:15")):
            arrived = practice.check_in(visit, coverage_id=None, self_pay=True, copay_cents=0)
        assert "no_address" not in arrived.checkin

    def test_a_patient_may_say_that_they_pay_themselves(self, practice: Practice) -> None:
        visit = practice.booked()
        with clock.at(practice.at("9:15")):
            practice.check_in(visit, coverage_id=None, self_pay=True, copay_cents=0)
        assert Visit.objects.get(pk=visit.pk).coverage_id is None

    def test_on_another_day_is_refused(self, practice: Practice) -> None:
        visit = practice.booked()
        with clock.at(practice.at("9:15") + timedelta(days=1)), pytest.raises(Conflict, match="Move it to today"):
            practice.check_in(visit)

    def test_coverage_of_somebody_else_is_refused(self, practice: Practice) -> None:
        visit, other = practice.booked(), practice.patient("Haddad", "Leila")
        with clock.at(practice.at("9:15")), pytest.raises(Invalid, match="not in force for the patient"):
            practice.check_in(visit, coverage_id=practice.coverages[other.pk].pk)


class TestRooming:
    @pytest.mark.parametrize("state", ["dirty", "occupied", "closed"])
    def test_a_room_that_is_not_ready_is_refused_in_words(self, practice: Practice, state: str) -> None:
        visit = practice.arrived()
        from liaison.places.actions import set_room_state

        set_room_state(practice.setup, practice.rooms[0].pk, state)
        with pytest.raises(Conflict, match=r"Room 1 is .* another"):
            visits.room(practice.ma, visit.pk, practice.rooms[0].pk)
        visits.room(practice.ma, visit.pk, practice.rooms[1].pk)
        assert Room.objects.get(pk=practice.rooms[1].pk).state == Room.State.OCCUPIED

    def test_a_room_of_another_site_is_refused(self, practice: Practice) -> None:
        from liaison.places.actions import add_room, add_site

        other = add_site(practice.setup, name="Oak", code="oak")
        far = add_room(practice.setup, site_id=other.pk, name="Room 9")
        with pytest.raises(Invalid, match="of this site"):
            visits.room(practice.ma, practice.arrived().pk, far.pk)

    def test_steps_go_in_order_or_are_skipped_with_a_reason(self, practice: Practice) -> None:
        visit = practice.rooming()
        with pytest.raises(Conflict, match="First do “Reason for visit”"):
            visits.do_step(practice.ma, visit.pk, "vitals", {"readings": [bp(120, 80)]})
        with pytest.raises(Invalid, match="why the step is skipped"):
            visits.skip_step(practice.ma, visit.pk, "reason", " ")
        visits.skip_step(practice.ma, visit.pk, "reason", "Written on the form")
        step = visits.do_step(practice.ma, visit.pk, "vitals", {"readings": [bp(120, 80)]})
        assert (step.status, step.data["missing"]) == ("started", ["pulse"])
        with pytest.raises(Conflict, match="First do “Vital signs”"):
            visits.do_step(practice.ma, visit.pk, "medications", {})
        assert (
            visits.do_step(practice.ma, visit.pk, "vitals", {"readings": [{"kind": "pulse", "value": 70}]}).status
            == "done"
        )

    def test_an_impossible_value_keeps_nothing_of_the_step(self, practice: Practice) -> None:
        visit = practice.rooming()
        visits.do_step(practice.ma, visit.pk, "reason", {"text": "Cough"})
        with pytest.raises(Invalid) as refused:
            visits.do_step(
                practice.ma, visit.pk, "vitals", {"readings": [bp(120, 80), {"kind": "pulse", "value": 4000}]}
            )
        assert refused.value.field == "pulse"
        assert not Step.objects.filter(visit=visit, key="vitals").exists()

    def test_the_hand_off_waits_for_every_step(self, practice: Practice) -> None:
        visit = practice.rooming()
        with pytest.raises(Conflict, match="Do or skip first: Reason for visit, Vital signs"):
            visits.hand_off(practice.ma, visit.pk)
        practice.all_steps(visit)
        assert visits.hand_off(practice.ma, visit.pk).stage == Stage.READY

    def test_an_abnormal_pressure_is_repeated_and_told_before_the_hand_off(self, practice: Practice) -> None:
        visit = practice.rooming()
        visits.do_step(practice.ma, visit.pk, "reason", {"text": "Headache"})
        visits.do_step(practice.ma, visit.pk, "vitals", {"readings": [bp(192, 124), {"kind": "pulse", "value": 88}]})
        visits.do_step(practice.ma, visit.pk, "vitals", {"readings": [bp(188, 122)]})
        for key in ("medications", "allergies", "phq2"):
            visits.skip_step(practice.ma, visit.pk, key, "Headache first")
        with pytest.raises(Conflict, match="Tell the provider first: BP 188/122, critically high, repeated"):
            visits.hand_off(practice.ma, visit.pk)
        visits.tell_provider(practice.ma, visit.pk, "bp")
        alert = visits.hand_off(practice.ma, visit.pk).alerts[0]
        assert (alert["told_by"], bool(alert["told_at"])) == ("Dana Whitfield, CMA", True)

    def test_a_positive_screening_is_told(self, practice: Practice) -> None:
        visit = practice.rooming()
        for key in ("reason", "vitals", "medications", "allergies"):
            visits.skip_step(practice.ma, visit.pk, key, "Not today")
        with pytest.raises(Invalid, match="Ask: How often: mood"):
            visits.do_step(practice.ma, visit.pk, "phq2", {"answers": {"interest": 3}})
        step = visits.do_step(practice.ma, visit.pk, "phq2", {"answers": {"interest": 3, "mood": 2}})
        assert step.data["score"] == 5
        with pytest.raises(Conflict, match="score 5"):
            visits.hand_off(practice.ma, visit.pk)

    def test_a_nurse_visit_goes_to_checkout_without_a_provider(self, practice: Practice) -> None:
        visit = practice.rooming(visit_type="nurse-visit")
        practice.all_steps(visit)
        assert visits.hand_off(practice.ma, visit.pk).stage == Stage.CHECKOUT
        assert Room.objects.get(pk=practice.rooms[0].pk).state == Room.State.DIRTY

    def test_a_nurse_visit_is_for_what_its_visit_type_stands_for(self, practice: Practice) -> None:
        visit = practice.rooming(visit_type="nurse-visit")
        practice.all_steps(visit)
        with pytest.raises(Invalid, match="stands for") as refused:
            visits.hand_off(practice.ma, visit.pk, diagnoses=["I10"])
        assert refused.value.field == "diagnoses"
        visits.hand_off(practice.ma, visit.pk, diagnoses=["Z01.30"])
        assert [(c.code, str(c.recorded_by_id)) for c in diagnoses_of(visit.encounter_id)] == [
            ("Z01.30", practice.ma.id)
        ]

    def test_where_a_provider_examines_nobody_else_says_what_it_was_for(self, practice: Practice) -> None:
        visit = practice.rooming()
        practice.all_steps(visit)
        with pytest.raises(Invalid, match="stands for"):
            visits.hand_off(practice.ma, visit.pk, diagnoses=["Z01.30"])

    def test_a_patient_who_leaves_frees_the_room_for_cleaning(self, practice: Practice) -> None:
        visit = practice.rooming()
        with pytest.raises(Invalid, match="Say why"):
            visits.left(practice.desk, visit.pk, "")
        assert visits.left(practice.desk, visit.pk, "Bus to catch").stage == Stage.LEFT
        assert Room.objects.get(pk=practice.rooms[0].pk).state == Room.State.DIRTY

    def test_a_patient_may_change_rooms(self, practice: Practice) -> None:
        visit = practice.rooming()
        visits.change_room(practice.ma, visit.pk, practice.rooms[1].pk)
        states = [Room.objects.get(pk=room.pk).state for room in practice.rooms[:2]]
        assert states == ["dirty", "occupied"]


class TestExam:
    def test_only_a_provider_examines(self, practice: Practice) -> None:
        visit = practice.ready()
        with pytest.raises(Forbidden, match=r"does not include"):
            visits.begin_exam(practice.ma, visit.pk)
        assert visits.begin_exam(practice.provider, visit.pk).stage == Stage.WITH_PROVIDER

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"note": " "}, "note"),
            ({"diagnoses": []}, "diagnoses"),
            ({"diagnoses": ["Z99999"]}, "diagnoses"),
            ({"follow_up": {"interval_days": "soon"}}, "follow_up"),
        ],
    )
    def test_what_is_missing_is_named_and_nothing_is_kept(self, practice: Practice, changed: dict, field: str) -> None:
        visit = practice.ready()
        visits.begin_exam(practice.provider, visit.pk)
        given = {"note": "Well.", "diagnoses": ["I10"], "orders": ["ekg"], **changed}
        with pytest.raises(Invalid) as refused:
            visits.finish_exam(practice.provider, visit.pk, **given)
        assert refused.value.field == field
        assert not Order.objects.exists()

    def test_without_orders_the_patient_goes_to_checkout(self, practice: Practice) -> None:
        assert practice.examined().stage == Stage.CHECKOUT

    def test_orders_are_done_before_checkout(self, practice: Practice) -> None:
        visit = practice.examined(orders=["ekg"])
        assert visit.stage == Stage.ORDERS
        with pytest.raises(Conflict, match="1 order is still open"):
            visits.orders_done(practice.ma, visit.pk)
        with pytest.raises(
            Conflict, match=r"The visit is at “Orders”, so you cannot check it out\. You can now end the orders"
        ):
            visits.check_out(practice.desk, visit.pk)
        orders.complete(practice.ma, Order.objects.get().pk)
        assert visits.orders_done(practice.ma, visit.pk).stage == Stage.CHECKOUT


class TestCheckout:
    def test_a_follow_up_is_booked_or_declined(self, practice: Practice) -> None:
        visit = practice.examined(follow_up={"interval_days": 30})
        with pytest.raises(Invalid, match="Book the follow-up"):
            visits.check_out(practice.desk, visit.pk)
        visits.check_out(practice.desk, visit.pk, follow_up_declined=True)
        assert Visit.objects.get(pk=visit.pk).follow_up["declined"] is True
        assert Visit.objects.count() == 1

    def test_a_taken_time_leaves_the_visit_at_checkout(self, practice: Practice) -> None:
        visit = practice.examined(follow_up={"interval_days": 30})
        practice.booked("10:20", practice.patient("Haddad", "Leila"))
        with clock.at(practice.at("10:00")), pytest.raises(Conflict, match="taken this time"):
            visits.check_out(practice.desk, visit.pk, follow_up_starts_at=practice.at("10:20"))
        assert Visit.objects.get(pk=visit.pk).stage == Stage.CHECKOUT


class TestBeforeTheVisit:
    def test_cancelling_needs_a_reason_and_frees_the_time(self, practice: Practice) -> None:
        visit = practice.booked()
        with pytest.raises(Invalid, match="Say why"):
            visits.cancel(practice.desk, visit.pk, " ")
        assert visits.cancel(practice.desk, visit.pk, "Called").appointment.status == "cancelled"
        assert practice.booked("9:20", practice.patient("Haddad", "Leila")).stage == Stage.BOOKED

    def test_a_missed_visit_is_noted_after_its_time(self, practice: Practice) -> None:
        visit = practice.booked()
        with clock.at(practice.at("9:10")), pytest.raises(Conflict, match="has not come yet"):
            visits.no_show(practice.desk, visit.pk)
        with clock.at(practice.at("9:50")):
            assert visits.no_show(practice.desk, visit.pk).appointment.status == "noshow"

    def test_a_moved_visit_is_confirmed_again(self, practice: Practice) -> None:
        visit = practice.booked()
        visits.confirm(practice.desk, visit.pk)
        with clock.at(practice.at("7:45")):
            moved = visits.move(practice.desk, visit.pk, starts_at=practice.at("11:00"))
        assert (moved.stage, moved.starts_at) == (Stage.BOOKED, practice.at("11:00"))

    def test_a_walk_in_needs_a_provider_where_one_sees_the_patient(self, practice: Practice) -> None:
        with clock.at(practice.at("9:00")):
            acute = practice.requested(channel="walk-in")
            with pytest.raises(Conflict, match="Book it with one"):
                practice.check_in(acute)
            nurse = practice.requested(practice.patient("Tran"), visit_type="nurse-visit", channel="walk-in")
            assert practice.check_in(nurse).stage == Stage.ARRIVED

    def test_requests_say_who_why_and_where(self, practice: Practice) -> None:
        patient = practice.patient()
        given = {"patient_id": patient.pk, "site_id": practice.site.pk, "visit_type": "follow-up", "reason": "Cough"}
        with pytest.raises(NotFound):
            visits.request(practice.desk, **{**given, "visit_type": "surgery"})
        with pytest.raises(NotFound):
            visits.request(practice.desk, **{**given, "patient_id": practice.site.pk})
        with pytest.raises(Invalid, match="what the patient comes for"):
            visits.request(practice.desk, **{**given, "reason": ""})
        with pytest.raises(Forbidden):
            visits.request(practice.biller, **given)
        assert visits.request(practice.desk, **given).stage == Stage.REQUESTED


def test_actions_ask_few_queries(practice: Practice, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    visit = practice.rooming()
    with django_assert_max_num_queries(13):
        visits.do_step(practice.ma, visit.pk, "reason", {"text": "Cough"})
