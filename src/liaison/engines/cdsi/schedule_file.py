"""The schedule file: a release of the supporting data in a form that is small and read in a few milliseconds.

It is gzip over one JSON object: `format`, `source`, `version`, and the tables below. Lists of vaccines that many series
doses share stand once, in `vaccine_lists` and `vaccine_sets`, and are named by their number. Durations are written as
the CDC writes them, dates as ISO dates, an empty element as null. `release.py` writes it.
"""

import gzip
import json
import zlib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from liaison.engines.cdsi.dates import FIRST, LAST, Duration, duration
from liaison.engines.cdsi.schedule import (
    ALWAYS,
    GENDERS,
    Age,
    Antigen,
    Association,
    BirthDateImmunity,
    Condition,
    Conflict,
    Contraindication,
    Indication,
    Interval,
    Period,
    Schedule,
    Series,
    SeriesDose,
    Skip,
    SkipSet,
    Vaccine,
    VaccineGroup,
)

FORMAT = 1
PACKAGED = "schedule.json.gz"

_Row = Mapping[str, Any]
_Conflicts = Mapping[str, Mapping[str, Conflict]]


class _Tables(NamedTuple):
    """What the rows of antigens refer to: lists of vaccines, sets of codes, and conflicts by the current vaccine."""

    lists: list[tuple[Vaccine, ...]]
    by_cvx: list[Mapping[str, tuple[Vaccine, ...]]]
    sets: list[frozenset[str]]
    conflicts: _Conflicts
    containing: Mapping[str, frozenset[str]]
    """By antigen, the vaccine types that contain it at every age."""


class NotASchedule(Exception):
    """The bytes are no schedule file that this engine reads; the sentence says why."""


def packaged() -> bytes:
    """The schedule file of the packaged release."""
    return resources.files("liaison.engines.cdsi").joinpath(PACKAGED).read_bytes()


@cache
def default_schedule() -> Schedule:
    """The packaged release, read once a process."""
    return read(packaged())


def pack(document: _Row) -> bytes:
    """The bytes of a schedule file; the same document gives the same bytes."""
    text = json.dumps({"format": FORMAT, **document}, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), compresslevel=9, mtime=0)


def read(packed: bytes) -> Schedule:
    """The schedule from the bytes of a schedule file; `NotASchedule` when they are none."""
    try:
        document = json.loads(gzip.decompress(packed))
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise NotASchedule(f"This is not a schedule file: {error}.") from None
    found = document.get("format") if isinstance(document, dict) else None
    if found != FORMAT:
        raise NotASchedule(f"The schedule file has format {found!r}; this engine reads {FORMAT}.")
    try:
        return _schedule(document)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise NotASchedule(f"The schedule file is damaged: {type(error).__name__} {error}.") from None


def _schedule(document: _Row) -> Schedule:
    lists = [tuple(_vaccine(row) for row in rows) for rows in document["vaccine_lists"]]
    tables = _Tables(
        lists,
        [_by_cvx(vaccines) for vaccines in lists],
        [frozenset(codes) for codes in document["vaccine_sets"]],
        _conflicts(document["conflicts"]),
        _containing(document["vaccines"]),
    )
    return Schedule(
        source=document["source"],
        version=document["version"],
        antigens={row["name"]: _antigen(row, tables) for row in document["antigens"]},
        groups=tuple(VaccineGroup(name, tuple(antigens), full) for name, antigens, full in document["groups"]),
        vaccines={
            cvx: tuple(Association(antigen, _span(begin), _span(end)) for antigen, begin, end in found)
            for cvx, _, found in document["vaccines"]
        },
        vaccine_names={cvx: name for cvx, name, _ in document["vaccines"]},
        conflicts=tables.conflicts,
        observations={code: title for code, title, _ in document["observations"]},
        coded=_coded(document["observations"]),
    )


def _span(text: str | None) -> Duration | None:
    return duration(text) if text else None


