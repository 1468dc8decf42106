"""What always holds of visits; `liaison check` and the rehearsal prove it."""

from collections.abc import Iterable
from itertools import pairwise

from django.db.models import Count

from liaison.places.models import Room
from liaison.record.promises import promise
from liaison.visits.machine import IN_ROOM, TRANSITIONS
from liaison.visits.models import Move, Visit

_WAYS = {(origin.value, row.to.value) for row in TRANSITIONS for origin in row.origins} | {("", "requested")}


@promise("no visit skips a stage")
def moves_follow_the_table() -> Iterable[str]:
    """Every move is a row of the table and begins where the one before ended; the last leads to where the visit is."""
    # In the order they were written: a rehearsal has a clock of its own, a worker beside it the real one
    moves: dict[object, list[tuple[str, str]]] = {}
    for visit, before, after in (
        Move.objects.order_by("pk").values_list("visit_id", "from_stage", "to_stage").iterator()
    ):
        moves.setdefault(visit, []).append((before, after))
    for visit, stage in Visit.objects.values_list("pk", "stage").iterator():
        way = moves.get(visit, [])
        if not way or way[-1][1] != stage:
            yield f"Visit {visit} is at {stage}, its last move says {way[-1][1] if way else 'nothing'}."
        yield from (f"Visit {visit} went from {a or 'nowhere'} to {b}." for a, b in way if (a, b) not in _WAYS)
        yield from (f"Visit {visit} jumped from {b} to {c}." for (_, b), (c, _) in pairwise(way) if b != c)


@promise("a room holds one visit")
def rooms_hold_one_visit() -> Iterable[str]:
    """Nobody shares a room, and a room with somebody in it says that it is occupied."""
    inside = Visit.objects.filter(stage__in=IN_ROOM, room__isnull=False)
    for room in inside.order_by().values("room").annotate(visits=Count("pk")).filter(visits__gt=1):
        yield f"Room {room['room']} holds {room['visits']} visits."
    for room_id, name in inside.exclude(room__state=Room.State.OCCUPIED).values_list("room_id", "room__name"):
        yield f"{name} ({room_id}) has a patient in it and does not say so."


@promise("a visit here has its encounter")
def visits_have_encounters() -> Iterable[str]:
    """From check-in on, a visit has the encounter that its charting hangs on."""
    stages = [*IN_ROOM, "arrived", "checkout", "coding", "billed", "closed"]
    for visit in Visit.objects.filter(stage__in=stages, encounter=None).values_list("pk", flat=True):
        yield f"Visit {visit} has no encounter."
