"""What the payer keeps in SQLite: files received, answers, and its memory; on disk before an answer leaves."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sandbox_payer.exchange import answer, identify
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
CREATE TABLE IF NOT EXISTS deductibles (
    payer TEXT NOT NULL, member TEXT NOT NULL, year INTEGER NOT NULL, cents INTEGER NOT NULL,
    PRIMARY KEY (payer, member, year)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS claims (fingerprint TEXT PRIMARY KEY, number TEXT NOT NULL) WITHOUT ROWID;
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
    """The payer's desk. One request at a time judges; state is a file, or memory where `path` is None."""

    def __init__(self, path: Path | None, rules: Rules, today: date | None = None) -> None:
        self._rules, self._today = rules, today
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def receive(self, data: bytes) -> tuple[int, list[int]]:
        """Take a file and judge it: its id and the ids of its answers; the same file again gives the same.

        Raises `X12Error` where it cannot be answered, `ControlNumberReused` where its number belongs to another file.
        """
        known, digest = identify(data), hashlib.sha256(data).hexdigest()
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                file = self._receive(data, known.sender, known.control, digest)
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
            rows = self._db.execute("SELECT id FROM answers WHERE received = ? ORDER BY id", (file,))
            return file, [row[0] for row in rows]

    def _receive(self, data: bytes, sender: str, control: str, digest: str) -> int:
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
        for each in answer(data, self._rules, _SqliteHistory(self._db), self._today):
            self._db.execute(
                "INSERT INTO answers (received, kind, control, content) VALUES (?, ?, ?, ?)",
                (file, each.kind, each.control, each.content),
            )
        return file

    def answers(self, since: int = 0) -> list[Listed]:
        """Answer files with an id above `since`, in order."""
        query = "SELECT id, kind, control, length(content) FROM answers WHERE id > ? ORDER BY id LIMIT 1000"
        with self._lock:
            return [Listed(*row) for row in self._db.execute(query, (since,))]

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
