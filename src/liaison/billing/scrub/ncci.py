"""CMS's edits as the practice has loaded them: a small database of their own in the home, read without a lock.

The pairs are some two million and change each quarter as a whole, so they are no rows of the practice's record. A new
file takes the place of what it replaces in one step; who reads meanwhile reads the old one.
"""

import shutil
import sqlite3
import threading
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from django.conf import settings
from python_calamine import CalamineError, CalamineWorkbook

from liaison.engines.scrubber import Edits, Limit, NoEdits, Pair, read_ncci
from liaison.engines.scrubber.ncci import read_row
from liaison.kernel.errors import Invalid

_TABLES = """
CREATE TABLE pair (first TEXT, second TEXT, begins INTEGER, ends INTEGER, modifier TEXT,
    PRIMARY KEY (first, second, begins)) WITHOUT ROWID;
CREATE TABLE unit_limit (code TEXT, begins INTEGER, units INTEGER, kind TEXT, PRIMARY KEY (code, begins)) WITHOUT ROWID;
CREATE TABLE file (name TEXT, rows INTEGER, loaded TEXT);
"""
_PAIRS = """SELECT first, second, begins, ends, modifier FROM pair
WHERE first IN (?) AND second IN (?) AND begins <= ? AND ends >= ? AND ends > begins AND modifier <> '9'"""
_LIMITS = "SELECT code, units, kind FROM unit_limit WHERE code IN (?) AND begins <= ? ORDER BY begins"
_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a loading has put in force."""

    path: Path
    pairs: int
    limits: int


def path() -> Path:
    """Where the edits are kept."""
    return Path(settings.HOME) / "ncci.sqlite"


def load(files: Sequence[Path], today: date, limits_from: date | None = None) -> Loaded:
    """Put files as CMS publishes them (text, CSV, XLSX, or the ZIP around them) in force.

    Pairs replace all pairs when a file holds some; so do limits, which are in force from `limits_from` (the files do
    not say), the ones before ending there. Raises Invalid for a file that holds neither, and changes nothing then.
    """
    beside = path().with_name("ncci.new")
    beside.unlink(missing_ok=True)
    database = sqlite3.connect(beside, isolation_level=None)
    try:
        database.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _TABLES + "BEGIN;")
        pairs = limits = 0
        for file in files:
            found = _keep(database, _rows(file), limits_from or today)
            if not any(found):
                raise Invalid("no-edits", f"{file.name} holds no NCCI pairs and no unit limits; nothing was loaded.")
            pairs, limits = pairs + found[0], limits + found[1]
            database.execute("INSERT INTO file VALUES (?, ?, ?)", [file.name, sum(found), today.isoformat()])
        _keep_others(database, pairs, limits)
        database.execute("COMMIT")
    except BaseException:
        database.close()
        beside.unlink(missing_ok=True)
        raise
    database.close()
    beside.replace(path())
    return Loaded(path(), pairs, limits)


def _keep(database: sqlite3.Connection, rows: Iterable[Pair | Limit], limits_from: date) -> tuple[int, int]:
    pairs: list[tuple[str, str, int, int, str]] = []
    counted = [0, 0]
    for row in rows:
        if isinstance(row, Limit):
            values = [row.code, limits_from.toordinal(), row.units, row.by]
            database.execute("INSERT OR REPLACE INTO unit_limit VALUES (?, ?, ?, ?)", values)
            counted[1] += 1
            continue
        counted[0] += 1
        pairs.append((row.first, row.second, row.begins.toordinal(), row.ends.toordinal(), row.modifier))
        if len(pairs) == _BATCH:
            database.executemany("INSERT OR REPLACE INTO pair VALUES (?, ?, ?, ?, ?)", pairs)
            pairs.clear()
    database.executemany("INSERT OR REPLACE INTO pair VALUES (?, ?, ?, ?, ?)", pairs)
    return counted[0], counted[1]


def _keep_others(database: sqlite3.Connection, pairs: int, limits: int) -> None:
    """Take over what the new files say nothing of: pairs where there are only limits, limits of earlier quarters."""
    if not path().exists():
        return
    database.execute("COMMIT")
    database.execute("ATTACH ? AS old", [str(path())])
    database.execute("BEGIN")
    if not pairs:
        database.execute("INSERT INTO pair SELECT * FROM old.pair")
    database.execute("INSERT OR IGNORE INTO unit_limit SELECT * FROM old.unit_limit")
    keep = "name NOT IN (SELECT name FROM main.file)"
    if pairs and limits:
        return
    database.execute(f"INSERT INTO main.file SELECT * FROM old.file WHERE {keep}")  # noqa: S608  # our own words


def _rows(file: Path) -> Iterator[Pair | Limit]:
    """What a file says; of a ZIP every table in it, once where it stands there in several forms."""
    try:
        if file.suffix.lower() == ".zip":
            with zipfile.ZipFile(file) as packed:
                for name in _tables_in(packed):
                    with packed.open(name) as stream:
                        yield from _rows_of(name, stream)
        else:
            with file.open("rb") as stream:
                yield from _rows_of(file.name, stream)
    except (OSError, zipfile.BadZipFile, CalamineError, ValueError) as trouble:
        raise Invalid("unreadable", f"{file.name} cannot be read ({type(trouble).__name__}).")


def _tables_in(packed: zipfile.ZipFile) -> list[str]:
    """The tables of a ZIP by name. CMS puts each in it as text and as a spreadsheet; text is read faster."""
    found: dict[str, str] = {}
    for suffix in (".xlsx", ".csv", ".txt"):
        for name in packed.namelist():
            if name.lower().endswith(suffix) and not name.startswith("__MACOSX"):
                found[name[: -len(suffix)].casefold()] = name
    return sorted(found.values())


def _rows_of(name: str, stream: IO[bytes]) -> Iterator[Pair | Limit]:
    if name.lower().endswith(".xlsx"):
        yield from filter(None, map(read_row, _sheet(stream)))
    else:
        # The notices have signs of Windows; codes and days are plain
        yield from read_ncci(TextIOWrapper(stream, "cp1252", "replace"))


def _sheet(stream: IO[bytes]) -> Iterator[list[str]]:
    """The rows of a spreadsheet's first sheet as text; what looks like a number stands in it as one."""
    with TemporaryFile() as whole:  # a spreadsheet is a ZIP of its own, read from its end
        shutil.copyfileobj(stream, whole)
        whole.seek(0)
        for row in CalamineWorkbook.from_filelike(whole).get_sheet_by_index(0).iter_rows():
            yield [str(int(cell)) if isinstance(cell, float) else str(cell) for cell in row]


