"""A sample clinic with few people, in a database of the test's own."""

import pytest


@pytest.fixture
def sample_clinic(own_database: None) -> None:
    from liaison.record.actor import machine
    from liaison.rehearsal import clinic

    clinic.set_up(machine("test"), patients=24)
