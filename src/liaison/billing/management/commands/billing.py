"""`liaison billing load-vaccine-codes FILE`: the codes of vaccine products, from the CDC's published crosswalk."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from liaison.billing.actions.vaccine_codes import load_vaccine_codes
from liaison.record.actor import machine
from liaison.record.command import LiaisonCommand


class Command(LiaisonCommand):
    help = "Load what coding goes by from files that the practice has."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="what", required=True)
        load = commands.add_parser("load-vaccine-codes", help="load the CDC's file of CPT codes mapped to CVX")
        load.add_argument("file", type=Path)

    def handle(self, *args: Any, what: str, file: Path, **options: Any) -> None:
        """Put the codes in force. Refused for a file that cannot be read or names none."""
        loaded = load_vaccine_codes(machine("office", "cli"), file)
        self.stdout.write(f"{loaded.codes} vaccines have a code (edition {loaded.document.edition}).")
        for line in loaded.several:
            self.stdout.write(f"  several, the newest is taken: {line}")
