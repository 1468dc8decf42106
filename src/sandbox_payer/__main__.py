"""`python -m sandbox_payer`: the payer as a process of its own."""

from __future__ import annotations

import argparse
import signal
import sqlite3
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import FrameType

from sandbox_payer.rules import load_rules
from sandbox_payer.server import PayerServer
from sandbox_payer.store import Store


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C. Exit status 1 where port or state cannot be had, 2 for wrong options."""
    parser = argparse.ArgumentParser(prog="sandbox_payer", description="A payer to practise with, on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=8701, help="port to listen on; 0 chooses one")
    parser.add_argument("--state", type=Path, help="SQLite file to remember in; default: memory")
    parser.add_argument("--today", type=date.fromisoformat, help="the payer's day; default: the day of each file")
    parser.add_argument("--seed", type=int, default=0, help="chooses which claims are denied for want of information")
    options = parser.parse_args(arguments)
    if not 0 <= options.port <= 65535:
        parser.error("--port lies between 0 and 65535")
    rules = load_rules(options.seed)
    try:
        store = Store(options.state, rules, options.today)
    except (OSError, sqlite3.Error) as trouble:
        print(f"sandbox_payer: the state {options.state} cannot be opened: {trouble}", file=sys.stderr)
        return 1
    try:
        server = PayerServer(options.port, store, sorted(rules.payers))
    except OSError as trouble:
        print(f"sandbox_payer: port {options.port} cannot be had: {trouble.strerror}", file=sys.stderr)
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
