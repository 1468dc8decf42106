"""Hours as people write them."""

from datetime import time

import pytest

from liaison.kernel import hours
from liaison.kernel.errors import Invalid

SPLIT = [(time(8), time(12)), (time(13), time(17))]


@pytest.mark.parametrize(
    "typed", ["8:00-12:00, 13:00-17:00", "8-12, 13-17", "1pm - 5 p.m., 8am to 12pm", "8–12 and 1pm–5pm"]
)
def test_a_day_is_read_however_it_is_written(typed):
    assert hours.spans(typed) == SPLIT
    assert hours.spans(hours.written(SPLIT)) == SPLIT


@pytest.mark.parametrize("typed", ["", "  ", "closed", "Closed", "–"])
def test_a_closed_day_has_no_hours(typed):
    assert hours.spans(typed) == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("mornings", "cannot be read"),
        ("8", "cannot be read"),
        ("8-12-17", "cannot be read"),
        ("12-8", "ends before it begins"),
        ("8-8", "ends before it begins"),
        ("8-12, 11-15", "the same time twice"),
        ("8-25", "no clock shows"),
        ("8-13pm", "no clock shows"),
        ("8:75-9", "no clock shows"),
    ],
)
def test_what_cannot_be_hours_is_refused_with_the_way_to_write_them(typed, sentence):
    with pytest.raises(Invalid, match=sentence) as refused:
        hours.spans(typed, "monday")
    assert refused.value.field == "monday"


def test_a_week_is_said_in_few_lines():
    week = dict.fromkeys(range(4), SPLIT) | {4: SPLIT[:1], 6: SPLIT[:1]}
    assert hours.said_weekly(week) == [
        ("Mon–Thu", "8:00–12:00, 13:00–17:00"),
        ("Fri", "8:00–12:00"),
        ("Sun", "8:00–12:00"),
    ]
