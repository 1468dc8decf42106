"""The demo's home: thrown away when asked for, with ports beside it that nobody else has."""

import shutil
import socket

from django.conf import settings
from django.db import connection

from liaison.kernel.errors import Conflict
from liaison.practice.start import is_sample
from liaison.rehearsal import clinic, running

_KEPT = (running.LOCK, "secret-key", "set-up.lock")


def throw_away() -> None:
    """Empty this home and its database. Raises Conflict unless they hold the sample clinic, or nothing at all."""
    # A clinic of an older Liaison is thrown away as it is: only these tables are looked at
    tables = connection.introspection.table_names()
    if "places_organization" in tables and not is_sample() and (clinic.is_set_up() or _somebody(tables)):
        raise Conflict(
            "not-the-demo",
            f"{settings.HOME} holds records that are not the demo's; --fresh would delete them. "
            "Set LIAISON_HOME to another folder.",
        )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    connection.close()
    for path in settings.HOME.iterdir():
        if path.name not in _KEPT:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _somebody(tables: list[str]) -> bool:
    if "people_patient" not in tables:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM people_patient LIMIT 1")
        return cursor.fetchone() is not None


def is_free(port: int) -> bool:
    """Whether nobody listens on a port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def any_port() -> int:
    """A port of 127.0.0.1 that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
