"""The one clock: real, simulated for a block of code, or shared by the processes of a rehearsed day."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from liaison.kernel import clock

MOMENT = datetime(2026, 11, 23, 9, 30, tzinfo=ZoneInfo("America/Chicago"))


def test_the_time_is_aware_and_utc() -> None:
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=30)


def test_inside_at_it_is_that_moment_and_afterwards_not() -> None:
    with clock.at(MOMENT):
        assert clock.now() == MOMENT
        assert clock.now().tzinfo is UTC
        with clock.at(MOMENT + timedelta(hours=1)):
            assert clock.now() == MOMENT + timedelta(hours=1)
        assert clock.now() == MOMENT
    assert clock.now() != MOMENT


def test_another_thread_keeps_its_own_time() -> None:
    seen: list[datetime] = []
    with clock.at(MOMENT):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
    assert seen[0] != MOMENT


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"), clock.at(datetime(2026, 11, 23, 9, 30)):  # noqa: DTZ001
        pytest.fail("the block must not run")


def test_today_is_the_day_of_the_site() -> None:
    late = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    with clock.at(late):
        assert clock.today(ZoneInfo("America/Chicago")).isoformat() == "2026-11-23"
        assert clock.today(ZoneInfo("Europe/Berlin")).isoformat() == "2026-11-24"


def test_a_shared_clock_is_read_by_others_and_goes_at_its_rate(tmp_path: Path) -> None:
    path = tmp_path / "clock"
    clock.SharedClock(path).set(MOMENT, 0.0)
    other = clock.SharedClock(path)
    assert abs(other.now() - MOMENT) < timedelta(milliseconds=1)
    assert other.last_set() == (MOMENT, 0.0)


@pytest.mark.parametrize("text", ["", "1 2", "a b c"])
def test_a_shared_clock_without_a_sound_file_is_the_real_time(tmp_path: Path, text: str) -> None:
    path = tmp_path / "clock"
    if text:
        path.write_text(text)
    assert abs(clock.SharedClock(path).now() - datetime.now(UTC)) < timedelta(seconds=30)
    assert clock.SharedClock(path).last_set() is None
