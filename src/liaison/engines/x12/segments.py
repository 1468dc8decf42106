"""Bytes to segments and back: delimiters, byte-order mark, several interchanges in a file."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from itertools import chain, compress, count
from operator import itemgetter
from typing import BinaryIO, NoReturn

from liaison.engines.x12.dialect import BLANK, LINE_ENDS, STANDARD, Delimiters, Dialect, dialect_of
from liaison.engines.x12.errors import Report, X12Error

ISA_LENGTH = 106
MAX_SEGMENT_BYTES = 1_000_000
ENVELOPE = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA"})
_CHUNK = 1 << 14
_SOLID = re.compile(f"[^{BLANK}]")
_MARK = "\xef\xbb\xbf"
_SEGMENT_ID = re.compile(r"[A-Z][A-Z0-9]{1,2}\Z")
# What shows whether a segment has a right id: the id and the separator behind it.
_START = itemgetter(slice(4))
# Positions of the element separators in an ISA, whose elements have fixed lengths (X12.5).
_ISA_SEPARATORS = (3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)


class Segment:
    """One segment: `elements[0]` is its id, `elements[n]` the guide's element n; `number` counts from 1 in the file.

    Elements are UTF-8, else latin-1, without blanks at their ends; they are split off when they are asked for first.
    Of a segment that was read `raw` is what the file has from its id to its terminator, `lead` what stands before (line
    ends, blanks, empty segments), `tail` all from its terminator on where no segment follows: bytes as latin-1 letters.
    """

    __slots__ = ("_elements", "delimiters", "lead", "number", "raw", "tail")
    _elements: list[str] | None

    def __init__(
        self,
        elements: list[str],
        number: int = 0,
        delimiters: Delimiters = STANDARD,
        raw: str = "",
        lead: str = "",
    ) -> None:
        self._elements = elements
        self.number = number
        self.delimiters = delimiters
        self.raw = raw
        self.lead = lead
        self.tail = ""

    @property
    def elements(self) -> list[str]:
        """The id and the elements behind it, to be read only."""
        found = self._elements
        if found is None:
            found = self._elements = self.raw.split(self.delimiters.element)
        return found

    @property
    def id(self) -> str:
        return self.elements[0]

    def get(self, position: int) -> str:
        """Element at `position`; empty where the segment does not have it."""
        elements = self._elements or self.elements
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
        whole = f"{self.lead}{text}{self.tail or self.delimiters.terminator}"
        return whole.encode("latin-1" if self.raw else "utf-8")

    def __repr__(self) -> str:
        """Without its elements, which speak of people."""
        return f"<Segment {self.number} {self.id}>"


class _Plain(Segment):
    """A segment that `_plain` fills in: to call `Segment` for each would cost as much as all the rest."""

    __slots__ = ()
    __init__ = object.__init__


def read_segments(source: bytes | BinaryIO, report: Report | None = None) -> Iterator[Segment]:
    """Every segment of a file, one after the other, in memory that does not grow with the file.

    Any delimiters, a UTF-8 byte-order mark, line ends after segments, and interchanges with different delimiters
    behind each other are read. `b"".join(segment.exact() for segment in ...)` is the file again, byte for byte.
    Raises `X12Error` ("not-x12", "isa-length", "delimiters", "unterminated", "segment-id", "character-set" for
    a NUL within a value, "segment-too-long"); with `report` a wrong segment id and a NUL are handed over and reading
    goes on.
    """
    return chain.from_iterable(read_runs(source, report))


def read_runs(source: bytes | BinaryIO, report: Report | None = None) -> Iterator[list[Segment]]:
    """The same in pieces: each segment of the `ENVELOPE` alone, what stands between them in runs of many."""
    return _Reader(source, report).read()


class _Reader:
    """A window on the source that moves forward only: `text` from `at` on was not given yet.

    Within an interchange `at` is the place of the terminator behind which the next segment stands.
    """

    def __init__(self, source: bytes | BinaryIO, report: Report | None) -> None:
        self.chunks = _chunks(source)
        self.report = report
        self.text = ""
        self.at = self.number = 0

    def read(self) -> Iterator[list[Segment]]:
        """The interchanges, one behind the other."""
        self._fill(len(_MARK))
        skipped = len(_MARK) if self.text.startswith(_MARK) else 0
        while (blanks := self._next(_SOLID, skipped)) >= 0:
            self._fill(blanks + ISA_LENGTH + len(LINE_ENDS[0]))
            skipped, self.number = 0, self.number + 1
            begin = self.at + blanks
            end = begin + ISA_LENGTH
            isa = _read_isa(self.text[begin:end], self.text[self.at : begin], self.number)
            dialect = dialect_of(isa.delimiters, self.text[end : end + len(LINE_ENDS[0])])
            self.at = end - 1
            is_over = self._closed(isa, dialect)
            yield [isa]
            if not is_over:
                yield from self._interchange(dialect)

    def _interchange(self, dialect: Dialect) -> Iterator[list[Segment]]:
        """The segments behind an ISA up to its IEA: many at once where nothing about them is odd, else one by one."""
        is_over = False
        while not is_over:
            end = self._stretch(dialect)
            runs = _plain(self.text[self.at : end + 1], self.number + 1, dialect)
            if runs:
                last = runs[-1][-1]
                self.at, self.number = end, last.number
                is_over = self._closed(last, dialect)
                yield from runs
            else:
                is_over = yield from self._one_by_one(end, dialect)

    def _stretch(self, dialect: Dialect) -> int:
        """Where the last whole segment in sight ends, or the first IEA."""
        terminator = dialect.delimiters.terminator
        begin = self._next(dialect.solid, 1)
        while True:
            text = self.text
            iea = text.find(dialect.before_iea, self.at)
            end = text.find(terminator, iea + len(dialect.between)) if iea >= 0 else -1
            if end < 0:
                end = text.rfind(terminator, self.at + begin)
            if end >= 0:
                return end
            if not self._more():
                message = "The file ends within a segment; it was cut off, ask for it again."
                raise X12Error("unterminated", message, segment_number=self.number + 1)

    def _one_by_one(self, end: int, dialect: Dialect) -> Generator[list[Segment], None, bool]:
        """The segments up to `end`, whatever stands between and in them; whether the interchange is over."""
        delimiters, blanks, known = dialect.delimiters, dialect.blanks, set(ENVELOPE)
        text, place, behind = self.text, self.at, self.at + 1
        pieces = text[behind:end].split(delimiters.terminator)
        plains = [piece.strip(blanks) for piece in pieces]
        is_tidy = dialect.is_tidy(delimiters.element.join(plains))
        made: list[Segment] = []
        places: list[int] = []
        for piece, plain in zip(pieces, plains, strict=True):
            begin, place = place + 1, place + 1 + len(piece)
            if not plain:
                continue
            elements = plain.split(delimiters.element)
            if not is_tidy and not dialect.is_tidy(plain):
                elements = [_decode(element) for element in elements]
            if elements[0] not in known and _SEGMENT_ID.match(elements[0]):
                known.add(elements[0])
            is_text = "\x00" not in plain or "\x00" in delimiters
            if elements[0] not in known or not is_text:
                # Who is told of it has seen what stands before.
                yield from _runs(made, places)
                made, places = [], []
                self._odd(elements, is_text=is_text)
            if elements[0] in ENVELOPE:
                places.append(len(made))
            self.number += 1
            begin += piece.index(plain)
            made.append(Segment(elements, self.number, delimiters, text[begin:place], text[behind:begin]))
            self.at, behind = place, place + 1
            if elements[0] == "IEA":
                break
        is_over = self._closed(made[-1], dialect)
        yield from _runs(made, places)
        return is_over

    def _odd(self, elements: list[str], *, is_text: bool) -> None:
        elements[0] = elements[0].strip()
        if not _SEGMENT_ID.match(elements[0]):
            message = "A segment id is two or three capital letters and digits, beginning with a letter."
            self._tell("segment-id", message)
        if not is_text and any("\x00" in element for element in elements):
            self._tell("character-set", "A value holds NUL, which is no character of X12; ask for the file again.")

    def _tell(self, rule: str, message: str) -> None:
        problem = X12Error(rule, message, segment_number=self.number + 1)
        if self.report is None:
            raise problem
        self.report(problem)

    def _closed(self, segment: Segment, dialect: Dialect) -> bool:
        """Whether with the segment whose terminator is at `at` its interchange is over, or the file: then its tail."""
        is_last = segment.elements[0] == "IEA"
        if self._next(_SOLID if is_last else dialect.solid, 1) >= 0:
            self.at += is_last
            return is_last
        segment.tail, self.at = self.text[self.at :], len(self.text)
        return True

    def _next(self, solid: re.Pattern[str], beyond: int) -> int:
        """How far behind `at` the next solid letter is, `beyond` or further; -1 where the source ends before."""
        while (found := solid.search(self.text, self.at + beyond)) is None:
            beyond = len(self.text) - self.at
            if not self._more():
                return -1
        return found.start() - self.at

    def _fill(self, length: int) -> None:
        while len(self.text) - self.at < length and self._more():
            pass

    def _more(self) -> bool:
        if len(self.text) - self.at > MAX_SEGMENT_BYTES:
            message = "A segment, or the blanks before it, is longer than a million characters."
            raise X12Error("segment-too-long", message, segment_number=self.number + 1)
        more = next(self.chunks, "")
        self.text, self.at = self.text[self.at :] + more, 0
        return bool(more)


def _plain(text: str, number: int, dialect: Dialect) -> list[list[Segment]]:
    """The segments of a stretch of text at once, in runs; none where something about them is odd, be it an id."""
    pieces = dialect.pieces(text)
    separator = dialect.delimiters.element
    starts = set(map(_START, pieces))
    ids = {start.partition(separator)[0] for start in starts}
    if not pieces or not all(map(_SEGMENT_ID.match, ids)):
        return []
    delimiters, line_end = dialect.delimiters, dialect.line_end
    segments: list[Segment] = [_Plain() for _ in pieces]
    for segment, at, piece in zip(segments, count(number), pieces, strict=False):
        segment._elements = None
        segment.number = at
        segment.delimiters = delimiters
        segment.raw = piece
        segment.lead = line_end
        segment.tail = ""
    if ENVELOPE.isdisjoint(ids):
        return [segments]
    alone = {start for start in starts if start.partition(separator)[0] in ENVELOPE}
    return _runs(segments, compress(count(), map(alone.__contains__, map(_START, pieces))))


def _runs(segments: list[Segment], places: Iterable[int]) -> list[list[Segment]]:
    """Each segment of the envelope, which stand at these places, alone; what stands between them together."""
    runs: list[list[Segment]] = []
    begin = 0
    for at in places:
        runs += filter(None, (segments[begin:at], [segments[at]]))
        begin = at + 1
    return runs if begin == len(segments) else [*runs, segments[begin:]]


def _chunks(source: bytes | BinaryIO) -> Iterator[str]:
    if isinstance(source, bytes | bytearray):
        for at in range(0, len(source), _CHUNK):
            yield source[at : at + _CHUNK].decode("latin-1")
    else:
        while chunk := source.read(_CHUNK):
            yield chunk.decode("latin-1")


def _decode(element: str) -> str:
    element = element.strip(BLANK)
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
    elements = [element.strip(BLANK) for element in text[:104].split(delimiters.element)]
    if any("\x00" in element for element in elements[:-1]):
        refuse("character-set", "The ISA holds NUL, which is no character of X12; ask for the file again.")
    return Segment([*elements[:-1], delimiters.component], number, delimiters, text[:105], lead)


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
