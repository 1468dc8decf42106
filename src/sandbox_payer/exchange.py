"""A file in, the answer files out: what an HTTP request does, without HTTP."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TypeVar

from liaison.engines.x12 import (
    ClaimBatch,
    Envelope,
    FileAcknowledgment,
    InterchangeAcknowledgment,
    SetAcknowledgment,
    X12Error,
    acknowledge,
    check,
    read_270,
    read_276,
    read_278,
    read_837p_batches,
    write_271,
    write_277,
    write_277ca,
    write_278_answer,
    write_835,
    write_999,
    write_ta1,
)
from liaison.engines.x12.envelope import Transaction, read_transactions
from liaison.engines.x12.interchange import fault_of
from liaison.engines.x12.segments import Segment, read_segments
from sandbox_payer.adjudicate import adjudicate
from sandbox_payer.eligibility import answer_inquiry
from sandbox_payer.history import History
from sandbox_payer.mischief import AnswerFile, spoil, spoil_one
from sandbox_payer.review import answer_review
from sandbox_payer.rules import Rules
from sandbox_payer.status import answer_status

T = TypeVar("T")


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


def answer(data: bytes, rules: Rules, history: History, today: date | None = None, mood: str = "") -> list[AnswerFile]:
    """The files that answer a file: a TA1 or a 999 alone where it cannot be read, else 999 and what its kind asks for.

    Claims are answered by a 277CA and remittances, questions (270, 276, 278) by their answers. A `mood` of `mischief`
    spoils what is answered. Raises `X12Error` where nothing can be addressed.
    """
    received = _Received(data, history, today)
    if received.problems:
        return [received.refusal()]
    if received.set_id in _QUESTIONS:
        return [received.accepted(), received.told(rules, mood)]
    try:
        batches = read_837p_batches(data)
    except X12Error as refused:
        received.problems.append(refused)
        return [received.refusal()]
    return spoil(_judged(batches, received, rules, history, today), mood, received.envelope)


def answer_at_once(
    data: bytes, rules: Rules, history: History, today: date | None = None, mood: str = ""
) -> AnswerFile:
    """The one file that answers a question (270, 276, 278) in real time: its answer, or why there is none."""
    received = _Received(data, history, today)
    if received.problems:
        return received.refusal()
    if received.set_id not in _QUESTIONS:
        raise X12Error("wrong-transaction", "Only a 270, 276 or 278 is answered at once.", element="ST01")
    return received.told(rules, mood)


def _judged(
    batches: list[ClaimBatch], received: _Received, rules: Rules, history: History, today: date | None
) -> list[AnswerFile]:
    out = [received.accepted()]
    for batch in batches:
        _, claims, remittances = adjudicate(batch, rules, history, today)
        out.append(received.file("277CA", write_277ca(claims, received.envelope())))
        out += [received.file("835", write_835(each, received.envelope())) for each in remittances]
    return out


class _Received:
    """A file that came, and the way back to its sender."""

    def __init__(self, data: bytes, history: History, today: date | None) -> None:
        self._data, self._history = data, history
        self.problems = check(data)
        isa = next(_readable(read_segments(data)), None)
        if isa is None:
            raise self.problems[0]
        self._transactions = list(_readable(read_transactions(data, lambda problem: None)))
        self._control = isa.get(13)
        first = self._transactions[0] if self._transactions else None
        self._envelope = first.envelope if first else _envelope_of(isa)
        self.set_id = first.set_id if first else ""
        created = self._envelope.created
        self._day = today or created.date()
        self._created = datetime(today.year, today.month, today.day, 12, tzinfo=UTC) if today else created
        if first is None and not self.problems:
            self.problems.append(X12Error("envelope-order", "The file holds no transaction set.", segment_number=1))

    def envelope(self) -> Envelope:
        """An envelope back to the sender, with the payer's next control number."""
        return self._envelope.reply(self._created, self._history.next_number("interchange"))

    def file(self, kind: str, content: bytes) -> AnswerFile:
        return AnswerFile(kind, self._control, content)

    def refusal(self) -> AnswerFile:
        """A TA1 where the interchange itself is at fault, else the 999 that names the faults."""
        note = next((found for each in self.problems if (found := fault_of(each.rule))), "")
        if note or not self._transactions:
            refused = InterchangeAcknowledgment(self._control, self._created, "R", note or "024")
            return self.file("TA1", write_ta1(refused, self.envelope()))
        return self.file("999", write_999(_rejection(self._transactions, self.problems), self.envelope()))

    def accepted(self) -> AnswerFile:
        sets = tuple(SetAcknowledgment(one.set_id, one.control, "A", version=one.version) for one in self._transactions)
        first, count = self._transactions[0], len(sets)
        told = FileAcknowledgment(first.functional_id, first.group_control, "A", sets, first.version, count, count)
        return self.file("999", write_999(told, self.envelope()))

    def told(self, rules: Rules, mood: str) -> AnswerFile:
        """The answers to the questions of the file."""
        kind, tell = _QUESTIONS[self.set_id]
        content = tell(
            self._data, rules, self._history, self._day, self.envelope(), "SOMETHING ELSE" * (mood == "trace")
        )
        return spoil_one(self.file(kind, content), mood)


def _eligibility(data: bytes, rules: Rules, history: History, day: date, envelope: Envelope, trace: str) -> bytes:
    answers = [answer_inquiry(each, rules, history, day) for each in read_270(data)]
    if trace:
        answers = [replace(each, trace=trace, reference=trace) for each in answers]
    return write_271(answers, envelope)


def _status(data: bytes, rules: Rules, history: History, day: date, envelope: Envelope, trace: str) -> bytes:
    answers = [answer_status(each, rules, history, day) for each in read_276(data)]
    if trace:
        answers = [replace(each, trace=trace, reference=trace) for each in answers]
    return write_277(answers, envelope)


def _review(data: bytes, rules: Rules, history: History, day: date, envelope: Envelope, trace: str) -> bytes:
    answers = [answer_review(each, rules, history, day) for each in read_278(data)]
    if trace:
        answers = [replace(each, trace=trace, reference=trace) for each in answers]
    return write_278_answer(answers, envelope)


_Tell = Callable[[bytes, Rules, History, date, Envelope, str], bytes]
_QUESTIONS: dict[str, tuple[str, _Tell]] = {
    "270": ("271", _eligibility),
    "276": ("277", _status),
    "278": ("278", _review),
}


def _envelope_of(isa: Segment) -> Envelope:
    """The way back where there is no transaction set."""
    created = datetime(2000, 1, 1, tzinfo=UTC)
    usage = "T" if isa.get(15) == "T" else "P"
    return Envelope(isa.get(6), isa.get(8), created, 1, 1, 1, usage, isa.get(5), isa.get(7))


def _readable(found: Iterator[T]) -> Iterator[T]:
    """What is found in a file up to where it can be split no further."""
    with suppress(X12Error):
        yield from found


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
