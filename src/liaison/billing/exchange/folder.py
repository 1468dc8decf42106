"""A line by two folders that something else empties and fills: a clearing house's own program, a mounted share."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from time import time
from types import TracebackType
from typing import Self

from liaison.billing.exchange.line import Offer, Outgoing, Refused, Unreachable

_LONGEST_NAME = 150
QUIET_SECONDS = 60  # a file that was written to so lately may not be whole


def unseen(name: str) -> str:
    """The name of a file that the other side must not take yet."""
    return f".{name}.part"


def is_plain(name: str) -> bool:
    """Whether a name is of a file that is offered: not hidden, not a part of one."""
    return bool(name) and not name.startswith(".") and not name.endswith((".part", ".tmp", ".filepart"))


def offer_of(name: str, size: int, changed: int, *, settled: bool) -> Offer:
    """A file by name, size and time, for a name may be used again for another file; a long name by its hash too."""
    known = name.encode("utf-8", "backslashreplace").decode()
    if len(known) > _LONGEST_NAME:
        known = f"{known[:80]}…{hashlib.sha256(known.encode()).hexdigest()}"
    return Offer(f"{known}#{size}.{changed}", settled=settled, path=name)


class FolderLine:
    """Files are put whole into `send_to` and read in `receive_from`, where they are left."""

    def __init__(self, name: str, send_to: str, receive_from: str) -> None:
        self.name = name
        self._send_to, self._receive_from = Path(send_to), Path(receive_from)

    def __enter__(self) -> Self:
        for folder in (self._send_to, self._receive_from):
            if not folder.is_dir():
                raise Unreachable(f"The folder {folder} is not there. Mount it, or correct LIAISON_CLAIMS_URL.")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held open."""

    def prepare(self, file: Outgoing) -> None:
        """Write the file under a name that is not taken."""
        self._refuse_another(file)
        try:
            with (self._send_to / unseen(file.name)).open("wb") as stream:
                stream.write(file.body)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as trouble:
            raise Unreachable(f"The folder {self._send_to} cannot be written to ({trouble.strerror}).") from None

    def _refuse_another(self, file: Outgoing) -> None:
        there = self._send_to / file.name
        if there.exists() and there.read_bytes() != file.body:
            raise Refused(f"Another file named {file.name} lies in {self._send_to}. Take it away, then send it again.")

    def commit(self, file: Outgoing) -> None:
        """Give it its name. Where the unseen one is gone, it has had its name already."""
        self._refuse_another(file)
        try:
            (self._send_to / unseen(file.name)).replace(self._send_to / file.name)
            folder = os.open(self._send_to, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except FileNotFoundError:
            return
        except OSError as trouble:
            raise Unreachable(f"The folder {self._send_to} cannot be written to ({trouble.strerror}).") from None

    def offered(self, newest: str) -> Iterator[Offer]:
        """Every file in the folder, by name."""
        try:
            for entry in sorted(os.scandir(self._receive_from), key=lambda one: one.name):
                if entry.is_file() and is_plain(entry.name):
                    stat = entry.stat()
                    settled = time() - stat.st_mtime > QUIET_SECONDS or _ends(Path(entry.path))
                    yield offer_of(entry.name, stat.st_size, int(stat.st_mtime), settled=settled)
        except OSError as trouble:
            raise Unreachable(f"The folder {self._receive_from} cannot be read ({trouble.strerror}).") from None

    def fetch(self, offer: Offer) -> bytes:
        """Read a file."""
        try:
            return (self._receive_from / offer.path).read_bytes()
        except OSError as trouble:
            raise Unreachable(f"A file in {self._receive_from} cannot be read ({trouble.strerror}).") from None

    def confirm(self, offer: Offer) -> None:
        """Nothing: what is known by name is passed over."""


def _ends(path: Path) -> bool:
    """Whether a file has the end of an interchange: then it is whole however new it is."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - 60))
        return is_whole(stream.read())


def is_whole(tail: bytes) -> bool:
    """Whether the end of a file is that of an interchange (IEA)."""
    return b"IEA" in tail[-60:]
