"""`liaison check`: prove the promises of the house on the data as it is."""

import json
import sys
from typing import Any

from django.core.management.base import CommandParser

from liaison.record import promises
from liaison.record.command import LiaisonCommand


class Command(LiaisonCommand):
    help = "Check the promises of the house on the data as it is. Exit status 1 if one is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, json: bool = False, **options: Any) -> None:
        broken = promises.broken()
        self._print_json(broken) if json else self._print(broken)
        if broken:
            sys.exit(1)

    def _print_json(self, broken: dict[str, list[str]]) -> None:
        self.stdout.write(json.dumps({"holds": not broken, "promises": promises.names(), "broken": broken}))

    def _print(self, broken: dict[str, list[str]]) -> None:
        for name in promises.names():
            self.stdout.write(f"{'BROKEN' if name in broken else 'holds '}  {name}")
            for sentence in broken.get(name, ()):
                self.stdout.write(f"          {sentence}")
