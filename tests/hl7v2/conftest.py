"""The shared collection of HL7 messages with what its index says of each."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Found:
    """A file of the collection with what its index says of it."""

    folder: Path
    name: str
    kind: str
    note: str

    @property
    def data(self) -> bytes:
        return (self.folder / self.name).read_bytes()


@pytest.fixture(scope="session")
def collection(shared: Callable[[str], Path]) -> list[Found]:
    """Every message of the shared collection."""
    folder = shared("data/hl7v2")
    rows = csv.reader((folder / "INDEX.tsv").read_text("utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return [Found(folder, row[0], row[1], row[5]) for row in rows if row[0].endswith(".hl7")]


@pytest.fixture(scope="session")
def shared_file(shared: Callable[[str], Path]) -> Callable[[str], bytes]:
    """The bytes of one message: `shared_file("rsp/izgw__60-RSP_K11_RSP_K11-Z33.hl7")`."""
    folder = shared("data/hl7v2")
    return lambda name: (folder / name).read_bytes()
