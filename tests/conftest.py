"""Fixtures for every room. `LIAISON_TEST_DATABASE=postgresql pytest` runs the same tests on PostgreSQL."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import django
import hypothesis
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support import browser as chromium
from tests.support import databases, environment, postgres, templates
from tests.support.clinic import Clinic

if TYPE_CHECKING:
    from liaison.chart.models import Encounter
    from tests.support.practice import Practice

# No test has a time limit; in CI the same examples come every time.
hypothesis.settings.register_profile(
    "liaison",
    deadline=None,
    derandomize=environment.in_ci(),
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("liaison")
# A busy machine is slow to draw; what is expected is waited for, not raced with.
expect.set_options(timeout=30_000)

_ENVIRONMENT = pytest.StashKey[environment.Environment]()
_DATABASE_FIXTURES = {
    "db",
    "transactional_db",
    "own_database",
    "live_home",
    "make_clinic",
    "fhir_clinic",
    "sample_clinic",
}


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Prepare the home and the database, then let Django read its settings; pytest-django takes over from there."""
    if "DJANGO_SETTINGS_MODULE" in os.environ and "PYTEST_XDIST_WORKER" not in os.environ:
        raise pytest.UsageError("unset DJANGO_SETTINGS_MODULE: the tests set it, after the home they run in")
    try:
        config.stash[_ENVIRONMENT] = environment.Environment()
    except postgres.Missing as reason:
        raise pytest.UsageError(str(reason)) from None
    if environment.database() != "none":
        django.setup()
        from django.contrib.auth.hashers import PBKDF2PasswordHasher

        # What a guesser would have to pay is no part of what is tested
        PBKDF2PasswordHasher.iterations = 1_000


def pytest_unconfigure(config: pytest.Config) -> None:
    if prepared := config.stash.get(_ENVIRONMENT, None):
        prepared.close()


def pytest_report_header() -> str:
    return f"database: {environment.database()}"


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """On PostgreSQL, the files of engines are not even imported."""
    if environment.database() != "postgresql" or collection_path.suffix != ".py":
        return None
    return True if "\npytestmark = pytest.mark.engine\n" in collection_path.read_text("utf-8") else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, run what a database can change; engines and pages have been seen on SQLite.

    Files that play days, start processes or browsers come first: a worker that begins one of them last is alone.
    """
    for item in items:
        if "browser" in _fixtures(item):
            item.add_marker("browser")
    if environment.database() == "postgresql":
        again: list[pytest.Item] = []
        once: list[pytest.Item] = []
        for item in items:
            (again if _depends_on_database(item) else once).append(item)
        if once:
            config.hook.pytest_deselected(items=once)
            items[:] = again
    slow = {item.path for item in items if _is_slow(item)}
    items.sort(key=lambda item: item.path not in slow)


def _is_slow(item: pytest.Item) -> bool:
    played = {"sample_clinic", "fhir_clinic"} & _fixtures(item)
    return bool(played) or any(map(item.get_closest_marker, ("processes", "browser")))


def _fixtures(item: pytest.Item) -> set[str]:
    return set(getattr(item, "fixturenames", ()))


def _depends_on_database(item: pytest.Item) -> bool:
    if any(map(item.get_closest_marker, ("browser", "engine", "once"))):
        return False
    names = _fixtures(item)
    if item.get_closest_marker("django_db") or names & _DATABASE_FIXTURES:
        return True
    from django.test import TransactionTestCase

    owner = getattr(item, "cls", None)
    return owner is not None and issubclass(owner, TransactionTestCase)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """SQLite's test database is a copy of the run's migrated one, made before Django looks for it."""
    return environment.database() == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Let each worker's test database start from the run's migrated one."""
    from django.db import connections

    test: dict[str, Any] = connections.settings["default"]["TEST"]
    if environment.database() == "sqlite":
        test["NAME"] = str(Path(os.environ["LIAISON_HOME"]) / "test.sqlite3")
        templates.copy_sqlite(Path(test["NAME"]))
    else:
        test["NAME"] = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
        test["TEMPLATE"] = templates.postgresql_template()


@pytest.fixture
def own_database(request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker: Any) -> Iterator[None]:
    """A migrated database of the test's own in this process: commits are commits, threads see them (races)."""
    with django_db_blocker.unblock(), databases.own_database(tmp_path):
        yield


@pytest.fixture
def practice(db: None) -> "Practice":
    """A small practice in an empty database; a folder may have one of its own."""
    from tests.support.practice import small_practice  # models want Django, which is set up after this file

    return small_practice()


@pytest.fixture
def encounter(practice: "Practice") -> "Encounter":
    """A visit in the room: a man of 71 with his assistant."""
    from liaison.chart.models import Encounter

    visit = practice.rooming()
    assert visit.encounter_id is not None
    return Encounter.objects.get(pk=visit.encounter_id)


@pytest.fixture(scope="session")
def make_clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Clinic]]:
    """`make_clinic()` gives a new private clinic with its own home and database; ended with the session."""
    with ExitStack() as stack:

        def make(*, migrated: bool = True) -> Clinic:
            clinic = Clinic(tmp_path_factory.mktemp("clinic"), migrated=migrated)
            stack.callback(clinic.close)
            return clinic

        yield make


@pytest.fixture
def live_home(tmp_path: Path) -> Iterator[Clinic]:
    """A private clinic for a test of real processes: `live_home.liaison("check")`, `.serve()`, `.kill()`."""
    clinic = Clinic(tmp_path)
    yield clinic
    clinic.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, headless."""
    path = chromium.executable()
    if path is None:
        _absent("Chromium is not installed: run scripts/test-tools, or install chromium or Google Chrome")
    with sync_playwright() as playwright:
        started = chromium.launch(playwright, path)
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """`open_page(viewport={"width": 360, "height": 740}, color_scheme="dark")`: a fresh page, as many as needed.

    At the end the test fails on an uncaught script error, a broken content policy, or an outside address.
    """
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(chromium.watched_page(browser, **options))


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A fresh page of 1280 by 800."""
    return open_page()


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """`shared("data/x12")`: a path of the data shared between checkouts (LIAISON_SHARED)."""

    def find(path: str) -> Path:
        found = environment.shared() / path
        if not found.exists():
            _absent(f"{path} is not in {environment.shared()}: set LIAISON_SHARED to the folder of shared data")
        return found

    return find


def _absent(words: str) -> NoReturn:
    if environment.in_ci():
        pytest.fail(words)
    pytest.skip(words)
