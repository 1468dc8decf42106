"""Opening hours: a week as it hangs on the door, spread over real days through daylight saving time."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from liaison.engines.slots.intervals import Interval, gaps, merge

Hours = Sequence[tuple[time, time]]


def expand_opening_hours(
    weekly: Mapping[int, Hours],
    tz: tzinfo,
    from_date: date,
    to_date: date,
    closures: Iterable[date | tuple[datetime, datetime]] = (),
) -> list[Interval]:
    """Return the open intervals in UTC of the local days from `from_date` to `to_date`, both included.

    `weekly` maps a weekday (Monday is 0) to local (opens, closes) times; closing at or before opening means the next
    day, so 00:00 closes at midnight. A closure is a local day, whose hours then do not begin, or a stretch of time.
    On the day the clocks go forward an hour that does not exist is skipped; in the hour that comes twice a place opens
    with the first and closes with the second.
    """
    days: set[date] = set()
    stretches: list[tuple[datetime, datetime]] = []
    for closure in closures:
        if isinstance(closure, tuple):
            stretches.append(closure)
        else:
            days.add(closure)
    opened = merge(_daily(weekly, tz, from_date, to_date, days))
    if not stretches or not opened:
        return opened
    return [free for _, free in gaps(opened, stretches, opened[0].start, opened[-1].end)]


def _daily(
    weekly: Mapping[int, Hours], tz: tzinfo, from_date: date, to_date: date, closed: Collection[date]
) -> Iterable[tuple[datetime, datetime]]:
    for offset in range((to_date - from_date).days + 1):
        day = from_date + timedelta(days=offset)
        if day in closed:
            continue
        for opens, closes in weekly.get(day.weekday(), ()):
            last_day = day if closes > opens else day + timedelta(days=1)
            start = datetime.combine(day, opens, tz)
            end = datetime.combine(last_day, closes, tz)
            yield start.astimezone(UTC), _latest(end)


def _latest(local: datetime) -> datetime:
    """The moment in UTC of a local time, the second of two where the clock shows it twice."""
    first, second = local.replace(fold=0).astimezone(UTC), local.replace(fold=1).astimezone(UTC)
    # In the hour that does not exist `second` lies before `first`, and would close too early.
    return max(first, second)
