"""The registry as a process, and a client of it."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64encode
from http.client import HTTPConnection

from liaison.engines.hl7v2 import soap

USER, PASSWORD = "liaison", "sandbox"


class Running:
    """A registry process, listening at `url`."""

    def __init__(self, *options: str) -> None:
        command = [sys.executable, "-m", "sandbox_registry", "--port", "0", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.first_line = self.process.stdout.readline().strip()
        self.address = self.first_line.removeprefix("listening on ")
        self.url = f"http://{self.address}"

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        connection = HTTPConnection(self.address, timeout=20)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def post(self, message: bytes, password: str = PASSWORD) -> tuple[int, bytes]:
        """One message to /hl7."""
        told = b64encode(f"{USER}:{password}".encode()).decode()
        return self.ask("POST", "/hl7", message, Authorization=f"Basic {told}")

    def submit(self, message: bytes, *, password: str = PASSWORD, version: str = soap.V2011) -> str:
        """One message to the CDC's web service."""
        call = soap.Call(soap.SUBMIT, message.decode(), USER, password, "1255", version)
        return self.call(call)

    def call(self, call: soap.Call) -> str:
        _, answer = self.ask(
            "POST", "/soap", soap.write_call(call), **{"Content-Type": soap.content_type(call.version)}
        )
        return soap.read_answer(answer)

    def mischief(self, words: str) -> None:
        assert self.ask("POST", "/mischief", words.encode())[0] == 200

    def counts(self) -> dict[str, int]:
        found: dict[str, int] = json.loads(self.ask("GET", "/doses")[1])
        return found

    def kill(self) -> None:
        """SIGKILL: nothing is flushed, nothing is closed."""
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
