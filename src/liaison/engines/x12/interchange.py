"""TA1: what became of an interchange as such, before anybody looked at what is in it (X12.5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from liaison.engines.x12.envelope import Envelope, read_transactions, wrap_bare
from liaison.engines.x12.values import d8, ident, read_timestamp

# TA105: control numbers differ, separators, too short, the count of groups, its content.
NO_FAULT, CONTROL, GROUPS, END, CONTENT = "000", "001", "021", "023", "024"
_FAULTS = {"isa-control": CONTROL, "iea-count": GROUPS, "unterminated": END, "envelope-order": CONTENT}


@dataclass(frozen=True, slots=True)
class InterchangeAcknowledgment:
    """A TA1. `control` is the ISA13 that it answers, `code` A accepted, E with errors, R rejected; `note` is TA105."""

    control: str
    sent: datetime
    code: str
    note: str = NO_FAULT
    envelope: Envelope | None = field(default=None, compare=False)

    @property
    def is_accepted(self) -> bool:
        return self.code in ("A", "E")


def fault_of(rule: str) -> str:
    """The TA105 for a rule that `check` names; empty where it is no fault of the interchange."""
    return _FAULTS.get(rule, "")


def write_ta1(acknowledgment: InterchangeAcknowledgment, envelope: Envelope) -> bytes:
    """An interchange of the TA1 alone."""
    sent = acknowledgment.sent.astimezone(UTC)
    number = ident(acknowledgment.control, 9, "TA101")
    return wrap_bare(
        envelope, [["TA1", number, d8(sent)[2:], f"{sent:%H%M}", acknowledgment.code, acknowledgment.note]]
    )


def read_ta1(source: bytes) -> list[InterchangeAcknowledgment]:
    """Every TA1 of a file."""
    found = (each.header for each in read_transactions(source, alone=True) if each.header.id == "TA1")
    return [
        InterchangeAcknowledgment(
            control=each.get(1),
            sent=read_timestamp(each.get(2), each.get(3)) or datetime(1970, 1, 1, tzinfo=UTC),
            code=each.get(4),
            note=each.get(5),
        )
        for each in found
    ]
