"""Bytes to segments and back: delimiters, byte-order mark, several interchanges in a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from liaison.engines.x12.errors import X12Error

ISA_LENGTH = 106
MAX_SEGMENT_BYTES = 1_000_000
_CHUNK = 1 << 16
_BLANK = b" \t\r\n\x00\x1a"
_SEGMENT_ID = re.compile(r"[A-Z][A-Z0-9]{1,2}\Z")
# Positions of the element separators in an ISA, whose elements have fixed lengths (X12.5).
_ISA_SEPARATORS = (3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The four separators an interchange declares in its ISA."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    terminator: str = "~"


STANDARD = Delimiters()


class Segment:
    """One segment: `elements[0]` is its id, `elements[n]` the guide's element n; `number` counts from 1 in the file."""

    __slots__ = ("delimiters", "elements", "number")

    def __init__(self, elements: list[str], number: int = 0, delimiters: Delimiters = Delimiters()) -> None:
        self.elements = elements
        self.number = number
        self.delimiters = delimiters

    @property
    def id(self) -> str:
        return self.elements[0]

    def get(self, position: int) -> str:
        """Element at `position` without outer blanks; empty where the segment does not have it."""
        return self.elements[position].strip() if position < len(self.elements) else ""

    def parts(self, position: int) -> list[str]:
        """Components of a composite element."""
        return [part.strip() for part in self.get(position).split(self.delimiters.component)]

    def part(self, position: int, component: int) -> str:
        """Component (from 1) of a composite element; empty where it is not there."""
        parts = self.parts(position)
        return parts[component - 1] if component <= len(parts) else ""

    def __repr__(self) -> str:
        return f"<Segment {self.number} {self.id}>"


def read_segments(source: bytes | BinaryIO) -> Iterator[Segment]:
    """Every segment of a file, one after the other, in memory that does not grow with the file.

    Any delimiters, a UTF-8 byte-order mark, line ends after segments, and interchanges with different delimiters
    behind each other are read. Raises `X12Error` ("not-x12", "isa-length", "delimiters", "unterminated",
    "segment-id", "segment-too-long").
    """
    buffer = _Buffer(source)
    number = 0
    buffer.skip_mark()
    while buffer.skip_blanks():
        isa, delimiters = _read_isa(buffer, number + 1)
        number += 1
        isa.number = number
        yield isa
        terminator = delimiters.terminator.encode("latin-1")
        while True:
            if terminator not in _BLANK and not buffer.skip_blanks():
                break
            raw = buffer.take_until(terminator, number + 1)
            if raw is None:
                break
            raw = raw.strip(_BLANK)
            if not raw:
                continue
            number += 1
            segment = Segment(_decode(raw).split(delimiters.element), number, delimiters)
            segment.elements[0] = segment.elements[0].strip()
            if not _SEGMENT_ID.match(segment.id):
                raise X12Error(
                    "segment-id",
                    "A segment id is two or three capital letters and digits, beginning with a letter.",
                    segment_number=number,
                )
            yield segment
            if segment.id == "IEA":
                break


def write_segments(segments: list[list[str]], delimiters: Delimiters, line_ends: bool = True) -> bytes:
    """Segments as bytes; empty trailing elements are left out.

    Raises `X12Error` ("delimiter-in-data") where a value holds a separator; composites are joined by the caller.
    """
    out: list[str] = []
    end = delimiters.terminator + ("\n" if line_ends else "")
    for number, segment in enumerate(segments, 1):
        last = len(segment)
        while last > 1 and not segment[last - 1]:
            last -= 1
        text = delimiters.element.join(segment[:last])
        if text.count(delimiters.element) != last - 1 or delimiters.terminator in text:
            raise X12Error(
                "delimiter-in-data", f"A value of {segment[0]} holds a separator character.", segment_number=number
            )
        out.append(text + end)
    try:
        return "".join(out).encode("ascii")
    except UnicodeEncodeError:
        raise X12Error("character-set", "A value holds a character outside the X12 character set.") from None


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _read_isa(buffer: _Buffer, number: int) -> tuple[Segment, Delimiters]:
    raw = buffer.take(ISA_LENGTH)
    if raw[:3] != b"ISA":
        raise X12Error(
            "not-x12", "An X12 interchange begins with ISA; this does not.", segment_number=number, element="ISA"
        )
    separator = raw[3:4]
    fixed = len(raw) == ISA_LENGTH and all(raw[at : at + 1] == separator for at in _ISA_SEPARATORS)
    if not fixed or raw.count(separator) != len(_ISA_SEPARATORS):
        raise X12Error(
            "isa-length",
            "The ISA must be 106 characters with 16 elements of fixed length; ask the sender for the file again.",
            segment_number=number,
            element="ISA",
        )
    text = raw.decode("latin-1")
    repetition = text[82] if not text[82].isalnum() else "^"
    delimiters = Delimiters(text[3], text[104], repetition, text[105])
    used = [delimiters.element, delimiters.component, delimiters.terminator]
    if len(set(used)) < len(used) or any(mark.isalnum() for mark in used):
        raise X12Error(
            "delimiters",
            "The ISA declares separators that are letters or digits, or the same one twice.",
            segment_number=number,
            element="ISA16",
        )
    return Segment(text[:105].split(delimiters.element), number, delimiters), delimiters


class _Buffer:
    """A window on the source that moves forward only."""

    def __init__(self, source: bytes | BinaryIO) -> None:
        self._stream = None if isinstance(source, bytes | bytearray) else source
        self._data = bytes(source) if isinstance(source, bytes | bytearray) else b""
        self._at = 0

    def _more(self) -> bool:
        chunk = self._stream.read(_CHUNK) if self._stream is not None else b""
        if not chunk:
            return False
        self._data = self._data[self._at :] + chunk
        self._at = 0
        return True

    def skip_mark(self) -> None:
        while len(self._data) < 3 and self._more():
            pass
        if self._data.startswith(b"\xef\xbb\xbf"):
            self._at = 3

    def skip_blanks(self) -> bool:
        """Past white space; false at the end of the source."""
        while True:
            while self._at < len(self._data):
                if self._data[self._at] not in _BLANK:
                    return True
                self._at += 1
            if not self._more():
                return False

    def take(self, count: int) -> bytes:
        while len(self._data) - self._at < count and self._more():
            pass
        taken = self._data[self._at : self._at + count]
        self._at += len(taken)
        return taken

    def take_until(self, terminator: bytes, number: int) -> bytes | None:
        """Bytes up to the terminator, which is consumed; None where only white space is left."""
        searched = self._at
        while True:
            end = self._data.find(terminator, searched)
            if end >= 0:
                taken = self._data[self._at : end]
                self._at = end + 1
                return taken
            if len(self._data) - self._at > MAX_SEGMENT_BYTES:
                raise X12Error(
                    "segment-too-long", "A segment is longer than a million characters.", segment_number=number
                )
            pending = len(self._data) - self._at
            if not self._more():
                rest = self._data[self._at :].strip(_BLANK)
                self._at = len(self._data)
                if rest:
                    raise X12Error(
                        "unterminated",
                        "The file ends within a segment; it was cut off, ask for it again.",
                        segment_number=number,
                    )
                return None
            searched = self._at + pending
