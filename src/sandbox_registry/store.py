"""What the registry keeps in SQLite: people, their doses, and the messages it has answered."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS people (
    id INTEGER PRIMARY KEY, family TEXT NOT NULL, given TEXT NOT NULL, born TEXT NOT NULL, pid TEXT NOT NULL,
    protected INTEGER NOT NULL DEFAULT 0, invented INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS people_by_name ON people (family, born);
CREATE TABLE IF NOT EXISTS numbers (
    facility TEXT NOT NULL, number TEXT NOT NULL, person INTEGER NOT NULL REFERENCES people (id),
    PRIMARY KEY (facility, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS doses (
    id INTEGER PRIMARY KEY, person INTEGER NOT NULL REFERENCES people (id), authority TEXT NOT NULL,
    number TEXT NOT NULL, day TEXT NOT NULL, segments TEXT NOT NULL, UNIQUE (authority, number)
);
CREATE INDEX IF NOT EXISTS doses_of ON doses (person, day);
CREATE TABLE IF NOT EXISTS messages (
    facility TEXT NOT NULL, control TEXT NOT NULL, content BLOB NOT NULL, answer BLOB NOT NULL, times INTEGER NOT NULL,
    PRIMARY KEY (facility, control)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody in the registry: the PID (with PD1) as it was told last."""

    id: int
    family: str
    given: str
    born: str
    pid: str
    protected: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A dose as its order group was told."""

    id: int
    authority: str
    number: str
    segments: str


class Store:
    """The registry's memory: a file, or nothing that lasts where `path` is None. One message at a time."""

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One transaction, nobody else in it."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def answered(self, facility: str, control: str, content: bytes) -> bytes | None:
        """The answer that the same message has had already."""
        row = self._db.execute(
            "SELECT content, answer FROM messages WHERE facility = ? AND control = ?", (facility, control)
        ).fetchone()
        if row is None or row[0] != content:
            return None
        self._db.execute(
            "UPDATE messages SET times = times + 1 WHERE facility = ? AND control = ?", (facility, control)
        )
        return bytes(row[1])

    def answer(self, facility: str, control: str, content: bytes, answer: bytes) -> None:
        self._db.execute(
            "INSERT INTO messages VALUES (?, ?, ?, ?, 1) ON CONFLICT (facility, control) DO UPDATE"
            " SET content = excluded.content, answer = excluded.answer, times = times + 1",
            (facility, control, content, answer),
        )

    def by_number(self, facility: str, number: str) -> Known | None:
        row = self._db.execute(
            f"{_PEOPLE} JOIN numbers n ON n.person = p.id WHERE n.facility = ? AND n.number = ?",
            (facility, number),
        ).fetchone()
        return _known(row) if row else None

    def by_name(self, family: str, born: str) -> list[Known]:
        """Everybody of a family name (folded) and birth date."""
        rows = self._db.execute(
            f"{_PEOPLE} WHERE p.family = ? AND p.born = ? ORDER BY p.id",
            (family, born),
        )
        return [_known(row) for row in rows]

    def person(self, number: int) -> Known | None:
        row = self._db.execute(f"{_PEOPLE} WHERE p.id = ?", (number,)).fetchone()
        return _known(row) if row else None

    def anybody_but(self, number: int) -> Known | None:
        row = self._db.execute(f"{_PEOPLE} WHERE p.id <> ? LIMIT 1", (number,)).fetchone()
        return _known(row) if row else None

    def keep_person(self, known: Known | None, family: str, given: str, born: str, pid: str, protected: bool) -> int:
        """Enter somebody, or what is told anew of them. Gives their number."""
        if known is None:
            cursor = self._db.execute(
                "INSERT INTO people (family, given, born, pid, protected) VALUES (?, ?, ?, ?, ?)",
                (family, given, born, pid, protected),
            )
            return int(cursor.lastrowid or 0)
        self._db.execute(
            "UPDATE people SET family = ?, given = ?, born = ?, pid = ?, protected = ? WHERE id = ?",
            (family, given, born, pid, protected, known.id),
        )
        return known.id

    def keep_number(self, facility: str, number: str, person: int) -> None:
        self._db.execute(
            "INSERT INTO numbers VALUES (?, ?, ?)"
            " ON CONFLICT (facility, number) DO UPDATE SET person = excluded.person",
            (facility, number, person),
        )

    def keep_dose(self, person: int, authority: str, number: str, day: str, segments: str) -> None:
        """Enter a dose, or what is told anew of it."""
        self._db.execute(
            "INSERT INTO doses (person, authority, number, day, segments) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (authority, number) DO UPDATE"
            " SET person = excluded.person, day = excluded.day, segments = excluded.segments",
            (person, authority, number, day, segments),
        )

    def remove_dose(self, authority: str, number: str) -> bool:
        """Whether there was such a dose."""
        found = self._db.execute("DELETE FROM doses WHERE authority = ? AND number = ?", (authority, number))
        return found.rowcount > 0

    def doses(self, person: int) -> list[Kept]:
        rows = self._db.execute(
            "SELECT id, authority, number, segments FROM doses WHERE person = ? ORDER BY day, id", (person,)
        )
        return [Kept(*row) for row in rows]

    def counts(self) -> dict[str, int]:
        with self._lock:
            people, doses, messages, received = self._db.execute(
                "SELECT (SELECT count(*) FROM people), (SELECT count(*) FROM doses), count(*), coalesce(sum(times), 0)"
                " FROM messages"
            ).fetchone()
        return {"people": people, "doses": doses, "messages": messages, "received": received}


_PEOPLE = "SELECT p.id, p.family, p.given, p.born, p.pid, p.protected FROM people p"


def _known(row: tuple[int, str, str, str, str, int]) -> Known:
    return Known(row[0], row[1], row[2], row[3], row[4], bool(row[5]))
