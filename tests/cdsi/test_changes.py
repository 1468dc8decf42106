"""What a new release changes: only what it touches is forecast anew, and the answer is the same as of all of it."""

import gzip
import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from liaison.engines import cdsi
from liaison.engines.cdsi.changes import Change, changes_for, touched
from liaison.engines.cdsi.schedule_file import pack, packaged
from liaison.immunize import processes
from tests.cdsi.support import BORN, TODAY, antigen, dose, patient, schedule, series

pytestmark = pytest.mark.engine

AGED = dose(1, "1 year", "1 year", "1 year")
LATER = dose(1, "1 year", "1 year", "6 years")


def of(mine: dict[str, Any], other: dict[str, Any], **more: Any) -> cdsi.Schedule:
    """Two antigens in a vaccine group each."""
    groups = [["Testitis", ["Testitis"], True], ["Otheritis", ["Otheritis"], True]]
    return schedule(
        antigen(series("one", mine)), antigen(series("two", other), name="Otheritis"), groups=groups, **more
    )


def test_only_vaccine_groups_with_a_touched_antigen_are_looked_at() -> None:
    old, new = touched(of(AGED, AGED), of(LATER, AGED))
    assert ([group.name for group in old.groups], list(new.antigens)) == (["Testitis"], ["Testitis"])
    same, again = touched(of(AGED, AGED), of(AGED, AGED))
    assert (same.groups, again.antigens) == ((), {})


def test_another_conflict_touches_whoever_takes_the_vaccine() -> None:
    longer = of(AGED, dose(1, preferable=4), conflicts=[[["1 day", "24 days", "60 days"], [["902", "902"]]]])
    assert [group.name for group in touched(of(AGED, dose(1, preferable=4)), longer)[0].groups] == [
        "Testitis",
        "Otheritis",
    ]


def test_another_vaccine_map_touches_the_antigens_of_the_vaccine() -> None:
    old = of(AGED, AGED)
    new = replace(old, vaccines={**old.vaccines, "901": ()})
    assert [group.name for group in touched(old, new)[1].groups] == ["Testitis", "Otheritis"]


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (AGED, LATER, "no longer due"),
        (LATER, AGED, "newly due"),
        (LATER, dose(1, "1 year", "1 year", "7 years"), "other date"),
        (LATER, dose(1, None, "6 months", None, None, "1 year"), "other status"),
    ],
)
def test_a_change_is_told_by_what_it_means_on_the_day(old: dict[str, Any], new: dict[str, Any], kind: str) -> None:
    assert changes_for(patient(), TODAY, *touched(of(old, AGED), of(new, AGED))) == [Change("Testitis", kind)]


def test_several_processes_tell_the_same_as_one() -> None:
    """On the packaged release and one in which chickenpox vaccine is due at two: who is between one and two."""
    rows = json.loads(gzip.decompress(packaged()))
    for found in rows["antigens"]:
        if found["name"] == "Varicella":
            for one in found["series"]:
                one["doses"][0]["ages"][0][1:3] = ["2 years", "2 years"]
    other = pack({key: value for key, value in rows.items() if key != "format"})
    people = [processes.Named(f"{n}", cdsi.Patient(BORN + timedelta(days=30 * n), "F")) for n in range(60)]
    chunks = [people[n : n + 7] for n in range(0, 60, 7)]

    alone = list(processes.differences(chunks, date(2024, 1, 1), packaged(), other, 1))
    together = list(processes.differences(chunks, date(2024, 1, 1), packaged(), other, 2))

    assert together == alone
    assert sum(number for number, _ in alone) == 60
    told = {name: change for _, found in alone for name, change in found}
    assert told["30"] == Change("Varicella", "no longer due")
    assert {change.vaccine_group for change in told.values()} == {"Varicella"}
