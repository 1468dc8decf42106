"""What a form makes of a number that somebody typed."""

import pytest

from liaison.kernel.errors import Invalid
from liaison.people.typed import Typed

pytestmark = pytest.mark.engine


@pytest.mark.parametrize(
    ("text", "number"), [("", None), ("0", 0), ("7", 7), ("007", 7), ("120", 120), ("1,000", 1000), ("9,999", 9999)]
)
def test_a_whole_number_is_read_as_people_write_it(text: str, number: int | None) -> None:
    assert Typed({"units": text}).number("units", 9999) == number


@pytest.mark.parametrize(
    "text", ["-1", "+1", "2.5", "1,5", "2,", ",000", "two", "1 0", "1_0", "٣", "²", "10000", "1" * 5000, "1e3", "0x1"]
)
def test_what_is_no_such_number_is_told_beside_its_field(text: str) -> None:
    form = Typed({"units": text})
    with pytest.raises(Invalid) as refused:
        form.number("units", 9999)
    assert form.refuse(refused.value).errors == {"units": "Type a whole number up to 9,999."}
