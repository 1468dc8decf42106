"""`liaison hl7`: read a file of HL7 v2 messages, or check it."""

import json
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from liaison.engines import hl7v2
from liaison.engines.hl7v2.words import words_for
from liaison.engines.vaccines import facts
from liaison.kernel import clock
from liaison.record.command import LiaisonCommand

_READERS: dict[str, Callable[[hl7v2.Message], Any]] = {
    "VXU": hl7v2.read_vxu,
    "QBP": hl7v2.read_qbp,
    "RSP": hl7v2.read_rsp,
    "ACK": hl7v2.read_ack,
}


class Command(LiaisonCommand):
    help = "Read a file of HL7 v2 messages, or check it. No database is needed."
    needs_home = False

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        read = verbs.add_parser("read", help="tell what the messages of a file say")
        read.add_argument("file", type=Path)
        read.add_argument("--json", action="store_true", help="print one JSON object a message, a line each")
        check = verbs.add_parser("check", help="tell what is wrong, a line each; exit status 1 if there is an error")
        check.add_argument("file", type=Path)

    def handle(self, *args: Any, verb: str, file: Path, **options: Any) -> None:
        try:
            data = file.read_bytes()
        except OSError as trouble:
            raise CommandError(f"{file} cannot be read: {trouble.strerror}.") from None
        if verb == "check":
            self._check(data)
            return
        try:
            messages = hl7v2.read_messages(data)
        except hl7v2.Hl7Error as fault:
            raise CommandError(f"{file}: {fault}") from None
        for message in messages:
            self._read(message, as_json=options["json"])

    def _check(self, data: bytes) -> None:
        tables = facts()
        today = clock.now().date()
        problems = hl7v2.check(data, cvx=tables.vaccines.keys(), mvx=tables.manufacturers.keys(), today=today)
        for one in problems:
            place = f"{one.place} ({words_for(one.segment, one.field)})" if one.segment else "The message"
            self.stdout.write(f"{'warning' if one.severity == 'W' else 'error'}: {place}: {one.message} [{one.rule}]")
        if any(one.severity == "E" for one in problems):
            raise SystemExit(1)

    def _read(self, message: hl7v2.Message, *, as_json: bool) -> None:
        head = {
            "type": message.kind,
            "version": message.header.text(12),
            "profile": message.profile,
            "control_id": message.control_id,
        }
        try:
            content = _said(message)
        except hl7v2.Hl7Error as fault:
            content = {"error": str(fault), "segments": _segments(message)}
        if as_json:
            self.stdout.write(json.dumps(head | content, default=_plain, ensure_ascii=False))
            return
        self.stdout.write(" ".join(filter(None, head.values())))
        for line in _lines(content, 1):
            self.stdout.write(line)


def _said(message: hl7v2.Message) -> dict[str, Any]:
    """What a message says, by its own kind; the segments of one of another kind."""
    reader = _READERS.get(message.header.text(9))
    if reader is None or (message.header.text(9) == "RSP" and message.header.text(9, 2) not in ("K11", "")):
        return {"segments": _segments(message)}
    found = reader(message)
    told = asdict(found)
    told.pop("header", None)
    if isinstance(found, hl7v2.VaccineUpdate):
        for dose, plain in zip(found.doses, told["doses"], strict=True):
            plain["cvx"] = dose.cvx
    if isinstance(found, hl7v2.Answer):
        for known, plain in zip(found.doses, told["doses"], strict=True):
            plain["dose"]["cvx"] = known.dose.cvx
        for one, plain in zip(found.due, told["due"], strict=True):
            plain["cvx"] = one.cvx
    if isinstance(told.get("ack"), dict):
        told["ack"].pop("header", None)
    return told


def _segments(message: hl7v2.Message) -> list[dict[str, Any]]:
    return [
        {"id": one.id, "fields": {str(n): text for n, text in enumerate(one.fields) if n and text}}
        for one in message.segments
    ]


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, hl7v2.Hl7Error):
        return str(value)
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)


def _lines(value: Any, depth: int) -> list[str]:
    """Whatever says something, a line each, indented by what it belongs to."""
    pad = "  " * depth
    lines: list[str] = []
    for name, one in value.items():
        words = str(name).replace("_", " ")
        if isinstance(one, dict):
            inner = _lines(one, depth + 1)
            lines += [f"{pad}{words}:", *inner] if inner else []
        elif isinstance(one, list | tuple):
            for item in one:
                inner = _lines(item, depth + 1) if isinstance(item, dict) else []
                lines += [f"{pad}{words}:", *inner] if inner else [f"{pad}{words}: {_plain(item)}"]
        elif one not in (None, ""):
            lines.append(f"{pad}{words}: {_plain(one)}")
    return lines
