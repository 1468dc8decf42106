"""The envelope of the CAQH CORE connectivity rule (vC2.2.0) in its HTTP form: a MIME multipart form around an X12 file.

What both sides of the line need and nothing of the line itself: bytes in, bytes out. A payer that answers at once takes
mode RealTime; files of many go as Batch, with the SHA-1 of the payload as their checksum.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from liaison.engines.x12.errors import X12Error

RULE_VERSION = "2.2.0"
REAL_TIME, BATCH = "RealTime", "Batch"
SUCCESS = "Success"
RECEIPT = "X12_BatchReceiptConfirmation"
# What may be asked, and what answers it.
PAYLOADS: dict[str, str] = {
    "270": "X12_270_Request_005010X279A1",
    "271": "X12_271_Response_005010X279A1",
    "276": "X12_276_Request_005010X212",
    "277": "X12_277_Response_005010X212",
    "278": "X12_278_Request_005010X217E1_2",
    "278 answer": "X12_278_Response_005010X217E1_2",
    "837": "X12_837_Request_005010X222A1",
    "835": "X12_835_Response_005010X221A1",
    "277CA": "X12_277CA_Response_005010X214",
    "999": "X12_999_Response_005010X231A1",
    "TA1": "X12_TA1_Response_00501X231A1",
    "error": "CoreEnvelopeError",
}
# Batch: what asks for the files that are ready, one a message, and what says that one has arrived.
RETRIEVALS: dict[str, str] = {
    "271": "X12_005010_Request_Batch_Results_271",
    "277": "X12_005010_Request_Batch_Results_277",
    "278": "X12_005010_Request_Batch_Results_278",
    "277CA": "X12_277CA_Request_005010X214",
    "835": "X12_835_Request_005010X221A1",
    "999": "X12_999_RetrievalRequest_005010X231A1",
    "TA1": "X12_TA1_RetrievalRequest_00501X231A1",
}
ARRIVED = "X12_999_SubmissionRequest_005010X231A1"
_KINDS = {name: kind for kind, name in PAYLOADS.items()}
_BOUNDARY = re.compile(r'boundary="?([0-9A-Za-z\'()+_,./:=?-]{1,70})"?', re.ASCII)
_NAME = re.compile(rb'name="?([A-Za-z]{1,40})"?', re.ASCII)
_NEEDED = ("PayloadType", "ProcessingMode", "PayloadID", "TimeStamp", "SenderID", "ReceiverID", "CORERuleVersion")


@dataclass(frozen=True, slots=True)
class CoreMessage:
    """A message of the rule. `payload_type` is one of `PAYLOADS`, `id` a UUID of the sender's, `timestamp` aware.

    An answer has an `error_code` (Success where all is well) and an `error_message`; a question name and password.
    """

    payload_type: str
    payload: bytes
    sender: str
    receiver: str
    id: str
    timestamp: datetime
    mode: str = REAL_TIME
    username: str = ""
    password: str = ""
    error_code: str = ""
    error_message: str = ""
    version: str = RULE_VERSION

    @property
    def kind(self) -> str:
        """The short name of the payload: 270, 271, 835 ...; empty for one that is not known."""
        return _KINDS.get(self.payload_type, "")

    @property
    def wants(self) -> str:
        """The short name of the files that are asked for; empty where none are."""
        return next((kind for kind, name in RETRIEVALS.items() if name == self.payload_type), "")

    @property
    def is_answered(self) -> bool:
        return self.error_code == SUCCESS


def write_core(message: CoreMessage) -> tuple[str, bytes]:
    """The value of Content-Type and the body of an HTTP message. Raises `X12Error` where a field cannot be carried."""
    boundary = f"liaison-{hashlib.sha256(message.id.encode() + message.payload).hexdigest()[:40]}"
    fields = {
        "PayloadType": message.payload_type,
        "ProcessingMode": message.mode,
        "PayloadID": message.id,
        "TimeStamp": f"{message.timestamp.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "SenderID": message.sender,
        "ReceiverID": message.receiver,
        "CORERuleVersion": message.version,
    }
    optional = {
        "UserName": message.username,
        "Password": message.password,
        "ErrorCode": message.error_code,
        "ErrorMessage": message.error_message,
    }
    fields |= {name: value for name, value in optional.items() if value}
    if message.mode == BATCH and message.payload:
        fields |= {"PayloadLength": str(len(message.payload)), "CheckSum": checksum(message.payload)}
    parts = []
    for name, value in fields.items():
        if any(mark in value for mark in "\r\n") or not value.isprintable():
            raise X12Error("core-envelope", f"{name} holds a character that a form cannot carry.")
        parts.append(_part(boundary, name, value.encode()))
    if message.payload:
        parts.append(_part(boundary, "Payload", message.payload))
    return f"multipart/form-data; boundary={boundary}", b"".join([*parts, f"--{boundary}--\r\n".encode()])


def _part(boundary: str, name: str, value: bytes) -> bytes:
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
    return head.encode() + value + b"\r\n"


def read_core(content_type: str, body: bytes) -> CoreMessage:
    """A message. Raises `X12Error` ("core-envelope", "core-required", "core-checksum") where it is none or in part."""
    found = _BOUNDARY.search(content_type)
    if found is None or not content_type.strip().lower().startswith("multipart/"):
        raise X12Error("core-envelope", "A CORE message is a multipart form.")
    fields = _fields(body, found[1].encode())
    texts = {name: value.decode("utf-8", "replace").strip() for name, value in fields.items() if name != "Payload"}
    for name in _NEEDED:
        if not texts.get(name):
            raise X12Error("core-required", f"{name} is missing.", element=name)
    payload = fields.get("Payload", b"")
    told = texts.get("CheckSum", "")
    if told and told.lower() != checksum(payload):
        raise X12Error("core-checksum", "CheckSum is not that of the payload; send it again.", element="CheckSum")
    return CoreMessage(
        payload_type=texts["PayloadType"],
        payload=payload,
        sender=texts["SenderID"],
        receiver=texts["ReceiverID"],
        id=texts["PayloadID"],
        timestamp=_timestamp(texts["TimeStamp"]),
        mode=texts["ProcessingMode"],
        username=texts.get("UserName", ""),
        password=texts.get("Password", ""),
        error_code=texts.get("ErrorCode", ""),
        error_message=texts.get("ErrorMessage", ""),
        version=texts["CORERuleVersion"],
    )


def error_code(problem: X12Error) -> str:
    """What the rule calls a fault of the envelope that `read_core` found."""
    if problem.rule == "core-checksum":
        return "ChecksumMismatched"
    field = problem.element or "Payload"
    return f"{field}Required" if problem.rule == "core-required" else f"{field}Illegal"


def checksum(payload: bytes) -> str:
    """The SHA-1 of a payload in hexadecimal, as the rule has it; it guards against damage, not against people."""
    return hashlib.sha1(payload, usedforsecurity=False).hexdigest()


def _fields(body: bytes, boundary: bytes) -> dict[str, bytes]:
    """The parts of a form by their names; the last boundary must be there, or the body came only in part."""
    mark = b"--" + boundary
    pieces = (b"\r\n" + body).split(b"\r\n" + mark)
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise X12Error("core-envelope", "The form is not whole.")
    fields: dict[str, bytes] = {}
    for piece in pieces[1:-1]:
        head, gap, value = piece.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if not gap or name is None:
            raise X12Error("core-envelope", "A part of the form has no name.")
        fields.setdefault(name[1].decode("ascii"), value)
    return fields


def _timestamp(text: str) -> datetime:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise X12Error("core-envelope", "TimeStamp is no time.", element="TimeStamp") from None
    return when if when.tzinfo else when.replace(tzinfo=UTC)
