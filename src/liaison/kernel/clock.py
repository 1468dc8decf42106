"""The one clock. Everything that asks for the time asks here, so a rehearsed day and a real one run the same code."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, tzinfo

_simulated: ContextVar[datetime | None] = ContextVar("simulated_time", default=None)


def now() -> datetime:
    """The time now, aware, in UTC; the simulated time inside `at`."""
    return _simulated.get() or datetime.now(UTC)


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
