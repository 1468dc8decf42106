r"""HL7 version 2: the messages of immunization registries as plain data, and any other as its segments.

`read_messages` and `read_message` take bytes with any delimiters, line ends, byte order mark, MLLP frame or batch.
On them: `read_vxu`, `write_vxu` (VXU^V04, CDC profile Z22), `read_qbp`, `write_qbp` (QBP^Q11, Z34 and Z44), `read_rsp`,
`write_rsp` (RSP^K11, Z31, Z32, Z33, Z42), `read_ack`, `write_ack` (ACK, Z23). `check` lists what is wrong with a file.
Everything that can go wrong raises `Hl7Error`, which names rule, segment, sequence, field and component.

How it is built, from below: `segments` and `escapes` (bytes to fields), `parties` and `person` (who), `doses`,
`orders`, `groups` and `opinions` (what), the messages on top. Source: CDC HL7 2.5.1 Implementation Guide for
Immunization Messaging, release 1.5 (2014) with its addendum of 2015; HL7 2.5.1 chapters 2 to 5.
"""

from liaison.engines.hl7v2 import soap
from liaison.engines.hl7v2.ack import Acknowledgment, Problem, read_ack, write_ack
from liaison.engines.hl7v2.check import check, check_message
from liaison.engines.hl7v2.doses import Dose, Evaluation, KnownDose, Recommendation, Vis
from liaison.engines.hl7v2.errors import Hl7Error
from liaison.engines.hl7v2.header import Header, read_header
from liaison.engines.hl7v2.parties import Address, Clinician, Coded, Identifier, Name, Person, Relative, Telecom
from liaison.engines.hl7v2.qbp import Query, read_qbp, write_qbp
from liaison.engines.hl7v2.rsp import Answer, Reply, read_rsp, write_rsp
from liaison.engines.hl7v2.segments import Delimiters, Message, Segment, read_message, read_messages
from liaison.engines.hl7v2.vxu import VaccineUpdate, read_vxu, write_vxu

__all__ = [
    "Acknowledgment",
    "Address",
    "Answer",
    "Clinician",
    "Coded",
    "Delimiters",
    "Dose",
    "Evaluation",
    "Header",
    "Hl7Error",
    "Identifier",
    "KnownDose",
    "Message",
    "Name",
    "Person",
    "Problem",
    "Query",
    "Recommendation",
    "Relative",
    "Reply",
    "Segment",
    "Telecom",
    "VaccineUpdate",
    "Vis",
    "check",
    "check_message",
    "read_ack",
    "read_header",
    "read_message",
    "read_messages",
    "read_qbp",
    "read_rsp",
    "read_vxu",
    "soap",
    "write_ack",
    "write_qbp",
    "write_rsp",
    "write_vxu",
]
