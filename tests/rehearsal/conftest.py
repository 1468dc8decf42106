"""A sample clinic with few people, in a database of the test's own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import databases


def small_sample() -> None:
    from liaison.record.actor import machine
    from liaison.rehearsal import clinic

    clinic.set_up(machine("test"), patients=24)


@pytest.fixture
def sample_clinic(tmp_path: Path, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), databases.own_database(tmp_path, small_sample):
        yield
