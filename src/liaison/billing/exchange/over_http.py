"""What lines over HTTP share: an open client, and the faults of a network in words."""

import ssl
import time
from functools import lru_cache
from types import TracebackType
from typing import Any, Self

import httpx

from liaison.billing.exchange.line import MOST_BYTES, Outgoing, Unreachable

TIMEOUT = httpx.Timeout(30, connect=5)
SECONDS = 300  # for a whole answer: less than a lease holds on
LATER = (408, 425, 429)  # refused for now, and taken another time


@lru_cache(maxsize=1)
def trusted() -> ssl.SSLContext:
    """The certificates of the authorities that are trusted, read once: that takes longer than a file to a payer."""
    return httpx.create_ssl_context()


def body_of(answer: httpx.Response, seconds: float, most: int) -> bytes:
    """The body, as far as one byte more than is taken. A payer that drips is one that hangs: raises ReadTimeout."""
    body, latest = bytearray(), time.monotonic() + seconds
    for chunk in answer.iter_bytes():
        body += chunk
        if len(body) > most:
            break
        if time.monotonic() > latest:
            raise httpx.ReadTimeout("too slow")
    return bytes(body)


class HttpLine:
    """A line to a payer that takes a file whole or not at all."""

    def __init__(self, name: str, address: str = "") -> None:
        self.name = name
        self._http = httpx.Client(base_url=address, timeout=TIMEOUT, verify=trusted())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def prepare(self, file: Outgoing) -> None:
        """Nothing: what is taken whole needs no preparation."""

    def _send(self, verb: str, address: str, **sent: Any) -> httpx.Response:
        """Ask the other side. Raises Unreachable."""
        try:
            with self._http.stream(verb, address, **sent) as answer:
                body = body_of(answer, SECONDS, MOST_BYTES)
        except httpx.TimeoutException:
            raise Unreachable("The payer does not answer.") from None
        except httpx.TransportError as trouble:
            raise Unreachable(f"The payer cannot be reached ({type(trouble).__name__}).") from None
        except httpx.RequestError as trouble:
            raise Unreachable(f"The payer's answer cannot be read ({type(trouble).__name__}).") from None
        if len(body) > MOST_BYTES:
            raise Unreachable(f"The payer's answer is larger than {MOST_BYTES // 1_000_000} MB.")
        kind = {"Content-Type": answer.headers.get("Content-Type", "")}
        return httpx.Response(answer.status_code, headers=kind, content=body)
