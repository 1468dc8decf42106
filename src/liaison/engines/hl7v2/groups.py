"""The order groups of a message (ORC, RXA, RXR, OBX), read."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple

from liaison.engines.hl7v2.doses import NOT_ADMINISTERED, Dose, Vis
from liaison.engines.hl7v2.observations import (
    DOCUMENT,
    ELIGIBILITY_CODE,
    FUNDING_CODE,
    IMMUNITY,
    PRESENTED,
    PUBLISHED,
    REACTION_CODE,
    VACCINE_TYPE,
)
from liaison.engines.hl7v2.parties import (
    Coded,
    coded,
    day,
    day_or_none,
    first,
    read_clinician,
)
from liaison.engines.hl7v2.segments import Segment
from liaison.engines.hl7v2.tables import (
    ROUTE,
    ROUTE_OF_NCIT,
    SOURCE,
)
from liaison.engines.hl7v2.values import cvx_of, read_time


class Observation(NamedTuple):
    """An OBX with its code (OBX-3) and group (OBX-4)."""

    code: str
    group: str
    segment: Segment


@dataclass(slots=True)
class Group:
    """The segments of one order, in their order."""

    orc: Segment | None = None
    rxa: Segment | None = None
    rxr: Segment | None = None
    observations: list[Observation] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def groups_of(segments: Sequence[Segment]) -> Iterator[Group]:
    """The order groups of a message: each begins with its ORC, or with the RXA where a sender leaves ORC out."""
    current: Group | None = None
    for one in segments:
        name = one.id
        if name == "ORC":
            if current is not None:
                yield current
            current = Group(orc=one)
        elif name == "RXA":
            if current is not None and current.rxa is not None:
                yield current
                current = None
            current = current or Group()
            current.rxa = one
        elif current is None:
            continue
        elif name == "RXR":
            current.rxr = current.rxr or one
        elif name == "OBX":
            current.observations.append(Observation(coded(one, 3).code, one.text(4), one))
        elif name == "NTE":
            current.notes.append(one.text(3))
        elif name == "PID":
            yield current
            current = None
    if current is not None:
        yield current


def read_dose(group: Group) -> Dose:
    """The dose of an order group. Raises `Hl7Error` where no vaccine or no day can be read."""
    rxa = group.rxa
    if rxa is None:
        orc = group.orc or Segment("ORC")
        raise orc.fault("segment-missing", "The order has no RXA, so there is no dose in it.")
    vaccine = coded(rxa, 5)
    if not vaccine.code and not vaccine.other_code:
        raise rxa.fault("field-missing", "It does not say which vaccine.", 5)
    given_on = day(rxa, 3) if rxa.text(3) else day(rxa, 4)
    if given_on is None:
        raise rxa.fault("field-missing", "It does not say on which day.", 3)
    order = group.orc
    completion = rxa.text(20) or _implied(rxa, vaccine)
    # Some put their own free text into the first repetition of RXA-9
    sources = [code for part in rxa.repeats(9) if (code := part.text(1)) in SOURCE]
    maker = coded(rxa, 17)
    place = first(rxa, 11)
    told = told_of(group.observations)
    return Dose(
        vaccine=vaccine,
        given_on=given_on,
        id=(order.text(3) or order.text(2)) if order else "",
        authority=(order.text(3, 2) or order.text(2, 2)) if order else "",
        source=sources[0] if sources else "",
        completion=completion,
        action=rxa.text(21),
        quantity=_quantity(rxa.text(6)),
        unit=rxa.text(7),
        lot=rxa.text(15),
        expires_on=day_or_none(rxa, 16),
        mvx=maker.code or maker.other_code,
        manufacturer=maker.text,
        route=_route(group.rxr),
        site=group.rxr.text(2) if group.rxr else "",
        refusal=rxa.text(18),
        refusal_text=rxa.text(18, 2),
        entered_by=read_clinician(order, 10) if order else None,
        ordered_by=read_clinician(order, 12) if order else None,
        given_by=read_clinician(rxa, 10),
        facility=(place.text(4) or place.text(1)) if place else "",
        recorded_at=_moment(rxa.text(22)),
        notes=tuple(filter(None, group.notes)),
        eligibility=told.eligibility,
        funding=told.funding,
        vis=tuple(told.vis.values()),
        reactions=tuple(told.reactions),
        immunities=tuple(told.immunities),
    )


def _implied(rxa: Segment, vaccine: Coded) -> str:
    if rxa.text(18):
        return "RE"
    return "NA" if NOT_ADMINISTERED in (vaccine.code, vaccine.other_code) else "CP"


def _quantity(text: str) -> Decimal | None:
    if not _NUMBER.fullmatch(text):
        return None
    value = Decimal(text)
    return None if value == 999 else value


_NUMBER = re.compile(r"\d{0,6}(\.\d{1,6})?(?<=\d)", re.ASCII)


def _moment(text: str) -> datetime.datetime | None:
    try:
        return read_time(text)
    except ValueError:
        return None


def _route(rxr: Segment | None) -> str:
    """A route in HL7 table 0162, from that or from the NCI's codes, in either place."""
    if rxr is None:
        return ""
    route = coded(rxr, 1)
    for code in (route.code, route.other_code):
        if code in ROUTE:
            return code
        if code in ROUTE_OF_NCIT:
            return ROUTE_OF_NCIT[code]
    return route.code


@dataclass(slots=True)
class Told:
    """What the observations of a dose say of the dose itself."""

    eligibility: str = ""
    funding: str = ""
    vis: dict[str, Vis] = field(default_factory=dict)
    reactions: list[str] = field(default_factory=list)
    immunities: list[Coded] = field(default_factory=list)


def told_of(observations: Sequence[Observation]) -> Told:
    """What the observations of an order say of its dose."""
    told = Told()
    if _OF_A_DOSE.isdisjoint([one.code for one in observations]):
        return told
    documents = {one.group for one in observations if one.code in (PRESENTED, PUBLISHED)}
    for code, group, one in observations:
        if code == ELIGIBILITY_CODE:
            told.eligibility = told.eligibility or one.text(5)
        elif code == FUNDING_CODE:
            told.funding = told.funding or one.text(5)
        elif code == REACTION_CODE:
            told.reactions.append(one.text(5))
        elif code == IMMUNITY:
            told.immunities.append(coded(one, 5))
        elif code in _OF_A_VIS and (code != VACCINE_TYPE or group in documents):
            told.vis[group] = _with(told.vis.get(group) or Vis(), one, code)
    return told


_OF_A_VIS = frozenset({DOCUMENT, VACCINE_TYPE, PUBLISHED, PRESENTED})
_OF_A_DOSE = frozenset({ELIGIBILITY_CODE, FUNDING_CODE, REACTION_CODE, IMMUNITY, DOCUMENT, PUBLISHED, PRESENTED})


def _with(vis: Vis, one: Segment, code: str) -> Vis:
    if code == DOCUMENT:
        return replace(vis, document=one.text(5), title=one.text(5, 2))
    if code == VACCINE_TYPE:
        return replace(vis, cvx=cvx_of(one.text(5)), title=vis.title or one.text(5, 2))
    if code == PUBLISHED:
        return replace(vis, published=day_or_none(one, 5))
    return replace(vis, presented=day_or_none(one, 5))
