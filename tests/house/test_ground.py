"""The ground that the other tests stand on holds."""

import os
import signal
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import psutil
import pytest
from django.db import connection
from playwright.sync_api import Page

from tests.support import environment
from tests.support.clinic import Clinic


def _count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ground")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_the_run_is_on_the_database_that_was_asked_for() -> None:
    assert connection.vendor == os.environ.get("LIAISON_TEST_DATABASE", "sqlite")


def test_a_commit_in_an_own_database_is_seen_by_other_threads(own_database: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE ground (number integer)")
        cursor.execute("INSERT INTO ground VALUES (1)")
    seen: list[int] = []

    def look() -> None:
        seen.append(_count())
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [1]


@pytest.mark.django_db
def test_nothing_of_an_own_database_reaches_the_next_test() -> None:
    assert "ground" not in connection.introspection.table_names()


@pytest.mark.processes
def test_a_live_home_serves_and_a_kill_leaves_no_process(live_home: Clinic) -> None:
    address = live_home.serve()
    with urllib.request.urlopen(f"{address}/healthz") as answer:
        assert answer.status == 200
    family = _processes_of(live_home.home)
    assert family

    live_home.kill()

    assert _processes_of(live_home.home) == []


@pytest.mark.processes
def test_a_live_home_is_migrated_and_its_own(live_home: Clinic) -> None:
    assert live_home.liaison("migrate", "--check").returncode == 0
    assert Path(os.environ["LIAISON_HOME"]) != live_home.home


def test_a_child_ends_with_the_tests_that_started_it_even_when_they_are_killed(tmp_path: Path) -> None:
    starter = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time, pathlib\n"
            "from tests.support.processes import Child\n"
            f"print(Child(['sleep', '600'], log=pathlib.Path({str(tmp_path / 'log')!r})).pid, flush=True)\n"
            "time.sleep(600)",
        ],
        cwd=environment.REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert starter.stdout is not None
    child = psutil.Process(int(starter.stdout.readline()))

    starter.send_signal(signal.SIGKILL)
    starter.communicate()

    gone, alive = psutil.wait_procs([child], timeout=60)
    assert (gone, alive) == ([child], [])


def test_chromium_shows_a_page(page: Page) -> None:
    page.set_content("<h1>Liaison</h1>")
    assert page.get_by_role("heading").inner_text() == "Liaison"


def _processes_of(home: Path) -> list[psutil.Process]:
    """The running processes whose LIAISON_HOME this is."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("LIAISON_HOME") == str(home) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            continue
    return found
