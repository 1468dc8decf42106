"""A vaccine history that the patient brings."""

from datetime import date, timedelta

import pytest

from liaison.immunize import actions, queries
from liaison.kernel.errors import Conflict, Forbidden, Invalid
from liaison.record.models import Revision
from tests.support.practice import Practice


def test_a_dose_from_elsewhere_is_noted_once(practice: Practice) -> None:
    patient = practice.patient()
    dose = actions.add_history(practice.ma, patient.pk, cvx="115", display="Tdap", on=date(2019, 5, 2))
    with pytest.raises(Conflict):
        actions.add_history(practice.ma, patient.pk, cvx="115", display="Tdap", on=date(2019, 5, 2))
    assert [d.pk for d in queries.history_of(patient.pk)] == [dose.pk]
    assert not dose.here
    assert b'"primarySource":false' in bytes(Revision.objects.get(resource_id=dose.pk).body)


@pytest.mark.parametrize("on", [date(1950, 1, 1), date.today() + timedelta(days=400)])
def test_a_dose_is_given_between_birth_and_today(practice: Practice, on: date) -> None:
    with pytest.raises(Invalid) as refused:
        actions.add_history(practice.ma, practice.patient().pk, cvx="115", display="Tdap", on=on)
    assert refused.value.field == "on"


def test_the_desk_does_not_note_doses(practice: Practice) -> None:
    with pytest.raises(Forbidden):
        actions.add_history(practice.desk, practice.patient().pk, cvx="115", display="Tdap", on=date(2019, 5, 2))
