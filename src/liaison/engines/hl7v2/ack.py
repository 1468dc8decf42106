"""ACK, profile Z23, and the MSA and ERR of every answer: what became of what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from liaison.engines.hl7v2.errors import Hl7Error
from liaison.engines.hl7v2.escapes import escape
from liaison.engines.hl7v2.header import Header, read_header, write_msh
from liaison.engines.hl7v2.parties import coded
from liaison.engines.hl7v2.segments import Composite, Message, Segment, composite, segment
from liaison.engines.hl7v2.tables import ERROR
from liaison.engines.hl7v2.words import FIELDS, mended_at, words_for


@dataclass(frozen=True, slots=True)
class Problem:
    """One ERR: where (ERR-2), which error (HL70357), how bad (E error, W warning, I information), and its words."""

    segment: str = ""
    sequence: int = 1
    field: int = 0
    component: int = 0
    code: str = ""
    severity: str = "E"
    text: str = ""

    @property
    def place(self) -> str:
        """`RXA-5`; empty where the registry does not say."""
        return self.segment + (f"-{self.field}" if self.field else "")

    @property
    def field_words(self) -> str:
        """What the field is called in a clinic: `vaccine`."""
        return words_for(self.segment, self.field)

    @property
    def mended_at(self) -> str:
        """Where a person mends it: patient, dose or connection."""
        return mended_at(self.segment)

    @property
    def sentence(self) -> str:
        """The problem in plain words: the field, what is wrong, and what the registry says of it."""
        place = f" ({self.place})" if self.place else ""
        what = ERROR.get(self.code, "")
        head = f"{self.field_words}{place}" + (f": {what}" if what and self.code != "0" else "")
        head = head[:1].upper() + head[1:]
        return f"{head}. {self.text}" if self.text else f"{head}."


@dataclass(frozen=True, slots=True)
class Acknowledgment:
    """`code` AA accepted, AE accepted with or refused for errors, AR rejected; `about` is what was sent, by number."""

    header: Header
    code: str
    about: str
    text: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def outcome(self) -> str:
        """accepted, warnings (taken in, but look) or rejected.

        AE with warnings alone was taken in (guide, table 4-8: severity W and I), AE with an error was not, in whole or
        in part. Where AE names nothing at all, a person should look.
        """
        errors = [one for one in self.problems if one.severity == "E" and one.code != "0"]
        if self.code in ("AR", "CR") or (self.code in ("AE", "CE") and (errors or not self.problems)):
            return "rejected"
        told = [one for one in self.problems if one.severity != "I" and one.code != "0"]
        return "warnings" if told or self.code in ("AE", "CE") else "accepted"


def write_ack(ack: Acknowledgment) -> bytes:
    """An ACK^V04^ACK as bytes."""
    kind = "ACK^V04^ACK"
    return (write_msh(ack.header, kind, "Z23") + write_msa(ack.code, ack.about, ack.text, ack.problems)).encode()


def write_msa(code: str, about: str, text: str, problems: Sequence[Problem]) -> str:
    """MSA and the ERR after it."""
    out = segment("MSA", code, escape(about), escape(text[:80]))
    for one in problems:
        location = (one.segment, str(one.sequence), str(one.field or ""), "1" if one.component else "")
        out += segment(
            "ERR",
            "",
            composite(*location, str(one.component or "")) if one.segment else "",
            composite(one.code, ERROR.get(one.code, ""), "HL70357"),
            one.severity,
            "",
            "",
            "",
            escape(one.text[:250]),
        )
    return out


def problems_of(message: Message) -> tuple[Problem, ...]:
    """Every ERR of an answer, and what some registries say in the texts of repeated MSA instead."""
    problems: list[Problem] = []
    text = ""
    for one in message.segments:
        if one.id == "MSA":
            text = one.text(3)
        elif one.id == "ERR":
            problems.extend(_problems(one, text))
    return tuple(problems)


def _problems(err: Segment, msa_text: str) -> list[Problem]:
    error = coded(err, 3)
    text = err.text(8) or err.text(7) or _own_words(error.code, error.text) or msa_text
    severity = err.text(4).upper()[:1]
    severity = severity if severity in ("E", "W", "I", "F") else _guessed(msa_text, error.code)
    severity = "E" if severity == "F" else severity
    places = err.repeats(2) or []
    if not places and err.field(1):
        return [_old_style(part, severity) for part in err.repeats(1)]
    if not places:
        return [Problem(code=error.code, severity=severity, text=text)]
    return [_at(part, error.code, severity, text) for part in places]


def _at(part: Composite, code: str, severity: str, text: str) -> Problem:
    name = part.text(1).upper()
    sequence, number, component = part.text(2), part.text(3), part.text(5)
    if "-" in name:
        name, _, dotted = name.partition("-")
        number = number or dotted.partition(".")[0]
    elif len(part.parts) == 2 and _count(sequence, 0) >= 5 and _count(sequence, 0) in FIELDS.get(name, ()):
        # `RXA^5`: some write the field where the sequence belongs
        sequence, number = "1", sequence
    return Problem(name[:3], _count(sequence, 1), _count(number, 0), _count(component, 0), code, severity, text)


def _old_style(part: Composite, severity: str) -> Problem:
    """ERR-1 of versions before 2.5: segment, sequence, field, and a code with its text as subcomponents."""
    return Problem(
        part.text(1).upper()[:3],
        _count(part.text(2), 1),
        _count(part.text(3), 0),
        0,
        part.text(4),
        severity,
        part.text(4, 2),
    )


def _own_words(code: str, text: str) -> str:
    return "" if code in ERROR else text


def _guessed(msa_text: str, code: str) -> str:
    """Whether a problem without severity refuses anything, as far as its words tell."""
    lowered = msa_text.lower()
    if lowered.startswith("info"):
        return "I"
    return "W" if lowered.startswith("warn") or "no value stored" in lowered or code == "0" else "E"


def _count(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else otherwise


def read_ack(message: Message) -> Acknowledgment:
    """What an ACK says, or the ACK's part of an RSP. Raises `Hl7Error` where there is no MSA."""
    msa = message.first("MSA")
    if msa is None:
        raise Hl7Error("segment-missing", "There is no MSA, so nobody knows what became of it.", segment="MSA")
    code = msa.text(1).upper()
    if code not in ("AA", "AE", "AR", "CA", "CE", "CR"):
        raise msa.fault("code", "It says neither that the message was accepted nor that it was not.", 1)
    return Acknowledgment(read_header(message), code, msa.text(2), msa.text(3), problems_of(message))
