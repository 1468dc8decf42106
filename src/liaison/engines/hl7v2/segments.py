"""From bytes to segments, fields, repetitions, components and subcomponents (HL7 2.5.1 chapter 2).

Components are split where they are asked for. Every step takes time in proportion to its input.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from liaison.engines.hl7v2.errors import Hl7Error
from liaison.engines.hl7v2.escapes import unescape

MAX_BYTES = 50_000_000
_ID = re.compile(r"[A-Z][A-Z0-9]{2}")
_WITH_DELIMITERS = ("MSH", "FHS", "BHS")


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The characters that divide a message, as its MSH-1 and MSH-2 declare them."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"

    @property
    def encoding(self) -> str:
        """MSH-2."""
        return self.component + self.repetition + self.escape + self.subcomponent


STANDARD = Delimiters()


class Composite:
    """One repetition of a field, in components counted from 1."""

    __slots__ = ("_delimiters", "parts")

    def __init__(self, raw: str, delimiters: Delimiters) -> None:
        self._delimiters = delimiters
        self.parts = raw.split(delimiters.component)

    def text(self, component: int = 1, subcomponent: int = 1) -> str:
        """What a component says, unescaped; empty when it is absent or the HL7 null (`""`)."""
        parts = self.parts
        if component > len(parts):
            return ""
        value = parts[component - 1]
        if (not value or value.isalnum()) and subcomponent == 1:
            return value
        return _plain(value, subcomponent, self._delimiters)


def _plain(value: str, subcomponent: int, delimiters: Delimiters) -> str:
    if delimiters.subcomponent in value:
        parts = value.split(delimiters.subcomponent)
        value = parts[subcomponent - 1] if subcomponent <= len(parts) else ""
    elif subcomponent != 1:
        return ""
    if delimiters.escape in value:
        value = unescape(value, delimiters)
    value = value.strip()
    return "" if value == '""' else value


class Segment:
    """A line of a message in its fields. `sequence` tells which of its kind it is, `number` its line, both from 1.

    `fields` are as they stand, at their numbers: 0 is the segment's name, MSH-1 the delimiter itself.
    """

    __slots__ = ("delimiters", "fields", "id", "number", "sequence")

    def __init__(self, raw: str, delimiters: Delimiters = STANDARD, number: int = 0, sequence: int = 1) -> None:
        self.id = raw[:3]
        self.delimiters = delimiters
        self.number = number
        self.sequence = sequence
        self.fields = raw.split(delimiters.field)
        if self.id in _WITH_DELIMITERS:
            self.fields.insert(1, delimiters.field)

    def field(self, number: int) -> str:
        """A field as it stands, empty when absent."""
        fields = self.fields
        return fields[number] if number < len(fields) else ""

    @property
    def raw(self) -> str:
        """The line."""
        if self.id in _WITH_DELIMITERS:
            return self.delimiters.field.join([self.id, *self.fields[2:]])
        return self.delimiters.field.join(self.fields)

    def text(self, number: int, component: int = 1, subcomponent: int = 1) -> str:
        """What the first repetition of a field says at a component, unescaped; empty when it says nothing."""
        fields = self.fields
        if number >= len(fields):
            return ""
        value = fields[number]
        # Letters and digits alone hold no delimiter: most fields are such
        if not value or value.isalnum():
            return value if component == 1 and subcomponent == 1 else ""
        delimiters = self.delimiters
        value = value.partition(delimiters.repetition)[0]
        if component == 1:
            value = value.partition(delimiters.component)[0]
        else:
            parts = value.split(delimiters.component, component)
            if component > len(parts):
                return ""
            value = parts[component - 1]
        return value if subcomponent == 1 and value.isalnum() else _plain(value, subcomponent, delimiters)

    def repeats(self, number: int) -> list[Composite]:
        """Every repetition of a field that says something."""
        value = self.field(number)
        if not value:
            return []
        delimiters = self.delimiters
        if delimiters.repetition not in value:
            return [Composite(value, delimiters)]
        return [Composite(one, delimiters) for one in value.split(delimiters.repetition) if one]

    def fault(self, rule: str, message: str, field: int = 0, component: int = 0, severity: str = "E") -> Hl7Error:
        """An error that points at this segment."""
        return Hl7Error(
            rule, message, segment=self.id, sequence=self.sequence, field=field, component=component, severity=severity
        )


class Message:
    """A message as its segments; the first is its MSH. `strays` are lines that are none, joined to the one before."""

    __slots__ = ("delimiters", "segments", "strays")

    def __init__(self, segments: list[Segment], delimiters: Delimiters, strays: tuple[int, ...] = ()) -> None:
        self.segments = segments
        self.delimiters = delimiters
        self.strays = strays

    @property
    def header(self) -> Segment:
        return self.segments[0]

    @property
    def kind(self) -> str:
        """`VXU^V04`; `ACK` where a sender gives no event."""
        code, event = self.header.text(9), self.header.text(9, 2)
        return f"{code}^{event}" if event else code

    @property
    def profile(self) -> str:
        """`Z22` of MSH-21, empty where none is named."""
        return self.header.text(21)

    @property
    def control_id(self) -> str:
        return self.header.text(10)

    def all(self, name: str) -> list[Segment]:
        return [segment for segment in self.segments if segment.id == name]

    def first(self, name: str) -> Segment | None:
        """The first segment of a name, if there is one."""
        for segment in self.segments:
            if segment.id == name:
                return segment
        return None

    def get(self, name: str) -> Segment:
        """The first segment of a name, or an empty one."""
        return self.first(name) or Segment(name, self.delimiters)


def read_message(data: bytes) -> Message:
    """The one message that `data` holds. Raises `Hl7Error` for none or several."""
    messages = read_messages(data)
    if len(messages) > 1:
        raise Hl7Error("several", f"One message is expected here; there are {len(messages)}.", segment="MSH")
    return messages[0]


def read_messages(data: bytes) -> list[Message]:
    r"""Every message of a file: one, several in a row, or a batch (FHS, BHS).

    Lines may end in \r, \n or both; a byte order mark and the frame of MLLP are passed over. Raises `Hl7Error` where no
    message begins.
    """
    if len(data) > MAX_BYTES:
        raise Hl7Error("too-large", "The file is larger than 50 MB; send it in parts.")
    messages: list[Message] = []
    lines: list[str] | None = None
    first = 0
    plain = _decoded(data).replace("\r\n", "\r").replace("\n", "\r")
    for number, line in enumerate(plain.split("\r"), start=1):
        if line[:1].isspace():
            line = line.lstrip()
        name = line[:3]
        if name == "MSH":
            if lines is not None:
                messages.append(_message(lines, first))
            lines, first = [line], number
        elif name in _ENVELOPE and not line[3:4].isalnum():
            if lines is not None:
                messages.append(_message(lines, first))
            lines = None
        elif lines is not None:
            lines.append(line)
        elif line:
            raise Hl7Error("not-hl7", "A message begins with MSH; there is something else.", segment="MSH")
    if lines is not None:
        messages.append(_message(lines, first))
    if not messages:
        raise Hl7Error("empty", "There is no message: nothing begins with MSH.", segment="MSH")
    return messages


_ENVELOPE = frozenset({"FHS", "BHS", "BTS", "FTS"})


def _message(lines: list[str], number: int) -> Message:
    """The message of `lines`, the first of which is its MSH and has this number in the file."""
    delimiters = _delimiters(lines[0])
    segments: list[Segment] = []
    counts: dict[str, int] = {}
    strays: list[int] = []
    tail: list[str] = []
    is_name, ends = _ID.match, (delimiters.field, "")
    for at, line in enumerate(lines, start=number):
        if not line:
            continue
        name = line[:3]
        # Each name is looked at once
        if line[3:4] not in ends or (name not in counts and not is_name(name)):
            tail.append(line)
            strays.append(at)
            continue
        if tail:
            _join(segments[-1], tail)
        counts[name] = count = counts.get(name, 0) + 1
        segments.append(Segment(line, delimiters, at, count))
    if tail:
        _join(segments[-1], tail)
    return Message(segments, delimiters, tuple(strays))


def _join(last: Segment, tail: list[str]) -> None:
    """A text that was broken into lines without an escape is one field all the same."""
    rest = "\n".join(["", *tail]).split(last.delimiters.field)
    last.fields[-1] += rest[0]
    last.fields += rest[1:]
    tail.clear()


def _delimiters(line: str) -> Delimiters:
    if line.startswith("MSH|^~\\&|"):
        return STANDARD
    return _declared(line[3:4], line[4:].partition(line[3:4])[0] if len(line) > 3 else "")


@lru_cache(maxsize=64)
def _declared(field: str, encoding: str) -> Delimiters:
    if not field or field.isalnum() or field.isspace():
        raise Hl7Error("delimiters", "MSH-1 must be the character that divides the fields.", segment="MSH", field=1)
    # A backslash that was doubled on its way through somebody's program is one
    characters = list(encoding.replace("\\\\", "\\")[:4])
    if characters:
        characters += "^~\\&"[len(characters) :]
    if (
        len(characters) != 4
        or len({field, *characters}) != 5
        or any(one.isalnum() or one.isspace() for one in characters)
    ):
        raise Hl7Error(
            "delimiters", "MSH-2 must declare four different characters, as ^~\\& are.", segment="MSH", field=2
        )
    return Delimiters(field, *characters)


# HL7 table 0211
_CHARSETS = {
    "UNICODE UTF-8": "utf-8",
    "UNICODE": "utf-8",
    **{f"8859/{part}": f"iso8859-{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 15)},
    "GB 18030-2000": "gb18030",
    "BIG-5": "big5",
    "KS X 1001": "euc_kr",
    "ISO IR87": "iso2022_jp",
    "UNICODE UTF-16": "utf-16-be",
}


def _decoded(data: bytes) -> str:
    r"""The text of a file without byte order mark and frames.

    What is valid UTF-8 is taken as such, whatever MSH-18 says; what is not, by MSH-18, and as Windows-1252 otherwise.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", errors="replace")
    else:
        data = data.removeprefix(b"\xef\xbb\xbf")
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = data.decode(_charset(data), errors="replace")
    if "\x0b" in text or "\x1c" in text:
        text = text.replace("\x0b", "\r").replace("\x1c", "\r")
    return text.lstrip("\ufeff")


def _charset(data: bytes) -> str:
    start = data.find(b"MSH")
    if start < 0:
        return "cp1252"
    line = re.split(rb"[\r\n]", data[start : start + 4000], maxsplit=1)[0]
    fields = line.split(line[3:4]) if line[3:4] else []
    named = fields[17].decode("ascii", errors="replace").split("~")[0].strip() if len(fields) > 17 else ""
    return _CHARSETS.get(named, "cp1252")


def segment(name: str, *fields: str) -> str:
    """A segment to send: `fields` from the first, escaped already; empty ones at the end are left out."""
    return "|".join((name, *fields)).rstrip("|") + "\r"


def composite(*parts: str) -> str:
    """Components to send, escaped already; empty ones at the end are left out."""
    return "^".join(parts).rstrip("^")
