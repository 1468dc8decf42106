"""Section 3.4: dates are added as the specification's examples add them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.engines.cdsi.dates import Duration, add, duration

pytestmark = pytest.mark.engine

EXAMPLES = [
    ("CALCDT-1", "2000-01-01", "3 years", "2003-01-01"),
    ("CALCDT-2", "2000-01-01", "6 months", "2000-07-01"),
    ("CALCDT-2", "2000-11-01", "6 months", "2001-05-01"),
    ("CALCDT-3", "2000-01-01", "3 days", "2000-01-04"),
    ("CALCDT-3", "2000-01-01", "3 weeks", "2000-01-22"),
    ("CALCDT-3", "2000-02-01", "5 weeks", "2000-03-07"),
    ("CALCDT-3", "2001-02-01", "5 weeks", "2001-03-08"),
    ("CALCDT-4", "2000-01-15", "0 days - 4 days", "2000-01-11"),
    ("CALCDT-5", "2000-03-31", "6 months", "2000-10-01"),
    ("CALCDT-5", "2000-08-31", "6 months", "2001-03-01"),
    ("CALCDT-5", "2000-02-29", "1 year", "2001-03-01"),
    ("CALCDT-6", "2000-01-31", "6 months - 4 days", "2000-07-27"),
    ("both signs", "2025-09-06", "10 weeks - 4 days", "2025-11-11"),
    ("both signs", "2024-12-31", "8 months + 1 day", "2025-09-01"),
    ("end of year", "2000-10-31", "1 month", "2000-12-01"),
    ("end of year", "2000-12-31", "2 months", "2001-03-01"),
]


@pytest.mark.parametrize(("rule", "start", "span", "end"), EXAMPLES)
def test_a_duration_is_added(rule: str, start: str, span: str, end: str) -> None:
    read = duration(span)
    assert read is not None
    assert date.fromordinal(add(date.fromisoformat(start).toordinal(), read)) == date.fromisoformat(end), rule


@pytest.mark.parametrize(("text", "read"), [("", None), ("n/a", None), ("  ", None), (" 13 years", Duration(13, 0, 0))])
def test_an_empty_element_is_no_duration(text: str, read: Duration | None) -> None:
    assert duration(text) == read


@pytest.mark.parametrize("text", ["soon", "3 fortnights", "4 years or so", "weeks"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        duration(text)


@given(
    st.dates(date(1900, 1, 1), date(2100, 12, 31)),
    st.builds(Duration, st.integers(0, 120), st.integers(0, 24), st.integers(-10, 400)),
)
def test_a_later_start_never_ends_earlier(start: date, span: Duration) -> None:
    assert add(start.toordinal(), span) <= add(start.toordinal() + 1, span)


@given(st.dates(date(1, 1, 1), date(9999, 12, 31)), st.integers(-300, 12_000))
def test_no_age_is_out_of_the_calendar(start: date, years: int) -> None:
    assert date.min.toordinal() <= add(start.toordinal(), Duration(years=years)) <= date.max.toordinal()
