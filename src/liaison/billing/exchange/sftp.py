"""A line by SFTP. The server's key must be known, or nothing is sent."""

import asyncio
import stat
from collections.abc import Coroutine, Iterator
from pathlib import Path
from time import time
from types import TracebackType
from typing import Any, Self, TypeVar

from liaison.billing.exchange.folder import QUIET_SECONDS, is_plain, offer_of, unseen
from liaison.billing.exchange.line import MOST_BYTES, Offer, Outgoing, Refused, Unreachable

CONNECT_SECONDS, STEP_SECONDS = 15, 120
R = TypeVar("R")


class SftpLine:
    """Files are put into `send_to` under a name that is not taken, then renamed; read in `receive_from`, and left."""

    def __init__(
        self,
        name: str,
        *,
        host: str,
        port: int,
        user: str,
        send_to: str,
        receive_from: str,
        password: str = "",
        key_file: str = "",
        known_hosts: str = "",
    ) -> None:
        self.name = name
        self._host, self._port, self._user = host, port, user
        self._send_to, self._receive_from = send_to, receive_from
        self._password, self._key_file, self._known_hosts = password, key_file, known_hosts
        self._runner: asyncio.Runner | None = None
        self._connection: Any = None
        self._sftp: Any = None

    def __enter__(self) -> Self:
        self._runner = asyncio.Runner()
        try:
            self._do(self._connect(), CONNECT_SECONDS)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    async def _connect(self) -> None:
        # Here, for the library takes a third of a second to import and most commands do without
        import asyncssh

        if not self._known_hosts or not Path(self._known_hosts).exists():
            raise Unreachable(
                "The key of the SFTP server is not known. Put it into the file that LIAISON_CLAIMS_KNOWN_HOSTS names."
            )
        try:
            self._connection = await asyncssh.connect(
                self._host,
                self._port,
                username=self._user,
                password=self._password or None,
                client_keys=[self._key_file] if self._key_file else [],
                known_hosts=self._known_hosts,
                config=None,
                agent_path=None,
            )
            self._sftp = await self._connection.start_sftp_client(path_errors="surrogateescape")
        except asyncssh.HostKeyNotVerifiable:
            raise Unreachable(f"{self._host} shows another key than the known one. Ask the payer why.") from None
        except asyncssh.PermissionDenied:
            raise Unreachable(f"{self._host} does not let {self._user} in. Check key or password.") from None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        if self._connection is not None:
            self._connection.abort()
        self._runner.close()

    def _do(self, step: Coroutine[Any, Any, R], seconds: float = STEP_SECONDS) -> R:
        """One step, no longer than so many seconds. Raises Unreachable for whatever the network does."""
        # Known once connected
        import asyncssh

        assert self._runner is not None
        try:
            return self._runner.run(asyncio.wait_for(step, seconds))
        except TimeoutError:
            raise Unreachable(f"{self._host} did not answer within {seconds:.0f} seconds.") from None
        except (OSError, asyncssh.Error) as trouble:
            raise Unreachable(f"{self._host} cannot be reached or refuses ({type(trouble).__name__}).") from None

    def prepare(self, file: Outgoing) -> None:
        """Upload the file under a name that is not taken."""
        self._do(self._upload(file))

    async def _upload(self, file: Outgoing) -> None:
        await self._refuse_another(file)
        async with self._sftp.open(f"{self._send_to}/{unseen(file.name)}", "wb") as remote:
            await remote.write(file.body)

    async def _refuse_another(self, file: Outgoing) -> None:
        there = f"{self._send_to}/{file.name}"
        if await self._sftp.exists(there) and await self._content(there) != file.body:
            raise Refused(f"Another file named {file.name} lies at {self._host}. Take it away, then send it again.")

    async def _content(self, path: str) -> bytes:
        async with self._sftp.open(path, "rb") as remote:
            return bytes(await remote.read(MOST_BYTES + 1))

    def commit(self, file: Outgoing) -> None:
        """Give it its name. Where the unseen one is gone, it has had its name already."""
        self._do(self._name(file))

    async def _name(self, file: Outgoing) -> None:
        await self._refuse_another(file)
        before, after = f"{self._send_to}/{unseen(file.name)}", f"{self._send_to}/{file.name}"
        if not await self._sftp.exists(before):
            return
        if await self._sftp.getsize(before) != len(file.body):
            await self._upload(file)
        if await self._sftp.exists(after):
            await self._sftp.remove(before)
        else:
            await self._sftp.rename(before, after)

    def offered(self, newest: str) -> Iterator[Offer]:
        """Every file in the folder, by name."""
        for entry in sorted(self._do(self._list()), key=lambda one: str(one.filename)):
            facts = entry.attrs
            is_file = facts.permissions is None or stat.S_ISREG(facts.permissions)
            if is_plain(entry.filename) and is_file:
                changed = int(facts.mtime or 0)
                settled = time() - changed > QUIET_SECONDS
                yield offer_of(entry.filename, int(facts.size or 0), changed, settled=settled)

    async def _list(self) -> list[Any]:
        return list(await self._sftp.readdir(self._receive_from))

    def fetch(self, offer: Offer) -> bytes:
        """Read a file."""
        return self._do(self._content(f"{self._receive_from}/{offer.path}"))

    def confirm(self, offer: Offer) -> None:
        """Nothing: what is known by name is passed over."""
