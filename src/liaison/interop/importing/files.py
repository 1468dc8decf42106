"""Files into resources: a Bundle, a single resource or NDJSON, plain or gzip."""

import gzip
import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson

from liaison.interop.importing.incoming import Incoming, opened
from liaison.kernel.errors import NotFound

_GZIP = b"\x1f\x8b"
_START = 65536
_PATIENT = re.compile(rb'"resourceType"\s*:\s*"Patient"')
_BOM = b"\xef\xbb\xbf"


def found(paths: Sequence[Path | str]) -> list[Path]:
    """The files that the paths name, folders with all that is in them, hidden ones left out. Raises NotFound."""
    files: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = (p for p in sorted(path.rglob("*")) if p.is_file())
            files += [p for p in inside if not any(part.startswith(".") for part in p.relative_to(path).parts)]
        elif path.is_file():
            files.append(path)
        else:
            raise NotFound("no-such-file", f"There is no file or folder {path}.", "path")
    return list(dict.fromkeys(files))


def is_patient_bundle(path: Path) -> bool:
    """Whether a file begins as a bundle with a patient in it, told by its first bytes: it holds what it refers to."""
    try:
        with path.open("rb") as file:
            start = file.read(_START)
        if start.startswith(_GZIP):
            start = zlib.decompressobj(wbits=31).decompress(start, _START)
    except (OSError, zlib.error):
        return False
    return b'"Bundle"' in start[:400] and bool(_PATIENT.search(start))


def resources(path: Path) -> Iterator[Incoming]:
    """The resources of a file. What cannot be read comes as one with its `problem` and the file's bytes."""
    try:
        data = path.read_bytes()
    except OSError as problem:
        yield Incoming(None, path.name, b"", problem=f"The file cannot be read: {problem.strerror}.")
        return
    try:
        text = gzip.decompress(data) if data.startswith(_GZIP) else data
    except (OSError, EOFError, zlib.error):
        yield Incoming(None, path.name, data, problem="The file is a gzip file that is cut short or damaged.")
        return
    yield from parsed(text, path.name, data)


def parsed(text: bytes, name: str, data: bytes) -> Iterator[Incoming]:
    """The resources of a file's text; `data` is the file as it lies there."""
    text = text.removeprefix(_BOM)
    try:
        body = orjson.loads(text)
    except orjson.JSONDecodeError:
        yield from _lines(text, name, data)
        return
    yield from opened(body, name, data)


def _lines(text: bytes, name: str, data: bytes) -> Iterator[Incoming]:
    """NDJSON: a line that is none is kept, the others go on. Text whose first line is no object is no NDJSON."""
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        first = orjson.loads(lines[0]) if len(lines) > 1 else None
    except orjson.JSONDecodeError:
        first = None
    if not isinstance(first, dict):
        yield Incoming(None, name, data, problem=_why(text))
        return
    for line in lines:
        try:
            body = orjson.loads(line)
        except orjson.JSONDecodeError:
            yield Incoming(None, name, line, problem=f"The line is broken. {_why(line)}")
            continue
        yield from opened(body, name, line)


def _why(text: bytes) -> str:
    if not text.strip():
        return "The file is empty."
    try:
        text.decode()
    except UnicodeDecodeError:
        return "It is not UTF-8 text."
    return "It is not JSON."
