"""`liaison x12`: read, check or take apart a file of X12 transactions."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import CommandError, CommandParser

from liaison.engines.x12 import Transaction, X12Error, iter_check, split, tell
from liaison.record.command import LiaisonCommand

_ENOUGH = 3  # notices of a kind, for whoever did not ask for them


class Command(LiaisonCommand):
    help = "Read, check or take apart a file of X12 005010 transactions. No database is needed."
    needs_home = False

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        read = verbs.add_parser("read", help="tell what a file says, loops and elements by name")
        read.add_argument("file", type=Path, help="the file; - for standard input")
        read.add_argument("--json", action="store_true", help="print one JSON object a transaction, a line each")
        read.add_argument("--anyway", action="store_true", help="read on where the file breaks the rules")
        check = verbs.add_parser("check", help="tell what is wrong, a line each; exit status 1 if anything is")
        check.add_argument("file", type=Path, help="the file; - for standard input")
        check.add_argument(
            "--strict", action="store_true", help="what every payer takes counts too: GS01, versions, HL04, NPI digits"
        )
        apart = verbs.add_parser("split", help="write each transaction set as a file of its own")
        apart.add_argument("file", type=Path, help="the file; - for standard input")
        apart.add_argument("-o", "--out", type=Path, help="the folder to write to; the file's own without it")

    def handle(self, *args: Any, verb: str, file: Path, **options: Any) -> None:
        with _opened(file) as source:
            if verb == "check":
                self._check(source, strict=options["strict"])
            elif verb == "read":
                self._read(source, file, as_json=options["json"], anyway=options["anyway"])
            else:
                self._split(source, file, options["out"] or (Path() if str(file) == "-" else file.parent))

    def _check(self, source: BinaryIO, *, strict: bool) -> None:
        wrong, told = False, Counter[str]()

        def noticed(problem: X12Error) -> None:
            nonlocal wrong
            wrong |= strict
            told[problem.rule] += 1
            if strict:
                self.stdout.write(str(problem))
            elif told[problem.rule] <= _ENOUGH:
                self.stderr.write(f"notice: {problem}")

        for problem in iter_check(source, self._undescribed, noticed):
            wrong = True
            self.stdout.write(str(problem))
        for rule, count in told.items():
            if count > _ENOUGH and not strict:
                self.stderr.write(f"notice: {count - _ENOUGH} more of [{rule}]; --strict tells them all.")
        if wrong:
            raise SystemExit(1)

    def _undescribed(self, transaction: Transaction) -> None:
        self.stderr.write(
            f"segment {transaction.header.number}: {transaction.set_id} {transaction.version} is not described here; "
            "only its envelope is checked."
        )

    def _read(self, source: BinaryIO, file: Path, *, as_json: bool, anyway: bool) -> None:
        try:
            for piece in tell(source, as_json=as_json, anyway=anyway):
                if piece:
                    self.stdout.write(piece, ending="")
        except X12Error as fault:
            raise CommandError(f"{file}: {fault}") from None

    def _split(self, source: BinaryIO, file: Path, folder: Path) -> None:
        faults: list[X12Error] = []
        stem = "x12" if str(file) == "-" else file.stem
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for number, (transaction, pieces) in enumerate(split(source, faults.append), 1):
                kind = transaction.set_id[:3] if transaction.set_id.isalnum() else "set"
                path = folder / f"{stem}-{number:04d}-{kind}.x12"
                _write(path, pieces)
                self.stdout.write(str(path))
        except FileExistsError as trouble:
            raise CommandError(f"{trouble.filename} exists already; name another folder with --out.") from None
        except OSError as trouble:
            raise CommandError(f"{trouble.filename or folder} cannot be written: {trouble.strerror}.") from None
        except X12Error as fault:
            faults.append(fault)
        for each in faults:
            self.stderr.write(str(each))
        if faults:
            raise SystemExit(1)


def _write(path: Path, pieces: Iterator[bytes]) -> None:
    """The whole file or none: a part whose end cannot be read, or written, is taken away again."""
    with path.open("xb") as target:
        try:
            target.writelines(pieces)
            target.flush()
        except (X12Error, OSError):
            path.unlink()
            raise


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    if str(file) == "-":
        yield sys.stdin.buffer
        return
    try:
        source = file.open("rb")
    except OSError as trouble:
        raise CommandError(f"{file} cannot be read: {trouble.strerror}.") from None
    with source:
        yield source
