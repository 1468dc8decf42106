"""The one table of a visit's moves: from where to where, who may, and what must hold first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from liaison.kernel.errors import Conflict, Invalid, Refused
from liaison.kernel.money import dollars
from liaison.places.models import Room
from liaison.visits.models import Stage, Visit

IDENTIFIERS = {
    "name": "name",
    "birth_date": "birth date",
    "phone": "telephone",
    "address": "address",
    "photo_id": "photo ID",
    "mrn": "MRN",
    "member_id": "member ID",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known when a visit is about to move; the guards below look at nothing else."""

    visit: Visit
    now: datetime
    today: date | None = None
    reason: str = ""
    identifiers: Sequence[str] = ()
    demographics_confirmed: bool = False
    coverage_settled: bool = False
    address_gap: str = ""  # the first part of the address that a claim needs and nobody knows
    no_address_reason: str = ""
    unsigned: Sequence[str] = ()  # titles of consents that are still missing
    copay_due_cents: int = 0
    copay_settled: bool = False
    room: Room | None = None
    open_steps: Sequence[str] = ()  # titles of protocol steps neither done nor skipped
    open_orders: int = 0
    note: str = ""
    diagnoses: int = 0
    follow_up_settled: bool = False
    open_doses: Sequence[str] = ()  # vaccines that are planned, neither given nor settled otherwise
    watched_until: str = ""  # the time, while somebody is observed after vaccines

    @property
    def sees_provider(self) -> bool:
        return self.visit.provider_id is not None and needs_provider(self.visit)


def needs_provider(visit: Visit) -> bool:
    """Whether a provider sees the patient in this visit; a nurse visit goes without."""
    return visit.protocol is None or "provider" in visit.protocol.body.get("roles", ["provider"])


def on_its_day(f: Facts) -> Refused | None:
    if f.visit.day is not None and f.visit.day != f.today:
        return Conflict("another-day", f"This visit is on {f.visit.day:%d %b %Y}. Move it to today, then check in.")
    return None


def provider_chosen(f: Facts) -> Refused | None:
    if f.visit.channel != "walk-in":
        return Conflict("not-booked", "This visit has no time yet. Book it, then check the patient in.")
    if f.visit.provider_id is None and needs_provider(f.visit):
        return Conflict("no-provider", "A provider sees the patient in this visit. Book it with one, then check in.")
    return None


def two_identifiers(f: Facts) -> Refused | None:
    known = {i for i in f.identifiers if i in IDENTIFIERS}
    if len(known) < 2 or not known & {"name", "birth_date"}:
        return Invalid(
            "two-identifiers",
            "Confirm two identifiers with the patient, one of them the name or the birth date.",
            field="identifiers",
        )
    return None


def demographics_confirmed(f: Facts) -> Refused | None:
    if not f.demographics_confirmed:
        return Invalid(
            "demographics",
            "Go through address and telephone with the patient, then say that they are right.",
            field="demographics_confirmed",
        )
    return None


def coverage_settled(f: Facts) -> Refused | None:
    if not f.coverage_settled:
        return Invalid("coverage", "Choose the coverage, or say that the patient pays.", field="coverage_id")
    return None


def address_known(f: Facts) -> Refused | None:
    if f.address_gap and not f.no_address_reason.strip():
        return Invalid(
            "address",
            "The claim needs the whole address: street, city, state and ZIP. Ask for it, or say why there is none.",
            field=f.address_gap,
        )
    return None


def consents_signed(f: Facts) -> Refused | None:
    if f.unsigned:
        return Invalid("consents", f"Still to be signed: {', '.join(f.unsigned)}.", field="consents")
    return None


def copay_settled(f: Facts) -> Refused | None:
    if f.copay_due_cents and not f.copay_settled:
        due = dollars(f.copay_due_cents)
        return Invalid("copay-due", f"Take the copayment of {due}, or say why it was not taken.", field="copay_cents")
    return None


