"""Conditions of a chart as the CDSi's coded observations: by the schedule's own codes, and ICD-10-CM by `icd10cm.tsv`.

The schedule names SNOMED CT and CVX codes (and value sets of the CDC's) for its observations. Problem lists here are
mostly ICD-10-CM, which it does not name: `icd10cm.tsv` says what these codes tell, where they tell it for certain
(logic specification 4.6, section 5.1: what is inconclusive indicates nothing).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import NamedTuple

from liaison.engines.cdsi.patient import Observation
from liaison.engines.cdsi.schedule import Schedule

ICD10CM = "ICD10CM"
# Of the observations that the schedule gives a SNOMED CT code for, those that the code alone does not tell: HIV is not
# acquired at birth by that, and AIDS is not mild
INCONCLUSIVE = {"86406008": frozenset({"026"}), "62479008": frozenset({"155"})}


class Condition(NamedTuple):
    """A fact of a chart: a diagnosis, a status, an allergy. `system` is ICD10CM, or SNOMED, CVX, CDCPHINVS.

    `active` is false once it is over; `onset` is the day it began, `noted` the day it was written down, where known.
    """

    system: str
    code: str
    active: bool = True
    onset: date | None = None
    noted: date | None = None


class Meaning(NamedTuple):
    """What a code tells: an observation, and how long it holds, in the words of the file."""

    observation: str
    title: str
    holds: str


def observations_of(conditions: Iterable[Condition], schedule: Schedule, today: date) -> tuple[Observation, ...]:
    """The observations that the conditions of a chart tell on a day, each once for each day it is known from."""
    found: dict[Observation, None] = {}
    immunity = schedule.immunity
    for condition in conditions:
        told = _icd10cm(condition, today) if condition.system == ICD10CM else _coded(condition, schedule, immunity)
        for observation in told:
            if observation.code in schedule.observations:
                found[observation] = None
    return tuple(found)


def reactions_to(cvx: str, schedule: Schedule) -> list[str]:
    """The observations of a severe allergic reaction to a vaccine: those of its code that forbid an antigen of it.

    The schedule names CVX codes for immune globulins too, and means that they were given; they have no antigens.
    """
    antigens = {found.antigen for found in schedule.vaccines.get(cvx, ())}
    forbidding = {c.observation for name in antigens for c in schedule.antigens[name].contraindications}
    return [code for code in schedule.coded.get(("CVX", cvx), ()) if code in forbidding]


def _coded(condition: Condition, schedule: Schedule, immunity: frozenset[str]) -> Iterator[Observation]:
    """By the schedule's codes; of what is over, evidence of immunity remains (table 7-3: the patient history)."""
    inconclusive = INCONCLUSIVE.get(condition.code, frozenset())
    for code in schedule.coded.get((condition.system, condition.code), ()):
        if code not in inconclusive and (condition.active or code in immunity):
            yield Observation(code, condition.onset)


def _icd10cm(condition: Condition, today: date) -> Iterator[Observation]:
    day = condition.onset or condition.noted
    for meaning in meanings(condition.code):
        if not condition.active and meaning.holds != "ever":
            continue
        if meaning.holds == "onset":
            if condition.onset is not None:
                yield Observation(meaning.observation, condition.onset)
        elif meaning.holds == "weeks":
            weeks = re.search(r"\.(\d+)$", condition.code)
            if weeks and condition.noted is not None and int(weeks[1]) > 1:
                yield Observation(meaning.observation, condition.noted - timedelta(weeks=int(weeks[1])))
        elif not meaning.holds.endswith("days") or day is None or (today - day).days <= int(meaning.holds.split()[0]):
            yield Observation(meaning.observation, day)


def meanings(code: str) -> list[Meaning]:
    """What an ICD-10-CM code tells, by itself and by the shorter codes that it begins with; with or without its dot."""
    plain, table = code.strip().upper().replace(".", ""), icd10cm()
    found: list[Meaning] = []
    for length in range(len(plain), 2, -1):
        told = table.get(plain[:length], ())
        if any(meaning.observation == "-" for meaning in told):
            break
        found += told
    return found


@cache
def icd10cm() -> Mapping[str, tuple[Meaning, ...]]:
    """The packaged map, by codes without their dots."""
    text = resources.files("liaison.engines.cdsi").joinpath("icd10cm.tsv").read_text("utf-8")
    found: dict[str, tuple[Meaning, ...]] = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        observation, title, holds, codes = line.split("\t")
        for code in codes.replace(".", "").split():
            found[code] = (*found.get(code, ()), Meaning(observation, title, holds))
    return found
