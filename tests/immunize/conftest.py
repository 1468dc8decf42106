from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from liaison.chart.models import Encounter
    from tests.support.practice import Practice


@pytest.fixture
def practice(db: None) -> "Practice":
    """A small practice in an empty database."""
    from tests.support.practice import small_practice  # models want Django, which is set up after conftest

    return small_practice()


@pytest.fixture
def encounter(practice: "Practice") -> "Encounter":
    """A visit in the room: a man of 71 with his assistant."""
    from liaison.chart.models import Encounter

    visit = practice.rooming()
    return Encounter.objects.get(pk=visit.encounter_id)
