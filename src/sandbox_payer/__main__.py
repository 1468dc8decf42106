"""`python -m sandbox_payer`: the payer as a process of its own."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Sequence

from sandbox_kit.moods import Moods
from sandbox_kit.serving import options, serve
from sandbox_payer.mischief import KINDS
from sandbox_payer.rules import load_rules
from sandbox_payer.server import PayerServer
from sandbox_payer.store import Store


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C. Exit status 1 where port or state cannot be had, 2 for wrong options."""
    parser = options("sandbox_payer", "payer", 8701)
    parser.add_argument("--seed", type=int, default=0, help="chooses which claims are denied for want of information")
    parser.add_argument(
        "--later", type=float, default=0, metavar="SECONDS", help="when remittances come; default: at once"
    )
    parser.add_argument(
        "--mischief", default="", help=f"KIND[=SECONDS][:TIMES], commas between, or a level 1 to 9; {', '.join(KINDS)}"
    )
    told = parser.parse_args(arguments)
    rules = load_rules(told.seed)
    try:
        moods = Moods(KINDS, told.mischief, told.seed)
    except ValueError as wrong:
        parser.error(str(wrong))
    try:
        store = Store(told.state, rules, told.today, told.later)
    except (OSError, sqlite3.Error) as trouble:
        print(f"sandbox_payer: the state {told.state} cannot be opened: {trouble}", file=sys.stderr)
        return 1
    return serve(
        "sandbox_payer", told.port, lambda: PayerServer(told.port, store, moods, sorted(rules.payers)), store.close
    )


if __name__ == "__main__":
    sys.exit(main())
