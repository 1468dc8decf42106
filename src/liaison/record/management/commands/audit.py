"""`liaison audit seal|verify`: the hash chain over the audit log."""

import sys
from typing import Any

from django.core.management.base import CommandParser

from liaison.record import seals
from liaison.record.command import LiaisonCommand
from liaison.record.models import AuditEntry, AuditSeal


class Command(LiaisonCommand):
    help = "Seal the audit log, or verify it: finds a changed, removed or added entry. Exit status 1 when there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["verify", "seal"])

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        if what == "seal":
            self.stdout.write(f"{seals.seal()} entries sealed.")
            return
        findings = list(seals.verify())
        for finding in findings:
            self.stdout.write(finding.sentence)
        last = AuditSeal.objects.order_by("-id").values_list("last_seq", flat=True).first() or 0
        waiting = AuditEntry.objects.filter(seq__gt=last).count()
        if findings:
            self.stdout.write(f"{len(findings)} findings: the audit log is not as it was sealed.")
            sys.exit(1)
        self.stdout.write(f"The audit log is as it was sealed; {waiting} newer entries wait for the next seal.")
