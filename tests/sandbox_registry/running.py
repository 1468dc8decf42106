"""The registry as a process, and a client of it."""

from __future__ import annotations

import json
from base64 import b64encode

from liaison.engines.hl7v2 import soap
from tests.support.sandboxes import Sandbox

USER, PASSWORD = "liaison", "sandbox"


class Running(Sandbox):
    """A registry process, and a client that speaks as the clinic does."""

    def __init__(self, *options: str) -> None:
        super().__init__("sandbox_registry", *options)

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
