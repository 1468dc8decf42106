"""The words of a PDF that typst wrote, with their places: enough of the format for a page of plain text."""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

_OBJECT = re.compile(rb"(\d+) 0 obj\s*(.*?)endobj", re.DOTALL)
_LITERAL = rb"\((?:[^()\\]|\\.)*\)"
_RUN = re.compile(
    rb"1 0 0 -1 ([\d.]+) ([\d.]+) cm(?:(?! cm).)*?/(f\d+) [\d.]+ Tf(?:(?! cm).)*?\[?((?:"
    + _LITERAL
    + rb"|[-\d. ])+)\]?T[jJ]",
    re.DOTALL,
)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"(": b"(", b")": b")", b"\\": b"\\"}


@dataclass(frozen=True)
class Words:
    """Words on a page; `x` and `y` in points from its top left corner, `y` of the line that they stand on."""

    page: int
    x: float
    y: float
    text: str


def words_of(pdf: bytes) -> Iterator[Words]:
    """Each run of words, page by page as they were drawn."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    pages = [body for body in objects.values() if b"/Type/Page/" in body]
    for number, page in enumerate(pages, 1):
        height = float(_found(rb"MediaBox\[0 0 [\d.]+ ([\d.]+)\]", page))
        resources = objects[int(_found(rb"/Resources (\d+) 0 R", page))]
        maps = {name: _letters(objects, int(font)) for name, font in re.findall(rb"/(f\d+) (\d+) 0 R", resources)}
        content = _stream(objects[int(_found(rb"/Contents (\d+) 0 R", page))])
        for x, y, font, glyphs in _RUN.findall(content):
            raw = b"".join(_plain(one[1:-1]) for one in re.findall(_LITERAL, glyphs, re.DOTALL))
            codes = (int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2))
            yield Words(number, float(x), height - float(y), "".join(maps[font][code] for code in codes))


def _found(pattern: bytes, body: bytes) -> bytes:
    found = re.search(pattern, body)
    assert found is not None
    return found[1]


def _stream(body: bytes) -> bytes:
    return zlib.decompress(body.partition(b"stream")[2].lstrip(b"\r\n").rpartition(b"endstream")[0])


def _letters(objects: dict[int, bytes], font: int) -> dict[int, str]:
    table = _stream(objects[int(_found(rb"/ToUnicode (\d+) 0 R", objects[font]))])
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>", table.partition(b"endcodespacerange")[2])
    return {int(code, 16): bytes.fromhex(letter.decode()).decode("utf-16-be") for code, letter in pairs}


def _plain(written: bytes) -> bytes:
    def one(found: re.Match[bytes]) -> bytes:
        word = found[1]
        return bytes([int(word, 8)]) if word.isdigit() else _ESCAPES[word]

    return re.sub(rb"\\([0-7]{1,3}|.)", one, written, flags=re.DOTALL)
