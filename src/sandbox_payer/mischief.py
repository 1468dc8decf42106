"""What goes wrong on the payer's bad days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from liaison.engines.x12 import Envelope, read_835, write_835

# On the line: late; after hang=SECONDS not at all; broken off after all was done; an error of the server.
ON_THE_LINE = ("slow", "hang", "cut", "error")
# In the files that answer claims.
IN_FILES = ("unbalanced", "stranger", "half", "garbage", "order", "twice", "again")
# In an answer at once.
AT_ONCE = ("trace", "half", "garbage")
KINDS = tuple(dict.fromkeys((*ON_THE_LINE, *IN_FILES, *AT_ONCE)))
GARBAGE = b"<html><body>Gateway time-out \xff\xfe ISA*"


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """A file that the payer has ready: `kind` is TA1, 999, 277CA, 835, 271, 277 or 278, `control` what it answers."""

    kind: str
    control: str
    content: bytes


def spoil(files: list[AnswerFile], kind: str, envelope: Callable[[], Envelope]) -> list[AnswerFile]:
    """The files that answer claims, gone wrong. Half a file, garbage and one that does not balance are put right by
    the next one; a claim that nobody sent, a file that comes twice, and one that pays again are not.
    """
    if kind == "order":
        return files[::-1]
    if not kind:
        return files
    at = next((at for at, file in enumerate(files) if file.kind == "835"), None)
    if at is None:
        return files
    file = files[at]
    wrong = _WRONG[kind](file, envelope) if kind in _WRONG else file.content
    before, behind = [*files[:at]], [*files[at:]]
    spoiled = replace(file, content=wrong)
    return [*before, *behind, spoiled] if kind in ("twice", "again") else [*before, spoiled, *behind]


def _unbalanced(file: AnswerFile, envelope: Callable[[], Envelope]) -> bytes:
    (paid,) = read_835(file.content)
    return write_835(
        replace(paid, payment_cents=paid.payment_cents + 1, trace_number=f"{paid.trace_number}X"), envelope()
    )


def _stranger(file: AnswerFile, envelope: Callable[[], Envelope]) -> bytes:
    (paid,) = read_835(file.content)
    claim = replace(paid.claims[0], control_number="SOMEBODYELSE", payer_claim_number="NOTOURS1")
    cents = max(claim.paid_cents, 0)
    only = replace(
        paid, claims=(claim,), provider_adjustments=(), payment_cents=cents, trace_number=f"{paid.trace_number}S"
    )
    return write_835(only, envelope())


def _again(file: AnswerFile, envelope: Callable[[], Envelope]) -> bytes:
    """The same payment in another interchange."""
    return write_835(read_835(file.content), envelope())


_WRONG: dict[str, Callable[[AnswerFile, Callable[[], Envelope]], bytes]] = {
    "unbalanced": _unbalanced,
    "stranger": _stranger,
    "again": _again,
    "half": lambda file, envelope: file.content[: len(file.content) // 2],
    "garbage": lambda file, envelope: GARBAGE,
}


def spoil_one(file: AnswerFile, kind: str) -> AnswerFile:
    """An answer at once, gone wrong; a wrong trace was put in when it was written."""
    if kind == "half":
        return replace(file, content=file.content[: len(file.content) // 2])
    return replace(file, content=GARBAGE) if kind == "garbage" else file
