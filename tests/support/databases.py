"""A database of a test's own inside this process, where a commit is a commit.

The append-only tables refuse DELETE, so the flush by which Django empties the database after a test with real
commits cannot work. Such a test gets a copy instead, which is thrown away whole.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support import environment, postgres, templates

_filled: dict[Callable[[], object], str | Path] = {}


@contextmanager
def own_database(folder: Path, fill: Callable[[], object] | None = None) -> Iterator[None]:
    """Point the default connection, of this thread and of those it starts, at a fresh migrated copy.

    With `fill` it is a copy of a database that the function has filled, once for all tests of this worker.
    """
    if fill and fill not in _filled:
        _filled[fill] = _copy(Path(os.environ["LIAISON_HOME"]) / f"{fill.__name__}.sqlite3", None)
        with _connected(_filled[fill]):
            fill()
    name = _copy(folder / templates.SQLITE_NAME, _filled[fill] if fill else None)
    try:
        with _connected(name):
            yield
    finally:
        if isinstance(name, str):
            postgres.drop_database(environment.server_url(), name)


def _copy(path: Path, of: str | Path | None) -> str | Path:
    """A copy of a database, or of the empty one: the file, or on PostgreSQL the name."""
    if environment.database() == "postgresql":
        name = f"own_{os.urandom(6).hex()}"
        templates.copy_postgresql(name, str(of or ""))
        return name
    templates.copy_sqlite(path, Path(of) if of else None)
    return path


@contextmanager
def _connected(name: str | Path) -> Iterator[None]:
    from django.db import connections

    connections["default"].close()
    configured: dict[str, Any] = connections.settings["default"]
    before = configured["NAME"]
    # The connection of this thread holds the same dictionary as those that other threads will make.
    configured["NAME"] = name
    try:
        yield
    finally:
        connections["default"].close()
        configured["NAME"] = before
