"""What a registry says about doses, and what it says is due: read and written."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from liaison.engines.hl7v2.doses import NOT_ADMINISTERED, Evaluation, KnownDose, Recommendation
from liaison.engines.hl7v2.errors import Hl7Error
from liaison.engines.hl7v2.escapes import escape
from liaison.engines.hl7v2.groups import Group, read_dose, told_of
from liaison.engines.hl7v2.observations import (
    COMPONENT,
    DOCUMENT,
    DOSE_NUMBER,
    DOSES,
    DUE,
    EARLIEST,
    LATEST,
    NEXT_VACCINE,
    OVERDUE,
    PRESENTED,
    PUBLISHED,
    REASON,
    SCHEDULE,
    SERIES,
    STATUS,
    VACCINE_TYPE,
    VALIDITY,
)
from liaison.engines.hl7v2.parties import (
    Coded,
    coded,
    day_or_none,
    write_coded,
)
from liaison.engines.hl7v2.segments import Segment, composite, segment
from liaison.engines.hl7v2.tables import (
    SERIES_STATUS,
)
from liaison.engines.hl7v2.values import date_text


@dataclass(slots=True)
class _Opinion:
    vaccine: Coded = field(default_factory=Coded)
    facts: dict[str, Segment] = field(default_factory=dict)

    def text(self, code: str) -> str:
        one = self.facts.get(code)
        return one.text(5) if one is not None else ""

    def words(self, code: str) -> str:
        """A coded value in words: its text where it has one."""
        one = self.facts.get(code)
        if one is None:
            return ""
        said = coded(one, 5)
        return said.text or said.code

    def status(self) -> str:
        one = self.facts.get(STATUS)
        if one is None:
            return ""
        words = SERIES_STATUS.get(one.text(5)) or one.text(5, 2) or one.text(5)
        return _SAME_STATUS.get(words.lower(), words)

    def day(self, code: str) -> datetime.date | None:
        one = self.facts.get(code)
        return day_or_none(one, 5) if one is not None else None


_SAME_STATUS = {words: words for words in SERIES_STATUS.values()} | {"past due": "overdue"}
_VACCINES = frozenset({NEXT_VACCINE, VACCINE_TYPE, COMPONENT})
_DATES = frozenset({DUE, EARLIEST, OVERDUE, LATEST})
_OPINIONS = _DATES | {VALIDITY, DOSE_NUMBER, DOSES, REASON, STATUS, SERIES, SCHEDULE}


def opinions_of(group: Group) -> Opinions:
    """What a registry thinks of the dose of a group, and what it says is due.

    An opinion begins at each vaccine type; what follows belongs to the one of its OBX-4, or to the last. Registries
    write the vaccine first or last, number their groups anew or not at all, and put forecasts behind real doses.
    """
    opinions: list[_Opinion] = []
    by_group: dict[str, _Opinion] = {}
    of_vis = {one.group for one in group.observations if one.code in (PRESENTED, PUBLISHED, DOCUMENT)}
    for code, sub, one in group.observations:
        if code in _VACCINES:
            if code == VACCINE_TYPE and sub in of_vis:
                continue
            waiting = by_group.get(sub)
            if waiting is None or waiting.vaccine.code:
                waiting = by_group[sub] = _Opinion()
                opinions.append(waiting)
            waiting.vaccine = coded(one, 5)
            waiting.facts[code] = one
        elif code in _OPINIONS:
            opinion = by_group.get(sub)
            if opinion is None or (code == SERIES and code in opinion.facts):
                opinion = by_group[sub] = _Opinion()
                opinions.append(opinion)
            opinion.facts[code] = one
    nothing_given = group.rxa is not None and group.rxa.text(5) == NOT_ADMINISTERED
    said = Opinions()
    for opinion in opinions:
        ahead = nothing_given or NEXT_VACCINE in opinion.facts or not _DATES.isdisjoint(opinion.facts)
        if not opinion.vaccine.code:
            # Some name the series alone
            if SERIES not in opinion.facts:
                if ahead and (undated := opinion.facts.get(DUE)) is not None:
                    said.faults.append(undated.fault("field-missing", "A day is told, but not for which vaccine.", 5))
                continue
            opinion.vaccine = Coded(text=opinion.words(SERIES))
        if ahead:
            said.due.append(_recommendation(opinion))
        else:
            said.evaluations.append(_evaluation(opinion))
    return said


@dataclass(slots=True)
class Opinions:
    """What a registry thinks of a dose, what it says is due, and what of that could not be read."""

    evaluations: list[Evaluation] = field(default_factory=list)
    due: list[Recommendation] = field(default_factory=list)
    faults: list[Hl7Error] = field(default_factory=list)


def _evaluation(opinion: _Opinion) -> Evaluation:
    return Evaluation(
        vaccine=opinion.vaccine,
        valid={"Y": True, "N": False}.get(opinion.text(VALIDITY).upper()[:1]),
        number=opinion.text(DOSE_NUMBER),
        doses=opinion.text(DOSES),
        reason=opinion.words(REASON),
        series=opinion.words(SERIES),
        status=opinion.status(),
        schedule=opinion.words(SCHEDULE),
    )


def _recommendation(opinion: _Opinion) -> Recommendation:
    return Recommendation(
        vaccine=opinion.vaccine,
        earliest=opinion.day(EARLIEST),
        due=opinion.day(DUE),
        overdue=opinion.day(OVERDUE),
        latest=opinion.day(LATEST),
        number=opinion.text(DOSE_NUMBER),
        doses=opinion.text(DOSES),
        status=opinion.status(),
        reason=opinion.words(REASON),
        series=opinion.words(SERIES),
        schedule=opinion.words(SCHEDULE),
    )


def write_opinions(evaluations: Sequence[Evaluation], due: Sequence[Recommendation], number: int) -> tuple[str, int]:
    """The OBX of a registry's opinions, each in a group of its own, and the next OBX-1."""
    out = ""
    opinions: list[tuple[Coded, list[tuple[str, str, str, str]]]] = []
    for one in evaluations:
        opinions.append(
            (
                one.vaccine,
                [
                    ("CE", SCHEDULE, "Immunization Schedule used", composite("VXC16", "ACIP", "CDCPHINVS")),
                    ("ID", VALIDITY, "Dose validity", {True: "Y", False: "N", None: ""}[one.valid]),
                    ("NM", DOSE_NUMBER, "Dose number in series", one.number),
                    ("ST", REASON, "Reason code", escape(one.reason)),
                ],
            )
        )
    for two in due:
        opinions.append(
            (
                two.vaccine,
                [
                    ("CE", SCHEDULE, "Immunization Schedule used", composite("VXC16", "ACIP", "CDCPHINVS")),
                    ("DT", EARLIEST, "Earliest date to give", date_text(two.earliest)),
                    ("DT", DUE, "Date vaccination due", date_text(two.due)),
                    ("DT", OVERDUE, "Date dose is overdue", date_text(two.overdue)),
                    ("DT", LATEST, "Latest date to give", date_text(two.latest)),
                    ("NM", DOSE_NUMBER, "Dose number in series", two.number),
                    ("CE", STATUS, "Status in immunization series", _status_code(two.status)),
                    ("ST", REASON, "Reason code", escape(two.reason)),
                ],
            )
        )
    for group, (vaccine, facts) in enumerate(opinions, start=1):
        for kind, code, words, value in (("CE", VACCINE_TYPE, "Vaccine type", write_coded(vaccine)), *facts):
            if value:
                out += segment("OBX", str(number), kind, f"{code}^{words}^LN", str(group), value, *[""] * 5, "F")
                number += 1
    return out, number


def _status_code(words: str) -> str:
    code = next((code for code, told in SERIES_STATUS.items() if told == words), "")
    return composite(code, words, "LN") if code else ""


def read_known(group: Group) -> tuple[KnownDose | None, Opinions]:
    """What an answer's order group says: a dose with its evaluations, what is due, or both. Raises `Hl7Error`."""
    said = opinions_of(group)
    if group.rxa is not None and NOT_ADMINISTERED in (group.rxa.text(5), group.rxa.text(5, 4)):
        told = told_of(group.observations)
        if not (told.immunities or told.reactions or group.rxa.text(18) or group.rxa.text(20) == "RE"):
            return None, said
    return KnownDose(read_dose(group), tuple(said.evaluations)), said
