"""What a line to payers is: it takes a file so that it is there once, says what is offered, and fetches it."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

MOST_BYTES = 50_000_000  # of a file that is fetched


class Refused(Exception):
    """The other side will never take this file. The message is a sentence for a person."""


class Unreachable(Exception):
    """The other side is not there, hangs, or is out of order: another time. The message is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A file to be sent: `control` is its interchange control number, `name` how it is called on the other side."""

    control: str
    name: str
    kind: str
    body: bytes
    sender: str
    receiver: str
    id: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A file that the other side has for us. `name` is the same whenever it is offered, at most 200 characters long;
    `settled` false while it may still be being written; `path` where it lies, if its name does not tell."""

    name: str
    kind: str = ""
    settled: bool = True
    path: str = ""


class Line(Protocol):
    """A line to payers, open as long as the `with` block.

    Sending has two steps, and between them it is noted here that the first is done: `prepare` brings the file over so
    that the other side does not yet see it, `commit` lets it be seen. Killed before the note, the first step is done
    anew; killed after it, `commit` is called again and finds out whether it was done. Where the other side takes a file
    whole or not at all and knows it again by its control number, the first step is empty.
    """

    name: str

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def prepare(self, file: Outgoing) -> None:
        """Bring a file over unseen. May be done any number of times. Raises Refused, Unreachable."""

    def commit(self, file: Outgoing) -> None:
        """Let a prepared file be seen; done before, it does nothing. Raises Refused, Unreachable."""

    def offered(self, newest: str) -> Iterator[Offer]:
        """The files that are there for us, `newest` being the greatest name that is known here. Raises Unreachable."""

    def fetch(self, offer: Offer) -> bytes:
        """The content of an offered file. Raises Unreachable."""

    def confirm(self, offer: Offer) -> None:
        """Tell the other side that an offered file is kept here. May be done any number of times."""
