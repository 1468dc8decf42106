"""`liaison import fhir PATH...`: records of other systems into this one."""
# ruff: noqa: N999  (the command is called `import`)

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from liaison.interop.importing import Report, import_paths
from liaison.record.actor import machine
from liaison.record.command import LiaisonCommand


class Command(LiaisonCommand):
    help = "Import FHIR R4 bundles and NDJSON, plain or gzip, from files and folders. Importing twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        formats = parser.add_subparsers(dest="format", required=True)
        fhir = formats.add_parser("fhir", help="FHIR R4 bundles, single resources and NDJSON")
        fhir.add_argument(
            "paths", nargs="+", metavar="PATH", type=Path, help="a file, or a folder with all that is in it"
        )

    def handle(self, *args: Any, paths: list[Path], **options: Any) -> None:
        self.stdout.write(_with_bar(paths).line() if sys.stdout.isatty() else _import(paths).line())


def _import(paths: list[Path]) -> Report:
    return import_paths(machine("import", "cli"), paths)


def _with_bar(paths: list[Path]) -> Report:
    columns = (TextColumn("Importing"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as bar:
        task = bar.add_task("import")
        return import_paths(
            machine("import", "cli"), paths, lambda done, total: bar.update(task, completed=done, total=total)
        )
