"""RSP^K11^RSP_K11: a registry's answer. Z31 a list, Z32 a history, Z33 none or too many, Z42 history and forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from liaison.engines.hl7v2.ack import Acknowledgment, Problem, read_ack, write_msa
from liaison.engines.hl7v2.doses import Dose, KnownDose, Recommendation
from liaison.engines.hl7v2.errors import Hl7Error
from liaison.engines.hl7v2.escapes import escape
from liaison.engines.hl7v2.groups import groups_of
from liaison.engines.hl7v2.header import Header, write_msh
from liaison.engines.hl7v2.opinions import read_known, write_opinions
from liaison.engines.hl7v2.orders import write_order
from liaison.engines.hl7v2.parties import Coded, Person
from liaison.engines.hl7v2.person import read_person, write_pd1, write_pid
from liaison.engines.hl7v2.qbp import asked_of
from liaison.engines.hl7v2.segments import Message, Segment, segment

_SEVERAL = "The answer tells of doses, and of several people: whose they are it does not say."
_NOBODY = "The answer tells of doses, and not of whom."
LIST, HISTORY, NOTHING, FORECAST = "Z31", "Z32", "Z33", "Z42"


@dataclass(frozen=True, slots=True)
class Answer:
    """A registry's answer to a question.

    `profile` is Z31, Z32, Z33 or Z42, from what is in the answer where the registry does not say. `status` is QAK-2:
    OK, NF not found, TM too many, PD protected, AE, AR. `asked` is who was asked for (QPD). `candidates` are those of a
    Z31; `patient`, `doses` and `due` of a Z32 or Z42. `faults` are records that could not be read; the others are.
    """

    ack: Acknowledgment
    profile: str
    status: str
    tag: str = ""
    asked: Person | None = None
    candidates: tuple[Person, ...] = ()
    patient: Person | None = None
    doses: tuple[KnownDose, ...] = ()
    due: tuple[Recommendation, ...] = ()
    faults: tuple[Hl7Error, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.ack.problems


def read_rsp(message: Message) -> Answer:
    """What a registry answers. Raises `Hl7Error` for another kind of message or one without MSA."""
    if message.header.text(9) not in ("RSP", "ACK"):
        raise message.header.fault("wrong-message", "A registry answers with RSP; this is something else.", 9)
    ack = read_ack(message)
    qak, qpd = message.first("QAK"), message.first("QPD")
    people = _people(message.segments)
    doses: list[KnownDose] = []
    due: list[Recommendation] = []
    faults: list[Hl7Error] = []
    groups = list(groups_of(message.segments))
    # A dose must not come into somebody else's history
    of_one = len(people) == 1
    for group in groups if of_one else ():
        try:
            known, said = read_known(group)
        except Hl7Error as fault:
            faults.append(fault)
            continue
        if known is not None:
            doses.append(known)
        due += said.due
        faults += said.faults
    status = (qak.text(2).upper() if qak is not None else "") or ("OK" if people else ack.code)
    profile = _profile(message.profile, len(people), bool(doses or faults), bool(due))
    if groups and not of_one:
        faults.append(message.get("PID").fault("whose", _SEVERAL if people else _NOBODY))
    return Answer(
        ack=ack,
        profile=profile,
        status=status,
        tag=qak.text(1) if qak is not None else "",
        asked=asked_of(qpd) if qpd is not None else None,
        candidates=tuple(people) if profile == LIST else (),
        patient=people[0] if people and profile != LIST else None,
        doses=tuple(doses),
        due=tuple(due),
        faults=tuple(faults),
    )


def _people(segments: Sequence[Segment]) -> list[Person]:
    people: list[Person] = []
    for at, one in enumerate(segments):
        if one.id == "PID":
            following = segments[at + 1] if at + 1 < len(segments) else None
            people.append(read_person(one, following if following is not None and following.id == "PD1" else None))
    return people


def _profile(named: str, people: int, doses: bool, due: bool) -> str:
    """What kind of answer it is, by its content where that speaks against its name."""
    if not people:
        return NOTHING
    if doses or due:
        return FORECAST if due and named != HISTORY else HISTORY if named != FORECAST else FORECAST
    if people > 1 or named == LIST:
        return LIST
    return named if named in (HISTORY, FORECAST) else HISTORY


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to be written, as a registry does: what `Answer` reads."""

    header: Header
    profile: str
    code: str
    about: str
    status: str
    tag: str
    question: str
    candidates: tuple[Person, ...] = ()
    patient: Person | None = None
    doses: tuple[KnownDose, ...] = ()
    due: tuple[Recommendation, ...] = ()
    problems: tuple[Problem, ...] = ()


def write_rsp(reply: Reply) -> bytes:
    """A registry's answer as bytes. `question` is the QPD as it was asked, which comes back unchanged."""
    kind, _, rest = reply.question.removeprefix("QPD|").partition("|")
    out = [
        write_msh(reply.header, "RSP^K11^RSP_K11", reply.profile),
        write_msa(reply.code, reply.about, "", reply.problems),
        segment("QAK", escape(reply.tag), reply.status, kind),
        f"QPD|{kind}|{rest}".rstrip("|\r") + "\r",
    ]
    for number, person in enumerate(reply.candidates, start=1):
        out.append(write_pid(person).replace("PID|1|", f"PID|{number}|", 1))
    if reply.patient is not None:
        out += [write_pid(reply.patient), write_pd1(reply.patient)]
    set_id = 1
    for number, known in enumerate(reply.doses, start=1):
        order, _ = write_order(known.dose, number, 1)
        body, _, _ = order.partition("OBX|")
        observations, set_id = write_opinions(known.evaluations, (), set_id)
        out.append(body + observations)
    if reply.due and reply.patient is not None:
        nothing = Dose(
            Coded("998", "No vaccine administered", "CVX"),
            reply.header.created.date(),
            "9999",
            completion="NA",
            source="",
        )
        order, _ = write_order(nothing, len(reply.doses) + 1, 1)
        observations, _ = write_opinions((), reply.due, set_id)
        out.append(order + observations)
    return "".join(out).encode()
