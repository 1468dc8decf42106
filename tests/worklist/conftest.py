from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.practice import Practice


@pytest.fixture
def practice(db: None) -> "Practice":
    """A small practice in an empty database."""
    from tests.support.practice import small_practice  # models want Django, which is set up after conftest

    return small_practice()
