"""Bytes to segments and back: delimiters, byte-order mark, several interchanges in a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import BinaryIO, NamedTuple, NoReturn

from liaison.engines.x12.errors import X12Error

ISA_LENGTH = 106
MAX_SEGMENT_BYTES = 1_000_000
# What is read at once is copied where an interchange ends: a file of thousands of tiny ones must not wait for that.
_CHUNK = 1 << 14
# So many segments are split off at once: an interchange that ends among them costs no more than these.
_BATCH = 512
_BLANK = " \t\r\n\x00\x1a"
_MARK = "\xef\xbb\xbf"
_SEGMENT_ID = re.compile(r"[A-Z][A-Z0-9]{1,2}\Z")
# Positions of the element separators in an ISA, whose elements have fixed lengths (X12.5).
_ISA_SEPARATORS = (3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)


class Delimiters(NamedTuple):
    """The four separators an interchange declares in its ISA."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    terminator: str = "~"


STANDARD = Delimiters()


class Segment:
    """One segment: `elements[0]` is its id, `elements[n]` the guide's element n; `number` counts from 1 in the file.

    `raw` is what the file has from the end of the segment before to this one's terminator, `tail` what follows the
    last segment of a file (its terminator, blanks): bytes as latin-1 letters. Elements are UTF-8, else latin-1, without
    blanks at their ends.
    """

    __slots__ = ("delimiters", "elements", "number", "raw")
    # Of the last segment alone, which is a `_Last`: one thing less to set for each of the others.
    tail: str = ""

    def __init__(self, elements: list[str], number: int = 0, delimiters: Delimiters = STANDARD, raw: str = "") -> None:
        self.elements = elements
        self.number = number
        self.delimiters = delimiters
        self.raw = raw

    @property
    def id(self) -> str:
        return self.elements[0]

    def get(self, position: int) -> str:
        """Element at `position`; empty where the segment does not have it."""
        elements = self.elements
        return elements[position] if position < len(elements) else ""

    def parts(self, position: int) -> list[str]:
        """Components of a composite element."""
        text = self.get(position)
        parts = text.split(self.delimiters.component)
        return [part.strip() for part in parts] if " " in text else parts

    def part(self, position: int, component: int) -> str:
        """Component (from 1) of a composite element; empty where it is not there."""
        parts = self.parts(position)
        return parts[component - 1] if component <= len(parts) else ""

    def repeats(self, position: int) -> tuple[str, ...]:
        """The values of an element that may repeat."""
        text = self.get(position)
        return tuple(value for one in text.split(self.delimiters.repetition) if (value := one.strip())) if text else ()

    def exact(self) -> bytes:
        """The bytes of the file that this segment was read from; of one that was made, how it would be written."""
        text = self.raw or self.delimiters.element.join(self.elements)
        return (text + (self.tail or self.delimiters.terminator)).encode("latin-1" if self.raw else "utf-8")

    def __repr__(self) -> str:
        return f"<Segment {self.number} {self.id}>"


class _Last(Segment):
    """The last segment of a file, with what follows it."""

    __slots__ = ("_tail",)

    def __init__(self, segment: Segment, tail: str) -> None:
        super().__init__(segment.elements, segment.number, segment.delimiters, segment.raw)
        self._tail = tail

    @property
    def tail(self) -> str:  # type: ignore[override]  # the one segment that has one
        return self._tail


def read_segments(source: bytes | BinaryIO, report: Callable[[X12Error], None] | None = None) -> Iterator[Segment]:
    """Every segment of a file, one after the other, in memory that does not grow with the file.

    Any delimiters, a UTF-8 byte-order mark, line ends after segments, and interchanges with different delimiters
    behind each other are read. `b"".join(segment.exact() for segment in ...)` is the file again, byte for byte.
    Raises `X12Error` ("not-x12", "isa-length", "delimiters", "unterminated", "segment-id", "segment-too-long"); with
    `report` a wrong segment id is handed over and reading goes on.
    """
    yield from _Reader(source, report).read()


