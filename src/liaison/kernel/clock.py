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


def told(day: date) -> str:
    """A day as a sentence says it: 3 Dec 2026."""
    return f"{day.day} {day:%b %Y}"


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
        self._seen: tuple[int, int] | None = None
        self._anchor: tuple[float, float, float] | None = None

    def now(self) -> datetime:
        """The rehearsed time now; the real time when there is no file."""
        # Looked at each time: for processes that disagree about the time, it would go backwards
        seen = self._look()
        if seen != self._seen:
            self._seen, self._anchor = seen, self._read()
        return datetime.fromtimestamp(self._shown_at(time.time()), UTC)

    def set(self, moment: datetime, rate: float) -> None:
        """Let it be `moment` now, and time pass `rate` times as fast as it does."""
        self._write(time.time(), moment.timestamp(), rate)

    def go_on(self, rate: float) -> None:
        """Let time pass `rate` times as fast from now on, without a jump."""
        self.now()
        real = time.time()
        self._write(real, self._shown_at(real), rate)

    def rate(self) -> float:
        """How many seconds pass by this clock in one."""
        self.now()
        return self._anchor[2] if self._anchor else 1.0

    def _shown_at(self, real: float) -> float:
        then, shown, rate = self._anchor or (real, real, 1.0)
        return shown + (real - then) * rate

    def _write(self, then: float, shown: float, rate: float) -> None:
        fresh = self.path.with_suffix(".new")
        fresh.write_text(f"{then} {shown} {rate}")
        fresh.replace(self.path)

    def _look(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_ino

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
    return _shared.rate() if _shared is not None else 1.0
