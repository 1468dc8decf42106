"""A file taken apart: each transaction set as an interchange of its own, its segments byte for byte as they were."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from liaison.engines.x12.envelope import Transaction, read_transactions
from liaison.engines.x12.errors import Report
from liaison.engines.x12.segments import Segment


def split(source: bytes | BinaryIO, report: Report) -> Iterator[tuple[Transaction, Iterator[bytes]]]:
    """Each transaction set with the bytes of a file of its own, which must be taken before the next one is asked for.

    ISA, GS and what stands from ST to SE are those of the file; GE and IEA count one. Faults of the envelope go to
    `report`; a set that was cut off gets the SE that it lacks. Raises `X12Error` where nothing can be read.
    """
    for transaction in read_transactions(source, report):
        yield transaction, _pieces(transaction)


def _pieces(transaction: Transaction) -> Iterator[bytes]:
    header = transaction.header
    marks = header.delimiters
    if transaction.isa is not None:
        # What stood before it, a byte-order mark or blanks, belongs to no interchange.
        yield (transaction.isa.raw + marks.terminator).encode("latin-1")
    if transaction.gs is not None:
        yield _bytes(transaction.gs)
    yield _bytes(header)
    count = 2
    for segment in transaction.segments:
        count += 1
        yield _bytes(segment)
    ends: list[list[str]] = []
    if transaction.trailer is not None:
        yield _bytes(transaction.trailer)
    else:
        ends.append(["SE", str(count), transaction.control])
    ends += [["GE", "1", transaction.group_control], ["IEA", "1", transaction.interchange_control]]
    line_end = header.lead.rpartition(marks.terminator)[2]
    for elements in ends:
        yield (line_end + marks.element.join(elements) + marks.terminator).encode("latin-1", "replace")


def _bytes(segment: Segment) -> bytes:
    """A segment's bytes, without what follows it where it ends the file."""
    return f"{segment.lead}{segment.raw}{segment.delimiters.terminator}".encode("latin-1")
