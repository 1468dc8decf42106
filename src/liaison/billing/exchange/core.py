"""A line in the shape of CAQH CORE (connectivity vC2.2.0, MIME multipart over HTTP): files go and come in batch mode.

A file goes under an id that is the same when it goes again, and the other side takes it once. Answers are asked for
kind by kind; one is given, under its own id, until we say that it has arrived.
"""

import uuid
from collections.abc import Iterator

from liaison.billing.exchange.line import Offer, Outgoing, Refused, Unreachable
from liaison.billing.exchange.over_http import LATER, HttpLine
from liaison.engines.x12 import CoreMessage, X12Error, read_core, write_core
from liaison.engines.x12.core import ARRIVED, BATCH, PAYLOADS, RECEIPT, RETRIEVALS
from liaison.kernel import clock

_WANTED = ("TA1", "999", "277CA", "277", "835")


class CoreLine(HttpLine):
    """The line at an address, under the practice's name and password there."""

    def __init__(self, name: str, address: str, *, user: str = "", password: str = "") -> None:
        super().__init__(name)
        self._address, self._user, self._password = address, user, password
        self._given: dict[str, bytes] = {}

    def commit(self, file: Outgoing) -> None:
        """Submit the file; the same once more is taken as the one there is."""
        answer = self._ask(
            PAYLOADS["276" if file.kind == "276" else "837"], file.body, file.id, file.sender, file.receiver
        )
        if answer.payload_type != RECEIPT or not answer.is_answered:
            raise Refused(f"The payer refused the file ({answer.error_code or answer.payload_type})."[:300])

    def offered(self, newest: str) -> Iterator[Offer]:
        """The answers that wait, one of each kind at a time."""
        for kind in _WANTED:
            answer = self._ask(RETRIEVALS[kind], b"", str(uuid.uuid4()), "LIAISON", "PAYER")
            if answer.is_answered and answer.payload:
                name = f"core/{answer.id}"[:200]
                self._given[name] = answer.payload
                yield Offer(name, kind=kind)

    def fetch(self, offer: Offer) -> bytes:
        """What came when it was asked for."""
        return self._given[offer.name]

    def confirm(self, offer: Offer) -> None:
        """Say that an answer has arrived, so that the next of its kind is given."""
        self._ask(ARRIVED, b"", offer.name.removeprefix("core/"), "LIAISON", "PAYER")

    def _ask(self, kind: str, payload: bytes, message_id: str, sender: str, receiver: str) -> CoreMessage:
        message = CoreMessage(
            payload_type=kind,
            payload=payload,
            sender=sender,
            receiver=receiver,
            id=message_id,
            timestamp=clock.now(),
            mode=BATCH,
            username=self._user,
            password=self._password,
        )
        content_type, body = write_core(message)
        answer = self._send("POST", self._address, content=body, headers={"Content-Type": content_type})
        if answer.status_code in (401, 403):
            raise Unreachable("The payer does not take our user name and password.")
        if answer.is_client_error and answer.status_code not in LATER:
            raise Refused(f"The payer refused the message ({answer.status_code}).")
        if not answer.is_success:
            raise Unreachable(f"The payer is out of order ({answer.status_code}).")
        try:
            return read_core(answer.headers.get("Content-Type", ""), answer.content)
        except X12Error as broken:
            raise Unreachable(f"The payer's answer cannot be read: {broken.message}") from None
