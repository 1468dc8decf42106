"""A clinic of a test's own, run as an operator runs it: through the command line, in real processes."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg

from tests.support import environment, postgres, templates
from tests.support.processes import Child, free_port

_EXECUTABLE = Path(sys.executable).parent / "liaison"


class Clinic:
    """A private LIAISON_HOME with a migrated database, on the database that the run is for.

    `liaison("check")` runs a command to its end, `start("rehearse", ...)` runs one beside the test, `serve()`
    starts the web server and returns its address. `kill()` is the power cut, `close()` the end.
    """

    def __init__(self, folder: Path, *, migrated: bool = True) -> None:
        self.home = folder / "home"
        self.home.mkdir(parents=True)
        self.url = ""
        self.database_url: str | None = None
        self._logs = folder
        self._children: list[Child] = []
        self._database_name: str | None = None
        if environment.database() == "postgresql":
            self._database_name = f"clinic_{os.urandom(6).hex()}"
            if migrated:
                self.database_url = templates.copy_postgresql(self._database_name)
            else:
                postgres.create_database(environment.server_url(), self._database_name)
                self.database_url = environment.database_url(self._database_name)
        elif migrated:
            templates.copy_sqlite(self.home / templates.SQLITE_NAME)

    @property
    def env(self) -> dict[str, str]:
        """The environment in which this clinic's commands run."""
        env = {name: value for name, value in os.environ.items() if name != "LIAISON_DATABASE_URL"}
        env["LIAISON_HOME"] = str(self.home)
        if self.database_url:
            env["LIAISON_DATABASE_URL"] = self.database_url
        return env

    def liaison(
        self, *arguments: str | Path, check: bool = True, stdin: str | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end. With `check`, any exit status but 0 fails the test with what it wrote."""
        done = subprocess.run(
            [str(_EXECUTABLE), *map(str, arguments)],
            env=self.env,
            cwd=self.home,
            input=stdin or "",
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            words = " ".join(map(str, arguments))
            raise AssertionError(f"liaison {words} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return done

    def figure(self, sql: str) -> int:
        """What a query of one row and column finds in the database, beside the clinic's processes."""
        if self.database_url:
            with psycopg.connect(self.database_url) as connection:
                row = connection.execute(sql.encode()).fetchone()
        else:
            with closing(sqlite3.connect(self.home / templates.SQLITE_NAME)) as file:
                row = file.execute(sql).fetchone()
        assert row
        return int(row[0])

    def start(self, *arguments: str | Path) -> Child:
        """Start a command and leave it running; its output is in the child's `output()`."""
        child = Child(
            [str(_EXECUTABLE), *map(str, arguments)],
            log=self._logs / f"{len(self._children)}-{arguments[0]}.log",
            env=self.env,
            cwd=self.home,
        )
        self._children.append(child)
        return child

    def serve(self, port: int | None = None) -> str:
        """Start `liaison serve` on 127.0.0.1, wait until it is well, and return its address."""
        port = port or free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.start("serve", "--port", str(port)).wait_for_http(f"{self.url}/healthz")
        return self.url

    def stop(self) -> None:
        """End every process of this clinic in good order."""
        while self._children:
            self._children.pop().stop()

    def kill(self) -> None:
        """SIGKILL every process of this clinic at once, as a power cut would."""
        while self._children:
            self._children.pop().kill()

    def close(self) -> None:
        """End what still runs and drop the database."""
        self.kill()
        if self._database_name:
            postgres.drop_database(environment.server_url(), self._database_name)