def room_free(f: Facts) -> Refused | None:
    room = f.room
    if room is None or room.site_id != f.visit.site_id or not room.active:
        return Invalid("no-such-room", "Choose a room of this site.", field="room_id")
    if room.state == Room.State.OCCUPIED:
        return Conflict("room-occupied", f"{room.name} is occupied. Choose another room.", field="room_id")
    if room.state == Room.State.DIRTY:
        return Conflict("room-dirty", f"{room.name} is not clean yet. Clean it, or choose another.", field="room_id")
    if room.state == Room.State.CLOSED:
        return Conflict("room-closed", f"{room.name} is closed. Choose another room.", field="room_id")
    return None


def steps_done(f: Facts) -> Refused | None:
    if f.open_steps:
        return Conflict("steps-open", f"Do or skip first: {', '.join(f.open_steps)}.")
    return None


def provider_told(f: Facts) -> Refused | None:
    untold = untold_alerts(f.visit)
    if untold:
        return Conflict("tell-provider", f"Tell the provider first: {'; '.join(a['text'] for a in untold)}.")
    return None


def note_written(f: Facts) -> Refused | None:
    if not f.note.strip():
        return Invalid("no-note", "Write a short note of the visit.", field="note")
    return None


def diagnosed(f: Facts) -> Refused | None:
    if not f.diagnoses:
        return Invalid("no-diagnosis", "Choose at least one diagnosis.", field="diagnoses")
    return None


def no_order_open(f: Facts) -> Refused | None:
    if f.open_orders:
        orders = "order is" if f.open_orders == 1 else "orders are"
        return Conflict("orders-open", f"{f.open_orders} {orders} still open. Do or cancel them first.")
    return None


def follow_up_settled(f: Facts) -> Refused | None:
    if f.visit.follow_up.get("interval_days") and not f.follow_up_settled:
        return Invalid(
            "follow-up",
            "Book the follow-up that the provider asked for, or note that the patient declined it.",
            field="follow_up_starts_at",
        )
    return None


def no_dose_open(f: Facts) -> Refused | None:
    if f.open_doses:
        return Conflict("vaccines-open", f"Give, or say why not: {', '.join(f.open_doses)}.")
    return None


def not_watched(f: Facts) -> Refused | None:
    if f.watched_until:
        return Conflict(
            "watched",
            f"The patient is observed after vaccines until {f.watched_until}. End the observation first: it says how.",
        )
    return None


def reason_given(f: Facts) -> Refused | None:
    return None if f.reason.strip() else Invalid("no-reason", "Say why.", field="reason")


def time_has_come(f: Facts) -> Refused | None:
    if f.visit.starts_at is not None and f.now < f.visit.starts_at:
        return Conflict("too-early", "The booked time has not come yet. Note a missed visit after it, or cancel.")
    return None


def orders_are_open(f: Facts) -> bool:
    return f.open_orders > 0


def provider_comes(f: Facts) -> bool:
    return f.sees_provider


