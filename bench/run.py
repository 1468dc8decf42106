"""Runs the benches and prints their figures: `make bench`, or `make bench ARGS="fhir search"` for some.

A bench is a module `bench_<name>.py` in this folder with `def main() -> dict[str, object]`: figures by name, the unit
in the name (`visits_per_second`, `p95_ms`). It works in homes of its own and passes or fails by nothing.
"""

import argparse
import importlib
import json
import os
import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))


def names() -> list[str]:
    """The benches there are, by the name after `bench_`."""
    return sorted(path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py"))


def machine() -> str:
    """Where the figures come from, in a line."""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def show(name: str, figures: Mapping[str, object]) -> None:
    """Print the figures of a bench, one a line, under its name."""
    print(f"\n{name}")
    width = max((len(key) for key in figures), default=0)
    for key, value in figures.items():
        words = f"{value:,.2f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
        print(f"  {key:<{width}}  {words}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Print the figures of Liaison on this machine.")
    parser.add_argument("bench", nargs="*", help=f"which ones, of: {', '.join(names()) or 'none yet'} (default: all)")
    parser.add_argument("--json", action="store_true", help="print all figures as one JSON object on the last line")
    arguments = parser.parse_args()
    if unknown := sorted(set(arguments.bench) - set(names())):
        parser.error(f"no such bench: {', '.join(unknown)}; there are: {', '.join(names())}")

    print(f"{machine()}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
    figures: dict[str, Mapping[str, object]] = {}
    for name in arguments.bench or names():
        figures[name] = importlib.import_module(f"bench.bench_{name}").main()
        show(name, figures[name])
    if arguments.json:
        print(json.dumps({"machine": machine(), **figures}, default=str))


if __name__ == "__main__":
    main()
