"""Vaccines along the visit: on the card, beside the work; an open dose holds the visit, an open watch the patient."""

import pytest

from liaison.chart.actions import add_allergy
from liaison.immunize import actions, forecasts
from liaison.immunize.models import Forecast, Need, PlannedDose, Watch
from liaison.kernel.errors import Conflict
from liaison.record import outbox
from liaison.visits import actions as visits
from liaison.visits import queries
from liaison.visits.models import Stage, Visit
from tests.support.needle import HIB, MMR, VARICELLA, Needle, needle
from tests.support.practice import Practice
from tests.support.signed_in import client_of


@pytest.fixture
def chair(practice: Practice) -> Needle:
    return needle(practice)


def tags(chair: Needle) -> list[str]:
    with chair.later(1):
        board = queries.board(chair.practice.ma, chair.practice.site.pk, chair.practice.at("9:00").date())
    return [tag.text for card in board.cards() for tag in card.tags]


def test_the_card_says_which_vaccines_are_due_and_follows_what_is_given(chair: Needle) -> None:
    with chair.later():
        forecasts.refresh_stale()
    assert [tag for tag in tags(chair) if tag.startswith("due:")] == ["due: 7 vaccines"]
    page = client_of(chair.practice.ma)
    with chair.later():
        assert "MMR: Dose 1 is recommended since 20 Aug 2026; none on record." in page.get("/").content.decode()
    with chair.later():
        planned = chair.planned(HIB)
        assert "Hib (PRP-T)" in tags(chair)
        chair.prepare()
        chair.give(planned)
        outbox.deliver()
    said = tags(chair)
    assert "observe until 9:42" not in said
    assert "observe until 9:45" in said
    assert [tag for tag in said if tag.startswith("due:")] == ["due: 6 vaccines"]


def test_who_may_not_see_immunizations_is_told_of_none(chair: Needle) -> None:
    with chair.later():
        forecasts.refresh_stale()
        board = queries.board(chair.practice.desk, chair.practice.site.pk, chair.practice.at("9:00").date())
    assert not [tag for card in board.cards() for tag in card.tags if "due:" in tag.text]


def test_the_visit_page_says_what_is_due_and_what_goes_together(chair: Needle) -> None:
    with chair.later():
        page = client_of(chair.practice.ma).get(f"/visits/{chair.visit.pk}/").content.decode()
    assert "Vaccines due" in page
    assert "MMR and Varicella: both today, or the second one not before 21 Dec 2026." in page
    assert "Give vaccines" in page


def test_an_open_dose_holds_the_visit_and_the_last_one_takes_it_on(practice: Practice) -> None:
    chair = needle(practice, visit_type="nurse-visit")
    with chair.later():
        first, second = chair.planned(MMR), chair.planned(VARICELLA)
        chair.prepare()
        practice.all_steps(chair.visit)
        for alert in Visit.objects.get(pk=chair.visit.pk).alerts:
            visits.tell_provider(practice.ma, chair.visit.pk, alert["code"])
        assert visits.hand_off(practice.ma, chair.visit.pk, diagnoses=["Z23"]).stage == Stage.ORDERS
        with pytest.raises(Conflict):
            visits.orders_done(practice.ma, chair.visit.pk)
        chair.give(first)
        outbox.deliver()
        assert Visit.objects.get(pk=chair.visit.pk).stage == Stage.ORDERS
        actions.not_given(practice.ma, chair.encounter_id, second.cvx, "refused")
        outbox.deliver()
        assert Visit.objects.get(pk=chair.visit.pk).stage == Stage.CHECKOUT
        with pytest.raises(Conflict) as watched:
            visits.check_out(practice.desk, chair.visit.pk)
        assert watched.value.code == "watched"
    with chair.later(20):
        actions.end_watch(practice.ma, chair.encounter_id, "well")
        assert visits.check_out(practice.desk, chair.visit.pk).stage == Stage.CODING


def test_nobody_is_checked_out_with_a_dose_still_open(practice: Practice) -> None:
    chair = needle(practice, visit_type="nurse-visit")
    with chair.later():
        practice.all_steps(chair.visit)
        for alert in Visit.objects.get(pk=chair.visit.pk).alerts:
            visits.tell_provider(practice.ma, chair.visit.pk, alert["code"])
        assert visits.hand_off(practice.ma, chair.visit.pk, diagnoses=["Z23"]).stage == Stage.CHECKOUT
        late = chair.planned(MMR)
        with pytest.raises(Conflict) as held:
            visits.check_out(practice.desk, chair.visit.pk)
        assert (held.value.code, late.display in held.value.sentence) == ("vaccines-open", True)
        actions.take_off(practice.ma, late.pk)
        assert visits.check_out(practice.desk, chair.visit.pk).stage == Stage.CODING


def test_who_leaves_takes_no_plan_and_no_observation_along(practice: Practice) -> None:
    chair = needle(practice, visit_type="nurse-visit")
    with chair.later():
        given, open_one = chair.planned(MMR), chair.planned(VARICELLA)
        chair.prepare()
        chair.give(given)
    with chair.later(4):
        visits.left(practice.desk, chair.visit.pk, "The car was in the way")
    assert PlannedDose.objects.get(pk=open_one.pk).status == PlannedDose.Status.CANCELLED
    watch = Watch.objects.get(encounter_id=chair.encounter_id)
    assert (watch.outcome, watch.ended_at is not None) == ("left-early", True)


def test_needs_are_renewed_each_day_and_when_the_chart_changes(chair: Needle) -> None:
    with chair.later():
        assert forecasts.refresh_stale() == 1
        assert forecasts.refresh_stale() == 0
        before = Need.objects.get(patient=chair.patient, vaccine_group="MMR")
        assert (before.status, before.number, before.doses) == ("Not Complete", 1, 0)
        add_allergy(chair.practice.ma, chair.patient.pk, display="Latex")
        outbox.deliver()
        assert not Forecast.objects.exists()
        assert Need.objects.filter(patient=chair.patient).exists()
        assert forecasts.refresh_stale() == 1
    with chair.later(60 * 24):
        assert forecasts.refresh_stale() == 1
        assert Need.objects.get(patient=chair.patient, vaccine_group="MMR").pk == before.pk
