"""What is wrong with a message: the header of every one, and what the guide asks of a VXU, QBP, RSP or ACK.

The codes of vaccines and manufacturers come in as sets, for the engine of the CDC's tables is another.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator

from liaison.engines.hl7v2.errors import Hl7Error
from liaison.engines.hl7v2.groups import Group, groups_of
from liaison.engines.hl7v2.observations import ELIGIBILITY_CODE, FUNDING_CODE, PRESENTED, PUBLISHED
from liaison.engines.hl7v2.parties import day_or_none
from liaison.engines.hl7v2.segments import Message, Segment, read_messages
from liaison.engines.hl7v2.tables import (
    ACTION,
    COMPLETION,
    ELIGIBILITY,
    FUNDING,
    QUERY_STATUS,
    REFUSAL,
    RELATIONSHIP,
    ROUTE,
    ROUTE_OF_NCIT,
    SEX,
    SITE,
    SOURCE,
)
from liaison.engines.hl7v2.values import cvx_of, read_date, read_time
from liaison.engines.hl7v2.words import words_for

VERSIONS = ("2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.7.1", "2.8", "2.8.1", "2.8.2", "2.9")


def check(
    data: bytes,
    *,
    cvx: Collection[str] = (),
    mvx: Collection[str] = (),
    today: datetime.date | None = None,
) -> list[Hl7Error]:
    """Every problem of a file, in its order; an empty list where there is none.

    `cvx` and `mvx` are the codes that exist (none given: not looked at), `today` the day after which nothing can have
    been given. What cannot be read as messages at all ends with the one problem that stopped the reading.
    """
    try:
        messages = read_messages(data)
    except Hl7Error as stopped:
        return [stopped]
    return [fault for one in messages for fault in check_message(one, cvx=cvx, mvx=mvx, today=today)]


def check_message(
    message: Message,
    *,
    cvx: Collection[str] = (),
    mvx: Collection[str] = (),
    today: datetime.date | None = None,
) -> list[Hl7Error]:
    """Every problem of one message."""
    faults = list(_header(message))
    faults += [
        Hl7Error("stray-line", f"Line {number} does not begin with the name of a segment.", severity="W")
        for number in message.strays[:20]
    ]
    kind = message.header.text(9)
    if kind == "VXU":
        faults += _update(message, cvx, mvx, today)
    elif kind == "QBP" and message.get("QPD").text(1) in ("Z34", "Z44"):
        faults += _question(message)
    elif kind == "RSP" or kind == "ACK":
        faults += _answer(message, kind)
    return faults


def _missing(segment: Segment, number: int, severity: str = "E") -> Hl7Error:
    words = words_for(segment.id, number)
    return segment.fault("field-missing", f"{words[:1].upper()}{words[1:]} is missing.", number, severity=severity)


def _header(message: Message) -> Iterator[Hl7Error]:
    msh = message.header
    if not msh.text(7):
        yield _missing(msh, 7)
    else:
        try:
            read_time(msh.text(7))
        except ValueError:
            yield msh.fault("date", "The time of the message is not a time.", 7)
    if not msh.text(9):
        yield _missing(msh, 9)
    for number in (10, 11):
        if not msh.text(number):
            yield _missing(msh, number)
    if msh.text(11) not in ("P", "T", "D", ""):
        yield msh.fault("code", "The processing id is P, T or D.", 11)
    if msh.text(12) not in VERSIONS:
        yield msh.fault("version", "The version of HL7 is none that there is.", 12)


def _day(segment: Segment, number: int, *, required: bool = False) -> Iterator[Hl7Error]:
    text = segment.text(number)
    words = words_for(segment.id, number)
    if not text:
        if required:
            yield _missing(segment, number)
        return
    try:
        read_date(text)
    except ValueError:
        yield segment.fault("date", f"{words[:1].upper()}{words[1:]} is not a day that the calendar knows.", number)


def _coded(segment: Segment, number: int, codes: Collection[str], severity: str = "E") -> Iterator[Hl7Error]:
    code = segment.text(number)
    if code and code not in codes:
        words = words_for(segment.id, number)
        message = f"{words[:1].upper()}{words[1:]} has a code that its table does not know."
        yield segment.fault("code", message, number, 1, severity)


def _update(
    message: Message, cvx: Collection[str], mvx: Collection[str], today: datetime.date | None
) -> Iterator[Hl7Error]:
    msh = message.header
    if msh.text(12) not in ("2.5.1", ""):
        yield msh.fault("version", "Registries take a VXU of version 2.5.1.", 12, severity="W")
    if message.profile not in ("Z22", ""):
        yield msh.fault("profile", "The profile of a VXU is Z22.", 21, severity="W")
    pid = message.first("PID")
    if pid is None:
        yield Hl7Error("segment-missing", "There is no PID, so nobody knows whose doses these are.", segment="PID")
        return
    yield from _patient(pid, today)
    for nk1 in message.all("NK1"):
        if not nk1.text(2):
            yield _missing(nk1, 2)
        if not nk1.text(3):
            yield _missing(nk1, 3)
        else:
            yield from _coded(nk1, 3, RELATIONSHIP, "W")
    born = day_or_none(pid, 7)
    groups = list(groups_of(message.segments))
    if not any(group.rxa is not None for group in groups):
        yield Hl7Error("segment-missing", "There is no RXA, so there is no dose in it.", segment="RXA")
    for group in groups:
        yield from _order(group, born, cvx, mvx, today)


def _patient(pid: Segment, today: datetime.date | None) -> Iterator[Hl7Error]:
    identifiers = pid.repeats(3)
    if not any(one.text(1) for one in identifiers):
        yield _missing(pid, 3)
    for one in identifiers:
        if one.text(1) and not one.text(5):
            yield pid.fault("field-missing", "The kind of the patient's number (MR, SR, ...) is missing.", 3, 5)
    if not pid.text(5, 1):
        yield pid.fault("field-missing", "The patient's family name is missing.", 5, 1)
    if not pid.text(5, 2):
        yield pid.fault("field-missing", "The patient's first name is missing.", 5, 2)
    yield from _day(pid, 7, required=True)
    born = day_or_none(pid, 7)
    if born is not None and today is not None and born > today:
        yield pid.fault("date-future", "The patient is born in the future.", 7)
    if not pid.text(8):
        yield _missing(pid, 8, "W")
    yield from _coded(pid, 8, SEX)
    if pid.text(24) not in ("", "Y", "N"):
        yield pid.fault("code", "Multiple birth is Y or N.", 24)
    if pid.text(25) and not pid.text(25).isdigit():
        yield pid.fault("number", "Birth order is a number.", 25)


def _order(
    group: Group,
    born: datetime.date | None,
    cvx: Collection[str],
    mvx: Collection[str],
    today: datetime.date | None,
) -> Iterator[Hl7Error]:
    orc, rxa = group.orc, group.rxa
    if rxa is None:
        yield (orc or Segment("ORC")).fault("segment-missing", "The order has no RXA, so there is no dose in it.")
        return
    if orc is None:
        yield rxa.fault("segment-missing", "The dose has no ORC before it.", severity="W")
    elif not (orc.text(3) or orc.text(2)):
        yield _missing(orc, 3)
    yield from _when(rxa, born, today)
    code, kind = rxa.text(5), rxa.text(5, 3)
    if not code:
        yield _missing(rxa, 5)
    elif kind == "CVX" and cvx and cvx_of(code) not in cvx:
        yield rxa.fault("code", "There is no vaccine with this CVX code.", 5, 1)
    elif kind not in ("CVX", "NDC"):
        yield rxa.fault("code", "The vaccine's code is neither CVX nor NDC.", 5, 3, "W")
    yield from _given(group, rxa, cvx_of(code), mvx)
    for one in group.observations:
        yield from _observation(one.segment)


def _when(rxa: Segment, born: datetime.date | None, today: datetime.date | None) -> Iterator[Hl7Error]:
    yield from _day(rxa, 3, required=True)
    given = day_or_none(rxa, 3)
    if given is None:
        return
    if born is not None and given < born:
        yield rxa.fault("date-before-birth", "The dose was given before the patient was born.", 3)
    if today is not None and given > today:
        yield rxa.fault("date-future", "The dose lies in the future.", 3)
    yield from _day(rxa, 16)


def _given(group: Group, rxa: Segment, cvx: str, mvx: Collection[str]) -> Iterator[Hl7Error]:
    completion = rxa.text(20)
    yield from _coded(rxa, 20, COMPLETION)
    yield from _coded(rxa, 21, ACTION)
    if not rxa.text(6):
        yield _missing(rxa, 6)
    elif not rxa.text(6).replace(".", "", 1).isdigit():
        yield rxa.fault("number", "The amount is a number; 999 where it is not known.", 6)
    if completion == "RE" and not rxa.text(18):
        yield _missing(rxa, 18)
    if rxa.text(18) and completion not in ("RE", ""):
        yield rxa.fault("code", "A reason for refusal stands beside a dose that was not refused.", 18, severity="W")
    if completion == "RE" and rxa.text(18, 3) == "NIP002":
        yield from _coded(rxa, 18, REFUSAL)
    if completion in ("RE", "NA") or cvx == "998":
        return
    sources = [one.text(1) for one in rxa.repeats(9)]
    if not any(sources):
        yield _missing(rxa, 9)
    elif not any(source in SOURCE for source in sources):
        yield rxa.fault("code", "The source of the information has a code that NIP001 does not know.", 9, 1)
    maker = rxa.text(17)
    if maker and mvx and maker not in mvx and rxa.text(17, 3) in ("MVX", ""):
        yield rxa.fault("code", "There is no manufacturer with this MVX code.", 17, 1)
    if "00" in sources and rxa.text(21) != "D":
        yield from _administered(group, rxa)


def _administered(group: Group, rxa: Segment) -> Iterator[Hl7Error]:
    """What a dose that the sender gave should tell besides (guide, RXA and OBX conformance)."""
    for number in (15, 16, 17):
        if not rxa.text(number):
            yield _missing(rxa, number, "W")
    if rxa.text(6) not in ("", "999") and not rxa.text(7):
        yield _missing(rxa, 7)
    if group.rxr is None:
        yield rxa.fault("segment-missing", "The dose has no RXR with its route and site.", severity="W")
    else:
        yield from _coded(group.rxr, 1, ROUTE.keys() | ROUTE_OF_NCIT.keys())
        yield from _coded(group.rxr, 2, SITE, "W")
    if not any(one.code == ELIGIBILITY_CODE for one in group.observations):
        yield rxa.fault("observation-missing", "Who pays (64994-7) is not told of the dose.", severity="W")


def _observation(obx: Segment) -> Iterator[Hl7Error]:
    code = obx.text(3)
    if not code:
        yield _missing(obx, 3)
        return
    if not obx.text(5) and obx.field(5) == "":
        yield _missing(obx, 5)
    if code == ELIGIBILITY_CODE:
        yield from _coded(obx, 5, ELIGIBILITY)
    elif code == FUNDING_CODE:
        yield from _coded(obx, 5, FUNDING.keys() | ELIGIBILITY.keys(), "W")
    elif code in (PUBLISHED, PRESENTED):
        yield from _day(obx, 5)
    if not obx.text(11):
        yield _missing(obx, 11, "W")


def _question(message: Message) -> Iterator[Hl7Error]:
    qpd = message.get("QPD")
    for number in (2, 4, 6):
        if not qpd.text(number):
            yield _missing(qpd, number)
    yield from _day(qpd, 6)
    yield from _coded(qpd, 7, SEX)


def _answer(message: Message, kind: str) -> Iterator[Hl7Error]:
    msa = message.first("MSA")
    if msa is None:
        yield Hl7Error("segment-missing", "There is no MSA, so nobody knows what became of it.", segment="MSA")
    else:
        yield from _coded(msa, 1, ("AA", "AE", "AR", "CA", "CE", "CR"))
        if not msa.text(2):
            yield _missing(msa, 2)
    if kind == "RSP" and message.header.text(9, 2) == "K11":
        qak = message.first("QAK")
        if qak is None:
            yield Hl7Error("segment-missing", "There is no QAK, so nobody knows what was found.", segment="QAK")
        else:
            yield from _coded(qak, 2, QUERY_STATUS)
    for group in groups_of(message.segments):
        if group.rxa is not None:
            yield from _day(group.rxa, 3, required=not group.rxa.text(4))
        elif group.orc is not None:
            yield group.orc.fault("segment-missing", "The order has no RXA, so there is no dose in it.", severity="W")
