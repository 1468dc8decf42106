"""A real SFTP server on 127.0.0.1, as a payer or clearing house runs one."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import asyncssh


class SftpServer:
    """Serves `root` (with the folders `out` and `in`) to the user `clinic` with the key in `key_file`."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "sftp"
        (self.root / "out").mkdir(parents=True)
        (self.root / "in").mkdir()
        self.key_file = folder / "clinic_key"
        own, host = asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-ed25519")
        own.write_private_key(self.key_file)
        self._authorized = folder / "authorized"
        own.write_public_key(self._authorized)
        self._host = host
        self._loop = asyncio.new_event_loop()
        started = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(started,), daemon=True)
        self._thread.start()
        started.wait()
        self.known_hosts = folder / "known_hosts"
        public = host.export_public_key().decode().strip()
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {public}\n")

    def _serve(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._server: Any = self._loop.run_until_complete(
            asyncssh.listen(
                "127.0.0.1",
                0,
                server_host_keys=[self._host],
                authorized_client_keys=str(self._authorized),
                sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(self.root)),
            )
        )
        self.port = self._server.get_port()
        started.set()
        self._loop.run_forever()

    @property
    def address(self) -> str:
        """As LIAISON_CLAIMS_URL has it."""
        return f"sftp://clinic@127.0.0.1:{self.port}/?send=/out&receive=/in"

    def sent(self) -> list[str]:
        """The names of the files that the payer sees."""
        return sorted(path.name for path in (self.root / "out").iterdir() if not path.name.startswith("."))

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
