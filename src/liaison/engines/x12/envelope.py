"""Interchanges, groups and transaction sets: ISA/GS/ST around the documents (X12.5, X12.6)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain
from typing import BinaryIO

from liaison.engines.x12.dialect import STANDARD
from liaison.engines.x12.errors import Report, X12Error, stop
from liaison.engines.x12.segments import ENVELOPE, Segment, read_runs, write_segments
from liaison.engines.x12.values import d8, ident, read_timestamp


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends to whom, when, under which numbers.

    `created` is aware and written in UTC to the second; `usage` is "T" (test) or "P" (production). Control numbers
    are integers as partners count them; ST02 of the first transaction is `transaction_control`, the next ones follow.
    """

    sender_id: str
    receiver_id: str
    created: datetime
    control_number: int = 1
    group_control: int = 1
    transaction_control: int = 1
    usage: str = "P"
    sender_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"
    group_sender_id: str = ""
    group_receiver_id: str = ""

    def reply(self, created: datetime, control_number: int) -> Envelope:
        """The envelope of an answer: the two partners exchanged, numbers of its own."""
        return replace(
            self,
            sender_id=self.receiver_id,
            receiver_id=self.sender_id,
            sender_qualifier=self.receiver_qualifier,
            receiver_qualifier=self.sender_qualifier,
            group_sender_id=self.group_receiver_id,
            group_receiver_id=self.group_sender_id,
            created=created,
            control_number=control_number,
            group_control=control_number,
            transaction_control=1,
        )


@dataclass(slots=True)
class Transaction:
    """One transaction set as found: `segments` are those between ST and SE, read as they are asked for."""

    envelope: Envelope
    set_id: str
    control: str
    version: str
    header: Segment
    segments: Iterator[Segment] = field(default_factory=lambda: iter(()))
    functional_id: str = ""
    interchange_control: str = ""
    group_control: str = ""
    isa: Segment | None = None
    gs: Segment | None = None
    trailer: Segment | None = None


def read_transactions(
    source: bytes | BinaryIO,
    report: Report | None = None,
    head: Callable[[Segment], None] | None = None,
    *,
    alone: bool = False,
) -> Iterator[Transaction]:
    """Transaction sets of a file one by one; memory holds some hundred segments at a time.

    `trailer` is the SE once the segments have been read; they are lost when the next transaction is asked for. `head`
    is told of each ISA, GS, ST and TA1; with `alone` a TA1, which has no set, comes as one of that segment. Without
    `report` the first envelope fault is raised; with it every fault is handed over and reading goes on. Rules:
    "envelope-order", "se-count", "st-control", "ge-count", "gs-control", "iea-count", "isa-control".
    """
    yield from _EnvelopeReader(read_runs(source, report), report or stop, head or _pass, alone=alone).read()


def _pass(segment: Segment) -> None:
    return None


