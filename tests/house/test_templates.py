"""Templates that would fail only when something is refused."""

import re
from pathlib import Path

import pytest

from tests.support.environment import REPOSITORY

TEMPLATES = sorted((REPOSITORY / "src" / "liaison").rglob("templates/**/*.html"))
# Of a filter's argument that is not there Django makes an error, where of a variable it makes nothing
_ARGUMENT = re.compile(r"\|default:errors\.\w+")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: "/".join(path.parts[-2:]))
def test_a_sentence_that_may_be_missing_is_no_argument_of_a_filter(path: Path) -> None:
    assert _ARGUMENT.search(path.read_text("utf-8")) is None, "write {% firstof errors.one errors.other %}"
