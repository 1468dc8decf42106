"""What the payer keeps in SQLite: files received, answers, and its memory; on disk before an answer leaves."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from liaison.engines.x12 import X12Error, read_835
from sandbox_payer.exchange import answer, answer_at_once, identify
from sandbox_payer.judged import hold
from sandbox_payer.mischief import AnswerFile
from sandbox_payer.rules import Rules

_SCHEMA = """
CREATE TABLE IF NOT EXISTS received (
    id INTEGER PRIMARY KEY, sender TEXT NOT NULL, control TEXT NOT NULL, sha256 TEXT NOT NULL, content BLOB NOT NULL,
    UNIQUE (sender, control)
);
CREATE TABLE IF NOT EXISTS answers (
    id INTEGER PRIMARY KEY AUTOINCREMENT, received INTEGER NOT NULL REFERENCES received (id), kind TEXT NOT NULL,
    control TEXT NOT NULL, content BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS waiting (
    id INTEGER PRIMARY KEY AUTOINCREMENT, received INTEGER NOT NULL REFERENCES received (id), kind TEXT NOT NULL,
    control TEXT NOT NULL, content BLOB NOT NULL, due REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS deductibles (
    payer TEXT NOT NULL, member TEXT NOT NULL, year INTEGER NOT NULL, cents INTEGER NOT NULL,
    PRIMARY KEY (payer, member, year)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS claims (fingerprint TEXT PRIMARY KEY, number TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notes (
    kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS numbers (kind TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
"""


class ControlNumberReused(Exception):
    """A sender used an interchange control number again for another file."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An answer file in a list."""

    id: int
    kind: str
    control: str
    size: int


class Store:
    """The payer's desk. One request at a time judges; state is a file, or memory where `path` is None.

    Remittances come `later` by so many seconds.
    """

    def __init__(self, path: Path | None, rules: Rules, today: date | None = None, later: float = 0) -> None:
        self._rules, self._today, self._later = rules, today, later
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_SCHEMA)
        self._history = _SqliteHistory(self._db)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def _change(self) -> Iterator[None]:
        """One change of the state at a time, whole or not at all; what is due is ready first."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._release()
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def receive(self, data: bytes, mood: str = "") -> tuple[int, list[int]]:
        """Take a file and judge it: its id and the ids of its answers; the same file again gives the same.

        Raises `X12Error` where it cannot be answered, `ControlNumberReused` where its number belongs to another file.
        """
        known, digest = identify(data), hashlib.sha256(data).hexdigest()
        with self._change():
            file = self._receive(data, known.sender, known.control, digest, mood)
            rows = self._db.execute("SELECT id FROM answers WHERE received = ? ORDER BY id", (file,))
            return file, [row[0] for row in rows]

    def ask(self, data: bytes, mood: str = "") -> AnswerFile:
        """Answer a question at once. The same question again is answered again. Raises `X12Error`."""
        with self._change():
            return answer_at_once(data, self._rules, self._history, self._today, mood)

    def _receive(self, data: bytes, sender: str, control: str, digest: str, mood: str) -> int:
        query = "SELECT id, sha256 FROM received WHERE sender = ? AND control = ?"
        before = self._db.execute(query, (sender, control)).fetchone()
        if before is not None:
            if before[1] != digest:
                raise ControlNumberReused(f"Interchange {control} was received before with other content.")
            return int(before[0])
        file = self._db.execute(
            "INSERT INTO received (sender, control, sha256, content) VALUES (?, ?, ?, ?)",
            (sender, control, digest, data),
        ).lastrowid
        assert file is not None
        for each in answer(data, self._rules, self._history, self._today, mood):
            row = (file, each.kind, each.control, each.content)
            if self._later and each.kind == "835":
                self._hold(each.content, pending=True)
                query = "INSERT INTO waiting (received, kind, control, content, due) VALUES (?, ?, ?, ?, ?)"
                self._db.execute(query, (*row, time.time() + self._later))
            else:
                self._db.execute("INSERT INTO answers (received, kind, control, content) VALUES (?, ?, ?, ?)", row)
        return file

    def _release(self) -> None:
        """Remittances whose time has come become answers, with numbers behind those that are there."""
        query = "SELECT id, received, kind, control, content FROM waiting WHERE due <= ? ORDER BY id"
        for id, *row in self._db.execute(query, (time.time(),)).fetchall():
            self._db.execute("INSERT INTO answers (received, kind, control, content) VALUES (?, ?, ?, ?)", row)
            self._db.execute("DELETE FROM waiting WHERE id = ?", (id,))
            self._hold(bytes(row[3]), pending=False)

    def _hold(self, content: bytes, *, pending: bool) -> None:
        with suppress(X12Error):
            for remittance in read_835(content):
                hold(self._history, remittance, pending)

    def answers(self, since: int = 0, kind: str = "") -> list[Listed]:
        """Answer files with an id above `since`, in order; of one kind where it is given."""
        query = (
            "SELECT id, kind, control, length(content) FROM answers WHERE id > ? AND (? = '' OR kind = ?) "
            "ORDER BY id LIMIT 1000"
        )
        with self._change():
            return [Listed(*row) for row in self._db.execute(query, (since, kind, kind))]

    def next_of(self, kind: str) -> tuple[str, bytes]:
        """The oldest file of a kind that nobody has confirmed, under a UUID of its own; nothing where there is none."""
        with self._change():
            query = "SELECT id, content FROM answers WHERE kind = ? ORDER BY id"
            for id, content in self._db.execute(query, (kind,)):
                name = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind}/{id}"))
                if not self._history.recall("arrived", name):
                    return name, bytes(content)
        return "", b""

    def confirm(self, id: str) -> None:
        """Note that a file has arrived."""
        with self._change():
            self._history.note("arrived", id, "yes")

    def content(self, id: int) -> bytes | None:
        """The bytes of an answer file; None where there is none."""
        with self._lock:
            row = self._db.execute("SELECT content FROM answers WHERE id = ?", (id,)).fetchone()
        return bytes(row[0]) if row else None


class _SqliteHistory:
    """The payer's memory in the open transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def deductible_met(self, payer: str, member: str, year: int) -> int:
        query = "SELECT cents FROM deductibles WHERE payer = ? AND member = ? AND year = ?"
        row = self._db.execute(query, (payer, member, year)).fetchone()
        return int(row[0]) if row else 0

    def add_deductible(self, payer: str, member: str, year: int, cents: int) -> None:
        self._db.execute(
            "INSERT INTO deductibles VALUES (?, ?, ?, ?) "
            "ON CONFLICT (payer, member, year) DO UPDATE SET cents = cents + excluded.cents",
            (payer, member, year, cents),
        )

    def seen(self, fingerprint: str) -> str:
        row = self._db.execute("SELECT number FROM claims WHERE fingerprint = ?", (fingerprint,)).fetchone()
        return str(row[0]) if row else ""

    def remember(self, fingerprint: str, claim_number: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO claims VALUES (?, ?)", (fingerprint, claim_number))

    def next_number(self, kind: str) -> int:
        row = self._db.execute(
            "INSERT INTO numbers VALUES (?, 1) ON CONFLICT (kind) DO UPDATE SET last = last + 1 RETURNING last", (kind,)
        ).fetchone()
        return int(row[0])

    def recall(self, kind: str, key: str) -> str:
        row = self._db.execute("SELECT value FROM notes WHERE kind = ? AND key = ?", (kind, key)).fetchone()
        return str(row[0]) if row else ""

    def note(self, kind: str, key: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?, ?)", (kind, key, value))
