"""The line to the registry. Killed at any point and started again, nothing is lost, forgotten or told twice.

Out: that a message is on its way is noted before it goes; until its answer is kept it goes again, the same bytes under
the same number, and a registry takes a dose under its number once. In: an answer is kept before it is read.
"""

import hashlib
import logging
import ssl
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

import httpx
from django.conf import settings
from django.utils import timezone

from liaison.engines import hl7v2
from liaison.engines.hl7v2 import Hl7Error, soap
from liaison.record.actor import Actor, machine
from liaison.record.change import change
from liaison.record.models import Intake
from liaison.record.rows import locked
from liaison.registry import build, queries
from liaison.registry.actions import answers
from liaison.registry.models import Connection, Message

log = logging.getLogger(__name__)
REGISTRY = machine("registry")
_TIMEOUT = httpx.Timeout(30, connect=5)
_LEASE = timedelta(seconds=60)
_LONGEST_WAIT = timedelta(hours=1)
_HL7 = "application/hl7-v2; charset=UTF-8"
LARGEST = 20_000_000
State = Message.State


class Unreachable(Exception):
    """The registry did not answer, or not with an answer: it is tried again."""

    def __init__(self, words: str, body: bytes = b"") -> None:
        super().__init__(words)
        self.words, self.body = words, body


class Locked(Exception):
    """The registry does not let us in: nothing gets through until somebody mends the connection."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class Unwanted(Exception):
    """The registry will not have this message, however often it is sent."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@lru_cache(maxsize=4)
def _trusted(certificate: str) -> ssl.SSLContext:
    """The authorities that are trusted, and our own certificate where the registry asks for one."""
    context = httpx.create_ssl_context()
    if certificate:
        context.load_cert_chain(certificate)
    return context


def _line() -> httpx.Client:
    return httpx.Client(timeout=_TIMEOUT, verify=_trusted(settings.REGISTRY_CERTIFICATE))


def send_waiting(now: datetime | None = None) -> int:
    """Send every message whose time has come, each patient's in order. Gives how many the registry answered.

    While one of a patient's waits for its next try, the later ones of that patient wait too.
    """
    read_kept()
    connection = queries.connection()
    if connection is None:
        return 0
    now = now or timezone.now()
    behind: set[UUID] = set()
    sent = 0
    with _line() as line:
        for key, patient, retry_at in list(queries.waiting().values_list("pk", "patient_id", "retry_at")[:2000]):
            if patient in behind:
                continue
            if retry_at is not None and retry_at > now:
                behind.add(patient)
                continue
            try:
                done = _send(line, connection, key)
            except Locked:
                break
            except Unreachable as trouble:
                behind.add(patient)
                if not trouble.body:
                    break
                continue
            sent += done
            if not done:
                behind.add(patient)
    return sent


def send(message_id: UUID) -> str:
    """Send one message now, for a person who waits. Gives a sentence when that did not work, else nothing."""
    connection = queries.connection()
    if connection is None:
        return "The practice is not connected to a registry."
    try:
        with _line() as line:
            _send(line, connection, message_id)
    except (Unreachable, Locked) as trouble:
        return trouble.words
    return ""


def _send(line: httpx.Client, connection: Connection, message_id: UUID) -> bool:
    """Whether the registry has answered a message. Raises Unreachable, Locked."""
    body = _on_its_way(message_id)
    if body is None:
        return False
    try:
        answer = transmit(line, connection, body)
        answers.keep(REGISTRY, message_id, answer)
    except Unreachable as trouble:
        if trouble.body:
            _keep_aside(message_id, trouble.body, trouble.words)
        answers.try_later(REGISTRY, message_id, trouble.words, _wait)
        raise
    except Locked as trouble:
        answers.locked_out(REGISTRY, message_id, trouble.words)
        raise
    except Unwanted as refusal:
        answers.unwanted(REGISTRY, message_id, refusal.words)
        return True
    answers.got_through(REGISTRY, connection.pk)
    return _read(message_id)


def _on_its_way(message_id: UUID) -> bytes | None:
    """Note, before anything is sent, that it is tried; None when somebody else does that, or it need not go."""
    with change(REGISTRY, "registry.query") as this:
        message = locked(Message, message_id)
        if message is None or message.state != State.TO_SEND:
            return None
        message.attempts += 1
        message.sent_at = this.at
        message.retry_at = timezone.now() + _LEASE
        this.save(message, "attempts", "sent_at", "retry_at")
        return bytes(message.body)


def _wait(attempts: int) -> datetime:
    return timezone.now() + min(timedelta(seconds=10 * 2 ** min(attempts, 12)), _LONGEST_WAIT)


def transmit(line: httpx.Client, connection: Connection, body: bytes) -> bytes:
    """The registry's answer to a message. Raises Unreachable, Locked, Unwanted."""
    if connection.kind == Connection.Kind.HTTPS:
        response = _post(
            line,
            connection,
            body,
            {"Content-Type": _HL7},
            _basic(connection),
        )
        return _plain(response)
    version = soap.V2014 if connection.kind == Connection.Kind.SOAP_2014 else soap.V2011
    call = soap.Call(
        soap.SUBMIT,
        body.decode(),
        connection.username,
        settings.REGISTRY_PASSWORD,
        connection.facility,
        version,
    )
    response = _post(line, connection, soap.write_call(call), {"Content-Type": soap.content_type(version)}, None)
    return _enveloped(response)


