"""A file in, the answer files out: what an HTTP request does, without HTTP."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from liaison.engines.x12 import (
    ClaimBatch,
    Envelope,
    FileAcknowledgment,
    SetAcknowledgment,
    X12Error,
    acknowledge,
    check,
    read_837p_batches,
    write_277ca,
    write_835,
    write_999,
)
from liaison.engines.x12.envelope import Transaction, read_transactions
from liaison.engines.x12.segments import Segment, read_segments
from sandbox_payer.adjudicate import adjudicate
from sandbox_payer.history import History
from sandbox_payer.rules import Rules


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """A file that the payer has ready: `kind` is 999, 277CA or 835, `control` the interchange that it answers."""

    kind: str
    control: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Received:
    """What is known of a file before it is judged: who sent it under which interchange control number."""

    sender: str
    control: str


def identify(data: bytes) -> Received:
    """Sender and control number of the first interchange. Raises `X12Error` where there is none to answer to."""
    isa = next(read_segments(data), None)
    if isa is None:
        raise X12Error("not-x12", "The file is empty.")
    return Received(isa.get(6), isa.get(13))


def answer(data: bytes, rules: Rules, history: History, today: date | None = None) -> list[AnswerFile]:
    """The files that answer an 837P: a 999 alone where it cannot be read, else 999, 277CA and the remittances.

    Raises `X12Error` where not even a 999 can be addressed.
    """
    control = identify(data).control
    problems = check(data)
    transactions = list(read_transactions(_whole_segments(data), lambda problem: None))
    if not transactions:
        raise problems[0] if problems else X12Error("envelope-order", "The file holds no transaction set.")
    batches: list[ClaimBatch] = []
    if not problems:
        try:
            batches = read_837p_batches(data)
        except X12Error as refused:
            problems = [refused]
    replies = _Replies(transactions[0].envelope, control, history, today)
    if problems:
        return [replies.file("999", write_999(_rejection(transactions, problems), replies.envelope()))]
    out: list[AnswerFile] = []
    for batch in batches:
        accepted, claims, remittances = adjudicate(batch, rules, history, today)
        if not out:
            accepted = replace(
                accepted,
                sets=tuple(_accepted(transaction) for transaction in transactions),
                received=len(transactions),
                accepted=len(transactions),
            )
            out.append(replies.file("999", write_999(accepted, replies.envelope())))
        out.append(replies.file("277CA", write_277ca(claims, replies.envelope())))
        out += [replies.file("835", write_835(each, replies.envelope())) for each in remittances]
    return out


class _Replies:
    def __init__(self, envelope: Envelope, control: str, history: History, today: date | None) -> None:
        self._envelope, self._control, self._history = envelope, control, history
        self._created = datetime(today.year, today.month, today.day, 12, tzinfo=UTC) if today else envelope.created

    def envelope(self) -> Envelope:
        """An envelope back to the sender, with the payer's next control number."""
        return self._envelope.reply(self._created, self._history.next_number("interchange"))

    def file(self, kind: str, content: bytes) -> AnswerFile:
        return AnswerFile(kind, self._control, content)


def _whole_segments(data: bytes) -> list[Segment]:
    """Segments up to where the file can be split no further."""
    segments: list[Segment] = []
    try:
        for segment in read_segments(data):
            segments.append(segment)
    except X12Error:
        return segments
    return segments


def _accepted(transaction: Transaction) -> SetAcknowledgment:
    return SetAcknowledgment(transaction.set_id, transaction.control, "A", version=transaction.version)


def _rejection(transactions: list[Transaction], problems: list[X12Error]) -> FileAcknowledgment:
    """The whole file is rejected; each set carries the problems found in it, those of the envelope the nearest one."""
    starts = [transaction.header.number for transaction in transactions]
    own: list[list[X12Error]] = [[] for _ in transactions]
    for problem in problems:
        own[max(bisect_right(starts, problem.segment_number) - 1, 0)].append(problem)
    sets = [
        acknowledge(transaction.set_id, transaction.control, transaction.version, transaction.header.number, found)
        for transaction, found in zip(transactions, own, strict=True)
    ]
    first = transactions[0]
    return FileAcknowledgment(
        functional_id=first.functional_id or "HC",
        group_control=first.group_control or "1",
        code="R",
        sets=tuple(replace(each, code="R", reasons=each.reasons or ("5",)) for each in sets),
        version=first.version,
        received=len(sets),
        accepted=0,
    )