class _EnvelopeReader:
    def __init__(
        self,
        runs: Iterator[list[Segment]],
        report: Report,
        head: Callable[[Segment], None],
        *,
        alone: bool,
    ) -> None:
        self._runs = runs
        self._report = report
        self._head = head
        self._alone = alone
        self._isa: Segment | None = None
        self._gs: Segment | None = None
        self._again: list[Segment] = []
        self._groups = self._sets = self._last = 0
        # Segments without their ST are told once; what follows of them is no other fault.
        self._outside = False

    def read(self) -> Iterator[Transaction]:
        while run := self._again or next(self._runs, []):
            self._again = []
            segment = run[0]
            self._last = run[-1].number
            kind = segment.elements[0]
            if kind == "ST":
                yield (found := self._start_set(segment))
                deque(found.segments, maxlen=0)
            elif kind == "ISA":
                self._start_interchange(segment)
            elif kind == "GS":
                self._start_group(segment)
            elif kind == "GE":
                self._end_group(segment)
            elif kind == "IEA":
                self._end_interchange(segment)
            elif kind == "SE":
                self._end_unbegun(segment)
            else:
                yield from self._between_sets(run)
        if not self._last:
            self._report(X12Error("not-x12", "The file is empty."))
        elif self._gs is not None or self._isa is not None:
            self._unended("GE" if self._gs not in (None, _NOTHING) else "IEA")

    def _unended(self, missing: str) -> None:
        self._report(X12Error("envelope-order", f"The file ends without its {missing}.", segment_number=self._last))

    def _between_sets(self, run: list[Segment]) -> Iterator[Transaction]:
        for segment in run:
            if segment.id == "TA1" and self._isa is not None and self._gs is None:
                self._head(segment)
                if self._alone:
                    yield _alone(self._isa, segment)
            elif not self._outside:
                self._outside = True
                self._fault("envelope-order", f"{segment.id} stands outside a transaction set.", segment)

    def _fault(self, rule: str, message: str, segment: Segment, element: str = "") -> None:
        self._report(X12Error(rule, message, segment_number=segment.number, element=element or segment.id))

    def _start_interchange(self, segment: Segment) -> None:
        if self._isa is not None:
            self._fault("envelope-order", "A new ISA comes before the IEA of the last.", segment)
        self._isa, self._gs, self._groups = segment, None, 0
        self._head(segment)

    def _start_group(self, segment: Segment) -> None:
        if self._isa is None or self._gs is not None:
            self._fault("envelope-order", "GS must follow ISA or the GE of another group.", segment)
        self._gs, self._sets = segment, 0
        self._head(segment)
        self._groups += 1

    def _end_unbegun(self, segment: Segment) -> None:
        if self._outside:
            self._sets += 1
        else:
            self._fault("envelope-order", "SE without its ST.", segment)
        self._outside = False

    def _start_set(self, segment: Segment) -> Transaction:
        self._outside = False
        if self._gs is None or self._isa is None:
            self._fault("envelope-order", "ST must stand within a group (GS).", segment)
            self._groups += self._gs is None
            self._sets = 0 if self._gs is None else self._sets
            self._gs, self._isa = self._gs or _NOTHING, self._isa or _NOTHING
        self._sets += 1
        self._head(segment)
        gs, isa = self._gs or _NOTHING, self._isa or _NOTHING
        found = Transaction(
            envelope=_envelope(isa, gs, segment),
            set_id=segment.get(1),
            control=segment.get(2),
            version=segment.get(3) or gs.get(8),
            header=segment,
            functional_id=gs.get(1),
            interchange_control=isa.get(13),
            group_control=gs.get(6),
            isa=None if isa is _NOTHING else isa,
            gs=None if gs is _NOTHING else gs,
        )
        found.segments = chain.from_iterable(self._body(found))
        return found

    def _body(self, found: Transaction) -> Iterator[list[Segment]]:
        """The segments up to the SE, whose count and number are compared."""
        count = 2
        for run in self._runs:
            segment = run[0]
            kind = segment.elements[0]
            if kind not in ENVELOPE:
                count += len(run)
                self._last = run[-1].number
                yield run
            elif kind == "SE":
                self._last = segment.number
                found.trailer = segment
                if segment.get(1).lstrip("0") != str(count):
                    message = f"SE01 must count the segments from ST to SE: {count}."
                    self._fault("se-count", message, segment, "SE01")
                if segment.get(2) != found.control:
                    self._fault("st-control", "SE02 must repeat ST02.", segment, "SE02")
                return
            else:
                self._fault("envelope-order", f"{kind} comes before the SE of the transaction set.", segment)
                self._again = run
                return
        self._unended("SE")
        self._gs = self._isa = None

    def _end_group(self, segment: Segment) -> None:
        gs, self._gs = self._gs, None
        if gs is None:
            self._fault("envelope-order", "GE without its GS.", segment)
            return
        if segment.get(1).lstrip("0") != str(self._sets):
            self._fault("ge-count", f"GE01 must count the transaction sets: {self._sets}.", segment, "GE01")
        if gs is not _NOTHING and segment.get(2) != gs.get(6):
            self._fault("gs-control", "GE02 must repeat GS06.", segment, "GE02")

    def _end_interchange(self, segment: Segment) -> None:
        isa, self._isa = self._isa, None
        if self._gs not in (None, _NOTHING):
            self._fault("envelope-order", "IEA comes before the GE of the group.", segment)
        self._gs = None
        if isa is None:
            self._fault("envelope-order", "IEA without its ISA.", segment)
            return
        # An interchange of TA1 alone has no group: IEA01 is then 0.
        if (segment.get(1).lstrip("0") or "0") != str(self._groups):
            self._fault("iea-count", f"IEA01 must count the groups: {self._groups}.", segment, "IEA01")
        if isa is not _NOTHING and segment.get(2) != isa.get(13):
            self._fault("isa-control", "IEA02 must repeat ISA13.", segment, "IEA02")


