"""Clinics for the benches: real processes on either database, as durable as in a practice."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support import environment
from tests.support.clinic import Clinic

DATABASES = ("sqlite", "postgresql")


@contextmanager
def clinic(database: str) -> Iterator[Clinic]:
    """A fresh, migrated clinic on `sqlite` or `postgresql`; gone at the end, with its server.

    `clinic.liaison(...)` runs a command, `clinic.serve()` the server; `clinic.env` is for processes of the bench's
    own that need Django, since this process must not read the settings: they differ from database to database.
    """
    before = dict(os.environ)
    os.environ["LIAISON_TEST_DATABASE"] = database
    try:
        prepared = environment.Environment(durable=True)
        try:
            started = Clinic(environment.root() / "clinic")
            try:
                yield started
            finally:
                started.close()
        finally:
            prepared.close()
    finally:
        os.environ.clear()
        os.environ.update(before)


def on_both(*python: str) -> dict[str, object]:
    """Figures that a Python process prints last, as JSON, in a fresh clinic on each database: named after it."""
    figures: dict[str, object] = {}
    for database in DATABASES:
        with clinic(database) as home:
            done = subprocess.run(
                [sys.executable, *python],
                env=home.env | {"DJANGO_SETTINGS_MODULE": "liaison.settings"},
                cwd=Path(__file__).resolve().parents[1],
                stdout=subprocess.PIPE,
                check=True,
            )
        inside: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
        figures |= {f"{database}_{name}": value for name, value in inside.items()}
    return figures
