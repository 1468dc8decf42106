"""The line to the registry. Killed at any point and started again, nothing is lost, forgotten or told twice.

Out: that a message is on its way is noted before it goes; until its answer is kept it goes again, the same bytes under
the same number, and a registry takes a dose under its number once. In: an answer is kept before it is read.
"""

import hashlib
import logging
import ssl
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Way:
    """How messages go: the connection, with the address and the password of the moment."""

    connection: Connection
    url: str
    password: str

    @property
    def is_open(self) -> bool:
        """Whether there is a password where one is needed; until then messages wait."""
        return bool(self.password or not self.connection.username)


def way(url: str = "", password: str = "") -> Way | None:
    """The way to the registry, if the practice has one; another address and password for a rehearsal's own."""
    connection = queries.connection()
    if connection is None:
        return None
    return Way(connection, url or queries.endpoint_of(connection), password or settings.REGISTRY_PASSWORD)


def _line() -> httpx.Client:
    return httpx.Client(timeout=_TIMEOUT, verify=_trusted(settings.REGISTRY_CERTIFICATE))


def send_waiting(now: datetime | None = None, *, url: str = "", password: str = "") -> int:
    """Send every message whose time has come, each patient's in order. Gives how many the registry answered.

    While one of a patient's waits for its next try, the later ones of that patient wait too.
    """
    read_kept()
    by = way(url, password)
    if by is None or not by.is_open:
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
                done = _send(line, by, key)
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
    by = way()
    if by is None:
        return "The practice is not connected to a registry."
    if not by.is_open:
        return "The registry's password is not set. Whoever runs Liaison sets it."
    try:
        with _line() as line:
            _send(line, by, message_id)
    except (Unreachable, Locked) as trouble:
        return trouble.words
    return ""


def _send(line: httpx.Client, by: Way, message_id: UUID) -> bool:
    """Whether the registry has answered a message. Raises Unreachable, Locked."""
    body = _on_its_way(message_id)
    if body is None:
        return False
    try:
        answer = transmit(line, by, body)
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
    answers.got_through(REGISTRY, by.connection.pk)
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


def transmit(line: httpx.Client, by: Way, body: bytes) -> bytes:
    """The registry's answer to a message. Raises Unreachable, Locked, Unwanted."""
    us = by.connection
    if us.kind == Connection.Kind.HTTPS:
        return _plain(_post(line, by, body, _HL7, httpx.BasicAuth(us.username, by.password)))
    call = soap.Call(soap.SUBMIT, body.decode(), us.username, by.password, us.facility, _version(us))
    return _enveloped(_post(line, by, soap.write_call(call), soap.content_type(call.version)))


def _version(connection: Connection) -> str:
    return soap.V2014 if connection.kind == Connection.Kind.SOAP_2014 else soap.V2011


def _post(line: httpx.Client, by: Way, body: bytes, kind: str, auth: httpx.BasicAuth | None = None) -> httpx.Response:
    try:
        request = line.build_request("POST", by.url, content=body, headers={"Content-Type": kind})
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
    by = way()
    if by is None:
        raise Unreachable("The practice is not connected to a registry.")
    with _line() as line:
        if by.connection.kind != Connection.Kind.HTTPS:
            _echo(line, by)
        _ask_for_nobody(line, by)
    answers.got_through(REGISTRY, by.connection.pk)
    return "The registry answers, and lets us in."


def _echo(line: httpx.Client, by: Way) -> None:
    """The web service's own test, for which no password is asked."""
    call = soap.Call(soap.TEST, "Liaison", version=_version(by.connection))
    kind = soap.content_type(call.version, soap.TEST)
    if b"Liaison" not in _enveloped(_post(line, by, soap.write_call(call), kind)):
        raise Unreachable("The registry answers, but not to a test of the connection.")


def _ask_for_nobody(line: httpx.Client, by: Way) -> None:
    """Ask for somebody who cannot be: whoever answers at all has let us in."""
    now = timezone.now()
    nobody = hl7v2.Person((), hl7v2.Name("Liaison", "Test"), timezone.localdate(now))
    header = build.header(by.connection, f"TEST-{now:%Y%m%d%H%M%S%f}", now)
    try:
        answer = transmit(line, by, hl7v2.write_qbp(hl7v2.Query(header, nobody, "test", "Z34", 1)))
        hl7v2.read_ack(hl7v2.read_message(answer))
    except Hl7Error:
        raise Unreachable("The registry answers, but not with an HL7 message.") from None
    except Unwanted as refusal:
        raise Unreachable(refusal.words) from None