class _Reader:
    """A window on the source that moves forward only; `held` is the segment that may still get a tail."""

    def __init__(self, source: bytes | BinaryIO, report: Callable[[X12Error], None] | None) -> None:
        self.chunks = _chunks(source)
        self.report = report
        self.text = self.lead = ""
        self.number = 0
        self.held: Segment | None = None

    def read(self) -> Iterator[Segment]:
        self._fill(len(_MARK))
        if self.text.startswith(_MARK):
            self.lead, self.text = _MARK, self.text[len(_MARK) :]
        while self._skip_blanks():
            self._fill(ISA_LENGTH)
            if self.held is not None:
                yield self.held
            self.number += 1
            isa = _read_isa(self.text[:ISA_LENGTH], self.lead, self.number)
            self.held, self.lead, self.text = isa, "", self.text[ISA_LENGTH:]
            yield from self._interchange(isa, isa.delimiters)
        if self.held is not None:
            yield _Last(self.held, self.held.delimiters.terminator + self.lead)

    def _fill(self, length: int) -> None:
        while len(self.text) < length and (more := next(self.chunks, "")):
            self.text += more

    def _skip_blanks(self) -> bool:
        """Past white space; false at the end of the source."""
        while True:
            rest = self.text.lstrip(_BLANK)
            self.lead += self.text[: len(self.text) - len(rest)]
            if rest:
                self.text = rest
                return True
            self._bounded(len(self.lead), self.number)
            self.text = next(self.chunks, "")
            if not self.text:
                return False

    def _interchange(self, held: Segment, delimiters: Delimiters) -> Iterator[Segment]:
        """The segments behind an ISA up to its IEA, each one when the next is known."""
        separator, terminator = delimiters.element, delimiters.terminator
        blanks = _BLANK.replace(separator, "")
        before, behind = f" {separator}", f"{separator} "
        report = self.report
        lead, number = "", self.number
        while True:
            pieces = self.text.split(terminator, _BATCH)
            rest = pieces.pop()
            whole = len(pieces) == _BATCH
            if not lead and (made := _plain_batch(pieces, number, delimiters, blanks)):
                yield held
                held, number, pieces = made.pop(), number + len(pieces), []
                yield from made
            for at, piece in enumerate(pieces):
                plain = piece.strip(blanks)
                if not plain:
                    lead += piece + terminator
                    continue
                number += 1
                elements = plain.split(separator)
                if before in plain or behind in plain or "\n" in plain or not plain.isascii():
                    elements = [_decode(element) for element in elements]
                yield held
                if elements[0] not in _KNOWN_IDS:
                    _check_id(elements, number, report)
                held = Segment(elements, number, delimiters, lead + piece if lead else piece)
                lead = ""
                if elements[0] == "IEA":
                    self.held, self.number = held, number
                    self.text = terminator.join([*pieces[at + 1 :], rest])
                    return
            self._bounded(len(lead), number)
            self.text = rest
            if whole:
                continue
            if not self._more(number):
                if rest.strip(blanks):
                    message = "The file ends within a segment; it was cut off, ask for it again."
                    yield held
                    raise X12Error("unterminated", message, segment_number=number + 1)
                self.held, self.number, self.lead, self.text = held, number, lead + rest, ""
                return

    @staticmethod
    def _bounded(length: int, number: int) -> None:
        if length > MAX_SEGMENT_BYTES:
            message = "A segment, or the blanks before it, is longer than a million characters."
            raise X12Error("segment-too-long", message, segment_number=number + 1)

    def _more(self, number: int) -> bool:
        self._bounded(len(self.text), number)
        more = next(self.chunks, "")
        self.text += more
        return bool(more)


def _plain_batch(pieces: list[str], number: int, delimiters: Delimiters, blanks: str) -> list[Segment]:
    """Many segments at once, where nothing about them is special; none where one is empty, an IEA, or odd."""
    separator, terminator = delimiters.element, delimiters.terminator
    plains = [piece.strip(blanks) for piece in pieces]
    text = terminator.join(plains)
    if not text.isascii() or f" {separator}" in text or f"{separator} " in text or "\n" in text:
        return []
    rows = [plain.split(separator) for plain in plains]
    if not _USUAL_IDS.issuperset([row[0] for row in rows]):
        return []
    return [Segment(row, at, delimiters, raw) for at, row, raw in zip(count(number + 1), rows, pieces, strict=False)]


