"""The payer over HTTP, on 127.0.0.1 alone: plain files, and the envelope of the CAQH CORE rule."""

from __future__ import annotations

import time
import uuid
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from liaison.engines.x12 import CoreMessage, X12Error, read_core, write_core
from liaison.engines.x12.core import (
    ARRIVED,
    BATCH,
    PAYLOADS,
    REAL_TIME,
    RECEIPT,
    RULE_VERSION,
    SUCCESS,
    error_code,
)
from sandbox_kit.moods import Moods
from sandbox_kit.serving import Broken, Handler, Server
from sandbox_payer.mischief import AT_ONCE, GARBAGE, IN_FILES, ON_THE_LINE
from sandbox_payer.store import ControlNumberReused, Store

MAX_BODY = 50_000_000
_SLOW, _HANG = 1.5, 600.0
_EDI = "application/edi-x12"
_QUESTIONS = ("270", "276", "278")


class PayerServer(Server):
    """Answers requests from `store`, in the moods that were ordered; `payers` are listed by /health."""

    def __init__(self, port: int, store: Store, moods: Moods, payers: list[str]) -> None:
        super().__init__(port, _Handler)
        self.store = store
        self.moods = moods
        self.payers = payers


class _Handler(Handler):
    server: PayerServer

    def post(self) -> None:
        path = urlsplit(self.path).path
        take = {"/claims": self._take, "/ask": self._ask, "/core": self._core, "/mischief": self._mischief}.get(path)
        if take is None:
            self.refuse(404, "There is nothing here; claims go to /claims, questions to /ask or /core.")
            return
        data = self.body(MAX_BODY)
        if data is None:
            return
        try:
            take(data)
        except Broken:
            self.close_connection = True
        except ControlNumberReused as reused:
            self.json(409, {"error": str(reused), "rule": "control-reused"})
        except X12Error as refused:
            self.json(400, {"error": str(refused), "rule": refused.rule, "segment": refused.segment_number})

    def _take(self, data: bytes) -> None:
        """A file of claims or questions, whose answers are fetched."""
        mood = self._mood(IN_FILES)
        file, answers = self.server.store.receive(data, mood if mood in IN_FILES else "")
        self._line(mood)
        self.json(200, {"file": str(file), "answers": [str(answer) for answer in answers]})

    def _ask(self, data: bytes) -> None:
        """A question, answered at once."""
        self.send(200, _EDI, self._answered(data)[1])

    def _answered(self, data: bytes) -> tuple[str, bytes]:
        """Kind and bytes of the answer to a question."""
        mood = self._mood(AT_ONCE)
        answer = self.server.store.ask(data, mood if mood in AT_ONCE else "")
        self._line(mood)
        return answer.kind, answer.content

    def _mischief(self, data: bytes) -> None:
        try:
            self.server.moods.order(data.decode("ascii", errors="replace"))
        except ValueError as wrong:
            self.json(400, {"error": str(wrong)})
        else:
            self.json(200, {})

    def _mood(self, kinds: Collection[str]) -> str:
        """The mood for this message. Slow and hanging begin here, before anything is done."""
        mood = self.server.moods.next((*ON_THE_LINE, *kinds))
        if mood.kind == "hang":
            time.sleep(mood.seconds or _HANG)
            raise Broken
        if mood.kind == "slow":
            time.sleep(mood.seconds or _SLOW)
        if mood.kind == "error":
            self.send(500, "text/html", GARBAGE)
            raise Broken
        return mood.kind

    def _line(self, mood: str) -> None:
        """Break off now that everything is done."""
        if mood == "cut":
            raise Broken

    def _core(self, data: bytes) -> None:
        try:
            asked = read_core(self.headers.get("Content-Type", ""), data)
        except X12Error as wrong:
            self.send(400, *write_core(_envelope_error(wrong)))
            return
        answer = self._core_answer(asked)
        self.send(200 if answer.is_answered else 400, *write_core(answer))

    def _core_answer(self, asked: CoreMessage) -> CoreMessage:
        """The answer to a message: at once, a receipt for a batch, or the files that are ready of a kind."""
        answer = replace(
            asked, sender=asked.receiver, receiver=asked.sender, payload=b"", username="", password="",
            error_code=SUCCESS, error_message="None",
        )  # fmt: skip
        if asked.version != RULE_VERSION:
            words = f"Version {RULE_VERSION} of the rule is spoken here."
            return replace(answer, payload_type=PAYLOADS["error"], error_code="VersionMismatch", error_message=words)
        if asked.mode == REAL_TIME and asked.kind in _QUESTIONS:
            kind, content = self._answered(asked.payload)
            return replace(answer, payload_type=PAYLOADS["278 answer" if kind == "278" else kind], payload=content)
        if asked.mode == BATCH and asked.kind in (*_QUESTIONS, "837"):
            mood = self._mood(IN_FILES)
            self.server.store.receive(asked.payload, mood if mood in IN_FILES else "")
            self._line(mood)
            return replace(answer, payload_type=RECEIPT)
        if asked.mode == BATCH and asked.wants:
            id, content = self.server.store.next_of(asked.wants)
            payload_type = PAYLOADS["278 answer" if asked.wants == "278" else asked.wants]
            return replace(answer, payload_type=payload_type, id=id or asked.id, payload=content)
        if asked.payload_type == ARRIVED:
            self.server.store.confirm(asked.id)
            return replace(answer, payload_type=RECEIPT)
        wrong = "PayloadTypeIllegal" if not asked.kind else "NotSupported"
        words = "This payload is not taken here in this mode."
        return replace(answer, payload_type=PAYLOADS["error"], error_code=wrong, error_message=words)

    def get(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/health":
            self.json(200, {"payers": self.server.payers})
        elif url.path == "/files":
            asked = parse_qs(url.query)
            since = asked.get("since", ["0"])[0]
            if _is_number(since):
                self._list(int(since), asked.get("kind", [""])[0])
            else:
                self.json(400, {"error": "since is the number that an answer gave as next."})
        elif url.path.startswith("/files/") and _is_number(url.path[7:]):
            content = self.server.store.content(int(url.path[7:]))
            if content is None:
                self.json(404, {"error": "There is no such file."})
            else:
                self.send(200, _EDI, content)
        else:
            self.json(404, {"error": "There is nothing here; see /files."})

    def _list(self, since: int, kind: str) -> None:
        files = self.server.store.answers(since, kind)
        rows = [{"id": str(f.id), "kind": f.kind, "control": f.control, "size": f.size} for f in files]
        self.json(200, {"files": rows, "next": str(files[-1].id if files else since)})


def _envelope_error(wrong: X12Error) -> CoreMessage:
    """The answer to a message that cannot be read: nobody knows whose it was."""
    return CoreMessage(
        payload_type=PAYLOADS["error"],
        payload=b"",
        sender="SANDBOX",
        receiver="UNKNOWN",
        id=str(uuid.uuid4()),
        timestamp=datetime.now(UTC),
        error_code=error_code(wrong),
        error_message=wrong.message,
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16
