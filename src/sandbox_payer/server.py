"""The payer over HTTP, on 127.0.0.1 alone."""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from liaison.engines.x12 import X12Error
from sandbox_payer.store import ControlNumberReused, Store

HOST = "127.0.0.1"
MAX_BODY = 50_000_000


class PayerServer(ThreadingHTTPServer):
    """Answers requests from `store`; `payers` are listed by /health."""

    daemon_threads = True

    def __init__(self, port: int, store: Store, payers: list[str]) -> None:
        super().__init__((HOST, port), _Handler)
        self.store = store
        self.payers = payers

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news; anything else is told with its traceback."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # as the base class hands them

    @property
    def address(self) -> str:
        return f"{HOST}:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body leave as one packet; two would wait 40 ms for each other (Nagle and delayed acknowledgment).
    wbufsize = -1
    disable_nagle_algorithm = True
    server: PayerServer

    def do_POST(self) -> None:
        if urlsplit(self.path).path != "/claims":
            self._close_with(404, "There is nothing here; claims go to /claims.")
            return
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self._close_with(411, "Say with Content-Length how long the file is.")
            return
        if int(length) > MAX_BODY:
            self._close_with(413, "The file is larger than 50 MB; send it in parts.")
            return
        data = self.rfile.read(int(length))
        if len(data) < int(length):
            self._close_with(400, "The file came only in part; send it again.")
            return
        try:
            file, answers = self.server.store.receive(data)
        except ControlNumberReused as reused:
            self._json(409, {"error": str(reused), "rule": "control-reused"})
        except X12Error as refused:
            self._json(400, {"error": str(refused), "rule": refused.rule, "segment": refused.segment_number})
        else:
            self._json(200, {"file": str(file), "answers": [str(answer) for answer in answers]})

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/health":
            self._json(200, {"payers": self.server.payers})
        elif url.path == "/files":
            since = parse_qs(url.query).get("since", ["0"])[0]
            if _is_number(since):
                self._list(int(since))
            else:
                self._json(400, {"error": "since is the number that an answer gave as next."})
        elif url.path.startswith("/files/") and _is_number(url.path[7:]):
            content = self.server.store.content(int(url.path[7:]))
            if content is None:
                self._json(404, {"error": "There is no such file."})
            else:
                self._send(200, "application/edi-x12", content)
        else:
            self._json(404, {"error": "There is nothing here; see /files."})

    def _list(self, since: int) -> None:
        files = self.server.store.answers(since)
        rows = [{"id": str(f.id), "kind": f.kind, "control": f.control, "size": f.size} for f in files]
        self._json(200, {"files": rows, "next": str(files[-1].id if files else since)})

    def _close_with(self, status: int, words: str) -> None:
        """Refuse without reading the body, which then stands in the way of the next request."""
        self.close_connection = True
        self._json(status, {"error": words})

    def _json(self, status: int, body: dict[str, object]) -> None:
        self._send(status, "application/json", json.dumps(body).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not logged; addresses hold nothing of a patient, and the console belongs to the demo."""


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16
