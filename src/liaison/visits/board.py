"""The board's shapes: lanes of cards with one next action each, the rooms, the headline."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from liaison.visits.models import Stage

LANES: tuple[tuple[str, str, tuple[Stage, ...]], ...] = (
    ("expected", "Expected", (Stage.BOOKED, Stage.CONFIRMED)),
    ("arrived", "Arrived", (Stage.ARRIVED,)),
    ("rooming", "Rooming", (Stage.ROOMING,)),
    ("ready", "Ready", (Stage.READY,)),
    ("with_provider", "With provider", (Stage.WITH_PROVIDER,)),
    ("orders", "Orders", (Stage.ORDERS,)),
    ("checkout", "Checkout", (Stage.CHECKOUT,)),
)
# Minutes after which a wait is too long; with the provider it is the visit type's own length
TARGET_MINUTES = {
    Stage.BOOKED: 15,
    Stage.CONFIRMED: 15,
    Stage.ARRIVED: 15,
    Stage.ROOMING: 15,
    Stage.READY: 15,
    Stage.WITH_PROVIDER: 20,
    Stage.ORDERS: 15,
    Stage.CHECKOUT: 10,
}
SOON = timedelta(minutes=90)  # who is booked later than this from now is only counted as coming


@dataclass(frozen=True, slots=True)
class Tag:
    """A word on a card. `tone`: danger is for patient safety alone; wait, good, info, or none."""

    text: str
    tone: str = ""
    more: str = ""  # what a pointer over it says


@dataclass(frozen=True, slots=True)
class Action:
    """What to do next: the words of the button, the capability it takes, and where it goes with what.

    `url_name` takes the visit's id; `method` is "get" for a page and "post" for an act of one click, sent with `data`.
    """

    label: str
    capability: str
    url_name: str
    method: str = "get"
    data: dict[str, str] = field(default_factory=dict)
    mine: bool = True  # whether it is the work of this role; else the card only opens


@dataclass(frozen=True, slots=True)
class Card:
    """One visit on the board."""

    visit_id: UUID
    patient_id: UUID
    name: str
    age: str
    sex: str
    provider: str
    visit_type: str
    reason: str
    stage: Stage
    starts_at: datetime | None  # in the site's zone
    since: datetime  # in the site's zone
    minutes: int  # waited in this stage; before arrival: past the booked time, negative while it is to come
    share: int  # of the target, 0 to 100
    tags: tuple[Tag, ...]
    action: Action
    room: str = ""
    color: str = ""
    priority: str = "routine"

    @property
    def timer(self) -> str:
        """`9 min`; for who is still expected `in 8 min`, `now`, or `5 min late`."""
        if self.stage in (Stage.BOOKED, Stage.CONFIRMED):
            if self.minutes == 0:
                return "now"
            return f"in {said(-self.minutes)}" if self.minutes < 0 else f"{said(self.minutes)} late"
        return said(self.minutes)

    @property
    def level(self) -> str:
        """How the wait stands: nothing, wait or late."""
        return "late" if self.share >= 90 else "wait" if self.share >= 60 else ""


def said(minutes: int) -> str:
    """`9 min`, `1 h 20 min`."""
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane, in the order in which its patients are to be served."""

    key: str
    title: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class RoomTile:
    """A room of the strip: its state, and who is in it or since when it waits."""

    room_id: UUID
    name: str
    kind: str
    state: str
    since: datetime | None
    text: str
    visit_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """A site's day."""

    site_id: UUID
    site: str
    day: date
    now: datetime  # in the site's zone
    rooms: tuple[RoomTile, ...]
    lanes: tuple[Lane, ...]
    coming: int  # booked for later today
    done: int
    missed: int
    requests: int  # asked for and not booked yet
    total: int  # visits of the day that were not cancelled
    wait_minutes: int | None  # median from arrival to the room, of today
    behind_minutes: int  # median by which those who wait are past their booked time

    def cards(self) -> list[Card]:
        """All cards, the first lane's first."""
        return [card for lane in self.lanes for card in lane.cards]
