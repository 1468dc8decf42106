"""The one next action of a visit on the board, by its stage and by what the person who looks may do."""

from dataclasses import dataclass

from liaison.record.actor import Actor
from liaison.visits.board import Action
from liaison.visits.models import Stage

OPEN = Action("Open", "visits.read", "visit", mine=False)


@dataclass(frozen=True, slots=True)
class Situation:
    """What the choice of the next action looks at."""

    stage: Stage
    near: bool = True  # the booked time is near or past
    provider: str = ""
    with_provider: bool = True  # whether a provider sees the patient in this visit
    room_id: str = ""  # a ready room to bring the patient to
    room: str = ""
    untold: str = ""  # code of an alert that the provider has not been told
    next_step: str = ""  # title of the protocol step that is due; none when all are settled
    open_orders: int = 0
    specimens: int = 0


def next_action(actor: Actor, now: Situation) -> Action:
    """The next action: the first of the stage's that this actor may do, else to open the visit."""
    for action in _CHOICES.get(now.stage, _nothing)(now):
        if actor.may(action.capability):
            return action
    return OPEN


def _nothing(now: Situation) -> list[Action]:
    return []


def _tell(now: Situation) -> list[Action]:
    if not now.untold:
        return []
    who = now.provider or "the provider"
    return [Action(f"Tell {who}", "visits.room", "visit-tell", "post", {"code": now.untold})]


def _booked(now: Situation) -> list[Action]:
    if now.near or now.stage == Stage.CONFIRMED:
        return [Action("Check in", "visits.check_in", "visit")]
    return [Action("Confirm", "schedule.book", "visit-confirm", "post")]


def _arrived(now: Situation) -> list[Action]:
    if not now.room_id:
        return [Action("Find a room", "visits.room", "visit")]
    return [Action(f"Room in {now.room}", "visits.room", "visit-room", "post", {"room": now.room_id})]


def _rooming(now: Situation) -> list[Action]:
    if tell := _tell(now):
        return tell
    if now.next_step:
        return [Action(now.next_step, "visits.room", "visit")]
    return [Action("Hand off", "visits.hand_off", "visit-hand-off", "post")]


def _ready(now: Situation) -> list[Action]:
    begin = [Action("Begin", "visits.examine", "visit-begin", "post")]
    return [*begin, *_tell(now)]


def _with_provider(now: Situation) -> list[Action]:
    return [Action("Finish", "visits.examine", "visit"), *_tell(now)]


def _orders(now: Situation) -> list[Action]:
    if not now.open_orders:
        return [Action("To checkout", "orders.collect", "visit-orders-done", "post")]
    return [Action("Collect" if now.specimens else "Do orders", "orders.collect", "visit")]


def _checkout(now: Situation) -> list[Action]:
    return [Action("Check out", "visits.check_out", "visit")]


_CHOICES = {
    Stage.BOOKED: _booked,
    Stage.CONFIRMED: _booked,
    Stage.ARRIVED: _arrived,
    Stage.ROOMING: _rooming,
    Stage.READY: _ready,
    Stage.WITH_PROVIDER: _with_provider,
    Stage.ORDERS: _orders,
    Stage.CHECKOUT: _checkout,
}
