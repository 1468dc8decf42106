"""A file taken apart: each transaction set as an interchange of its own, its segments byte for byte as they were."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from liaison.engines.x12.envelope import Transaction, read_transactions
from liaison.engines.x12.errors import X12Error
from liaison.engines.x12.segments import Segment, read_segments


def split(
    source: bytes | BinaryIO, report: Callable[[X12Error], None]
) -> Iterator[tuple[Transaction, Iterator[bytes]]]:
    """Each transaction set with the bytes of a file of its own, which must be taken before the next one is asked for.

    ISA, GS and what stands from ST to SE are those of the file; GE and IEA count one. Faults of the envelope go to
    `report`; a set that was cut off gets the SE that it lacks. Raises `X12Error` where nothing can be read.
    """
    for transaction in read_transactions(read_segments(source, report), report):
        yield transaction, _pieces(transaction)


def _pieces(transaction: Transaction) -> Iterator[bytes]:
    header = transaction.header
    marks = header.delimiters
    for segment in (transaction.isa, transaction.gs):
        if segment is not None:
            yield _bare(segment)
    yield _bare(header)
    count = 2
    for segment in transaction.segments:
        count += 1
        yield segment.exact() if not segment.tail else _bare(segment)
    blank = header.raw[: len(header.raw) - len(header.raw.lstrip())]
    ends: list[list[str]] = []
    if transaction.trailer is not None:
        yield transaction.trailer.exact() if not transaction.trailer.tail else _bare(transaction.trailer)
    else:
        ends.append(["SE", str(count), transaction.control])
    ends += [["GE", "1", transaction.group_control], ["IEA", "1", transaction.interchange_control]]
    for elements in ends:
        yield (blank + marks.element.join(elements) + marks.terminator).encode("latin-1", "replace")


def _bare(segment: Segment) -> bytes:
    """A segment's bytes without what other interchanges left in front of it: a byte-order mark, empty segments."""
    marks = segment.delimiters
    text = segment.raw.removeprefix("\xef\xbb\xbf")
    if segment.id == "ISA":
        text = text.lstrip()
    return (text + marks.terminator).encode("latin-1")
