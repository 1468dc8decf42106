"""Clinics for the benches: real processes on either database, as durable as in a practice."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

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
