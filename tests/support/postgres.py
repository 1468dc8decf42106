"""A PostgreSQL server of the tests' own: a fresh cluster in a temporary folder, gone at the end."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import sql

from tests.support.processes import PATIENCE_SECONDS, Child, free_port

USER = "liaison"
# Where Debian and Homebrew put what PATH does not name.
_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/usr/pgsql-*/bin",
)


class Missing(Exception):
    """PostgreSQL cannot be started here; the text says what to do."""


class Server:
    """A running cluster. `url(database)` is what LIAISON_DATABASE_URL takes; `stop()` removes everything.

    Unless `durable`, a commit does not wait for the disk: surviving a power cut is PostgreSQL's own promise.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._durable = durable
        self.port = free_port()
        self._password = secrets.token_urlsafe(16)
        programs = _programs()
        user = _unprivileged_user()
        # A short path: a Unix socket's name may have 100 characters at most.
        self._folder = Path(tempfile.mkdtemp(prefix="liaison-pg-", dir="/tmp"))
        try:
            self._make_cluster(programs, user)
            self._child = self._start(programs, user)
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://{USER}:{self._password}@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        try:
            self._child.stop()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _make_cluster(self, programs: Path, user: str | None) -> None:
        password_file = self._folder / "password"
        password_file.write_text(self._password)
        password_file.chmod(0o600)
        if user:
            shutil.chown(password_file, user)
            shutil.chown(self._folder, user)
        command = [
            str(programs / "initdb"),
            *("--pgdata", str(self._folder / "data"), "--username", USER, "--pwfile", str(password_file)),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--no-sync"),
        ]
        # Upper and lower case beyond ASCII need C.UTF-8, which not every system has.
        for locale in ("C.UTF-8", "C"):
            made = _run([*command, f"--locale={locale}"], user, self._folder)
            if made.returncode == 0:
                break
        else:
            raise Missing(f"initdb failed: {made.stdout}")
        password_file.unlink()

    def _start(self, programs: Path, user: str | None) -> Child:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self._folder),
            "max_connections": "200",
            "shared_buffers": "128MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if not self._durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
        child = Child(
            [
                str(programs / "postgres"),
                *("-D", str(self._folder / "data")),
                *(word for name, value in settings.items() for word in ("-c", f"{name}={value}")),
            ],
            log=self._folder / "log",
            user=user,
            stop_signal=signal.SIGINT,  # its "fast shutdown"
            cwd=self._folder,
        )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._accepts():
            if not child.running or time.monotonic() > deadline:
                said = child.output()
                child.kill()
                raise Missing(f"PostgreSQL did not start: {said}")
            time.sleep(0.05)
        return child

    def _accepts(self) -> bool:
        try:
            psycopg.connect(self.url()).close()
        except psycopg.OperationalError:
            return False
        return True


def copy_database(server_url: str, template: str, name: str) -> None:
    """Make a database as a copy of another one, to which nobody may be connected."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )


def create_database(server_url: str, name: str) -> None:
    """Make an empty database."""
    copy_database(server_url, "template0", name)


def rename_database(server_url: str, name: str, new_name: str) -> None:
    """Give a database to which nobody is connected another name."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(new_name))
        )


def drop_database(server_url: str, name: str) -> None:
    """Remove a database and end whoever is still connected to it."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def database_exists(server_url: str, name: str) -> bool:
    with psycopg.connect(server_url, autocommit=True) as connection:
        return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _programs() -> Path:
    """The folder of initdb and postgres, the newest version first."""
    found = [path for pattern in _FOLDERS for path in Path("/").glob(pattern[1:]) if (path / "initdb").exists()]
    if found:
        return max(found, key=_version)
    on_path = shutil.which("initdb")
    if on_path is None:
        raise Missing("PostgreSQL is not installed: run scripts/test-tools, or install it with its initdb")
    return Path(on_path).resolve().parent


def _version(folder: Path) -> int:
    digits = "".join(letter for letter in folder.parent.name if letter.isdigit())
    return int(digits or 0)


def _unprivileged_user() -> str | None:
    """Whom PostgreSQL runs as where the tests run as root, which it refuses."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in names:
            return name
    raise Missing("PostgreSQL does not run as root: add a user named postgres, or run the tests as another user")


def _run(command: list[str], user: str | None, cwd: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command,
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=[] if user else None,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
