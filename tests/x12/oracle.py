"""The independent validator pyx12, asked about our bytes."""

from __future__ import annotations

import io
from functools import cache

import pyx12.map_if
import pyx12.params
import pyx12.x12n_document
from pyx12.errors import EngineError

# To read its map of a guide takes pyx12 twenty times as long as to judge a file by it: each is read once
_WAYS = pyx12.params.ParamsBase()
_read = pyx12.map_if.load_map_file


@cache
def _map(name: str, folder: str | None) -> pyx12.map_if.map_if:
    return _read(name, _WAYS, folder)


pyx12.map_if.load_map_file = lambda name, ways, folder=None: _map(name, folder)


def complaints(data: bytes) -> list[str]:
    """What pyx12 finds wrong with a file; empty where it accepts it."""
    answer = io.StringIO()
    try:
        valid = pyx12.x12n_document.x12n_document(_WAYS, io.StringIO(data.decode()), answer, None)
    except EngineError as refused:
        return [str(refused)]
    lines = [line for line in answer.getvalue().replace("~", "~\n").splitlines() if line[:3] in ("IK3", "IK4", "IK5")]
    return [] if valid else lines or ["not valid"]
