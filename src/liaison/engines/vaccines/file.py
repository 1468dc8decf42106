"""The codes file: gzip over one JSON object, small and read in a few milliseconds. `tables.py` makes its document.

`format`, `source`, `version`, and rows without names of columns: `vaccines`, `manufacturers`, `names`, `products`,
`statements` (title, edition, encoded, gdti, pdf, html) and `applies` (CVX to the numbers of its statements).
"""

import gzip
import json
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from liaison.engines.vaccines.facts import Facts, Manufacturer, Product, TradeName, Vaccine, Vis

FORMAT = 1
PACKAGED = "codes.json.gz"


class NotCodes(Exception):
    """The bytes are no codes file that this engine reads; the sentence says why."""


class _Chosen:
    """Where the release in force stands, when it is not the packaged one."""

    path: Path | None = None


def read_from(path: Path | None) -> None:
    """From now on let `facts()` read `path` while there is such a file, and the packaged release otherwise."""
    _Chosen.path = path


def facts() -> Facts:
    """The release in force, read once until its file changes."""
    if _Chosen.path is not None:
        try:
            changed = _Chosen.path.stat().st_mtime_ns
        except OSError:
            return _packaged()
        return _file(_Chosen.path, changed)
    return _packaged()


@lru_cache(maxsize=1)
def _packaged() -> Facts:
    return read(resources.files("liaison.engines.vaccines").joinpath(PACKAGED).read_bytes())


@lru_cache(maxsize=2)
def _file(path: Path, changed: int) -> Facts:
    return read(path.read_bytes())


def pack(document: Mapping[str, Any]) -> bytes:
    """The bytes of a codes file; the same document gives the same bytes."""
    text = json.dumps({"format": FORMAT, **document}, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), compresslevel=9, mtime=0)


def read(packed: bytes) -> Facts:
    """The facts of a codes file. Raises NotCodes."""
    try:
        document = json.loads(gzip.decompress(packed))
    except (OSError, EOFError, ValueError):
        raise NotCodes("This is no file of vaccine codes.") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise NotCodes("This file of vaccine codes has another form than this version of Liaison reads.")
    statements = [Vis(title, date.fromisoformat(edition), *rest) for title, edition, *rest in document["statements"]]
    return Facts(
        version=document["version"],
        vaccines={
            cvx: Vaccine(cvx, short, full or short, status == "Active", status, tuple(groups))
            for cvx, short, full, status, groups in document["vaccines"]
        },
        manufacturers={mvx: Manufacturer(mvx, name, active) for mvx, name, active in document["manufacturers"]},
        products=tuple(_product(row) for row in document["products"]),
        names={cvx: tuple(TradeName(*row) for row in rows) for cvx, rows in document["names"].items()},
        statements={cvx: tuple(statements[n] for n in numbers) for cvx, numbers in document["applies"].items()},
    )


def _product(row: list[Any]) -> Product:
    ndc11, name, cvx, mvx, package, labeler, doses, of_use, uses, ended = row
    ndc = f"{ndc11[:5]}-{ndc11[5:9]}-{ndc11[9:]}"
    ended_on = date.fromisoformat(ended) if ended else None
    return Product(ndc, ndc11, name, cvx, mvx, package, labeler, doses, of_use, tuple(uses), ended_on)
