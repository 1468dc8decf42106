"""`liaison intake`: what came from outside and was not taken in."""

import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import CommandParser
from django.db.models import QuerySet

from liaison.interop.importing import intake, replay
from liaison.kernel.errors import Invalid
from liaison.record.actor import machine
from liaison.record.command import LiaisonCommand
from liaison.record.models import Intake


class Command(LiaisonCommand):
    help = "Input that was not taken in: list it with the reasons, show a piece, mend and replay it, or dismiss it."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        listing = verbs.add_parser("list", help="what waits, by kind and reason; with --kind one by one")
        listing.add_argument("--kind", help="such as fhir:Observation, or fhir:file for what could not be read")
        listing.add_argument("--limit", type=int, default=50, help="how many of them (default: %(default)s)")
        show = verbs.add_parser("show", help="print one piece of input as it came")
        show.add_argument("id", type=UUID)
        again = verbs.add_parser("replay", help="try again what waits: all, one kind, or some by id")
        again.add_argument("ids", nargs="*", type=UUID, metavar="ID")
        again.add_argument("--kind", help="only this kind")
        again.add_argument("--with", dest="mended", type=Path, metavar="FILE", help="the mended form of the one ID")
        dismiss = verbs.add_parser("dismiss", help="say that input will not be taken in; it stays on file")
        dismiss.add_argument("ids", nargs="*", type=UUID, metavar="ID")
        dismiss.add_argument("--kind", help="all of this kind")
        dismiss.add_argument("--reason", required=True, help="why")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        actor = machine("command line", "cli")
        if verb == "show":
            sys.stdout.buffer.write(bytes(intake.intake_for(actor, options["id"]).body) + b"\n")
        elif verb == "dismiss":
            rows = self._chosen(options, every=False)
            self.stdout.write(f"{intake.dismiss(actor, rows, options['reason'])} dismissed")
        elif verb == "replay":
            self._replay(options)
        elif options["kind"]:
            for row in intake.waiting(actor).filter(kind=options["kind"])[: options["limit"]]:
                self.stdout.write(
                    f"{row.pk}  {row.received_at:%Y-%m-%d %H:%M}  {row.reference or row.source}  {row.reason}"
                )
        else:
            self._groups()

    def _groups(self) -> None:
        found = intake.groups(machine("command line", "cli"))
        for group in found:
            self.stdout.write(f"{group['count']:>7}  {group['kind']}  {group['reason']}")
        self.stdout.write(f"{sum(int(str(group['count'])) for group in found)} waiting")

    def _chosen(self, options: dict[str, Any], *, every: bool) -> "QuerySet[Intake]":
        rows = intake.waiting(machine("command line", "cli"))
        if options["ids"]:
            return rows.filter(pk__in=options["ids"])
        if options["kind"]:
            return rows.filter(kind=options["kind"])
        if every:
            return rows
        raise Invalid("nothing-chosen", "Name the input by id, or give --kind.")

    def _replay(self, options: dict[str, Any]) -> None:
        actor = machine("command line", "cli")
        if options["mended"] and len(options["ids"]) != 1:
            raise Invalid("one-id", "Give the one ID that the mended file stands for.")
        mended = options["mended"].read_bytes() if options["mended"] else None
        done, still = replay.replay(actor, self._chosen(options, every=True), mended)
        self.stdout.write(f"{done} taken in, {still} still waiting")
