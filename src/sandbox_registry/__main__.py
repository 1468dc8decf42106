"""`python -m sandbox_registry`: the registry as a process of its own."""

from __future__ import annotations

import argparse
import signal
import sqlite3
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import FrameType

from sandbox_registry.moods import KINDS, Moods
from sandbox_registry.registry import Registry
from sandbox_registry.server import RegistryServer
from sandbox_registry.store import Store


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C. Exit status 1 where port or state cannot be had, 2 for wrong options."""
    parser = argparse.ArgumentParser(prog="sandbox_registry", description="A registry to practise with, on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=8702, help="port to listen on; 0 chooses one")
    parser.add_argument("--state", type=Path, help="SQLite file to remember in; default: memory")
    parser.add_argument("--today", type=date.fromisoformat, help="the registry's day; default: that of each message")
    parser.add_argument("--user", default="liaison:sandbox", help="name:password that is asked for")
    parser.add_argument("--invent", action="store_true", help="give whoever is asked for a past")
    parser.add_argument("--begin", type=Path, help="a batch of VXU to begin with, where the state is empty")
    parser.add_argument("--mischief", default="", help=f"KIND[:TIMES], commas between; {', '.join(KINDS)}")
    options = parser.parse_args(arguments)
    if not 0 <= options.port <= 65535:
        parser.error("--port lies between 0 and 65535")
    try:
        moods = Moods(options.mischief)
    except ValueError as wrong:
        parser.error(str(wrong))
    try:
        store = Store(options.state)
    except (OSError, sqlite3.Error) as trouble:
        print(f"sandbox_registry: the state {options.state} cannot be opened: {trouble}", file=sys.stderr)
        return 1
    registry = Registry(store, options.today, invents=options.invent)
    if options.begin is not None:
        registry.begin(options.begin.read_bytes() if options.begin.exists() else b"")
    try:
        server = RegistryServer(options.port, registry, moods, options.user)
    except OSError as trouble:
        print(f"sandbox_registry: port {options.port} cannot be had: {trouble.strerror}", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, _stop)
    print(f"listening on {server.address}", flush=True)
    try:
        server.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
        store.close()
    return 0


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
