"""One migrated database for the whole run, from which tests get copies of their own."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support import environment, postgres

SQLITE_NAME = "liaison.sqlite3"


def sqlite_template() -> Path:
    """The file of a migrated, empty SQLite database; made by the first who asks.

    Outside CI it is kept for later runs, for as long as nothing that the migrations are made of changes.
    """
    home = environment.root() / "template"
    kept = environment.REPOSITORY / ".pytest_cache" / "databases" / f"{_fingerprint()}.sqlite3"
    with _lock("template"):
        if not (home / "ready").exists():
            home.mkdir(exist_ok=True)
            if kept.exists() and not environment.in_ci():
                shutil.copyfile(kept, home / SQLITE_NAME)
            else:
                _migrate(home, None)
                if not environment.in_ci():
                    _keep(home / SQLITE_NAME, kept)
            (home / "ready").touch()
    return home / SQLITE_NAME


def postgresql_template() -> str:
    """The name of a migrated, empty PostgreSQL database; made by the first who asks."""
    name = environment.TEMPLATE
    server = environment.server_url()
    with _lock("template"):
        if not postgres.database_exists(server, name):
            home = environment.root() / "template"
            home.mkdir(exist_ok=True)
            started = f"{name}_started"
            postgres.drop_database(server, started)
            postgres.create_database(server, started)
            _migrate(home, environment.database_url(started))
            postgres.rename_database(server, started, name)
    return name


def copy_sqlite(target: Path, template: Path | None = None) -> None:
    """Put a migrated SQLite database at the path, empty unless it is a copy of another one."""
    shutil.copyfile(template or sqlite_template(), target)


def copy_postgresql(name: str, template: str = "") -> str:
    """Make a migrated PostgreSQL database of the name, empty unless it is a copy of another; return its address."""
    template = template or postgresql_template()
    with _lock("copy"):  # a template takes one copy at a time
        postgres.copy_database(environment.server_url(), template, name)
    return environment.database_url(name)


def _migrate(home: Path, database_url: str | None) -> None:
    """Migrate in a process of its own, which leaves no connection and no write-ahead log behind.

    What failed once is not tried again by every test: they all fail with the same words.
    """
    failed = home / "failed"
    if failed.exists():
        raise RuntimeError(failed.read_text())
    env = {name: value for name, value in os.environ.items() if name != "LIAISON_DATABASE_URL"}
    env["LIAISON_HOME"] = str(home)
    if database_url:
        env["LIAISON_DATABASE_URL"] = database_url
    done = subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity=0", "--skip-checks"],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        failed.write_text(f"the migrations failed:\n{done.stdout}")
        raise RuntimeError(failed.read_text())


def _fingerprint() -> str:
    """A hash over the migrations, the modules of ours that they import, the settings and the requirements."""
    source = environment.REPOSITORY / "src"
    migrations = sorted(source.glob("liaison/*/migrations/*.py"))
    imported = {
        name for path in migrations for name in re.findall(r"(?:from|import) (liaison[\w.]*)", path.read_text())
    }
    modules = (source / f"{name.replace('.', '/')}.py" for name in sorted(imported))
    others = [source / "liaison/settings.py", environment.REPOSITORY / "requirements/run.txt"]
    digest = hashlib.sha256()
    for path in [*migrations, *filter(Path.exists, modules), *others]:
        digest.update(f"{path.relative_to(environment.REPOSITORY)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:32]


def _keep(database: Path, kept: Path) -> None:
    """Keep the file under its fingerprint, in place of those of other fingerprints."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    for old in kept.parent.glob("*.sqlite3"):
        old.unlink(missing_ok=True)
    partial = kept.with_suffix(f".{os.getpid()}")
    shutil.copyfile(database, partial)
    partial.replace(kept)


@contextmanager
def _lock(name: str) -> Iterator[None]:
    """One process of the run at a time."""
    with (environment.root() / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
