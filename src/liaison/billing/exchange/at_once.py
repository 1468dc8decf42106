"""Questions to payers over HTTP, each answered in the same breath, in the envelope of CAQH CORE."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote, urlsplit

import httpx
from django.conf import settings

from liaison.billing.exchange.over_http import LATER, body_of, trusted
from liaison.billing.realtime import Question, Reply
from liaison.engines.x12 import CoreMessage, X12Error, read_core, write_core
from liaison.engines.x12.core import PAYLOADS
from liaison.kernel import clock

log = logging.getLogger(__name__)
# CORE operating rules: a payer answers within twenty seconds
SECONDS = 20
AT_ONCE = 8
LARGEST = 10_000_000
_LATER = frozenset({"Unavailable", "Timeout", "ServerBusy"})


def ask_over(url: str, questions: Sequence[Question]) -> list[Reply]:
    """Ask some questions, eight at a time; their replies in order.

    Name and password stand in the address, where a payer has its own, else they are those of the settings.
    """
    parts = urlsplit(url)
    name, password = unquote(parts.username or ""), unquote(parts.password or "")
    url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    who = (name or settings.REALTIME_USER, password or settings.REALTIME_PASSWORD)
    timeout = httpx.Timeout(SECONDS, connect=5)
    with httpx.Client(timeout=timeout, verify=trusted()) as line, ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda question: _ask(line, url, who, question), questions))


def _ask(line: httpx.Client, url: str, who: tuple[str, str], question: Question) -> Reply:
    message = CoreMessage(
        payload_type=PAYLOADS[question.kind],
        payload=question.body,
        sender=question.sender,
        receiver=question.receiver,
        id=question.id,
        timestamp=clock.now(),
        username=who[0],
        password=who[1],
    )
    try:
        kind, form = write_core(message)
        with line.stream("POST", url, content=form, headers={"Content-Type": kind}) as answer:
            body = body_of(answer, SECONDS, LARGEST)
    except X12Error as gap:
        return Reply(sorry=f"The question cannot be sent: {gap.message}")
    except httpx.TimeoutException:
        return Reply(sorry=f"The payer did not answer within {SECONDS} seconds.", later=True)
    except httpx.HTTPError as trouble:
        log.warning("Question %s waits: the payer cannot be reached (%s)", question.id, type(trouble).__name__)
        return Reply(sorry="The payer cannot be reached.", later=True)
    return _read(answer, body)


def _read(answer: httpx.Response, body: bytes) -> Reply:
    status = answer.status_code
    if status in (401, 403):
        return Reply(sorry="The payer does not take our user name and password. Ask the office manager.")
    if not answer.is_success:
        later = answer.is_server_error or status in LATER
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
