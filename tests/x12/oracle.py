"""The independent validator pyx12, asked about our bytes."""

from __future__ import annotations

import io

import pyx12.params
import pyx12.x12n_document
from pyx12.errors import EngineError


def complaints(data: bytes) -> list[str]:
    """What pyx12 finds wrong with a file; empty where it accepts it."""
    answer = io.StringIO()
    try:
        valid = pyx12.x12n_document.x12n_document(pyx12.params.ParamsBase(), io.StringIO(data.decode()), answer, None)
    except EngineError as refused:
        return [str(refused)]
    lines = [line for line in answer.getvalue().replace("~", "~\n").splitlines() if line[:3] in ("IK3", "IK4", "IK5")]
    return [] if valid else lines or ["not valid"]
