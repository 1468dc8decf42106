"""`liaison books export`: the entries of the books for other programs."""

import sys
from argparse import ArgumentTypeError
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from liaison.billing.books import days
from liaison.billing.books.export import first_day, write_beancount, write_csv
from liaison.record import audit
from liaison.record.actor import machine
from liaison.record.command import LiaisonCommand

_WRITERS = {"beancount": write_beancount, "csv": write_csv}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is no day; write it as 2026-03-31") from None


class Command(LiaisonCommand):
    help = "The books for other programs: every entry as CSV, or as plain-text accounting (beancount)."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        export = acts.add_parser("export", help="write the entries of some days; no patient is named")
        export.add_argument("--format", choices=sorted(_WRITERS), help="default: as FILE ends (.csv), else beancount")
        export.add_argument("--from", dest="begin", type=_day, metavar="DAY", help="default: the first entry's")
        export.add_argument("--to", dest="end", type=_day, metavar="DAY", help="default: today")
        export.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        begin, end = options["begin"] or first_day(), options["end"] or days.today()
        if begin > end:
            raise CommandError(f"The first day, {begin}, is after the last, {end}.")
        audit.looked(machine("books export", "command"), None, ["books"], action="export")
        path: Path | None = options["output"]
        form = options["format"] or ("csv" if path and path.suffix.lower() == ".csv" else "beancount")
        try:
            opened = path.open("w", encoding="utf-8", newline="") if path else nullcontext(sys.stdout)
            with opened as out:
                count = _WRITERS[form](out, begin, end)
        except OSError as wrong:
            raise CommandError(f"{path} cannot be written: {wrong.strerror}.") from None
        if path:
            what = "transactions" if form == "beancount" else "entries"
            self.stdout.write(f"{count:,} {what} of {begin} to {end} in {path}.")
