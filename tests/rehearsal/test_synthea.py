"""A day with patients that somebody else made: Synthea's, from its bundles."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.clinic import Clinic

PATIENTS = 8


@pytest.mark.processes
def test_a_day_is_rehearsed_on_the_patients_of_synthea(
    make_clinic: Callable[..., Clinic], shared: Callable[[str], Path]
) -> None:
    bundles = sorted(shared("data/fhir/synthea-r4-2019").glob("[A-Z]*.json.gz"), key=lambda path: path.stat().st_size)
    town = make_clinic()
    town.liaison("demo", "--set-up-only", "--patients", *bundles[4 : 4 + PATIENTS])

    done = town.liaison("rehearse", "--visits", str(PATIENTS), "--seed", "4", "--json")

    result = json.loads(done.stdout.splitlines()[-1])
    assert result["visits"] == PATIENTS
    assert result["closed"] >= PATIENTS // 2
    assert result["unfinished"] == 0
    assert result["claims"] == result["claims_valid"] > 0
    assert result["ledger_balanced"] is True
    assert result["broken"] == {}
