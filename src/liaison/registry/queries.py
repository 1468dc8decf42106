"""What may be asked of the registry's room: messages, their problems, answers, and how they compare with ours."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from liaison.engines import hl7v2
from liaison.engines.vaccines import facts
from liaison.immunize.models import Immunization
from liaison.kernel.errors import NotFound
from liaison.kernel.names import fold
from liaison.people.queries import may_open
from liaison.record import audit
from liaison.record.actor import Actor
from liaison.record.prepared import Prepared
from liaison.registry.models import Connection, Message, Problem, Sharing

State = Message.State
TO_LOOK_AT = (State.REJECTED, State.FAILED)
LIST = 200
_connection = Prepared(lambda: Connection.objects.filter(active=True)[:1])


def connection() -> Connection | None:
    """The line to the registry, if the practice has one."""
    return _connection.first()


def endpoint_of(row: Connection) -> str:
    """Where messages go: the connection's address, or that of the environment (LIAISON_REGISTRY_URL)."""
    return settings.REGISTRY_URL or row.endpoint


def local_day(at: datetime) -> date:
    """The practice's calendar day of a moment."""
    return at.astimezone(timezone.get_default_timezone()).date()


def _may_see(actor: Actor) -> Q:
    return Q() if actor.may("people.restricted") else Q(patient__restricted=False)


def messages(actor: Actor, state: str = "") -> list[Message]:
    """Messages in a state, the newest first (those that wait: the oldest). Three queries.

    `state` is one of `Message.State`, "problems" for those that a person should look at, or empty for all but what was
    made anew. Restricted charts are left out for whoever may not open them without a reason.
    """
    actor.require("registry.read")
    rows = (
        Message.objects.filter(_may_see(actor)).select_related("patient", "immunization").prefetch_related("problems")
    )
    rows = rows.filter(_in(state)).defer("body", "answer")
    oldest = state in (State.TO_SEND, State.HELD)
    return list(rows.order_by("number" if oldest else "-number")[:LIST])


def _in(state: str) -> Q:
    if state == "problems":
        return _wrong()
    return Q(state=state) if state else ~Q(state=State.SUPERSEDED)


def _wrong() -> Q:
    errors = Problem.objects.filter(message=OuterRef("pk"), severity="E")
    return Q(state__in=TO_LOOK_AT) | Q(Exists(errors), state=State.WARNINGS)


def counts(actor: Actor) -> dict[str, int]:
    """How many messages there are in each state, and how many problems."""
    actor.require("registry.read")
    told = Message.objects.values_list("state").annotate(Count("pk")).order_by()
    return dict(told) | {"problems": Message.objects.filter(_wrong()).count()}


def message_for(actor: Actor, message_id: UUID, patient_id: UUID | None = None) -> Message:
    """Open a message with its patient, dose and problems: audited. Raises Forbidden, NotFound."""
    actor.require("registry.read")
    rows = Message.objects.select_related("patient", "immunization", "connection").prefetch_related("problems")
    found = rows.filter(pk=message_id).first()
    if found is None or (patient_id is not None and found.patient_id != patient_id):
        raise NotFound("no-message", "There is no such message. Look at the list again.")
    may_open(actor, found.patient)
    audit.looked(actor, found.patient_id, ["registry message"])
    return found


def newest_question(patient_id: UUID) -> Message | None:
    """What was asked about a patient last, for rooms that have opened the patient already."""
    rows = Message.objects.filter(patient_id=patient_id, kind=Message.Kind.QUERY).prefetch_related("problems")
    return rows.order_by("-number").first()


def told_of(patient_id: UUID) -> list[Message]:
    """What the registry was told of a patient, the newest first."""
    rows = Message.objects.filter(patient_id=patient_id, kind=Message.Kind.UPDATE).exclude(state=State.SUPERSEDED)
    return list(rows.select_related("immunization").prefetch_related("problems").order_by("-number")[:LIST])


def sharing_of(patient_id: UUID) -> Sharing | None:
    """What a patient has decided about the registry, if anything."""
    return Sharing.objects.filter(patient_id=patient_id).first()


def answer_of(message: Message) -> hl7v2.Answer | None:
    """The answer to a question, read anew from the bytes as they came."""
    if not message.answer:
        return None
    try:
        return hl7v2.read_rsp(hl7v2.read_message(bytes(message.answer)))
    except hl7v2.Hl7Error:
        return None


