"""The one clock. Everything that asks for the time asks here, so a rehearsed day and a real one run the same code."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path

_simulated: ContextVar[datetime | None] = ContextVar("simulated_time", default=None)


def now() -> datetime:
    """The time now, aware, in UTC; the simulated time inside `at`, the shared clock's when this process follows one."""
    return _simulated.get() or (_shared.now() if _shared is not None else datetime.now(UTC))


def today(zone: tzinfo) -> date:
    """The calendar day now in a site's zone."""
    return now().astimezone(zone).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let the time be `moment` (aware) for the code inside, in this thread or task only."""
    if moment.tzinfo is None:
        raise ValueError("The clock takes an aware time.")
    token = _simulated.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _simulated.reset(token)


class SharedClock:
    """The clock of a rehearsed day that several processes go by: a file with a time and how fast it goes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._looked = 0.0
        self._anchor: tuple[float, float, float] | None = None

    def now(self) -> datetime:
        """The rehearsed time now; the real time when there is no file."""
        real = time.time()
        if real - self._looked > 0.5:
            self._looked, self._anchor = real, self._read()
        if self._anchor is None:
            return datetime.fromtimestamp(real, UTC)
        then, shown, rate = self._anchor
        return datetime.fromtimestamp(shown + (real - then) * rate, UTC)

    def set(self, moment: datetime, rate: float) -> None:
        """Let it be `moment` now, and time pass `rate` times as fast as it does."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text(f"{time.time()} {moment.timestamp()} {rate}")
        fresh.replace(self.path)
        self._looked = 0.0

    def last_set(self) -> tuple[datetime, float] | None:
        """The moment and rate that were last set."""
        anchor = self._read()
        return (datetime.fromtimestamp(anchor[1], UTC), anchor[2]) if anchor else None

    def _read(self) -> tuple[float, float, float] | None:
        try:
            then, shown, rate = (float(word) for word in self.path.read_text().split())
        except (FileNotFoundError, ValueError):
            return None
        return then, shown, rate


_shared: SharedClock | None = None


def follow(path: Path) -> SharedClock:
    """Let this process go by the shared clock at `path`."""
    global _shared
    _shared = SharedClock(path)
    return _shared


def rate() -> float:
    """How many seconds pass here in one: 1, unless a rehearsed day's clock is followed."""
    last = _shared.last_set() if _shared is not None else None
    return last[1] if last else 1.0
