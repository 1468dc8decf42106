"""`liaison reasons load FILE`: the payers' own words for reason and remark codes, from a list that the practice has."""

import csv
import io
import re
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from liaison.billing.codes import WORDS
from liaison.billing.rules import Kind
from liaison.documents import actions as documents
from liaison.documents.queries import in_force
from liaison.kernel.errors import NotFound
from liaison.record.actor import machine
from liaison.record.command import LiaisonCommand

LONGEST = 400
_CODE = re.compile(r"(?=.*[0-9])[0-9A-Z]{1,6}")  # letters and at least one digit


class Command(LiaisonCommand):
    help = "Load the payers' own words for claim adjustment reasons (CARC) and remarks (RARC)."

    def add_arguments(self, parser: CommandParser) -> None:
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
        left = "1 row holds" if skipped == 1 else f"{skipped} rows hold"
        self.stdout.write(f"{len(words)} codes loaded." + (f" {left} no code." if skipped else ""))


def _read(file: Path) -> tuple[dict[str, str], int]:
    words: dict[str, str] = {}
    skipped = 0
    try:
        text = file.read_text("utf-8-sig")
        delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
        for row in filter(None, csv.reader(io.StringIO(text), delimiter=delimiter)):
            code, said = row[0].strip().upper(), " ".join(row[1].split()) if len(row) > 1 else ""
            if _CODE.fullmatch(code) and said:
                words[code] = said[:LONGEST]
            else:
                skipped += 1
    except (OSError, UnicodeDecodeError, csv.Error) as trouble:
        raise CommandError(f"{file} cannot be read as text: {type(trouble).__name__}.") from trouble
    return words, skipped
