"""The shared X12 collection with what its index says of each file."""

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
    note: str
    envelope: str
    versions: str

    @property
    def data(self) -> bytes:
        return (self.folder / self.name).read_bytes()

    @property
    def kind(self) -> str:
        return self.name.partition("/")[0]

    @property
    def is_good(self) -> bool:
        return self.note == "ok" and self.envelope == "ok"


@pytest.fixture(scope="session")
def collection(shared: Callable[[str], Path]) -> list[Found]:
    """Every file of the shared X12 collection."""
    folder = shared("data/x12")
    with (folder / "INDEX.tsv").open(encoding="utf-8") as lines:
        return [
            Found(folder, row["file"], row["note"], row["envelope"], row["versions"])
            for row in csv.DictReader(lines, delimiter="\t")
        ]
