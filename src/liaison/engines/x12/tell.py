"""A file told as it is read: JSON or lines, loops and elements by their names, in memory that does not grow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from liaison.engines.x12.check import refuse
from liaison.engines.x12.envelope import Transaction, read_transactions
from liaison.engines.x12.errors import Report, X12Error, ignore
from liaison.engines.x12.guides import guide_of
from liaison.engines.x12.loops import Follower, Sink
from liaison.engines.x12.names import Value, named
from liaison.engines.x12.segments import Segment
from liaison.engines.x12.structure import LoopSpec


def tell(source: bytes | BinaryIO, *, as_json: bool, anyway: bool = False) -> Iterator[str]:
    """Pieces of text: in JSON an object a transaction (or TA1), each on its line.

    Raises `X12Error` for a fault that makes a document unusable (those that strict reading refuses); `anyway` reads on.
    The JSON of a transaction that cannot be read to its end is closed and holds the reason as `error`.
    """
    report = ignore if anyway else refuse
    for transaction in read_transactions(source, report, alone=True):
        sink: _Json | _Lines = _Json(transaction) if as_json else _Lines(transaction)
        try:
            for _ in _followed(transaction, sink, report, mend=not anyway):
                yield sink.taken()
        except X12Error as stopped:
            yield sink.broken(stopped)
            raise
        yield sink.ended()


def _followed(transaction: Transaction, sink: Sink, report: Report, *, mend: bool) -> Iterator[Segment]:
    spec = guide_of(transaction.version, transaction.set_id)
    if spec is None:
        for segment in transaction.segments:
            sink.add(segment)
            yield segment
        return
    follower = Follower(spec, report, sink, transaction.header.number, mend=mend)
    for segment in transaction.segments:
        follower.feed(segment)
        yield segment
    follower.end()


def _head(transaction: Transaction) -> dict[str, str]:
    envelope = transaction.envelope
    return {
        "set": transaction.set_id,
        "version": transaction.version,
        "control": transaction.control,
        "sender": envelope.sender_id,
        "receiver": envelope.receiver_id,
        "created": envelope.created.isoformat(),
        "usage": envelope.usage,
        "interchange_control": transaction.interchange_control,
        "group_control": transaction.group_control,
    }


class _Json(Sink):
    def __init__(self, transaction: Transaction) -> None:
        self._pieces = [json.dumps(_head(transaction), ensure_ascii=False)[:-1], ', "content": [']
        self._first = True
        self._depth = 0

    def _comma(self) -> None:
        if not self._first:
            self._pieces.append(", ")
        self._first = False

    def open(self, spec: LoopSpec) -> None:
        self._comma()
        self._pieces.append(f'{{"loop": "{spec.id}", "name": "{spec.name}", "content": [')
        self._first = True
        self._depth += 1

    def add(self, segment: Segment) -> None:
        self._comma()
        content = {"segment": segment.id, "number": segment.number} | {"elements": named(segment)}
        self._pieces.append(json.dumps(content, default=_plain, ensure_ascii=False))

    def close(self) -> None:
        # The transaction itself is closed by `ended`.
        if self._depth:
            self._pieces.append("]}")
            self._depth -= 1
            self._first = False

    def taken(self) -> str:
        text = "".join(self._pieces)
        self._pieces.clear()
        return text

    def ended(self, more: str = "") -> str:
        while self._depth:
            self.close()
        return self.taken() + f"]{more}}}\n"

    def broken(self, problem: X12Error) -> str:
        return self.ended(f', "error": {json.dumps(str(problem))}')


class _Lines(Sink):
    def __init__(self, transaction: Transaction) -> None:
        head = _head(transaction)
        self._depth = 1
        self._pieces = [
            f"{head['set']} {head['version']}, control {head['control']}, from {head['sender']} to {head['receiver']}, "
            f"{head['created']}, interchange {head['interchange_control']}\n"
        ]

    def open(self, spec: LoopSpec) -> None:
        self._pieces.append(f"{'  ' * self._depth}{spec.id} {spec.name.replace('_', ' ')}\n")
        self._depth += 1

    def add(self, segment: Segment) -> None:
        said = ", ".join(f"{name.replace('_', ' ')} {_words(one)}" for name, one in named(segment).items())
        self._pieces.append(f"{'  ' * self._depth}{segment.id} {said}\n")

    def close(self) -> None:
        self._depth = max(self._depth - 1, 1)

    def taken(self) -> str:
        text = "".join(self._pieces)
        self._pieces.clear()
        return text

    def ended(self) -> str:
        return self.taken()

    def broken(self, problem: X12Error) -> str:
        return self.taken()


def _words(one: Value) -> str:
    if isinstance(one, dict):
        return "(" + ", ".join(f"{name.replace('_', ' ')} {_words(part)}" for name, part in one.items()) + ")"
    if isinstance(one, list):
        return "/".join(map(_words, one))
    return _plain(one)


def _plain(one: object) -> str:
    return one.isoformat() if isinstance(one, date) else str(one)