def other_person(asked: hl7v2.Person, told: hl7v2.Person) -> str:
    """In what an answer is about somebody else than was asked for: "birth date", "name"; empty when about the same.

    A family name that is part of the other (`Núñez-Ortiz`, `Nunez`) and a given name that begins the other are the
    same; a second given name is no matter.
    """
    if told.birth_date is not None and told.birth_date != asked.birth_date:
        return "birth date"
    if told.name.family and not _shared(asked.name.family, told.name.family):
        return "name"
    first, other = fold(asked.name.given).partition(" ")[0], fold(told.name.given).partition(" ")[0]
    if first and other and not (first.startswith(other) or other.startswith(first)):
        return "name"
    return ""


def _shared(one: str, other: str) -> bool:
    first, second = set(fold(one).split()), set(fold(other).split())
    return fold(one).replace(" ", "") == fold(other).replace(" ", "") or bool(first & second)


NEW, SAME, CONFLICT, OURS, UNREADABLE = "new", "same", "conflict", "ours", "unreadable"
_NEAR = 4  # days: entered twice, or by the day of entry


@dataclass(slots=True)
class Compared:
    """A dose of the registry's beside ours. `place` is its place in the answer; `kind` new, same, conflict or ours."""

    kind: str
    day: date
    name: str
    place: int = -1
    known: hl7v2.KnownDose | None = None
    ours: Immunization | None = None
    words: str = ""
    groups: tuple[str, ...] = field(default=())

    @property
    def may_take(self) -> bool:
        return self.kind in (NEW, CONFLICT)


def compared(message: Message) -> list[Compared]:
    """The registry's history beside ours, the newest first, matched by vaccine group and day."""
    answer = answer_of(message)
    if answer is None:
        return []
    own = list(
        Immunization.objects.filter(patient_id=message.patient_id, status="completed").order_by("occurred_at", "id")
    )
    rows, met, seen = [], set(), set()
    for place, known in enumerate(answer.doses):
        row = _row(place, known)
        if row is None:
            continue
        key = (row.day, known.dose.cvx)
        if key in seen:
            row.kind, row.words = SAME, "The registry lists it twice."
        else:
            seen.add(key)
            ours = _match(row, own)
            if ours is not None:
                met.add(ours.pk)
        rows.append(row)
    rows += [
        Compared(OURS, local_day(one.occurred_at), one.display, ours=one, words="The registry does not have it.")
        for one in own
        if one.pk not in met
    ]
    return sorted(rows, key=lambda row: (row.day, row.name), reverse=True)


def _row(place: int, known: hl7v2.KnownDose) -> Compared | None:
    """A dose that was given, as the registry tells of it."""
    dose = known.dose
    if dose.completion not in ("CP", "PA", "") or dose.action == "D" or dose.given_on is None:
        return None
    vaccine = facts().vaccine(dose.cvx) if dose.cvx else None
    name = vaccine.short if vaccine is not None else dose.vaccine.text or dose.vaccine.code
    groups = vaccine.groups if vaccine is not None else ()
    words = "" if vaccine is not None else "Its code is none that the CDC knows."
    return Compared(NEW if vaccine is not None else UNREADABLE, dose.given_on, name, place, known, None, words, groups)


def _match(row: Compared, own: Iterable[Immunization]) -> Immunization | None:
    """Mark the row by the dose of ours that it is, or that it may be; gives that dose."""
    assert row.known is not None
    near: Immunization | None = None
    for one in own:
        vaccine = facts().vaccine(one.cvx)
        apart = abs((local_day(one.occurred_at) - row.day).days)
        same_vaccine = one.cvx == row.known.dose.cvx
        related = same_vaccine or bool(vaccine and set(vaccine.groups) & set(row.groups))
        if apart == 0 and (same_vaccine or (related and _unspecified(vaccine, row))):
            row.kind, row.ours, row.words = SAME, one, ""
            return one
        if related and apart <= _NEAR and near is None:
            near = one
    if near is not None and row.kind == NEW:
        days = abs((local_day(near.occurred_at) - row.day).days)
        row.kind, row.ours = CONFLICT, near
        row.words = (
            f"Ours is {near.display} on the same day."
            if days == 0
            else f"Ours is {days} day{'s' if days > 1 else ''} apart."
        )
    return near


def _unspecified(vaccine: object, row: Compared) -> bool:
    names = (getattr(vaccine, "short", ""), row.name)
    return any("unspecified" in name.lower() or "nos" in name.lower().split() for name in names)


def maker_or_none(mvx: str) -> str:
    """A manufacturer's code where it exists: a registry's own word for one must not cost the dose."""
    return mvx if mvx and facts().manufacturer(mvx) is not None else ""


def waiting() -> "QuerySet[Message]":
    """Every message that is to be sent, in the order in which they were made."""
    return Message.objects.filter(state=State.TO_SEND).order_by("number")