class _Kept:
    """The edits of the file that is in force; every thread has a connection of its own."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._here = threading.local()

    def _ask(self, question: str, values: Sequence[object]) -> list[tuple[object, ...]]:
        connection: sqlite3.Connection | None = getattr(self._here, "connection", None)
        if connection is None:
            connection = sqlite3.connect(f"{self._file.as_uri()}?mode=ro&immutable=1", uri=True)
            self._here.connection = connection
        return connection.execute(question, values).fetchall()

    def pairs(self, codes: Sequence[str], day: date) -> Sequence[Pair]:
        """The pairs among `codes` that hold on a day."""
        marks, on = ", ".join("?" * len(codes)), day.toordinal()
        rows = self._ask(_PAIRS.replace("(?)", f"({marks})"), [*codes, *codes, on, on])
        return [
            Pair(str(first), str(second), _day(begins), _day(ends), str(modifier))
            for first, second, begins, ends, modifier in rows
        ]

    def limits(self, codes: Sequence[str], day: date) -> Mapping[str, Limit]:
        """The limits of `codes` on a day: of each the last that had begun."""
        marks = ", ".join("?" * len(codes))
        rows = self._ask(_LIMITS.replace("(?)", f"({marks})"), [*codes, day.toordinal()])
        return {str(code): Limit(str(code), int(str(units)), str(kind)) for code, units, kind in rows}


def _day(ordinal: object) -> date:
    return date.fromordinal(int(str(ordinal)))


_open: tuple[tuple[int, int], Edits] | None = None


def edits() -> Edits:
    """The edits in force; none before a file was loaded. A new file is seen at once."""
    global _open
    try:
        stat = path().stat()
    except FileNotFoundError:
        return NoEdits()
    mark = (stat.st_ino, stat.st_mtime_ns)
    if _open is None or _open[0] != mark:
        _open = (mark, _Kept(path()))
    return _open[1]


def about() -> list[tuple[str, int, str]]:
    """The files that were loaded: name, rows, the day."""
    if not path().exists():
        return []
    database = sqlite3.connect(f"{path().as_uri()}?mode=ro", uri=True)
    try:
        rows = database.execute("SELECT name, rows, loaded FROM file ORDER BY loaded, name").fetchall()
    finally:
        database.close()
    return [(str(name), int(count), str(day)) for name, count, day in rows]
