"""A line by plain HTTP: `POST /claims` takes a file, `GET /files?since=` lists answers, `GET /files/<id>` gives one.

The other side knows a file again by its interchange control number and takes it once, so it is sent again until it has
said that it has it.
"""

from collections.abc import Iterator

import httpx

from liaison.billing.exchange.line import Offer, Outgoing, Refused, Unreachable
from liaison.billing.exchange.over_http import LATER, HttpLine

ANSWER = "answers/"
_DIGITS = 12
_KIND = {"Content-Type": "application/edi-x12"}


class PlainLine(HttpLine):
    """The line at an address."""

    def commit(self, file: Outgoing) -> None:
        """Post the file; the same once more is taken as the one there is."""
        answer = self._send("POST", "/claims", content=file.body, headers=_KIND)
        if answer.is_success:
            return
        if answer.is_client_error and answer.status_code not in LATER:
            raise Refused(f"The payer refused the file ({answer.status_code}): {_why(answer)}")
        raise Unreachable(f"The payer is out of order ({answer.status_code}).")

    def offered(self, newest: str) -> Iterator[Offer]:
        """The answers after the newest one that is known."""
        since = int(newest.removeprefix(ANSWER) or 0)
        answer = self._good("/files", since=since)
        try:
            offers = [(_number(file["id"]), str(file["kind"])) for file in answer.json()["files"]]
        except (ValueError, KeyError, TypeError, OverflowError):
            raise Unreachable("The payer does not list its answers as it should.") from None
        for number, kind in offers:
            yield Offer(f"{ANSWER}{number:0{_DIGITS}d}", kind=kind)

    def fetch(self, offer: Offer) -> bytes:
        """One answer."""
        return self._good(f"/files/{int(offer.name.removeprefix(ANSWER))}").content

    def confirm(self, offer: Offer) -> None:
        """Nothing: what is known by name is passed over."""

    def _good(self, path: str, **asked: int) -> httpx.Response:
        answer = self._send("GET", path, params=asked)
        if not answer.is_success:
            raise Unreachable(f"The payer is out of order ({answer.status_code}).")
        return answer


def _number(id: str | float) -> int:
    """An answer's number, which must sort as it counts. Raises ValueError, TypeError, OverflowError."""
    number = int(id)
    if not 0 <= number < 10**_DIGITS:
        raise ValueError(number)
    return number


def _why(answer: httpx.Response) -> str:
    try:
        words = answer.json()["error"]
    except (ValueError, KeyError, TypeError):
        words = answer.reason_phrase
    return str(words)[:300]
