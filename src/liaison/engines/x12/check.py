"""What is wrong with a file: envelope and structure, every fault at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from liaison.engines.x12.envelope import Transaction, read_transactions
from liaison.engines.x12.errors import X12Error
from liaison.engines.x12.guides import guide_of
from liaison.engines.x12.segments import Segment, read_segments
from liaison.engines.x12.structure import Loop, read_loops


def check(source: bytes | BinaryIO) -> list[X12Error]:
    """Every problem of a file in its order; an empty list means that envelope and known structures hold.

    A file that cannot be split into segments ends with the problem that stopped the reading. Transactions without a
    described guide are checked in their envelope alone.
    """
    problems: list[X12Error] = []
    try:
        for transaction in read_transactions(read_segments(source), problems.append):
            spec = guide_of(transaction.version)
            if spec is not None:
                read_loops(spec, transaction.segments, problems.append, transaction.header.number)
                problems.extend(_hierarchy(transaction.segments))
    except X12Error as stopped:
        problems.append(stopped)
    problems.sort(key=lambda problem: problem.segment_number)
    return problems


def read_documents(
    source: bytes | BinaryIO, guide: str, set_id: str, *, strict: bool
) -> Iterator[tuple[Transaction, Loop]]:
    """Transactions of one guide ("X222") as loops; another kind of transaction raises "wrong-transaction".

    Strict reading raises the first fault of the envelope, a missing or repeated loop or segment, and a code that
    the guide does not allow; otherwise they are passed over and a typed reader fails only at what it cannot do without.
    """
    spec_name = f"005010{guide}"
    for transaction in read_transactions(read_segments(source), None if strict else _ignore):
        if transaction.set_id != set_id or not transaction.version.startswith(spec_name):
            raise X12Error(
                "wrong-transaction",
                f"A {set_id} of the guide {spec_name} is expected here.",
                segment_number=transaction.header.number,
                element="ST03",
            )
        spec = guide_of(transaction.version)
        if spec is None:
            raise X12Error("wrong-transaction", "The guide is not known.", element="ST03")
        report = _raise_structure if strict else _ignore
        yield transaction, read_loops(spec, transaction.segments, report, transaction.header.number)


# Faults that real partners send: `check` names them, reading goes on, and a typed reader refuses what it cannot
# do without.
_HARMLESS = frozenset({"segment-order", "segment-unexpected", "element-missing", "date"})


def _raise_structure(problem: X12Error) -> None:
    if problem.rule not in _HARMLESS:
        raise problem


def _ignore(problem: X12Error) -> None:
    return None


def _hierarchy(segments: list[Segment]) -> Iterator[X12Error]:
    """HL numbers are new, and their parents stand before them (X12 HL semantic note 1)."""
    seen: set[str] = set()
    for segment in segments:
        if segment.id != "HL":
            continue
        number, parent = segment.get(1), segment.get(2)
        if number in seen:
            yield X12Error("hl-number", "HL01 was used before.", segment_number=segment.number, element="HL01")
        if parent and parent not in seen:
            yield X12Error("hl-parent", "HL02 names no HL before it.", segment_number=segment.number, element="HL02")
        seen.add(number)
