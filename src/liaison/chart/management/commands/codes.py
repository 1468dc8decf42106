"""`liaison codes`: search ICD-10-CM by words, and make the packaged code file anew from a release."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from liaison.engines.codes.build import build
from liaison.engines.codes.icd10cm import Icd10cm
from liaison.record.command import LiaisonCommand


class Command(LiaisonCommand):
    help = "Find diagnosis codes by words, or build the packaged ICD-10-CM file from the installed release."
    needs_home = False

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        search = verbs.add_parser("search", help="find ICD-10-CM codes by words, abbreviations or the start of a code")
        search.add_argument("words", nargs="+")
        search.add_argument("--limit", type=int, default=20, help="how many (default: %(default)s)")
        search.add_argument("--json", action="store_true", help="print one JSON list")
        made = verbs.add_parser("build-icd10cm", help="write the code file from the release of simple-icd-10-cm")
        made.add_argument("--out", type=Path, help="where to (default: the packaged file)")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        if verb == "build-icd10cm":
            count = build(options["out"]) if options["out"] else build()
            self.stdout.write(f"{count} codes written.")
            return
        found = Icd10cm.load().search(" ".join(options["words"]), limit=max(1, options["limit"]))
        if options["json"]:
            listed = [{"code": e.code, "description": e.description, "billable": e.billable} for e in found]
            self.stdout.write(json.dumps(listed))
            return
        for entry in found:
            self.stdout.write(f"{entry.code:<9}{entry.description}{'' if entry.billable else '  (not billable)'}")
        if not found:
            self.stdout.write("Nothing found. Try fewer words, or another word for the same thing.")
