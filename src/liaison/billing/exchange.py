"""The line to payers over HTTP. Killed at any point and started again, nothing is lost or doubled.

Out: a file is sent again with the same control number until the payer has said that it has it, and a payer takes the
same file twice as once. In: an answer is kept before it is read, and the newest kept is where the next question begins.
"""

import logging
import ssl
from functools import lru_cache

import httpx
from django.db.models import Max

from liaison.billing.actions.files import note_refused, note_sent, process_received, take_in
from liaison.billing.models import Exchange
from liaison.record.actor import Actor, machine

log = logging.getLogger(__name__)
_ANSWER = "answers/"
_TIMEOUT = httpx.Timeout(30, connect=5)
_KIND = "application/edi-x12"


def _actor() -> Actor:
    return machine("exchange")


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """The certificates of the authorities that are trusted, read once: that takes longer than a file to a payer."""
    return httpx.create_ssl_context()


def _line(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, timeout=_TIMEOUT, verify=_trusted())


def send_waiting(url: str) -> int:
    """Send every file that waits, oldest first. Gives how many the payer took; the others wait for the next time.

    A file that the payer refuses for good (4xx) is set aside for a person.
    """
    waiting = Exchange.objects.filter(direction="out", status=Exchange.Status.TO_SEND).order_by("created_at", "id")
    sent = 0
    with _line(url) as payer:
        for exchange in list(waiting):
            try:
                answer = payer.post("/claims", content=bytes(exchange.body), headers={"Content-Type": _KIND})
            except httpx.TransportError as trouble:
                log.warning(
                    "File %s waits: the payer cannot be reached (%s)", exchange.control_number, type(trouble).__name__
                )
                break
            if answer.is_success:
                note_sent(_actor(), exchange.pk)
                sent += 1
            elif answer.is_client_error and answer.status_code not in (408, 425, 429):
                note_refused(_actor(), exchange.pk, _why(answer))
            else:
                log.warning("File %s waits: the payer answered %s", exchange.control_number, answer.status_code)
    return sent


def _why(answer: httpx.Response) -> str:
    try:
        words = answer.json()["error"]
    except (ValueError, KeyError, TypeError):
        words = answer.reason_phrase
    return f"The payer refused the file ({answer.status_code}): {str(words)[:300]}"


def fetch_answers(url: str) -> int:
    """Fetch every answer that is new, keep it, and do what it says. Gives how many files were processed."""
    try:
        with _line(url) as payer:
            while _fetch(payer):
                continue
    except httpx.TransportError as trouble:
        log.warning("Answers wait: the payer cannot be reached (%s)", type(trouble).__name__)
    except httpx.HTTPStatusError as trouble:
        log.warning("Answers wait: the payer answered %s", trouble.response.status_code)
    return process_received(_actor())


def _fetch(payer: httpx.Client) -> bool:
    """Keep one list's worth of answers; whether there may be more."""
    since = newest_answer()
    listed = payer.get("/files", params={"since": since}).raise_for_status().json()["files"]
    for file in listed:
        body = payer.get(f"/files/{int(file['id'])}").raise_for_status().content
        take_in(_actor(), file["kind"], f"{_ANSWER}{int(file['id']):012d}", body)
    return newest_answer() > since


def newest_answer() -> int:
    """The payer's number of the newest answer that is kept here; 0 before the first."""
    kept = Exchange.objects.filter(direction="in", name__startswith=_ANSWER)
    name = kept.aggregate(newest=Max("name"))["newest"]
    return int(name.removeprefix(_ANSWER)) if name else 0
