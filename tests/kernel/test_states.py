"""States as people and other systems write them, and as a claim carries them."""

import pytest

from liaison.kernel.states import usps


@pytest.mark.engine
@pytest.mark.parametrize(
    ("written", "code"),
    [("Massachusetts", "MA"), ("new  york", "NY"), ("il", "IL"), ("TX", "TX"), ("", ""), ("Ontario", "Ontario")],
)
def test_a_state_is_carried_by_its_usps_code(written: str, code: str) -> None:
    assert usps(written) == code