_KNOWN_IDS = frozenset(
    ("ISA", "GS", "ST", "SE", "GE", "IEA", "TA1", "BHT", "HL", "NM1", "N1", "N3", "N4", "REF", "PER", "DTP", "DTM",
     "CLM", "SBR", "HI", "LX", "SV1", "CLP", "CAS", "SVC", "AMT", "LQ", "EB", "TRN", "STC", "DMG")
)  # fmt: skip


# What many files hold much of; an IEA ends an interchange, and is looked at on its own.
_USUAL_IDS = frozenset((*_KNOWN_IDS, "MOA", "CAS", "SE", "ST", "PRV", "SVD", "OI", "HSD", "MSG", "NTE", "PLB")) - {
    "IEA"
}


def _check_id(elements: list[str], number: int, report: Callable[[X12Error], None] | None) -> None:
    elements[0] = elements[0].strip()
    if not _SEGMENT_ID.match(elements[0]):
        problem = X12Error(
            "segment-id",
            "A segment id is two or three capital letters and digits, beginning with a letter.",
            segment_number=number,
        )
        if report is None:
            raise problem
        report(problem)


def _chunks(source: bytes | BinaryIO) -> Iterator[str]:
    if isinstance(source, bytes | bytearray):
        for at in range(0, len(source), _CHUNK):
            yield source[at : at + _CHUNK].decode("latin-1")
    else:
        while chunk := source.read(_CHUNK):
            yield chunk.decode("latin-1")


def _decode(element: str) -> str:
    element = element.strip(_BLANK)
    if element.isascii():
        return element
    try:
        return element.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return element


def _read_isa(text: str, lead: str, number: int) -> Segment:
    def refuse(rule: str, message: str, element: str = "ISA") -> NoReturn:
        raise X12Error(rule, message, segment_number=number, element=element)

    if text[:3] != "ISA":
        refuse("not-x12", "An X12 interchange begins with ISA; this does not.")
    separator = text[3:4]
    fixed = len(text) == ISA_LENGTH and all(text[at] == separator for at in _ISA_SEPARATORS)
    if not fixed or text.count(separator) != len(_ISA_SEPARATORS):
        refuse(
            "isa-length",
            "The ISA must be 106 characters with 16 elements of fixed length; ask the sender for the file again.",
        )
    repetition = text[82] if not text[82].isalnum() else "^"
    delimiters = Delimiters(text[3], text[104], repetition, text[105])
    used = [delimiters.element, delimiters.component, delimiters.terminator]
    if len(set(used)) < len(used) or any(mark.isalnum() for mark in used):
        refuse("delimiters", "The ISA declares separators that are letters or digits, or the same one twice.", "ISA16")
    elements = [element.strip(_BLANK) for element in text[:104].split(delimiters.element)]
    return Segment([*elements[:-1], delimiters.component], number, delimiters, lead + text[:105])


def write_segments(segments: Iterable[list[str]], delimiters: Delimiters, line_ends: bool = True) -> bytes:
    """Segments as bytes; empty trailing elements are left out.

    Raises `X12Error` ("delimiter-in-data") where a value holds a separator; composites are joined by the caller.
    """
    out: list[str] = []
    separator, terminator = delimiters.element, delimiters.terminator
    end = terminator + ("\n" if line_ends else "")
    for number, segment in enumerate(segments, 1):
        last = len(segment)
        while last > 1 and not segment[last - 1]:
            last -= 1
        text = separator.join(segment if last == len(segment) else segment[:last])
        if text.count(separator) != last - 1 or terminator in text:
            raise X12Error(
                "delimiter-in-data", f"A value of {segment[0]} holds a separator character.", segment_number=number
            )
        out.append(text)
    out.append("")
    try:
        return end.join(out).encode("ascii")
    except UnicodeEncodeError:
        raise X12Error("character-set", "A value holds a character outside the X12 character set.") from None
