"""The registry over HTTP, on 127.0.0.1 alone: the CDC's web service, and plain POST."""

from __future__ import annotations

import base64
import binascii
import hmac
import time
from urllib.parse import urlsplit

from liaison.engines.hl7v2 import Hl7Error, soap
from sandbox_kit.moods import Moods
from sandbox_kit.serving import Broken, Handler, Server
from sandbox_registry.registry import Registry

MOODS = ("slow", "hang", "cut", "ae", "ar", "garbage", "stranger", "duplicates", "fault", "locked", "error")
MAX_BODY = 10_000_000
MAX_MESSAGE = 1_000_000
_SOAP = "application/soap+xml; charset=UTF-8"
_HL7 = "application/hl7-v2; charset=UTF-8"
_GARBAGE = b"<html><body>Gateway time-out \xff\xfe MSH|^"


class RegistryServer(Server):
    """Answers by `registry`, in the moods that were ordered; `user` is name:password."""

    def __init__(self, port: int, registry: Registry, moods: Moods, user: str) -> None:
        super().__init__(port, _Handler)
        self.registry = registry
        self.moods = moods
        self.user = user


class _Handler(Handler):
    server: RegistryServer

    def get(self) -> None:
        path = urlsplit(self.path).path
        if path == "/health":
            self.json(200, {"registry": "sandbox"})
        elif path == "/doses":
            self.json(200, dict(self.server.registry.store.counts()))
        else:
            self.json(404, {"error": "There is nothing here; messages go to /soap or /hl7."})

    def post(self) -> None:
        data = self.body(MAX_BODY)
        if data is None:
            return
        path = urlsplit(self.path).path
        try:
            if path == "/soap":
                self._soap(data)
            elif path == "/hl7":
                self._plain(data)
            elif path == "/mischief":
                self.server.moods.order(data.decode("ascii", errors="replace"))
                self.json(200, {})
            else:
                self.json(404, {"error": "There is nothing here; messages go to /soap or /hl7."})
        except Broken:
            self.close_connection = True
        except ValueError as wrong:
            self.json(400, {"error": str(wrong)})

    def _allowed(self, name: str, password: str) -> bool:
        return hmac.compare_digest(f"{name}:{password}".encode(), self.server.user.encode())

    def _soap(self, data: bytes) -> None:
        try:
            call = soap.read_call(data)
        except Hl7Error as fault:
            self._fault(soap.OTHER, fault.message, 1)
            return
        if call.operation == soap.TEST:
            self.send(200, _SOAP, soap.write_answer(call, call.text))
        elif call.operation != soap.SUBMIT:
            self._fault(soap.UNSUPPORTED, "This operation is not supported.", 2, call.version)
        elif not self._allowed(call.username, call.password):
            self._fault(soap.SECURITY, "The user name or password is wrong.", 10, call.version)
        elif len(call.text) > MAX_MESSAGE:
            self._fault(soap.TOO_LARGE, "The message is longer than a million characters.", 13, call.version)
        else:
            self._submit(call)

    def _submit(self, call: soap.Call) -> None:
        mood = self.server.moods.next().kind
        if mood == "fault":
            self._fault(soap.OTHER, "The registry has a fault of its own.", 4, call.version)
        elif mood == "locked":
            self._fault(soap.SECURITY, "The account is locked.", 11, call.version)
        else:
            answer = self._judged(call.text.encode(), mood)
            if answer is None:
                self._fault(soap.OTHER, "What came is no HL7 message.", 3, call.version)
            elif mood in ("garbage", "error"):
                self.send(500 if mood == "error" else 200, "text/html", _GARBAGE)
            else:
                self.send(200, _SOAP, soap.write_answer(call, answer.decode()))

    def _plain(self, data: bytes) -> None:
        if not self._allowed(*self._basic()):
            self.json(401, {"error": "The user name or password is wrong."})
            return
        mood = self.server.moods.next().kind
        answer = self._judged(data, mood)
        if mood in ("garbage", "fault", "error", "locked"):
            status = {"garbage": 200, "locked": 403}.get(mood, 500)
            self.send(status, "text/html", _GARBAGE)
        elif answer is None:
            self.json(400, {"error": "What came is no HL7 message."})
        else:
            self.send(200, _HL7, answer)

    def _basic(self) -> tuple[str, str]:
        kind, _, told = self.headers.get("Authorization", "").partition(" ")
        try:
            name, _, password = base64.b64decode(told, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return (name, password) if kind.lower() == "basic" else ("", "")

    def _judged(self, data: bytes, mood: str) -> bytes | None:
        """The registry's answer, in its mood; None for what is no message. Garbage and errors keep nothing."""
        if mood in ("garbage", "error"):
            return b""
        if mood == "hang":
            time.sleep(600)
            raise Broken
        if mood == "slow":
            time.sleep(1.5)
        try:
            answer = self.server.registry.answer(data, mood)
        except Hl7Error:
            return None
        if mood == "cut":
            raise Broken
        return answer

    def _fault(self, kind: str, reason: str, code: int, version: str = soap.V2011) -> None:
        self.send(500, _SOAP, soap.write_fault(kind, reason, code, version))
