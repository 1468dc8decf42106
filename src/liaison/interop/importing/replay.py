"""Trying again what was kept, as it came or mended."""

import gzip
import zlib
from collections.abc import Iterator

from django.db.models import QuerySet

from liaison.interop.importing import files
from liaison.interop.importing.importer import import_items
from liaison.interop.importing.incoming import Incoming
from liaison.interop.importing.intake import KIND, mark_replayed
from liaison.record.actor import Actor
from liaison.record.change import change
from liaison.record.models import Intake


def replay(actor: Actor, rows: "QuerySet[Intake]", mended: bytes | None = None) -> tuple[int, int]:
    """Try again the input that waits; `mended` stands for the bytes of the one row. Gives (taken in, still waiting).

    A row is done when everything in it is in the record now. Patients go before what is theirs.
    """
    actor.require("record.intake")
    chosen = rows.filter(kind__startswith=KIND)
    first = (
        "fhir:file",
        "fhir:Organization",
        "fhir:Location",
        "fhir:Practitioner",
        "fhir:PractitionerRole",
        "fhir:Patient",
        "fhir:Encounter",
    )
    order = {kind: place for place, kind in enumerate(first)}
    done = still = 0
    for pk, _ in sorted(chosen.values_list("pk", "kind"), key=lambda row: order.get(row[1], len(first))):
        row = Intake.objects.get(pk=pk)
        report = import_items(actor, list(_items(row, mended)), keeping=False)
        if report.kept or not report.seen:
            still += 1
            _still(actor, row, next(iter(report.reasons), row.reason))
        else:
            done += 1
            mark_replayed(actor, row)
    return done, still


def _items(row: Intake, mended: bytes | None) -> Iterator[Incoming]:
    data = mended if mended is not None else bytes(row.body)
    try:
        text = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
    except (OSError, EOFError, zlib.error):
        text = data
    yield from files.parsed(text, row.source, data)


def _still(actor: Actor, row: Intake, reason: str) -> None:
    """Keep the reason of the latest attempt."""
    if (said := reason.partition(": ")[2] or reason) != row.reason:
        with change(actor, "record.intake", reason="replayed"):
            Intake.objects.filter(pk=row.pk).update(reason=said)