def _day(text: str | None, empty: int) -> int:
    return date.fromisoformat(text).toordinal() if text else empty


def _period(bounds: list[str | None] | None) -> Period:
    return Period(_day(bounds[0], FIRST), _day(bounds[1], LAST)) if bounds else ALWAYS


def _vaccine(row: list[Any]) -> Vaccine:
    cvx, begin, end, mvx, trade_name, volume, forecast = row
    return Vaccine(cvx, _span(begin), _span(end), mvx, trade_name, volume, forecast)


def _by_cvx(vaccines: tuple[Vaccine, ...]) -> dict[str, tuple[Vaccine, ...]]:
    found: dict[str, tuple[Vaccine, ...]] = {}
    for vaccine in vaccines:
        found[vaccine.cvx] = (*found.get(vaccine.cvx, ()), vaccine)
    return found


def _containing(rows: list[Any]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for cvx, _, associations in rows:
        for antigen, begin, end in associations:
            if begin is None and end is None:
                found.setdefault(antigen, set()).add(cvx)
    return {antigen: frozenset(codes) for antigen, codes in found.items()}


def _coded(rows: list[Any]) -> dict[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for code, _, values in rows:
        for system, value in values:
            found[system, value] = (*found.get((system, value), ()), code)
    return found


def _conflicts(rows: list[Any]) -> dict[str, dict[str, Conflict]]:
    """By the current vaccine, then the previous one."""
    found: dict[str, dict[str, Conflict]] = {}
    for spans, pairs in rows:
        begin, minimum_end, end = (_span(text) or Duration() for text in spans)
        conflict = Conflict(begin, minimum_end, end)
        for current, previous in pairs:
            found.setdefault(current, {})[previous] = conflict
    return found


def _antigen(row: _Row, tables: _Tables) -> Antigen:
    series = tuple(_series(found, row["name"], tables) for found in row["series"])
    immune_by = frozenset(row["immune_by"])
    immune_by_birth = tuple(
        BirthDateImmunity(_day(before, FIRST), country, frozenset(exclusions))
        for before, country, exclusions in row["immune_by_birth"]
    )
    contraindications = tuple(_contraindication(c) for c in row["contraindications"])
    vaccine_contraindications = tuple(_contraindication(c) for c in row["vaccine_contraindications"])
    indicated_by = frozenset(i.observation for found in series for i in found.indications)
    series_by_age = tuple(found for found in series if found.type != "Risk")
    return Antigen(
        name=row["name"],
        immune_by=immune_by,
        immune_by_birth=immune_by_birth,
        contraindications=contraindications,
        vaccine_contraindications=vaccine_contraindications,
        series=series,
        series_by_age=series_by_age,
        indicated_by=indicated_by,
        observed=indicated_by.union(
            immune_by,
            *(found.exclusions for found in immune_by_birth),
            [found.observation for found in (*contraindications, *vaccine_contraindications)],
        ),
        defaults={gender: _defaults(series_by_age, gender) for gender in GENDERS},
    )


def _defaults(series_by_age: tuple[Series, ...], gender: str) -> tuple[Series, ...] | None:
    groups: dict[str, list[Series]] = {}
    for found in series_by_age:
        if not found.genders or gender in found.genders:
            groups.setdefault(found.group, []).extend([found] if found.default else [])
    return tuple(found for (found,) in groups.values()) if all(len(g) == 1 for g in groups.values()) else None


def _contraindication(row: list[Any]) -> Contraindication:
    observation, guidance, begin, end, vaccines = row
    return Contraindication(
        observation, guidance, _span(begin), _span(end), {cvx: (_span(b), _span(e)) for cvx, b, e in vaccines}
    )


def _series(row: _Row, antigen: str, tables: _Tables) -> Series:
    return Series(
        name=row["name"],
        antigen=antigen,
        vaccine_group=row["vaccine_group"],
        type=row["type"],
        group=row["group"],
        group_name=row["group_name"],
        equivalent_groups=frozenset(row["equivalent_groups"]),
        genders=frozenset(row["genders"]),
        default=row["default"],
        product_path=row["product_path"],
        priority=row["priority"],
        preference=row["preference"],
        minimum_age_to_start=_span(row["minimum_age_to_start"]),
        maximum_age_to_start=_span(row["maximum_age_to_start"]),
        guidance=tuple(row["guidance"]),
        indications=tuple(Indication(o, _span(b), _span(e), text) for o, b, e, text in row["indications"]),
        doses=tuple(_dose(dose, tables, tables.containing.get(antigen, frozenset())) for dose in row["doses"]),
    )


def _dose(row: _Row, tables: _Tables, containing: frozenset[str]) -> SeriesDose:
    preferable, sets = tables.lists[row["preferable"]], tables.sets
    return SeriesDose(
        number=row["number"],
        ages=tuple(
            Age(_span(a), _span(b), _span(c), _span(d), _span(e), _period(period))
            for a, b, c, d, e, period in row.get("ages", ())
        ),
        intervals=tuple(_interval(i, sets) for i in row.get("intervals", ())),
        allowable_intervals=tuple(_interval(i, sets) for i in row.get("allowable_intervals", ())),
        preferable=preferable,
        preferable_by_cvx=tables.by_cvx[row["preferable"]],
        allowable_by_cvx=tables.by_cvx[row["allowable"]],
        inadvertent=sets[row["inadvertent"]],
        evaluation_skips=_skips(row, "evaluation", sets, containing),
        forecast_skips=_skips(row, "forecast", sets, containing),
        recurring=row.get("recurring", False),
        season_start=_day(row["season"][0], FIRST) if "season" in row else None,
        season_end=_day(row["season"][1], LAST) if "season" in row else None,
        named=tuple(vaccine for vaccine in preferable if vaccine.forecast),
        impacted=any(vaccine.cvx in tables.conflicts for vaccine in preferable),
    )


def _interval(row: _Row, sets: list[frozenset[str]]) -> Interval:
    return Interval(
        from_previous=row["from"] == "previous",
        from_target_dose=row.get("target_dose"),
        from_most_recent=sets[row["most_recent"]] if "most_recent" in row else frozenset(),
        from_observation=row.get("observation"),
        absolute_minimum=_span(row["spans"][0]),
        minimum=_span(row["spans"][1]),
        earliest_recommended=_span(row["spans"][2]),
        latest_recommended=_span(row["spans"][3]),
        priority=row.get("priority", False),
        period=_period(row.get("period")),
    )


def _skips(row: _Row, context: str, sets: list[frozenset[str]], containing: frozenset[str]) -> tuple[Skip, ...]:
    found = [skip for skip in row.get("skips", ()) if skip["context"] in (context, "both")]
    return tuple(Skip(skip["all_of"], tuple(_skip_set(s, sets, containing) for s in skip["sets"])) for skip in found)


def _skip_set(row: _Row, sets: list[frozenset[str]], containing: frozenset[str]) -> SkipSet:
    conditions = tuple(_condition(condition, sets, containing) for condition in row["conditions"])
    return SkipSet(row["all_of"], conditions, _period(row.get("period")))


def _condition(row: _Row, sets: list[frozenset[str]], containing: frozenset[str]) -> Condition:
    vaccines = sets[row["vaccines"]] if "vaccines" in row else frozenset()
    return Condition(
        kind=row["kind"],
        start=_day(row.get("start"), FIRST),
        end=_day(row.get("end"), LAST),
        begin_age=_span(row.get("begin_age")),
        end_age=_span(row.get("end_age")),
        interval=_span(row.get("interval")),
        count=row.get("count", 0),
        count_logic=row.get("count_logic", ""),
        valid_only=row.get("valid_only", False),
        vaccines=vaccines,
        others=not vaccines <= containing,
        series_groups=frozenset(row.get("series_groups", ())),
    )
