"""A practice of the test's own, and the sandbox payer as a real process."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.support.days import going_on_from
from tests.support.sandboxes import Sandbox, starting

if TYPE_CHECKING:
    from liaison.people.models import Patient
    from tests.billing.clinic import Practice


@pytest.fixture(autouse=True)
def autumn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The visits here are of March 2026: it is the same year, for a payer wants its claims within one."""
    with going_on_from(datetime(2026, 11, 23, 15, 0, tzinfo=UTC), tmp_path_factory.getbasetemp()):
        yield


@pytest.fixture
def practice(db: None) -> "Practice":
    # Not above: this file is read before Django is set up.
    from tests.billing.clinic import open_practice

    return open_practice()


@pytest.fixture
def patient(practice: "Practice") -> "Patient":
    """Somebody whom the sandbox payer insures."""
    return practice.patient(family="Rivera", member="SUN000000001")


@pytest.fixture
def start_payer() -> Iterator[Callable[..., Sandbox]]:
    with starting(partial(Sandbox, "sandbox_payer")) as start:
        yield start


@pytest.fixture
def payer(start_payer: Callable[..., Sandbox]) -> Sandbox:
    return start_payer("--today", "2026-03-03")
