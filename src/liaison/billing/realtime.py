"""The line to payers that answer at once: eligibility (270), claim status (276), authorizations (278).

A question goes out under the number of its own file and is the same bytes when it is asked again, so that a payer may
answer it twice and nothing is doubled here. Nothing of a patient stands in addresses or in the log.
"""

import logging
import ssl
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

import httpx
from django.conf import settings

from liaison.engines.x12 import CoreMessage, X12Error, read_core, write_core
from liaison.engines.x12.core import PAYLOADS
from liaison.kernel import clock

log = logging.getLogger(__name__)
# CORE operating rules: a payer answers within twenty seconds
SECONDS = 20
AT_ONCE = 8
LARGEST = 10_000_000
_LATER = frozenset({"Unavailable", "Timeout", "ServerBusy"})


@dataclass(frozen=True, slots=True)
class Question:
    """A kept 270, 276 or 278 on its way; `id` is a UUID, and the same when it is asked again."""

    kind: str
    id: str
    sender: str
    receiver: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a question: the X12 that came back, or a sentence why none did.

    `later` says that the same question may be answered another time: the payer was not there.
    """

    body: bytes = b""
    sorry: str = ""
    later: bool = False


def is_set_up() -> bool:
    """Whether there is a payer or clearing house that answers at once."""
    return bool(settings.REALTIME_URL)


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def _line() -> httpx.Client:
    timeout = httpx.Timeout(SECONDS, connect=5)
    return httpx.Client(timeout=timeout, verify=_trusted(), follow_redirects=False)


def ask(question: Question) -> Reply:
    """Ask one question and wait for its answer, no longer than twenty seconds."""
    with _line() as line:
        return _ask(line, question)


def ask_all(questions: Sequence[Question]) -> Iterator[Reply]:
    """Ask many, eight at a time; their replies in order."""
    if not questions:
        return
    with _line() as line, ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(lambda question: _ask(line, question), questions)


def _ask(line: httpx.Client, question: Question) -> Reply:
    message = CoreMessage(
        payload_type=PAYLOADS[question.kind],
        payload=question.body,
        sender=question.sender,
        receiver=question.receiver,
        id=question.id,
        timestamp=clock.now(),
        username=settings.REALTIME_USER,
        password=settings.REALTIME_PASSWORD,
    )
    try:
        kind, form = write_core(message)
        with line.stream("POST", settings.REALTIME_URL, content=form, headers={"Content-Type": kind}) as answer:
            body = _limited(answer)
    except X12Error as gap:
        return Reply(sorry=f"The question cannot be sent: {gap.message}")
    except httpx.TimeoutException:
        return Reply(sorry=f"The payer did not answer within {SECONDS} seconds.", later=True)
    except httpx.HTTPError as trouble:
        log.warning("Question %s waits: the payer cannot be reached (%s)", question.id, type(trouble).__name__)
        return Reply(sorry="The payer cannot be reached.", later=True)
    return _read(answer, body)


def _limited(answer: httpx.Response) -> bytes:
    """The body, as far as one byte more than is taken. A payer that drips is one that hangs."""
    body, latest = b"", time.monotonic() + SECONDS
    for chunk in answer.iter_bytes():
        body += chunk
        if len(body) > LARGEST:
            break
        if time.monotonic() > latest:
            raise httpx.ReadTimeout("too slow")
    return body


def _read(answer: httpx.Response, body: bytes) -> Reply:
    status = answer.status_code
    if status in (401, 403):
        return Reply(sorry="The payer does not take our user name and password. Ask the office manager.")
    if not answer.is_success:
        later = answer.is_server_error or status in (408, 425, 429)
        words = "cannot answer at the moment" if later else "does not take the question"
        return Reply(sorry=f"The payer {words} ({status}).", later=later)
    try:
        message = read_core(answer.headers.get("Content-Type", ""), body)
    except X12Error as broken:
        return Reply(body=body[:LARGEST], sorry=f"The payer’s answer cannot be read: {broken.message}")
    if message.error_code and not message.is_answered:
        word = "".join(c for c in message.error_code if c.isalnum())[:40]
        later = message.error_code in _LATER
        return Reply(body=message.payload, sorry=f"The payer refused the message ({word}).", later=later)
    return Reply(body=message.payload)
