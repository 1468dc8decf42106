"""A payer that answers at once, over HTTP, as each test tells it to: well, wrongly, twice, or not at all."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from liaison.engines.x12 import (
    Address,
    Benefit,
    CoreMessage,
    EligibilityAnswer,
    EligibilityInquiry,
    Entity,
    Member,
    Period,
    Rejection,
    read_270,
    read_core,
    write_271,
    write_core,
)
from liaison.engines.x12.core import PAYLOADS

BENEFITS = (
    Benefit("1", ("30",), "IND", plan="Sunrise HMO 20"),
    Benefit("B", ("98",), "IND", time_period="27", cents=2_000, in_network=True),
    Benefit("B", ("98",), "IND", time_period="27", cents=6_000, in_network=False),
    Benefit("A", ("98",), "IND", percent=Decimal(20), in_network=True),
    Benefit("C", ("30",), "FAM", time_period="23", cents=300_000, in_network=True),
    Benefit("C", ("30",), "IND", time_period="23", cents=150_000, in_network=True),
    Benefit("C", ("30",), "IND", time_period="29", cents=41_250, in_network=True),
    Benefit("G", ("30",), "IND", time_period="29", cents=380_000, in_network=True),
    Benefit("F", ("98",), "IND", time_period="29", quantity_kind="VS", quantity=Decimal(3)),
    Benefit(
        "R",
        ("30",),
        entities=(Entity("PR", "OTHER MUTUAL", id_kind="PI", id="OM1", address=Address("1 A St", "X", "IL", "60601")),),
    ),
    Benefit("L", ("30",), entities=(Entity("P3", "OSEI", first_name="ABENA", phone="2175550111"),)),
)


def answer_to(inquiry: EligibilityInquiry, **changes: Any) -> EligibilityAnswer:
    """A good answer: who was asked about is covered as BENEFITS say; `member` changes the person."""
    member = changes.pop("member", {})
    person = replace(inquiry.subscriber.person, last_name=inquiry.subscriber.person.last_name.upper())
    numbers = {key: member.pop(key) for key in ("member_id", "group_number", "periods") if key in member}
    holder = Member(
        replace(person, **member),
        **{"member_id": inquiry.subscriber.member_id, "group_number": inquiry.subscriber.group_number, **numbers},
    )
    dependent = Member(inquiry.patient) if inquiry.patient else None
    answer = EligibilityAnswer(
        trace=inquiry.trace,
        payer=inquiry.payer,
        provider=inquiry.provider,
        subscriber=holder,
        dependent=dependent,
        benefits=BENEFITS,
        reference=inquiry.trace,
        payer_trace="93175",
    )
    return replace(answer, **changes)


def ended(day: date) -> dict[str, Any]:
    """The changes of an answer that says that the coverage ended on a day."""
    return {"benefits": (Benefit("6", ("30",)),), "member": {"periods": (Period("347", day),)}}


def refused(code: str = "72", follow_up: str = "C") -> dict[str, Any]:
    return {"benefits": (), "rejections": (Rejection(code, "subscriber", follow_up),)}


class Desk:
    """What the payer does with the next questions: `answers` makes the bytes and content type of each."""

    def __init__(self) -> None:
        self.asked: list[EligibilityInquiry] = []
        self.bodies: list[bytes] = []
        self.reply: Callable[[CoreMessage], tuple[int, str, bytes]] = self.well()
        self.url = ""

    def well(self, **changes: Any) -> Callable[[CoreMessage], tuple[int, str, bytes]]:
        """Answer each question in the CORE form, with some changes to the good answer."""

        def reply(message: CoreMessage) -> tuple[int, str, bytes]:
            (inquiry,) = read_270(message.payload)
            assert inquiry.envelope is not None
            back = inquiry.envelope.reply(datetime(2026, 3, 3, 12, tzinfo=UTC), 7)
            return 200, *self.wrapped(message, write_271(answer_to(inquiry, **dict(changes)), back))

        return reply

    @staticmethod
    def wrapped(message: CoreMessage, payload: bytes, code: str = "Success") -> tuple[str, bytes]:
        back = replace(
            message, payload_type=PAYLOADS["271"], payload=payload, sender=message.receiver, receiver=message.sender,
            username="", password="", error_code=code,
        )  # fmt: skip
        return write_core(back)


@contextmanager
def open_desk() -> Iterator[Desk]:
    """A payer that listens while the block lasts."""
    desk = Desk()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            message = read_core(self.headers["Content-Type"], body)
            desk.bodies.append(message.payload)
            desk.asked += read_270(message.payload) if message.kind == "270" else []
            try:
                status, kind, answer = desk.reply(message)
            except ConnectionAbortedError:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    desk.url = f"http://127.0.0.1:{server.server_address[1]}/core"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield desk
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
