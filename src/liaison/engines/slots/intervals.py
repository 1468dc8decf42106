"""Half-open stretches of time in UTC, and what remains of some after others are taken away."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple


class Interval(NamedTuple):
    """From `start` up to but not including `end`; both aware."""

    start: datetime
    end: datetime


def in_utc(moment: datetime) -> datetime:
    """Return a moment in UTC; ValueError when it carries no time zone.

    Comparing two times of one local zone compares what the clock on the wall shows, which is wrong in the hour that
    comes twice; so everything here is UTC first.
    """
    if moment.tzinfo is UTC:
        return moment
    if moment.utcoffset() is None:
        raise ValueError("A time of the schedule must carry its time zone.")
    return moment.astimezone(UTC)


def merge(intervals: Iterable[tuple[datetime, datetime]]) -> list[Interval]:
    """Return the same time as sorted intervals that neither touch nor overlap; empty and reversed ones are dropped."""
    merged: list[Interval] = []
    for start, end in sorted((in_utc(start), in_utc(end)) for start, end in intervals):
        if end <= start:
            continue
        if merged and start <= merged[-1].end:
            if end > merged[-1].end:
                merged[-1] = Interval(merged[-1].start, end)
        else:
            merged.append(Interval(start, end))
    return merged


def gaps(
    openings: Sequence[Interval], busy: Iterable[tuple[datetime, datetime]], earliest: datetime, latest: datetime
) -> Iterator[tuple[datetime, Interval]]:
    """Yield (start of the opening, free interval) in order, between `earliest` and `latest`.

    `openings` are merged; `busy` may come in any order and overlap.
    """
    taken = list(busy)
    if any(start.tzinfo is not UTC or end.tzinfo is not UTC for start, end in taken):
        taken = [(in_utc(start), in_utc(end)) for start, end in taken]
    taken.sort()
    index, count = 0, len(taken)
    for opening in openings:
        cursor, close = max(opening.start, earliest), min(opening.end, latest)
        while index < count and cursor < close:
            start, end = taken[index]
            if start >= close:
                break
            if end > cursor and end > start:
                if start > cursor:
                    yield opening.start, Interval(cursor, start)
                cursor = end
            if end > close:
                break
            index += 1
        if cursor < close:
            yield opening.start, Interval(cursor, close)