def _basic(connection: Connection) -> httpx.BasicAuth:
    return httpx.BasicAuth(connection.username, settings.REGISTRY_PASSWORD)


def _post(
    line: httpx.Client, connection: Connection, body: bytes, headers: dict[str, str], auth: httpx.BasicAuth | None
) -> httpx.Response:
    try:
        request = line.build_request("POST", queries.endpoint_of(connection), content=body, headers=headers)
        response = line.send(request, auth=auth)
    except (httpx.TransportError, httpx.InvalidURL) as trouble:
        raise Unreachable(f"The registry cannot be reached ({type(trouble).__name__}).") from None
    if len(response.content) > LARGEST:
        raise Unreachable("The registry's answer is too long.", response.content[:LARGEST])
    return response


def _plain(response: httpx.Response) -> bytes:
    if response.status_code in (401, 403):
        raise Locked("The registry does not take our user name and password.")
    if response.status_code in (400, 413, 415, 422):
        raise Unwanted(f"The registry will not have the message (HTTP {response.status_code}).")
    if not response.is_success:
        raise Unreachable(f"The registry answered with HTTP {response.status_code}.")
    return response.content


def _enveloped(response: httpx.Response) -> bytes:
    try:
        return soap.read_answer(response.content).strip().encode()
    except soap.SoapFault as fault:
        if fault.kind == soap.SECURITY:
            raise Locked(f"The registry does not let us in: {fault.reason}"[:300]) from None
        if fault.kind in (soap.TOO_LARGE, soap.UNSUPPORTED):
            raise Unwanted(f"The registry will not have the message: {fault.reason}"[:300]) from None
        raise Unreachable(f"The registry has a fault: {fault.reason}"[:300]) from None
    except Hl7Error:
        if response.status_code in (401, 403):
            raise Locked("The registry does not take our user name and password.") from None
        words = "The registry's answer is not one that can be read."
        raise Unreachable(words, response.content or b"(nothing)") from None


def read_kept() -> int:
    """Read every answer that is kept and was not yet dealt with. Gives how many."""
    kept = list(Message.objects.filter(state=State.SENT).order_by("number").values_list("pk", flat=True)[:2000])
    return sum(_read(key) for key in kept)


def _read(message_id: UUID) -> bool:
    """Whether an answer that is kept could be read; one that cannot is kept aside, and the message goes again."""
    try:
        answers.read(REGISTRY, message_id)
    except Hl7Error as fault:
        message = Message.objects.only("answer").get(pk=message_id)
        _keep_aside(message_id, bytes(message.answer or b""), f"The registry's answer cannot be read: {fault.message}")
        answers.try_later(REGISTRY, message_id, "The registry's answer cannot be read.", _wait)
        return False
    return True


def _keep_aside(message_id: UUID, body: bytes, reason: str) -> None:
    """Keep what came in and is no answer, for a person to look at."""
    Intake.objects.bulk_create(
        [
            Intake(
                source="the registry",
                kind="registry-answer",
                reference=f"message {message_id}",
                sha256=hashlib.sha256(body).hexdigest(),
                body=body,
                reason=reason,
            )
        ],
        ignore_conflicts=True,
    )


def test_line(actor: Actor) -> str:
    """Try the connection: what the registry answers, as a sentence. Raises Unreachable, Locked."""
    actor.require("registry.manage")
    connection = queries.connection()
    if connection is None:
        raise Unreachable("The practice is not connected to a registry.")
    with _line() as line:
        if connection.kind == Connection.Kind.HTTPS:
            _try_plain(line, connection)
        else:
            _try_service(line, connection)
    answers.got_through(REGISTRY, connection.pk)
    return "The registry answers, and lets us in."


def _try_service(line: httpx.Client, connection: Connection) -> None:
    version = soap.V2014 if connection.kind == Connection.Kind.SOAP_2014 else soap.V2011
    call = soap.Call(soap.TEST, "Liaison", version=version)
    kind = {"Content-Type": soap.content_type(version, soap.TEST)}
    if "Liaison" not in _enveloped(_post(line, connection, soap.write_call(call), kind, None)).decode():
        raise Unreachable("The registry answers, but not to a test of the connection.")
    _try_plain(line, connection)


def _try_plain(line: httpx.Client, connection: Connection) -> None:
    """Ask for somebody who cannot be: whoever answers at all has let us in."""
    nobody = hl7v2.Person((), hl7v2.Name("Liaison", "Test"), timezone.localdate(timezone.now()))
    header = build.header(connection, f"TEST-{timezone.now():%Y%m%d%H%M%S%f}", timezone.now())
    try:
        answer = transmit(line, connection, hl7v2.write_qbp(hl7v2.Query(header, nobody, "test", "Z34", 1)))
        hl7v2.read_ack(hl7v2.read_message(answer))
    except Hl7Error:
        raise Unreachable("The registry answers, but not with an HL7 message.") from None
    except Unwanted as refusal:
        raise Unreachable(refusal.words) from None
