"""Slot search: every free time is found, nothing else is offered, through daylight saving time too."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.engines.slots import Interval, Requirement, expand_opening_hours, find, free_times, merge

pytestmark = pytest.mark.engine

MINUTE = timedelta(minutes=1)
DAY = datetime(2026, 3, 2, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")
NINE_TO_FIVE = {weekday: [(time(9), time(17))] for weekday in range(5)}


def at(hour: int, minute: int = 0, day: int = 0) -> datetime:
    return DAY + timedelta(days=day, hours=hour, minutes=minute)


def times(starts: list[datetime]) -> list[str]:
    return [f"{start:%H:%M}" for start in starts]


def test_a_morning_with_two_visits_leaves_the_times_between_them() -> None:
    starts = free_times(
        [Interval(at(9), at(12))],
        [Interval(at(9, 30), at(10)), Interval(at(11), at(11, 20))],
        duration=30 * MINUTE,
        step=15 * MINUTE,
        earliest=at(0),
        latest=at(24),
    )
    assert times(starts) == ["09:00", "10:00", "10:15", "10:30", "11:30"]


def test_nothing_begins_before_the_earliest_nor_ends_after_the_latest() -> None:
    morning = [Interval(at(9), at(12))]
    starts = free_times(morning, [], 30 * MINUTE, 15 * MINUTE, earliest=at(9, 50), latest=at(10, 45))
    assert times(starts) == ["10:00", "10:15"]


def test_morning_and_afternoon_that_touch_are_one_opening() -> None:
    starts = free_times([(at(9), at(10)), (at(10), at(11))], [], 60 * MINUTE, 30 * MINUTE, at(0), at(24))
    assert times(starts) == ["09:00", "09:30", "10:00"]


def test_times_of_any_zone_are_answered_in_utc() -> None:
    local = DAY.astimezone(NEW_YORK).replace(hour=9, day=2)
    starts = free_times([(local, local + 60 * MINUTE)], [], 60 * MINUTE, 15 * MINUTE, at(0), at(48))
    assert starts == [datetime(2026, 3, 2, 14, tzinfo=UTC)]
    assert starts[0].tzinfo is UTC


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        free_times([(datetime(2026, 3, 2, 9), at(12))], [], MINUTE, MINUTE, at(0), at(24))  # noqa: DTZ001
    with pytest.raises(ValueError, match="longer than nothing"):
        free_times([(at(9), at(12))], [], MINUTE * 0, MINUTE, at(0), at(24))


STRETCHES = st.lists(
    st.tuples(st.integers(0, 600), st.integers(-5, 120)).map(
        lambda pair: Interval(at(0, pair[0]), at(0, pair[0] + pair[1]))
    ),
    max_size=8,
)


def brute_force(
    openings: list[Interval], busy: list[Interval], duration: int, step: int, earliest: int, latest: int
) -> list[datetime]:
    """Every minute tried by itself, on a map of open and taken minutes."""
    is_open, taken = set[int](), set[int]()
    for chosen, stretches in ((is_open, openings), (taken, busy)):
        for start, end in stretches:
            chosen.update(range((start - DAY) // MINUTE, (end - DAY) // MINUTE))
    found, anchor = [], 0
    for minute in range(latest):
        if minute - 1 not in is_open:
            anchor = minute
        if minute < earliest or (minute - anchor) % step or minute + duration > latest:
            continue
        if all(m in is_open and m not in taken for m in range(minute, minute + duration)):
            found.append(at(0, minute))
    return found


@given(STRETCHES, STRETCHES, st.integers(1, 60), st.integers(1, 30), st.integers(0, 400), st.integers(0, 800))
def test_exactly_the_free_starts_are_found(
    openings: list[Interval], busy: list[Interval], duration: int, step: int, earliest: int, latest: int
) -> None:
    found = free_times(openings, busy, duration * MINUTE, step * MINUTE, at(0, earliest), at(0, latest))
    assert found == brute_force(openings, busy, duration, step, earliest, latest)
    first = free_times(openings, busy, duration * MINUTE, step * MINUTE, at(0, earliest), at(0, latest), limit=3)
    assert first == found[:3]


def overlaps(start: datetime, end: datetime, stretches: list[Interval]) -> bool:
    return any(start < other.end and other.start < end for other in stretches if other.start < other.end)


@given(
    st.dictionaries(st.sampled_from("ABCD"), st.tuples(STRETCHES, STRETCHES), min_size=1),
    st.dictionaries(st.sampled_from(["R1", "R2", "R3"]), st.tuples(STRETCHES, STRETCHES)),
    st.integers(5, 60),
)
def test_every_option_has_a_provider_and_a_room_who_are_free_and_none_is_missed(
    providers: dict[str, tuple[list[Interval], list[Interval]]],
    rooms: dict[str, tuple[list[Interval], list[Interval]]],
    minutes: int,
) -> None:
    wanted = Requirement(minutes * MINUTE, at(0), at(24), limit=10_000)
    options = find(providers, rooms, wanted)
    assert [option.start for option in options] == sorted(option.start for option in options)
    for option in options:
        assert option.room is not None
        for openings, busy in (providers[option.provider], rooms[option.room]):
            assert not overlaps(option.start, option.end, busy)
            assert any(o.start <= option.start and option.end <= o.end for o in merge(openings))
    with_room = {start for room in rooms.values() for start in brute_force(*room, minutes, 1, 0, 1440)}
    expected = {
        (start, key)
        for key, (openings, busy) in providers.items()
        for start in brute_force(openings, busy, minutes, 15, 0, 1440)
        if start in with_room
    }
    assert {(option.start, option.provider) for option in options} == expected


def test_the_soonest_comes_first_and_the_preferred_provider_at_equal_times() -> None:
    morning = [Interval(at(9), at(10))]
    providers: dict[str, tuple[list[Interval], list[Interval]]] = {
        "Ames": (morning, []),
        "Boyd": (morning, []),
        "Cruz": ([Interval(at(8, 30), at(10))], []),
    }
    wanted = Requirement(30 * MINUTE, at(0), at(24), step=30 * MINUTE, preferred=["Boyd"], needs_room=False)
    options = find(providers, {}, wanted)
    assert [(f"{option.start:%H:%M}", option.provider, option.room) for option in options] == [
        ("08:30", "Cruz", None),
        ("09:00", "Boyd", None),
        ("09:00", "Ames", None),
        ("09:00", "Cruz", None),
        ("09:30", "Boyd", None),
        ("09:30", "Ames", None),
        ("09:30", "Cruz", None),
    ]


def test_one_a_day_spreads_the_answers_over_providers_and_days() -> None:
    days = [Interval(at(9, day=day), at(12, day=day)) for day in range(3)]
    wanted = Requirement(30 * MINUTE, at(0), at(72), limit=6, per_day=1, tz=NEW_YORK, needs_room=False)
    options = find({"Ames": (days, []), "Boyd": (days, [])}, {}, wanted)
    assert [(option.start.day, option.provider) for option in options] == [
        (day, provider) for day in (2, 3, 4) for provider in ("Ames", "Boyd")
    ]


def test_a_free_provider_without_a_free_room_is_not_offered() -> None:
    morning = [Interval(at(9), at(10))]
    rooms = {"Exam 1": (morning, [Interval(at(9), at(9, 30))]), "Exam 2": (morning, morning)}
    options = find({"Ames": (morning, [])}, rooms, Requirement(30 * MINUTE, at(0), at(24)))
    assert [(f"{option.start:%H:%M}", option.room) for option in options] == [("09:30", "Exam 1")]
    assert find({"Ames": (morning, [])}, {}, Requirement(30 * MINUTE, at(0), at(24))) == []


def test_nine_is_nine_on_both_sides_of_the_clock_change() -> None:
    hours = expand_opening_hours(NINE_TO_FIVE, NEW_YORK, date(2026, 3, 6), date(2026, 3, 9))
    assert hours == [
        Interval(datetime(2026, 3, 6, 14, tzinfo=UTC), datetime(2026, 3, 6, 22, tzinfo=UTC)),
        Interval(datetime(2026, 3, 9, 13, tzinfo=UTC), datetime(2026, 3, 9, 21, tzinfo=UTC)),
    ]


@pytest.mark.parametrize(
    ("day", "opens", "closes", "minutes"),
    [
        (date(2026, 3, 8), time(0), time(6), 300),  # the hour from 2 to 3 is missing
        (date(2026, 3, 8), time(2), time(3), 0),
        (date(2026, 11, 1), time(0), time(6), 420),  # the hour from 1 to 2 comes twice
        (date(2026, 11, 1), time(1), time(2), 120),
        (date(2026, 11, 1), time(0), time(1, 30), 150),
        (date(2026, 3, 7), time(22), time(6), 420),  # through the night of the change
        (date(2026, 3, 5), time(9), time(0), 900),  # closes at midnight
    ],
)
def test_hours_on_the_day_of_a_clock_change(day: date, opens: time, closes: time, minutes: int) -> None:
    hours = expand_opening_hours({day.weekday(): [(opens, closes)]}, NEW_YORK, day, day)
    assert sum((hour.end - hour.start for hour in hours), timedelta()) == minutes * MINUTE


def test_closures_close_a_day_or_a_part_of_it() -> None:
    noon = datetime(2026, 3, 4, 12, tzinfo=NEW_YORK)
    hours = expand_opening_hours(
        NINE_TO_FIVE, NEW_YORK, date(2026, 3, 2), date(2026, 3, 4), [date(2026, 3, 3), (noon, noon + 60 * MINUTE)]
    )
    assert [f"{hour.start:%d %H}–{hour.end:%H}" for hour in hours] == ["02 14–22", "04 14–17", "04 18–22"]
