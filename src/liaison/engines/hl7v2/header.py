"""MSH: who sends what to whom, when, under which number."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace

from liaison.engines.hl7v2.errors import Hl7Error
from liaison.engines.hl7v2.escapes import escape
from liaison.engines.hl7v2.parties import limited
from liaison.engines.hl7v2.segments import Message, segment
from liaison.engines.hl7v2.values import read_time, time_text


@dataclass(frozen=True, slots=True)
class Header:
    """`created` is aware. `processing`: P production, T training, D debugging."""

    control_id: str
    created: datetime.datetime
    sending_application: str = ""
    sending_facility: str = ""
    receiving_application: str = ""
    receiving_facility: str = ""
    processing: str = "P"
    version: str = "2.5.1"
    responsible: str = ""

    def reply(self, control_id: str, created: datetime.datetime) -> Header:
        """The header of an answer: the two parties exchanged."""
        return replace(
            self,
            control_id=control_id,
            created=created,
            sending_application=self.receiving_application,
            sending_facility=self.receiving_facility,
            receiving_application=self.sending_application,
            receiving_facility=self.sending_facility,
            responsible="",
        )


def write_msh(header: Header, kind: str, profile: str, *, asks: bool = False) -> str:
    """MSH of a message of `kind` (`VXU^V04^VXU_V04`) and CDC `profile` (`Z22`). One that `asks` wants its answer."""
    if not header.control_id:
        raise Hl7Error("field-missing", "A message needs a number.", segment="MSH", sequence=1, field=10)
    if header.created.tzinfo is None:
        raise Hl7Error("date", "The time of a message must carry its zone.", segment="MSH", sequence=1, field=7)
    return segment(
        "MSH",
        "^~\\&",
        limited(header.sending_application, 227, "MSH", 3),
        limited(header.sending_facility, 227, "MSH", 4),
        limited(header.receiving_application, 227, "MSH", 5),
        limited(header.receiving_facility, 227, "MSH", 6),
        time_text(header.created),
        "",
        kind,
        limited(header.control_id, 199, "MSH", 10),
        header.processing,
        header.version,
        "",
        "",
        "ER" if asks else "NE",
        "AL" if asks else "NE",
        "",
        "UNICODE UTF-8",
        "",
        "",
        f"{profile}^CDCPHINVS",
        escape(header.responsible),
    )


def read_header(message: Message) -> Header:
    """The header of a message; a time that is none counts as the beginning of 1970, for `check` tells of it."""
    msh = message.header
    try:
        created = read_time(msh.text(7))
    except ValueError:
        created = None
    return Header(
        control_id=msh.text(10),
        created=created or datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC),
        sending_application=msh.text(3),
        sending_facility=msh.text(4),
        receiving_application=msh.text(5),
        receiving_facility=msh.text(6),
        processing=msh.text(11) or "P",
        version=msh.text(12),
        responsible=msh.text(22),
    )
