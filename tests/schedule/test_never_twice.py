"""However the schedule is worked on: no two active appointments of a provider overlap in the schedule proper."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from liaison.kernel.errors import Conflict
from liaison.record.promises import broken
from liaison.schedule import actions
from liaison.schedule.models import Appointment, Hold

NINE = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # Monday, 9:00 in Chicago
STARTS = st.integers(0, 11).map(lambda number: NINE + timedelta(minutes=10 * number))
ROOM = timedelta(minutes=20)


def test_whatever_is_booked_moved_and_cancelled_nobody_is_booked_twice(practice):
    providers = [practice.provider.pk, practice.another_provider().pk]
    patient = practice.patient().pk

    class Desk(RuleBasedStateMachine):
        """What a front desk does all day, beside a plain list of what must be true."""

        def __init__(self) -> None:
            super().__init__()
            self.undo = transaction.atomic()
            self.undo.__enter__()
            self.booked: dict[UUID, tuple[UUID, datetime, bool]] = {}

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

        def free(self, provider: UUID, start: datetime, besides: UUID | None = None) -> bool:
            return not any(
                who == provider and not over and abs(start - at) < ROOM
                for pk, (who, at, over) in self.booked.items()
                if pk != besides
            )

        @rule(which=st.sampled_from(providers), start=STARTS, overbook=st.booleans())
        def book(self, which: UUID, start: datetime, overbook: bool) -> None:
            free = self.free(which, start)
            try:
                new = practice.book(
                    start, provider_id=which, patient_id=patient, actor=practice.nurse, overbook=overbook
                )
            except Conflict:
                assert not free
                assert not overbook
            else:
                assert free or overbook
                assert new.overbooked == (not free)
                self.booked[new.pk] = (which, start, new.overbooked)

        @precondition(lambda self: self.booked)
        @rule(data=st.data(), which=st.sampled_from(providers), start=STARTS, overbook=st.booleans())
        def move(self, data: st.DataObject, which: UUID, start: datetime, overbook: bool) -> None:
            pk = data.draw(st.sampled_from(sorted(self.booked)))
            free = self.free(which, start, besides=pk)
            try:
                moved = actions.move(practice.nurse, pk, starts_at=start, provider_id=which, overbook=overbook)
            except Conflict:
                assert not free
                assert not overbook
            else:
                assert free or overbook
                self.booked[pk] = (which, start, moved.overbooked)

        @precondition(lambda self: self.booked)
        @rule(data=st.data())
        def cancel(self, data: st.DataObject) -> None:
            pk = data.draw(st.sampled_from(sorted(self.booked)))
            actions.cancel(practice.desk, pk, "called")
            del self.booked[pk]

        @invariant()
        def the_schedule_is_what_the_desk_believes(self) -> None:
            active = Appointment.objects.filter(status="booked")
            rows = {one.pk: (one.provider_id, one.starts_at, one.overbooked) for one in active}
            assert rows == self.booked
            proper = sorted(Hold.objects.filter(lane=0).values_list("resource_id", "starts_at", "ends_at"))
            for (who, _, ends), (next_who, starts, _) in pairwise(proper):
                assert who != next_who or ends <= starts

    run_state_machine_as_test(
        Desk,
        settings=settings(
            max_examples=25, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    assert broken() == {}


@pytest.mark.django_db
def test_the_database_itself_refuses_a_second_hold(practice):
    from django.db import IntegrityError

    from liaison.record.change import change

    booked = practice.book(NINE)
    held = Hold.objects.get()
    with pytest.raises(IntegrityError), change(practice.setup, "schedule.book") as this:
        this.save(
            Hold(
                kind=held.kind,
                resource_id=held.resource_id,
                starts_at=booked.starts_at + timedelta(minutes=10),
                ends_at=booked.ends_at + timedelta(minutes=10),
                appointment=booked,
            )
        )