_NOTHING = Segment(["ISA"])


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 18 else 0


def _envelope(isa: Segment, gs: Segment, st: Segment) -> Envelope:
    created = read_timestamp(gs.get(4), gs.get(5)) or read_timestamp(isa.get(9), isa.get(10))
    return Envelope(
        sender_id=isa.get(6),
        receiver_id=isa.get(8),
        created=created or datetime(1970, 1, 1, tzinfo=UTC),
        control_number=_number(isa.get(13)),
        group_control=_number(gs.get(6)),
        transaction_control=_number(st.get(2)),
        usage=isa.get(15),
        sender_qualifier=isa.get(5),
        receiver_qualifier=isa.get(7),
        group_sender_id=gs.get(2) if gs.get(2) != isa.get(6) else "",
        group_receiver_id=gs.get(3) if gs.get(3) != isa.get(8) else "",
    )


def _alone(isa: Segment, segment: Segment) -> Transaction:
    """A segment that stands in its interchange without group and set, in the form of a set."""
    return Transaction(
        envelope=_envelope(isa, _NOTHING, _NOTHING),
        set_id=segment.id,
        control=segment.get(1),
        version=isa.get(12),
        header=segment,
        segments=iter([segment]),
        interchange_control=isa.get(13),
        isa=None if isa is _NOTHING else isa,
    )


def wrap(envelope: Envelope, functional_id: str, set_id: str, version: str, bodies: Sequence[list[list[str]]]) -> bytes:
    """One interchange with one group: each body (segments without ST and SE) becomes a transaction set.

    Raises `X12Error` where an id or number does not fit its element.
    """
    isa, iea, created = _interchange(envelope, 1)
    group = str(int(_control(envelope.group_control, "GS06")))
    out = [
        isa,
        ["GS", functional_id, envelope.group_sender_id or envelope.sender_id,
         envelope.group_receiver_id or envelope.receiver_id, d8(created), f"{created:%H%M%S}", group, "X", version],
    ]  # fmt: skip
    for offset, body in enumerate(bodies):
        control = f"{envelope.transaction_control + offset:04d}"
        # The 835 guide is the one that does not use ST03.
        out.append(["ST", set_id, ident(control, 9, "ST02"), "" if set_id == "835" else version])
        out.extend(body)
        out.append(["SE", str(len(body) + 2), control])
    out.append(["GE", str(len(bodies)), group])
    out.append(iea)
    return write_segments(out, STANDARD)


def wrap_bare(envelope: Envelope, segments: list[list[str]]) -> bytes:
    """One interchange without a group."""
    isa, iea, _ = _interchange(envelope, 0)
    return write_segments([isa, *segments, iea], STANDARD)


def _interchange(envelope: Envelope, groups: int) -> tuple[list[str], list[str], datetime]:
    """ISA and IEA, and when the interchange was made, in UTC."""
    if envelope.created.tzinfo is None:
        raise X12Error("timestamp", "The time of creation must carry its zone.", element="GS05")
    created = envelope.created.astimezone(UTC)
    if envelope.usage not in ("T", "P"):
        raise X12Error("usage", "Usage is T (test) or P (production).", element="ISA15")
    control = _control(envelope.control_number, "ISA13")
    sender, receiver = ident(envelope.sender_id, 15, "ISA06"), ident(envelope.receiver_id, 15, "ISA08")
    isa = [
        "ISA", "00", " " * 10, "00", " " * 10, envelope.sender_qualifier, sender.ljust(15),
        envelope.receiver_qualifier, receiver.ljust(15), d8(created)[2:], f"{created:%H%M}", STANDARD.repetition,
        "00501", control, "0", envelope.usage, STANDARD.component,
    ]  # fmt: skip
    return isa, ["IEA", str(groups), control], created


def _control(number: int, element: str) -> str:
    if not 0 < number < 1_000_000_000:
        raise X12Error("control-number", "A control number lies between 1 and 999999999.", element=element)
    return f"{number:09d}"
