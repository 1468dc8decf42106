"""What must stand before Django reads its settings: the home, the database and its server.

`LIAISON_TEST_DATABASE` says which database the run is for: `sqlite` (the default), `postgresql`, or `none` for
engines alone, without Django: `LIAISON_TEST_DATABASE=none pytest tests/x12`. The process that runs pytest makes
one temporary folder and, for PostgreSQL, one server; xdist workers find both in the environment and take a home
of their own in the folder.
"""

import os
import shutil
import tempfile
from pathlib import Path

from tests.support import postgres

REPOSITORY = Path(__file__).resolve().parents[2]
TEMPLATE = "liaison_template"

_ROOT = "LIAISON_TEST_ROOT"
_SERVER = "LIAISON_TEST_SERVER"


class Environment:
    """The folder and the server of this run. `close()` takes them away again, where this process made them."""

    def __init__(self, *, durable: bool = False) -> None:
        self._durable = durable
        self._server: postgres.Server | None = None
        self.owner = "PYTEST_XDIST_WORKER" not in os.environ
        if self.owner:
            for name in [name for name in os.environ if name.startswith("LIAISON_")]:
                if name not in ("LIAISON_SHARED", "LIAISON_TEST_DATABASE"):
                    del os.environ[name]
            os.environ[_ROOT] = tempfile.mkdtemp(prefix="liaison-tests-")
            _compile_once()
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        if self.owner and database() == "postgresql":
            self._server = postgres.Server(durable=self._durable)
            os.environ[_SERVER] = self._server.url()
        os.environ.setdefault("LIAISON_SHARED", str(REPOSITORY.parent / "shared"))
        if database() == "none":
            return
        home = root() / os.environ.get("PYTEST_XDIST_WORKER", "main")
        home.mkdir()
        os.environ["LIAISON_HOME"] = str(home)
        if database() == "postgresql":
            os.environ["LIAISON_DATABASE_URL"] = database_url("liaison")
        os.environ["DJANGO_SETTINGS_MODULE"] = "liaison.settings"
        # Playwright's synchronous interface runs an event loop in the tests' thread, where Django would refuse
        # the database although nothing asynchronous uses it.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

    def close(self) -> None:
        if not self.owner:
            return
        if self._server is not None:
            self._server.stop()
        shutil.rmtree(root(), ignore_errors=True)


def _compile_once() -> None:
    """Where Python may not leave bytecode beside the source, let all processes of this run and the next share it.

    Else each of some hundred commands and servers compiles the whole of Liaison again, and each worker every test.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(REPOSITORY / ".pytest_cache" / "bytecode"))


def database() -> str:
    """`sqlite`, `postgresql` or `none`."""
    chosen = os.environ.get("LIAISON_TEST_DATABASE", "sqlite")
    if chosen not in ("sqlite", "postgresql", "none"):
        raise ValueError(f"LIAISON_TEST_DATABASE is sqlite, postgresql or none, not {chosen!r}")
    return chosen


def root() -> Path:
    """The temporary folder of the whole run."""
    return Path(os.environ[_ROOT])


def server_url() -> str:
    """The address of the run's PostgreSQL, as its superuser, at the database `postgres`."""
    return os.environ[_SERVER]


def database_url(name: str) -> str:
    """The address of a database of the run's PostgreSQL."""
    return f"{server_url().rpartition('/')[0]}/{name}"


def shared() -> Path:
    """The folder of data shared between checkouts."""
    return Path(os.environ["LIAISON_SHARED"])


def in_ci() -> bool:
    """Whether what is missing is a failure rather than a skipped test."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")
