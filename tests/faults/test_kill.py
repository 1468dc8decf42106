"""SIGKILL in the middle of a day: what was confirmed is there, nothing is half done, and the day can go on."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.clinic import Clinic
from tests.support.processes import PATIENCE_SECONDS, Child

pytestmark = [pytest.mark.processes]
# A smaller town than the sample clinic's, so that setting it up does not take longer than the test
SET_UP = """
import django; django.setup()
from liaison.record.actor import machine
from liaison.rehearsal import clinic
clinic.set_up(machine("set-up", "cli"), patients=60)
"""


def set_up(home: Clinic) -> None:
    subprocess.run([sys.executable, "-c", SET_UP], env=home.env, capture_output=True, check=True)


def moves(home: Clinic) -> int:
    return home.figure("SELECT count(*) FROM visits_move")


def counts(home: Clinic) -> list[int]:
    """Audit entries, revisions and moves of visits that are committed."""
    tables = ("record_auditentry", "record_revision", "visits_move")
    return [home.figure(f"SELECT count(*) FROM {table}") for table in tables]


def last_line(output: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(output.strip().splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def town(make_clinic: Callable[..., Clinic]) -> Clinic:
    """A clinic that is set up, and that the tests of this file kill one after another."""
    home = make_clinic()
    set_up(home)
    return home


def test_a_rehearsal_killed_at_several_moments_loses_nothing_and_goes_on(town: Clinic) -> None:
    before = counts(town)
    for further in (10, 25, 40):  # while booking, in the morning, in the middle of the day
        rehearsal = town.start("rehearse", "--visits", "12", "--speed", "max", "--seed", "3")
        goal = moves(town) + further
        rehearsal.wait_until(lambda goal=goal: moves(town) >= goal)
        confirmed = counts(town)
        rehearsal.kill()
        after = counts(town)
        assert all(now >= then for now, then in zip(after, confirmed, strict=True))
        checked = town.liaison("check", "--json", check=False)
        assert checked.returncode == 0, checked.stdout
        assert last_line(checked.stdout)["holds"] is True
    assert counts(town) > before
    done = town.liaison("rehearse", "--visits", "12", "--speed", "max", "--json")
    result = last_line(done.stdout)
    assert result["broken"] == {}
    assert result["ledger_balanced"] is True
    assert result["unfinished"] == 0, result["refusals"]
    parts = ("paid_cents", "adjusted_cents", "patient_cents", "open_cents")
    assert result["charged_cents"] == sum(result[part] for part in parts)
    assert result["claims"] == result["claims_valid"] > 0
    assert town.liaison("audit", "verify").returncode == 0


@pytest.mark.once
def test_a_killed_set_up_begins_where_it_ended(live_home: Clinic) -> None:
    child = Child([sys.executable, "-c", SET_UP], log=live_home.home.parent / "set-up.log", env=live_home.env)
    child.wait_until(lambda: counts(live_home)[1] >= 40)
    child.kill()
    assert live_home.liaison("check").returncode == 0
    set_up(live_home)
    assert live_home.liaison("check").returncode == 0
    set_up(live_home)


def test_a_killed_server_comes_back_with_what_was_confirmed(town: Clinic) -> None:
    url = town.serve()
    rehearsal = town.start("rehearse", "--visits", "6", "--speed", "max", "--seed", "9")
    goal = moves(town) + 20
    rehearsal.wait_until(lambda: moves(town) >= goal)
    confirmed = counts(town)
    town.kill()
    assert all(now >= then for now, then in zip(counts(town), confirmed, strict=True))
    town.serve(int(url.rpartition(":")[2]))  # the port is free again: nothing was left behind
    town.stop()
    town.liaison("work", "--once")
    assert town.liaison("check").returncode == 0


@pytest.mark.once
def test_a_part_that_is_killed_is_started_again(live_home: Clinic) -> None:
    import psutil

    url = live_home.serve()
    supervisor = psutil.Process(live_home._children[-1].pid)
    parts = supervisor.children()
    assert len(parts) == 2
    for part in parts:
        family = part.children(recursive=True)
        part.kill()
        psutil.wait_procs([part, *family], timeout=PATIENCE_SECONDS)
        assert not [process for process in family if process.is_running()], "a web worker outlived its server"
    live_home._children[-1].wait_for_http(f"{url}/healthz")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(supervisor.children()) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(supervisor.children()) == 2
    live_home._children[-1].stop()
    assert Path(live_home.home).exists()


@pytest.mark.once
def test_killing_the_supervisor_alone_ends_its_parts(live_home: Clinic) -> None:
    import psutil

    live_home.serve()
    supervisor = psutil.Process(live_home._children[-1].pid)
    family = supervisor.children(recursive=True)
    assert len(family) >= 2
    supervisor.kill()
    _, left = psutil.wait_procs(family, timeout=PATIENCE_SECONDS)
    assert left == []
