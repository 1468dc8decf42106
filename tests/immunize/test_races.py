"""Two at once at the chair: a vaccine is planned once, prepared once, given once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connection

from liaison.immunize import actions
from liaison.immunize.models import Immunization, PlannedDose, Preparation
from liaison.kernel import clock
from liaison.kernel.errors import Refused
from liaison.record.promises import broken
from tests.support.needle import MMR, needle
from tests.support.practice import small_practice

pytestmark = pytest.mark.usefixtures("own_database")


def at_once(many: int, act: Callable[[], UUID]) -> list[UUID | str]:
    """What `many` threads get that do the same at the same time: an id, or the code of a refusal."""
    moment = clock.now()

    def run(_: int) -> UUID | str:
        try:
            with clock.at(moment):
                return act()
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(run, range(many)))


def test_what_several_do_at_the_same_chair_happens_once() -> None:
    chair = needle(small_practice())
    ma, encounter = chair.practice.ma, chair.encounter_id
    with chair.later():
        planned = at_once(6, lambda: actions.plan(ma, encounter, MMR).pk)
        assert PlannedDose.objects.count() == 1
        assert len([one for one in planned if isinstance(one, UUID)]) >= 1
        at_once(6, lambda: actions.say_eligibility(ma, encounter, "V01").pk)
        assert Preparation.objects.count() == 1
        chair.prepare()
        dose = PlannedDose.objects.get()
        given = at_once(6, lambda: chair.give(dose).pk)
    assert len([one for one in given if isinstance(one, UUID)]) == 1
    assert Immunization.objects.filter(here=True).count() == 1
    assert chair.on_hand(MMR) == 9
    assert broken() == {}
