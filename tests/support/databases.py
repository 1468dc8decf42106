"""A database of a test's own inside this process, where a commit is a commit.

The append-only tables refuse DELETE, so the flush by which Django empties the database after a test with real
commits cannot work. Such a test gets a copy instead, which is thrown away whole.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support import environment, postgres, templates


@contextmanager
def own_database(folder: Path) -> Iterator[None]:
    """Point the default connection, of this thread and of those it starts, at a fresh migrated copy."""
    from django.db import connections

    connections["default"].close()
    configured: dict[str, Any] = connections.settings["default"]
    before = configured["NAME"]
    name: str | Path
    if environment.database() == "postgresql":
        name = f"own_{os.urandom(6).hex()}"
        templates.copy_postgresql(name)
    else:
        name = folder / templates.SQLITE_NAME
        templates.copy_sqlite(name)
    # The connection of this thread holds the same dictionary as those that other threads will make.
    configured["NAME"] = name
    try:
        yield
    finally:
        connections["default"].close()
        configured["NAME"] = before
        if isinstance(name, str):
            postgres.drop_database(environment.server_url(), name)
