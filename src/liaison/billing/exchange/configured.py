"""Which way claims go to which payer, from LIAISON_CLAIMS_URL (see `billing.addresses`).

The scheme says what kind of line it is: http and https (POST /claims, GET /files), core+http and core+https (CAQH
CORE), sftp, file (folders).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

from django.conf import settings

from liaison.billing.addresses import Address, addresses
from liaison.billing.exchange.core import CoreLine
from liaison.billing.exchange.folder import FolderLine
from liaison.billing.exchange.line import Line
from liaison.billing.exchange.plain import PlainLine
from liaison.billing.exchange.sftp import SftpLine
from liaison.kernel.errors import Invalid


@dataclass(frozen=True, slots=True)
class Way:
    """A line to some payers, to be opened."""

    address: Address

    def takes(self, payer: str) -> bool:
        """Whether files to a payer go this way."""
        return self.address.takes(payer)

    @property
    def name(self) -> str:
        """The name of its line."""
        return name_of(urlsplit(self.address.where))

    def open(self) -> Line:
        """The line, to be used in a `with` block."""
        parts = urlsplit(self.address.where)
        return _KINDS[parts.scheme](parts, self.name)


def name_of(parts: SplitResult) -> str:
    """The name of a line, by which what it delivered is remembered: of kind, host and path, without any secret."""
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    whole = f"{parts.scheme}://{host}{port}{parts.path}?{parts.query}"
    return f"{parts.scheme}:{host or parts.path}"[:29] + f"#{hashlib.sha256(whole.encode()).hexdigest()[:10]}"


def folders(parts: SplitResult) -> tuple[str, str]:
    """Where files are put and fetched: `send=` and `receive=` in the address, below its path."""
    asked = parse_qs(parts.query)
    base = parts.path.rstrip("/")
    send, receive = asked.get("send", ["out"])[0], asked.get("receive", ["in"])[0]
    return _below(base, send), _below(base, receive)


def _below(base: str, folder: str) -> str:
    return folder if folder.startswith("/") else f"{base}/{folder}"


def _sftp(parts: SplitResult, name: str) -> Line:
    send, receive = folders(parts)
    return SftpLine(
        name,
        host=parts.hostname or "",
        port=parts.port or 22,
        user=parts.username or "",
        send_to=send,
        receive_from=receive,
        password=settings.CLAIMS_PASSWORD,
        key_file=settings.CLAIMS_KEY,
        known_hosts=settings.CLAIMS_KNOWN_HOSTS,
    )


def _folder(parts: SplitResult, name: str) -> Line:
    return FolderLine(name, *folders(parts))


def _plain(parts: SplitResult, name: str) -> Line:
    return PlainLine(name, parts.geturl())


def _core(parts: SplitResult, name: str) -> Line:
    address = parts._replace(scheme=parts.scheme.removeprefix("core+"), netloc=parts.netloc.rpartition("@")[2])
    return CoreLine(name, address.geturl(), user=parts.username or "", password=settings.CLAIMS_PASSWORD)


_KINDS: dict[str, Callable[[SplitResult, str], Line]] = {
    "http": _plain,
    "https": _plain,
    "core+http": _core,
    "core+https": _core,
    "sftp": _sftp,
    "file": _folder,
}


def ways(where: str = "") -> list[Way]:
    """The ways that are set up; none without an address. Raises Invalid for what is no address."""
    found = addresses(where or settings.CLAIMS_URL)
    if any(urlsplit(one.where).scheme not in _KINDS for one in found):
        known = ", ".join(_KINDS)
        raise Invalid("bad-line", f"LIAISON_CLAIMS_URL: an address begins with one of {known}, then ://.")
    return [Way(one) for one in found]
