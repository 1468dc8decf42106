"""Around the needle: planned under an order, prepared, every right checked, taken from stock, watched."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from liaison.immunize import actions
from liaison.immunize.models import Immunization, PlannedDose, Watch
from liaison.immunize.queries.due import due_of
from liaison.immunize.queries.encounter import day_of
from liaison.immunize.queries.seen import seen_of
from liaison.immunize.queries.trial import try_dose
from liaison.kernel import clock
from liaison.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from liaison.places import actions as places
from liaison.record.models import OutboxEvent
from liaison.record.promises import broken
from liaison.supplies import actions as supplies
from liaison.supplies.models import Borrowing, Movement, Stock
from tests.support.needle import HEP_A, HIB, MMR, VARICELLA, Needle, needle
from tests.support.practice import MONDAY, ZONE, Practice


@pytest.fixture
def chair(practice: Practice) -> Needle:
    return needle(practice)


def test_a_dose_is_given_written_down_and_taken_from_stock(chair: Needle) -> None:
    with chair.later() as now:
        planned = chair.planned(MMR)
        assert planned.standing_order is not None
        assert planned.ordered_by_id == chair.practice.dr.pk
        chair.prepare()
        dose = chair.give(planned)
    assert (dose.lot_number, dose.route, dose.body_site, dose.dose_quantity) == ("L03P", "SC", "LA", Decimal("0.5"))
    assert (dose.here, dose.source, dose.funding, dose.eligibility) == (True, "given", "private", "V01")
    assert str(dose.performer_id) == chair.practice.ma.id
    assert dose.vis, "the statement's edition is kept with the dose"
    assert all(one["edition"] and one["language"] == "en" for one in dose.vis)
    assert chair.on_hand(MMR) == 9
    assert Movement.objects.filter(for_id=dose.pk).count() == 1
    assert Watch.objects.get(encounter_id=chair.encounter_id).ends_at == now + timedelta(minutes=15)
    assert PlannedDose.objects.get(pk=planned.pk).status == PlannedDose.Status.GIVEN
    names = list(OutboxEvent.objects.filter(name__startswith="immunize.").values_list("name", flat=True))
    assert names[-2:] == ["immunize.watch", "immunize.recorded"]


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"identifiers": ["phone", "mrn"]}, "right-patient", "identifiers"),
    ({"identifiers": ["name"]}, "right-patient", "identifiers"),
    ({"dose_ml": Decimal("5")}, "right-dose", "dose_ml"),
    ({"dose_ml": None}, "right-dose", "dose_ml"),
    ({"route": "PO"}, "right-route", "route"),
    ({"body_site": "LG"}, "right-site", "body_site"),
    ({"body_site": ""}, "right-site", "body_site"),
]


@pytest.mark.parametrize(("changed", "code", "field"), WRONG)
def test_each_right_refuses_and_nothing_is_half_done(
    chair: Needle, changed: dict[str, Any], code: str, field: str
) -> None:
    with chair.later():
        planned = chair.planned(MMR)
        chair.prepare()
        with pytest.raises(Refused) as refused:
            chair.give(planned, **changed)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert chair.on_hand(MMR) == 10
    assert not Immunization.objects.filter(encounter_id=chair.encounter_id).exists()


def test_the_lot_must_be_of_the_vaccine_that_is_planned(chair: Needle) -> None:
    with chair.later():
        planned = chair.planned(MMR)
        chair.prepare()
        with pytest.raises(Conflict) as refused:
            chair.give(planned, stock_id=chair.stock[VARICELLA, "private"].pk)
    assert refused.value.code == "right-vaccine"
    assert chair.on_hand(VARICELLA) == 10


def test_nothing_is_given_before_it_is_prepared(chair: Needle) -> None:
    encounter, ma = chair.encounter_id, chair.practice.ma
    with chair.later():
        planned = chair.planned(MMR)

        def refusal() -> str:
            with pytest.raises(Conflict) as refused:
                chair.give(planned)
            return refused.value.code

        assert refusal() == "not-screened"
        asked = day_of(planned.encounter, chair.patient).questions
        with pytest.raises(Invalid) as unanswered:
            actions.screen(ma, encounter, {one.key: "no" for one in asked[1:]})
        assert unanswered.value.field == asked[0].key
        actions.screen(ma, encounter, {one.key: "no" for one in asked})
        assert refusal() == "no-vis"
        actions.hand_over_vis(ma, encounter, "es", "sent")
        assert refusal() == "no-consent"
        with pytest.raises(Invalid):
            actions.consent(ma, encounter, "  ")
        actions.consent(ma, encounter, "Ada Lind", "parent")
        assert refusal() == "no-eligibility"
        actions.say_eligibility(ma, encounter, "V01")
        assert chair.give(planned).vis[0]["language"] == "es"


def test_consent_is_to_what_was_spoken_of(chair: Needle) -> None:
    with chair.later():
        chair.planned(HIB)
        chair.prepare()
    with chair.later(2):
        added = chair.planned(MMR)
        assert not day_of(added.encounter, chair.patient).consented(added)
        asked = {one.key: "no" for one in day_of(added.encounter, chair.patient).questions}
        actions.screen(chair.practice.ma, chair.encounter_id, asked)
        actions.hand_over_vis(chair.practice.ma, chair.encounter_id)
        with pytest.raises(Conflict) as refused:
            chair.give(added)
        assert (refused.value.code, refused.value.field) == ("no-consent", "consent_by")
        actions.consent(chair.practice.ma, chair.encounter_id, "Ada Lind", "parent")
        assert chair.give(added).cvx == MMR


def test_a_lot_of_another_site_is_not_given_here(chair: Needle) -> None:
    practice, own = chair.practice, chair.stock[MMR, "private"]
    elsewhere = places.add_site(practice.manager, code="FAR", name="Far Street")
    cold = supplies.add_unit(practice.manager, site_id=elsewhere.pk, name="Refrigerator", kind="refrigerator")
    with chair.later():
        far = supplies.receive(
            practice.manager, unit_id=cold.pk, item_id=own.lot.item_id, number="FAR1",
            expires_on=own.lot.expires_on, funding="private", doses=10,
        )  # fmt: skip
        planned = chair.planned(MMR)
        chair.prepare()
        with pytest.raises(NotFound) as refused:
            chair.give(planned, stock_id=far.pk)
    assert refused.value.field == "stock"
    assert Stock.objects.get(pk=far.pk).on_hand == 10


def test_a_stop_is_cleared_by_a_provider_only_and_a_warning_with_words(chair: Needle) -> None:
    encounter, practice = chair.encounter_id, chair.practice
    with chair.later():
        planned = chair.planned(MMR)
        chair.prepare(immune="yes", sick="yes")
        with pytest.raises(Conflict) as stopped:
            chair.give(planned)
        assert stopped.value.code == "stopped"
        with pytest.raises(Forbidden):
            actions.clear(practice.ma, encounter, "immune", "It will be fine")
        actions.clear(practice.provider, encounter, "immune", "Mild eczema only, not an immune problem")
        with pytest.raises(Conflict) as warned:
            chair.give(planned)
        assert warned.value.code == "warned"
        with pytest.raises(Invalid):
            actions.clear(practice.ma, encounter, "sick", " ")
        actions.clear(practice.ma, encounter, "sick", "Dr. Osei: a cold only")
        assert chair.give(planned).status == "completed"


def test_a_stop_for_live_vaccines_leaves_others_alone(chair: Needle) -> None:
    with chair.later():
        live, other = chair.planned(MMR), chair.planned(HIB)
        chair.prepare(immune="yes")
        assert chair.give(other).cvx == HIB
        with pytest.raises(Conflict):
            chair.give(live)


def test_an_answer_that_changes_must_be_cleared_again(chair: Needle) -> None:
    encounter = chair.encounter_id
    with chair.later():
        planned = chair.planned(MMR)
        chair.prepare(sick="yes")
        actions.clear(chair.practice.ma, encounter, "sick", "Dr. Osei: go on")
        chair.prepare(sick="no")
        chair.prepare(sick="yes")
        with pytest.raises(Conflict) as warned:
            chair.give(planned)
    assert warned.value.code == "warned"


def test_a_vaccine_added_later_asks_its_own_questions(chair: Needle) -> None:
    with chair.later():
        chair.planned(HIB)
        chair.prepare()
        added = chair.planned(MMR)
        day = day_of(added.encounter, chair.patient)
        assert {one.key for one in day.open_questions} >= {"immune", "blood"}
        assert [one.title for one in day.vis_missing(MMR)]
        with pytest.raises(Conflict):
            chair.give(added)


def test_without_an_order_an_assistant_plans_nothing(chair: Needle) -> None:
    practice = chair.practice
    with chair.later():
        actions.sign_standing_order(practice.provider, {"MMR": {"from_years": 4}}, MONDAY.date() + timedelta(days=9))
        with pytest.raises(Conflict) as too_young:
            chair.planned(MMR)
        with pytest.raises(Conflict) as outside:
            chair.planned(HEP_A)
        assert (too_young.value.code, outside.value.code) == ("not-covered", "not-covered")
        ordered = actions.plan(practice.provider, chair.encounter_id, HEP_A)
        assert (ordered.standing_order, ordered.ordered_by_id) == (None, practice.dr.pk)
        with pytest.raises(Forbidden):
            actions.sign_standing_order(practice.ma, {"MMR": {}}, MONDAY.date() + timedelta(days=9))


def test_a_dose_that_would_not_count_wants_a_provider_and_a_reason(chair: Needle) -> None:
    practice = chair.practice
    with chair.later():
        first = chair.planned(MMR)
        chair.prepare()
        chair.give(first)
        with pytest.raises(Conflict) as again:
            chair.planned(MMR)
        assert again.value.code == "would-not-count"
        assert "given on this day already" in again.value.sentence
        with pytest.raises(Conflict):
            actions.plan(practice.provider, chair.encounter_id, MMR)
        travel = actions.plan(practice.provider, chair.encounter_id, MMR, despite="Leaves for an outbreak")
        assert travel.despite == "Leaves for an outbreak"


def test_too_soon_says_from_when_on(chair: Needle) -> None:
    last = MONDAY.date() - timedelta(days=10)
    actions.add_history(chair.practice.ma, chair.patient.pk, cvx=MMR, on=last, source="clinic")
    with chair.later():
        with pytest.raises(Conflict) as soon:
            chair.planned(MMR)
        with pytest.raises(Conflict) as conflict:
            chair.planned(VARICELLA)
    assert "Measles: interval: too soon; vaccine conflict; not before 11 Dec 2026." in soon.value.sentence
    assert "not before 11 Dec 2026" in conflict.value.sentence


def test_two_live_vaccines_are_given_on_one_day(chair: Needle) -> None:
    with chair.later():
        mmr, varicella = chair.planned(MMR), chair.planned(VARICELLA)
        chair.prepare()
        assert due(chair) >= {"MMR", "Varicella"}
        chair.give(mmr)
        assert "MMR" not in due(chair)
        assert "Varicella" in due(chair), "on the same day it is as good"
        assert chair.give(varicella, body_site="RA").cvx == VARICELLA
        assert "Varicella" not in due(chair)
    with chair.later(60 * 24):
        assert not due(chair) & {"MMR", "Varicella"}


def test_a_childs_combination_is_not_offered_to_an_adult(practice: Practice) -> None:
    adult = practice.patient("Ortiz", "Lena", birth_date=date(1977, 5, 26), sex="female", phone="312-555-0191")
    seen = seen_of(adult, MONDAY.date())
    for cvx in ("94", "146", "110", "20"):
        trial = try_dose(seen, cvx, MONDAY.date())
        assert not trial.counts
        assert "another vaccine is preferred at this age" in trial.why_not
    assert try_dose(seen, "115", MONDAY.date()).valid == ("DTaP/Tdap/Td",)
    assert try_dose(seen, MMR, MONDAY.date()).valid == ("MMR",)


def due(chair: Needle) -> set[str]:
    """The vaccine groups that are due now."""
    today = clock.today(ZONE)
    return {one.vaccine_group for one in due_of(chair.patient, today).now}


def test_a_child_of_the_program_gets_its_doses_and_a_borrowed_one_is_a_debt(chair: Needle) -> None:
    with chair.later():
        planned, other = chair.planned(MMR), chair.planned(HIB)
        chair.prepare(eligibility="V02")
        with pytest.raises(Refused) as refused:
            chair.give(planned)
        assert refused.value.code == "other-funding"
        dose = chair.give(planned, stock_id=chair.stock[MMR, "vfc"].pk)
        assert (dose.funding, chair.on_hand(MMR, "vfc"), chair.on_hand(MMR)) == ("vfc", 9, 10)
        chair.give(other, borrow_reason="VFC delivery is late")
    owed = Borrowing.objects.get()
    assert (owed.lender, owed.borrower, owed.owed) == ("private", "vfc", 1)


def test_recalled_and_expired_lots_are_not_given(chair: Needle) -> None:
    stock = chair.stock[MMR, "private"]
    with chair.later():
        planned = chair.planned(MMR)
        chair.prepare()
        supplies.quarantine_lot(chair.practice.manager, stock.lot_id, "Recalled by the manufacturer")
        with pytest.raises(Refused) as refused:
            chair.give(planned)
    assert refused.value.field == "stock"
    assert chair.on_hand(MMR) == 10


def test_a_dose_that_never_was_goes_back_to_stock_and_is_planned_again(chair: Needle) -> None:
    with chair.later():
        planned = chair.planned(MMR)
        chair.prepare()
        dose = chair.give(planned)
        assert chair.on_hand(MMR) == 9
        actions.enter_in_error(chair.practice.ma, dose.pk, "Pressed too early: the child pulled away")
        assert chair.on_hand(MMR) == 10
        assert broken() == {}
        again = chair.give(PlannedDose.objects.get(pk=planned.pk))
    assert (again.pk != dose.pk, chair.on_hand(MMR)) == (True, 9)
    assert broken() == {}


def test_not_given_has_its_reason_and_settles_the_plan(chair: Needle) -> None:
    ma, encounter = chair.practice.ma, chair.encounter_id
    with chair.later():
        planned = chair.planned(MMR)
        with pytest.raises(Invalid):
            actions.not_given(ma, encounter, MMR, "other")
        row = actions.not_given(ma, encounter, MMR, "refused", "Wants to read first")
        assert (row.status, row.reason_code) == ("not-done", "refused")
        with pytest.raises(Conflict):
            chair.give(planned)
    assert chair.on_hand(MMR) == 10


def test_the_watch_ends_in_its_time_or_with_a_reason(chair: Needle) -> None:
    ma, encounter = chair.practice.ma, chair.encounter_id
    with chair.later():
        planned = chair.planned(HIB)
        chair.prepare()
        chair.give(planned)
    with chair.later(10):
        with pytest.raises(Conflict) as early:
            actions.end_watch(ma, encounter, "well")
        assert early.value.code == "too-early"
        with pytest.raises(Invalid):
            actions.end_watch(ma, encounter, "left-early")
    with chair.later(15):
        assert actions.end_watch(ma, encounter, "well").outcome == "well"
        with pytest.raises(Conflict):
            actions.end_watch(ma, encounter, "well")


def test_a_reaction_is_written_down_and_its_report_waits(chair: Needle) -> None:
    ma, patient = chair.practice.ma, chair.patient
    with chair.later():
        planned = chair.planned(HIB)
        chair.prepare()
        dose = chair.give(planned)
    with chair.later(6) as onset:
        words: dict[str, Any] = {"description": "Hives on both arms", "outcome": "recovering", "signs": ["hives"]}
        with pytest.raises(Invalid):
            actions.report_reaction(ma, patient.pk, doses=[dose.pk], onset_at=onset - timedelta(hours=1), **words)
        with pytest.raises(Invalid):
            actions.report_reaction(ma, patient.pk, doses=[], onset_at=onset, **words)
        row = actions.report_reaction(ma, patient.pk, doses=[dose.pk], onset_at=onset, **words)
        assert Watch.objects.get(encounter_id=chair.encounter_id).outcome == "reaction"
        with pytest.raises(Invalid):
            actions.reaction_sent(ma, row.pk, "")
        actions.reaction_sent(ma, row.pk, "E-1234567")
        with pytest.raises(Conflict):
            actions.reaction_sent(ma, row.pk, "E-1234567")
    assert actions.anaphylaxis_like(["hives", "breathing"])
    assert not actions.anaphylaxis_like(["hives", "fever"])