Guard = Callable[[Facts], Refused | None]
S = Stage


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table. Of the rows of one action and stage, the first whose `when` holds is the way."""

    action: str
    title: str  # as said in a refusal: "check it in"
    origins: tuple[Stage, ...]
    to: Stage
    capability: str
    needs: tuple[Guard, ...] = ()
    when: Callable[[Facts], bool] | None = None


T = Transition
_ARRIVAL = (
    on_its_day,
    two_identifiers,
    demographics_confirmed,
    coverage_settled,
    address_known,
    consents_signed,
    copay_settled,
)
_EXPECTED = (S.BOOKED, S.CONFIRMED)
_ROOMED = (steps_done, provider_told)
_SEEN = (note_written, diagnosed)
_LEAVING = (no_dose_open, not_watched, follow_up_settled)

# action, what a refusal calls it, from, to, capability, what must hold first, and when this row is the way
# fmt: off
TRANSITIONS: tuple[Transition, ...] = (
    T("request", "ask for it", (), S.REQUESTED, "visits.request"),
    T("book", "book it", (S.REQUESTED,), S.BOOKED, "schedule.book"),
    T("confirm", "confirm it", (S.BOOKED,), S.CONFIRMED, "schedule.book"),
    T("move", "move it", _EXPECTED, S.BOOKED, "schedule.book"),
    T("check_in", "check it in", _EXPECTED, S.ARRIVED, "visits.check_in", _ARRIVAL),
    T("check_in", "check it in", (S.REQUESTED,), S.ARRIVED, "visits.check_in", (provider_chosen, *_ARRIVAL)),
    T("room", "bring the patient to a room", (S.ARRIVED,), S.ROOMING, "visits.room", (room_free,)),
    T("hand_off", "hand off", (S.ROOMING,), S.READY, "visits.hand_off", _ROOMED, provider_comes),
    T("hand_off", "hand off", (S.ROOMING,), S.ORDERS, "visits.hand_off", _ROOMED, orders_are_open),
    T("hand_off", "hand off", (S.ROOMING,), S.CHECKOUT, "visits.hand_off", _ROOMED),
    T("begin_exam", "begin the examination", (S.READY,), S.WITH_PROVIDER, "visits.examine"),
    T("finish_exam", "end the examination", (S.WITH_PROVIDER,), S.ORDERS, "visits.examine", _SEEN, orders_are_open),
    T("finish_exam", "end the examination", (S.WITH_PROVIDER,), S.CHECKOUT, "visits.examine", _SEEN),
    T("orders_done", "end the orders", (S.ORDERS,), S.CHECKOUT, "orders.collect", (no_order_open,)),
    T("check_out", "check it out", (S.CHECKOUT,), S.CODING, "visits.check_out", _LEAVING),
    T("bill", "bill it", (S.CODING,), S.BILLED, "billing.charge"),
    T("close", "close it", (S.BILLED,), S.CLOSED, "billing.post"),
    T("cancel", "cancel it", (S.REQUESTED, *_EXPECTED), S.CANCELLED, "visits.cancel", (reason_given,)),
    T("no_show", "note it as missed", _EXPECTED, S.NO_SHOW, "visits.cancel", (time_has_come,)),
    T("left", "note that the patient left", (S.ARRIVED, S.ROOMING, S.READY), S.LEFT, "visits.cancel", (reason_given,)),
)
# fmt: on

IN_ROOM = (S.ROOMING, S.READY, S.WITH_PROVIDER, S.ORDERS)
HERE = (S.ARRIVED, *IN_ROOM, S.CHECKOUT)
EXPECTED = _EXPECTED
DONE = (S.CODING, S.BILLED, S.CLOSED)
ENDED = (S.CANCELLED, S.NO_SHOW, S.LEFT)
_CAPABILITY = {row.action: row.capability for row in TRANSITIONS}
_BY_ORIGIN: dict[tuple[str, str], list[Transition]] = {}
for _row in TRANSITIONS:
    for _origin in _row.origins:
        _BY_ORIGIN.setdefault((_row.action, _origin), []).append(_row)


def capability(action: str) -> str:
    """The capability that an action of the table needs."""
    return _CAPABILITY[action]


def possible(stage: str) -> list[Transition]:
    """The rows that lead on from a stage, one for each action, in the order of the table."""
    rows = {row.action: row for row in reversed(TRANSITIONS) if stage in row.origins}
    return list(reversed(rows.values()))


def way(action: str, facts: Facts) -> Transition:
    """The row by which `action` moves the visit, its guards checked.

    Raises Conflict "not-from-here" with what is possible instead, or what the first guard that does not hold says.
    """
    stage = Stage(facts.visit.stage)
    rows = _BY_ORIGIN.get((action, stage))
    if rows is None:
        raise not_from_here(action, stage)
    row = next(r for r in rows if r.when is None or r.when(facts))
    for guard in row.needs:
        refused = guard(facts)
        if refused is not None:
            raise refused
    return row


def not_from_here(action: str, stage: Stage) -> Conflict:
    """The refusal of a move that the table does not have."""
    words = next((r.title for r in TRANSITIONS if r.action == action), "do that")
    now_possible = [r.title for r in possible(stage)]
    said = f"You can now {', or '.join(now_possible)}." if now_possible else "Nothing more can be done with it."
    return Conflict("not-from-here", f"The visit is at “{stage.label}”, so you cannot {words}. {said}")


def untold_alerts(visit: Visit) -> list[dict[str, str]]:
    """Alerts that the provider must hear of and has not been told."""
    return [a for a in visit.alerts if a.get("must_tell") and not a.get("told_at")]
