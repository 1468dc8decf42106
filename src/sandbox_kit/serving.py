"""A program that answers HTTP on 127.0.0.1: its options, its server, its end."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Callable
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType

HOST = "127.0.0.1"


class Server(ThreadingHTTPServer):
    """A server whose requests each have a thread."""

    daemon_threads = True

    def __init__(self, port: int, handler: type[Handler]) -> None:
        super().__init__((HOST, port), handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news; anything else is told with its traceback."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # as the base class hands them

    @property
    def address(self) -> str:
        return f"{HOST}:{self.server_address[1]}"


class Broken(Exception):
    """The answer breaks off, on purpose."""


class Handler(BaseHTTPRequestHandler):
    """Reads bodies of a known length, answers JSON or bytes, keeps quiet."""

    protocol_version = "HTTP/1.1"
    # Head and body leave as one packet; two would wait 40 ms for each other (Nagle and delayed acknowledgment).
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self.get()

    def do_POST(self) -> None:
        self.post()

    def get(self) -> None:
        self.json(404, {"error": "There is nothing here."})

    def post(self) -> None:
        self.json(404, {"error": "There is nothing here."})

    def body(self, longest: int) -> bytes | None:
        """The body of a request; None where it was answered already: without a length, too long, in part."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self.refuse(411, "Say with Content-Length how long the file is.")
            return None
        if int(length) > longest:
            self.refuse(413, f"The file is larger than {longest // 1_000_000} MB; send it in parts.")
            return None
        data = self.rfile.read(int(length))
        if len(data) < int(length):
            self.refuse(400, "The file came only in part; send it again.")
            return None
        return data

    def refuse(self, status: int, words: str) -> None:
        """Refuse without reading the body, which then stands in the way of the next request."""
        self.close_connection = True
        self.json(status, {"error": words})

    def json(self, status: int, body: dict[str, object]) -> None:
        self.send(status, "application/json", json.dumps(body).encode())

    def send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not logged; addresses hold nothing of a patient, and the console belongs to the demo."""


def options(name: str, what: str, port: int) -> argparse.ArgumentParser:
    """The options that every sandbox has."""
    parser = argparse.ArgumentParser(prog=name, description=f"A {what} to practise with, on {HOST}.")
    parser.add_argument("--port", type=_port, default=port, help="port to listen on; 0 chooses one")
    parser.add_argument("--state", type=Path, help="SQLite file to remember in; default: memory")
    parser.add_argument("--today", type=date.fromisoformat, help=f"the {what}'s day; default: that of each message")
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError("a port lies between 0 and 65535")
    return int(text)


def serve(name: str, port: int, make: Callable[[], Server], close: Callable[[], None]) -> int:
    """Serve until SIGTERM or Ctrl-C, then `close`. Exit status 1 where the port cannot be had."""
    try:
        server = make()
    except OSError as trouble:
        close()
        print(f"{name}: port {port} cannot be had: {trouble.strerror}", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, _stop)
    print(f"listening on {server.address}", flush=True)
    try:
        server.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
        close()
    return 0


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
