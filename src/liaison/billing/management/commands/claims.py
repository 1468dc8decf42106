"""`liaison claims`: edits of CMS loaded, rule documents of the scrubber checked and put in force."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from liaison.billing.scrub import ncci
from liaison.documents.actions import publish
from liaison.documents.models import Document
from liaison.engines.scrubber import faults
from liaison.kernel import clock
from liaison.kernel.errors import Invalid
from liaison.record.actor import machine
from liaison.record.command import LiaisonCommand


class Command(LiaisonCommand):
    help = "What claims are checked by: NCCI pairs and unit limits of CMS, and the practice's rules."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        load = verbs.add_parser("load-ncci", help="put CMS's pairs (PTP) and unit limits (MUE) in force, as published")
        load.add_argument("files", nargs="+", type=Path, metavar="FILE", help="text, CSV, XLSX, or the ZIP around them")
        load.add_argument("--from", dest="limits_from", type=date.fromisoformat, help="when limits begin (today)")
        rules = verbs.add_parser("check-rules", help="say what is wrong with a rule document in a JSON file")
        rules.add_argument("file", type=Path)
        put = verbs.add_parser("publish-rules", help="put a rule document in force: a new edition")
        put.add_argument("file", type=Path)
        put.add_argument("--payer", default="", metavar="ID", help="for the claims to one payer (default: all)")
        put.add_argument("--title", default="", help="what the document is called")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        if verb == "load-ncci":
            self.load_ncci(options["files"], options["limits_from"])
            return
        body = self.read_rules(options["file"])
        if verb == "check-rules":
            many = len(body.get("rules", []))
            self.stdout.write(f"{many} rule{'s' * (many != 1)}, no faults.")
            return
        from liaison.billing.scrub.rules import DEFAULT, key_of

        payer = options["payer"]
        title = options["title"] or (f"Claims to {payer}" if payer else "Checks of a claim before it is sent")
        kind = Document.Kind.CLAIM_RULES
        done = publish(machine("claims", "cli"), kind=kind, key=key_of(payer) or DEFAULT, title=title[:200], body=body)
        self.stdout.write(f"In force: {done.title}, edition {done.edition}.")

    def read_rules(self, file: Path) -> dict[str, Any]:
        try:
            body = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError) as trouble:
            raise Invalid("unreadable", f"{file.name} cannot be read as JSON ({type(trouble).__name__}).")
        if not isinstance(body, dict):
            raise Invalid("bad-rules", f"{file.name} is no JSON object.")
        body = body.get("body", body)
        if found := faults(body):
            for fault in found:
                self.stderr.write(fault)
            raise Invalid("bad-rules", f"{len(found)} fault{'s' * (len(found) != 1)}; nothing was put in force.")
        return dict(body)

    def load_ncci(self, files: list[Path], limits_from: date | None) -> None:
        loaded = ncci.load(files, clock.today(timezone.get_default_timezone()), limits_from)
        self.stdout.write(f"{loaded.pairs} pairs and {loaded.limits} unit limits in force ({loaded.path}).")
        for name, rows, day in ncci.about():
            self.stdout.write(f"  {name}: {rows} rows, loaded {day}")
