"""`liaison demo` as a newcomer runs it: set-up, sign-ins for every role, a day that moves, an end without leftovers."""

import http.cookiejar
import json
import re
import socket
import sys
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psutil
import pytest

from liaison import cli
from tests.support.clinic import Clinic
from tests.support.processes import Child, free_port

pytestmark = [pytest.mark.processes]
PASSWORD = "maple-street"
JOBS = "(SELECT * FROM django_tasks_database_dbtaskresult WHERE task_path LIKE '%renew_needs') AS needs"
ROLES = {"Medical assistant", "Front desk", "Nurse", "Provider", "Biller", "Office manager"}


@pytest.fixture(scope="module")
def town(make_clinic: Callable[..., Clinic]) -> Clinic:
    """A home in which the demo is set up; the tests of this file go on in it, in their order."""
    clinic = make_clinic()
    done = clinic.liaison("demo", "--set-up-only")
    assert re.search(r"\d{4,} records of people in \d+ s\.", done.stdout)
    return clinic


def started(town: Clinic, *arguments: str) -> tuple[str, Child]:
    """A demo that has greeted: its address, and its process."""
    port = free_port()
    child = town.start("demo", "--port", str(port), *arguments)
    greeting = rf"127\.0\.0\.1:{port}  (?s:.*)Office manager"
    child.wait_until(lambda: re.search(greeting, child.output()) is not None)
    return f"http://127.0.0.1:{port}", child


@pytest.fixture
def demo(town: Clinic) -> Iterator[Callable[..., tuple[str, Child]]]:
    """`demo("--speed", "60x")` starts it and waits until it has greeted."""
    yield partial(started, town)
    town.stop()


@pytest.fixture(scope="class")
def waiting(town: Clinic) -> Iterator[tuple[str, Child]]:
    yield started(town, "--no-day")
    town.stop()


class Visitor:
    """Somebody with a browser."""

    def __init__(self, address: str) -> None:
        self.address = address
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies)

    def get(self, path: str) -> str:
        with self._opener.open(self.address + path) as answer:
            return str(answer.read().decode())

    def sign_in(self, name: str, password: str) -> str:
        """The page that one comes to."""
        page = self.get("/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token
        fields = {"csrfmiddlewaretoken": token[1], "login": name, "password": password}
        request = urllib.request.Request(
            f"{self.address}/accounts/login/",
            urllib.parse.urlencode(fields).encode(),
            {"Referer": f"{self.address}/accounts/login/"},
        )
        with self._opener.open(request) as answer:
            return str(answer.read().decode())


def shown_time(home: Path) -> datetime:
    return datetime.fromtimestamp(float((home / "clock").read_text().split()[1]), UTC)


def check(town: Clinic) -> dict[str, object]:
    found: dict[str, object] = json.loads(town.liaison("check", "--json").stdout)
    return found


@pytest.mark.once
class TestADemoThatWaits:
    """Without a day; the tests share it."""

    def test_it_greets_with_a_sign_in_for_every_role_and_each_of_them_signs_in(
        self, waiting: tuple[str, Child]
    ) -> None:
        address, child = waiting

        told = child.output()
        lines = re.findall(r"^  (\w+) +([A-Z][a-z]+(?: [a-z]+)?) +(\w.+)$", told, re.MULTILINE)

        assert address in told
        assert {title for _, title, _ in lines} == ROLES
        for name, _, person in lines:
            page = Visitor(address).sign_in(name, PASSWORD)
            assert "Today" in page, name
            assert person.split()[-1] in page, name

    def test_a_second_demo_in_its_home_is_told_that_one_runs(self, town: Clinic, waiting: tuple[str, Child]) -> None:
        refused = town.liaison("demo", "--port", str(free_port()), check=False)
        fresh = town.liaison("demo", "--fresh", "--set-up-only", check=False)

        assert refused.returncode == fresh.returncode == 1
        assert refused.stderr == f"liaison: A demo is running in {town.home} already. Stop it first (Ctrl+C).\n"
        assert town.figure("SELECT count(*) FROM people_patient") >= 400


def test_the_day_moves_the_board_shows_people_and_nothing_is_left_running(
    town: Clinic, demo: Callable[..., tuple[str, Child]]
) -> None:
    address, child = demo("--visits", "20", "--speed", "120x")
    first = town.figure("SELECT count(*) FROM record_outboxevent")
    visitor = Visitor(address)

    board = visitor.sign_in("dana", PASSWORD)
    child.wait_until(lambda: town.figure("SELECT count(*) FROM record_outboxevent") > first + 10)
    # The one job that takes long: stopped in it, the demo would leave it to the next start
    child.wait_until(lambda: town.figure(f"SELECT count(*) FROM {JOBS} WHERE finished_at IS NOT NULL") > 0)

    expected = town.figure("SELECT count(*) FROM visits_visit WHERE stage NOT IN ('cancelled', 'requested')")
    assert expected >= 15
    assert len(set(re.findall(r"/visits/[0-9a-f-]{36}/", board))) >= 2
    family = psutil.Process(child.pid).children(recursive=True)
    assert len(family) >= 4
    assert child.stop() == 0
    assert [process for process in family if process.is_running()] == []
    assert check(town)["holds"] is True


@pytest.mark.once
def test_a_second_start_keeps_the_data_and_lets_the_clock_go_on(
    town: Clinic, demo: Callable[..., tuple[str, Child]]
) -> None:
    stood = shown_time(town.home)
    visits = town.figure("SELECT count(*) FROM visits_visit WHERE channel <> 'staff'")
    moves = town.figure("SELECT count(*) FROM visits_move")

    _, child = demo("--visits", "20", "--speed", "120x")
    child.wait_until(lambda: town.figure("SELECT count(*) FROM visits_move") > moves)

    assert shown_time(town.home) > stood
    assert town.figure("SELECT count(*) FROM visits_visit WHERE channel <> 'staff'") == visits
    assert child.stop() == 0
    assert check(town)["holds"] is True


@pytest.mark.once
def test_a_taken_port_is_said_before_anything_is_done(tmp_path: Path, make_clinic: Callable[..., Clinic]) -> None:
    empty = make_clinic(migrated=False)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        refused = empty.liaison("demo", "--port", str(port), check=False)

    assert refused.returncode == 1
    assert refused.stdout == ""
    assert re.fullmatch(rf"liaison: Port {port} is taken\. .* liaison demo --port {port + 1}\n", refused.stderr)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["demo", "--port", "web"], "give a port from 1 to 65535, not “web”"),
        (["demo", "--speed", "max"], "the demo's day goes at a pace: give real, or for example 10x"),
        (["demo", "--visits", "0"], "give a number of visits from 1 on, not “0”"),
        (["rehearse", "--speed", "fast"], "give real, max, or a number such as 30x, not “fast”"),
        (["rehearse", "--day", "2026-13-01"], "give a day such as 2026-11-23, not “2026-13-01”"),
        (["rehearse", "--seed", "one"], "invalid int value: 'one'"),
        (["rehearse", "--vists", "3"], "unrecognized arguments: --vists 3"),
    ],
)
def test_wrong_arguments_get_one_line_and_exit_status_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["liaison", *arguments])

    with pytest.raises(SystemExit) as ended:
        cli.main()

    told = capsys.readouterr()
    assert ended.value.code == 2
    assert told.out == ""
    assert sentence in told.err
    assert len(told.err.splitlines()) == 1


