"""`liaison reasons load FILE`: the payers' own words for reason and remark codes, from a list that the practice has."""

import csv
import io
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from liaison.billing.codes import WORDS
from liaison.billing.rules import Kind
from liaison.documents import actions as documents
from liaison.documents.queries import in_force
from liaison.kernel.errors import NotFound
from liaison.record.actor import machine

LONGEST_CODE, LONGEST = 6, 400


class Command(BaseCommand):
    help = "Loads the payers' own words for claim adjustment reasons (CARC) and remarks (RARC)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="what", required=True)
        load = commands.add_parser("load", help="load a list: a code and its words in each row, by commas or tabs")
        load.add_argument("file", type=Path)
        load.add_argument("--kind", choices=("carc", "rarc"), required=True)

    def handle(self, *args: Any, file: Path, kind: str, **options: Any) -> None:
        """Put the list in force. CommandError for a file that cannot be read or holds no code."""
        words, skipped = _read(file)
        if not words:
            raise CommandError(f"{file.name} holds no row with a code and its words.")
        try:
            body = dict(in_force(Kind.REMITTANCE_RULES, WORDS).body)
        except NotFound:
            body = {}
        documents.publish(
            machine("office", "cli"),
            kind=Kind.REMITTANCE_RULES,
            key=WORDS,
            title="Reasons in the payers’ own words",
            body=body | {kind: words},
        )
        self.stdout.write(f"{len(words)} codes loaded." + (f" {skipped} rows hold no code." if skipped else ""))


def _read(file: Path) -> tuple[dict[str, str], int]:
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as trouble:
        raise CommandError(f"{file} cannot be read as text: {trouble.__class__.__name__}.") from trouble
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    words, skipped = {}, 0
    for row in csv.reader(io.StringIO(text), delimiter=delimiter):
        code = row[0].strip().upper() if row else ""
        said = " ".join(row[1].split()) if len(row) > 1 else ""
        if (
            code.isalnum()
            and code.isascii()
            and len(code) <= LONGEST_CODE
            and any(c.isdecimal() for c in code)
            and said
        ):
            words[code] = said[:LONGEST]
        elif row:
            skipped += 1
    return words, skipped
