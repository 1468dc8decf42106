"""Find free times: one resource, or a provider and a room together, soonest first."""

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from heapq import merge as merge_sorted
from typing import Generic, NamedTuple, TypeVar

from liaison.engines.slots.intervals import Interval, gaps, in_utc, merge

Pairs = Sequence[tuple[datetime, datetime]]
ProviderId = TypeVar("ProviderId", bound=Hashable)
RoomId = TypeVar("RoomId", bound=Hashable)


class Resource(NamedTuple):
    """Somebody or something that can be booked: when it is open, and when it is taken. A plain pair does as well."""

    openings: Pairs
    busy: Pairs


@dataclass(frozen=True, slots=True)
class Requirement:
    """What is looked for.

    Starts lie on a grid of `step` from the start of each opening; the whole of `duration` lies between `earliest` and
    `latest`. `preferred` providers come first among equal starts. With `per_day` no provider has more than so many
    options on one local day of `tz`, so that the first page of answers spreads over providers and days.
    """

    duration: timedelta
    earliest: datetime
    latest: datetime
    step: timedelta = timedelta(minutes=15)
    limit: int = 20
    needs_room: bool = True
    preferred: Sequence[Hashable] = ()
    per_day: int | None = None
    tz: tzinfo = UTC


class Option(NamedTuple, Generic[ProviderId, RoomId]):
    """A time that can be booked; `room` is None when no room is needed."""

    start: datetime
    end: datetime
    provider: ProviderId
    room: RoomId | None


def free_times(
    openings: Pairs,
    busy: Pairs,
    duration: timedelta,
    step: timedelta,
    earliest: datetime,
    latest: datetime,
    limit: int | None = None,
) -> list[datetime]:
    """Return the first `limit` starts, in UTC and in order, at which `duration` is free.

    They lie on a grid of `step` from the start of each opening; openings that touch or overlap count as one. Nothing
    begins before `earliest` or ends after `latest`. ValueError for a duration or step that is not positive and for a
    time without a zone.
    """
    found: list[datetime] = []
    if limit is not None and limit <= 0:
        return found
    for start in _starts(openings, busy, duration, step, in_utc(earliest), in_utc(latest)):
        found.append(start)
        if len(found) == limit:
            break
    return found


def find(
    providers: Mapping[ProviderId, tuple[Pairs, Pairs]],
    rooms: Mapping[RoomId, tuple[Pairs, Pairs]],
    requirement: Requirement,
) -> list[Option[ProviderId, RoomId]]:
    """Return the first options across all providers, soonest first, each with the first of `rooms` that is free.

    Each resource is a pair (openings, busy). The order of `rooms` is the order in which they are given out; the order
    of `providers` decides between equal starts after `requirement.preferred`.
    """
    earliest, latest = in_utc(requirement.earliest), in_utc(requirement.latest)
    free_rooms = (
        [_FreeRoom(key, pair, earliest, latest) for key, pair in rooms.items()] if requirement.needs_room else []
    )
    favour: dict[Hashable, int] = {key: rank for rank, key in enumerate(requirement.preferred)}
    ranked = sorted(providers, key=lambda key: favour.get(key, len(favour)))
    streams = [
        _ranked(rank, _starts(*providers[key], requirement.duration, requirement.step, earliest, latest))
        for rank, key in enumerate(ranked)
    ]
    options: list[Option[ProviderId, RoomId]] = []
    offered: dict[tuple[int, object], int] = {}
    if requirement.limit <= 0:
        return options
    for start, rank in merge_sorted(*streams):
        end = start + requirement.duration
        room = next((room.key for room in free_rooms if room.holds(start, end)), None) if free_rooms else None
        if requirement.needs_room and room is None:
            continue
        if requirement.per_day is not None:
            day = (rank, start.astimezone(requirement.tz).date())
            offered[day] = offered.get(day, 0) + 1
            if offered[day] > requirement.per_day:
                continue
        options.append(Option(start, end, ranked[rank], room))
        if len(options) == requirement.limit:
            break
    return options


def _ranked(rank: int, starts: Iterable[datetime]) -> Iterator[tuple[datetime, int]]:
    for start in starts:
        yield start, rank


def _starts(
    openings: Pairs, busy: Pairs, duration: timedelta, step: timedelta, earliest: datetime, latest: datetime
) -> Iterator[datetime]:
    if duration <= timedelta(0) or step <= timedelta(0):
        raise ValueError("A visit and the step between two starts must be longer than nothing.")
    for anchor, free in gaps(merge(openings), busy, earliest, latest):
        late = (free.start - anchor) % step
        start = free.start + (step - late) if late else free.start
        while start + duration <= free.end:
            yield start
            start += step


class _FreeRoom(Generic[RoomId]):
    """The free stretches of a room, worked out once a search."""

    def __init__(self, key: RoomId, pair: tuple[Pairs, Pairs], earliest: datetime, latest: datetime) -> None:
        self.key = key
        free: list[Interval] = [gap for _, gap in gaps(merge(pair[0]), pair[1], earliest, latest)]
        self._starts = [gap.start for gap in free]
        self._ends = [gap.end for gap in free]

    def holds(self, start: datetime, end: datetime) -> bool:
        """Whether the room is free for the whole of a stretch."""
        index = bisect_right(self._starts, start) - 1
        return index >= 0 and end <= self._ends[index]
