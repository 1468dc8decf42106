"""`liaison practice`: set a practice up from a file, and bring it to what the file says later."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from liaison.practice.file import Unsuitable, read
from liaison.practice.set_up import set_up
from liaison.record.actor import machine
from liaison.record.command import LiaisonCommand


class Command(LiaisonCommand):
    help = (
        "Set a practice up from a file: sites, rooms, hours, payers and staff. Again: adds and updates, never deletes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the practice in TOML; docs/practice.toml is one to begin with")
        parser.add_argument("--check", action="store_true", help="only say what is wrong, or what would be done")

    def handle(self, *args: Any, file: Path, check: bool, **options: Any) -> None:
        try:
            reader, plan = read(file)
            report = set_up(machine("set-up", "cli"), reader, plan, trial=check)
        except Unsuitable as unsuitable:
            raise CommandError("\n".join(["nothing was changed.", *unsuitable.problems]), returncode=1)
        would = "Would be " if check else ""
        self._list(f"{would}added".capitalize(), report.added)
        self._list(f"{would}changed".capitalize(), report.changed)
        self._list("In the clinic, not in the file; left as it is", report.only_here)
        if not (report.added or report.changed):
            self.stdout.write("Nothing to change: the practice is as the file says.")
        width = max((len(name) for name, _ in report.passwords), default=0)
        passwords = [f"{name:<{width}}   {password}" for name, password in report.passwords]
        self._list("First passwords, shown this once; each asks for another at the first sign-in", passwords)

    def _list(self, title: str, lines: list[str]) -> None:
        if lines:
            self.stdout.write(f"{title}:")
            for line in lines:
                self.stdout.write(f"  {line}")
            self.stdout.write("")
