"""`python -m sandbox_registry`: the registry as a process of its own."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path

from sandbox_kit.moods import Moods
from sandbox_kit.serving import options, serve
from sandbox_registry.registry import Registry
from sandbox_registry.server import MOODS, RegistryServer
from sandbox_registry.store import Store


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C. Exit status 1 where port or state cannot be had, 2 for wrong options."""
    parser = options("sandbox_registry", "registry", 8702)
    parser.add_argument("--user", default="liaison:sandbox", help="name:password that is asked for")
    parser.add_argument("--invent", action="store_true", help="give whoever is asked for a past")
    parser.add_argument("--begin", type=Path, help="a batch of VXU to begin with, where the state is empty")
    parser.add_argument("--mischief", default="", help=f"KIND[:TIMES], commas between; {', '.join(MOODS)}")
    told = parser.parse_args(arguments)
    try:
        moods = Moods(MOODS, told.mischief)
    except ValueError as wrong:
        parser.error(str(wrong))
    try:
        store = Store(told.state)
    except (OSError, sqlite3.Error) as trouble:
        print(f"sandbox_registry: the state {told.state} cannot be opened: {trouble}", file=sys.stderr)
        return 1
    registry = Registry(store, told.today, invents=told.invent)
    if told.begin is not None:
        registry.begin(told.begin.read_bytes() if told.begin.exists() else b"")
    return serve(
        "sandbox_registry", told.port, lambda: RegistryServer(told.port, registry, moods, told.user), store.close
    )


if __name__ == "__main__":
    sys.exit(main())