@pytest.mark.once
def test_patients_that_are_not_there_are_said_and_leave_nothing(make_clinic: Callable[..., Clinic]) -> None:
    empty = make_clinic()

    refused = empty.liaison("demo", "--set-up-only", "--patients", "nobody.json", check=False)

    assert refused.returncode == 1
    assert refused.stderr == "liaison: There is no file or folder nobody.json.\n"
    assert empty.figure("SELECT count(*) FROM places_organization") == 0


def test_fresh_begins_anew_and_takes_the_payer_with_it(town: Clinic, shared: Callable[[str], Path]) -> None:
    """With imported people, so that the two can be told apart."""
    people = shared("data/fhir/synthea-r4-2019").glob("[A-Z]*.json.gz")
    paths = sorted(people, key=lambda path: path.stat().st_size)[:3]
    (town.home / "sandbox-payer.sqlite3").touch()
    (town.home / "clock").touch()

    town.liaison("demo", "--fresh", "--set-up-only", "--patients", *paths)

    assert town.figure("SELECT count(*) FROM people_patient") == 3
    assert town.figure("SELECT count(*) FROM visits_visit") == 0
    assert not (town.home / "sandbox-payer.sqlite3").exists()
    assert not (town.home / "clock").exists()


@pytest.mark.once
def test_fresh_never_touches_a_practice(make_clinic: Callable[..., Clinic]) -> None:
    practice = make_clinic()
    patient = {"resourceType": "Patient", "id": "p1", "name": [{"family": "Brandt"}], "birthDate": "1980-02-03"}
    (practice.home / "p.json").write_text(json.dumps(patient | {"gender": "male"}))
    practice.liaison("import", "fhir", practice.home / "p.json")

    refused = practice.liaison("demo", "--fresh", "--set-up-only", check=False)

    assert refused.returncode == 1
    assert "holds records that are not the demo's; --fresh would delete them." in refused.stderr
    assert practice.figure("SELECT count(*) FROM people_patient") == 1
