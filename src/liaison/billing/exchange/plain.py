"""A line by plain HTTP: `POST /claims` takes a file, `GET /files?since=` lists answers, `GET /files/<id>` gives one.

The other side knows a file again by its interchange control number and takes it once, so it is sent again until it has
said that it has it.
"""

import ssl
from collections.abc import Iterator
from functools import lru_cache
from types import TracebackType
from typing import Self

import httpx

from liaison.billing.exchange.line import Offer, Outgoing, Refused, Unreachable

ANSWER = "answers/"
TIMEOUT = httpx.Timeout(30, connect=5)
_KIND = "application/edi-x12"
_LATER = (408, 425, 429)


@lru_cache(maxsize=1)
def trusted() -> ssl.SSLContext:
    """The certificates of the authorities that are trusted, read once: that takes longer than a file to a payer."""
    return httpx.create_ssl_context()


class PlainLine:
    """The line at an address."""

    def __init__(self, name: str, address: str) -> None:
        self.name = name
        self._http = httpx.Client(base_url=address, timeout=TIMEOUT, verify=trusted())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def prepare(self, file: Outgoing) -> None:
        """Nothing: a file is taken whole or not at all."""

    def commit(self, file: Outgoing) -> None:
        """Post the file; the same once more is taken as the one there is."""
        answer = self._ask("POST", "/claims", content=file.body)
        if answer.is_success:
            return
        if answer.is_client_error and answer.status_code not in _LATER:
            raise Refused(f"The payer refused the file ({answer.status_code}): {_why(answer)}")
        raise Unreachable(f"The payer is out of order ({answer.status_code}).")

    def offered(self, newest: str) -> Iterator[Offer]:
        """The answers after the newest one that is known."""
        since = int(newest.removeprefix(ANSWER) or 0)
        answer = self._good("/files", since=since)
        try:
            offers = [(int(file["id"]), str(file["kind"])) for file in answer.json()["files"]]
        except (ValueError, KeyError, TypeError):
            raise Unreachable("The payer does not list its answers as it should.") from None
        for number, kind in offers:
            yield Offer(f"{ANSWER}{number:012d}", kind=kind)

    def fetch(self, offer: Offer) -> bytes:
        """One answer."""
        return self._good(f"/files/{int(offer.name.removeprefix(ANSWER))}").content

    def confirm(self, offer: Offer) -> None:
        """Nothing: what is known by name is passed over."""

    def _good(self, path: str, **asked: int) -> httpx.Response:
        answer = self._ask("GET", path, params=asked)
        if not answer.is_success:
            raise Unreachable(f"The payer is out of order ({answer.status_code}).")
        return answer

    def _ask(
        self, verb: str, path: str, *, content: bytes | None = None, params: dict[str, int] | None = None
    ) -> httpx.Response:
        try:
            return self._http.request(verb, path, content=content, params=params, headers={"Content-Type": _KIND})
        except httpx.TimeoutException:
            raise Unreachable("The payer does not answer.") from None
        except httpx.TransportError as trouble:
            raise Unreachable(f"The payer cannot be reached ({type(trouble).__name__}).") from None


def _why(answer: httpx.Response) -> str:
    try:
        words = answer.json()["error"]
    except (ValueError, KeyError, TypeError):
        words = answer.reason_phrase
    return str(words)[:300]
