"""The packaged classification, in our own form: tabular list, Alphabetic Index and what the search was built to.

One zip archive. `about.json` names sources, versions and weights; `lines.tsv` has a line for each code without its
seventh character, in the tabular list's order: code, number of its set of seventh characters, description, terms;
`endings.tsv` the sets; `notes.tsv` owner, kind, words; `blocks.tsv` the blocks; `index.tsv`, `drugs.tsv`,
`neoplasms.tsv`, `causes.tsv` the terms: depth, title, modifiers, codes, see, see also; `search/` see `structure`.
Every part is read when it is asked for.
"""

import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from functools import cached_property
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import Any

from liaison.engines.codes.alphabetic import Term, read_index
from liaison.engines.codes.tabular import Line, read_tabular

PACKAGED = "icd10cm.zip"
TABLES = {
    "index": "icd10cm_index_2017.xml",
    "drugs": "icd10cm_drug_2017.xml",
    "neoplasms": "icd10cm_neoplasm_2017.xml",
    "causes": "icd10cm_eindex_2017.xml",
}
_WHEN = (1980, 1, 1, 0, 0, 0)  # the same input gives the same bytes


class NotTheRelease(Exception):
    """The folder does not hold the files of a release; the sentence names what is missing."""


class Book:
    """The parts of the archive, each read on first use."""

    def __init__(self, data: bytes) -> None:
        """Open the packaged form."""
        self._archive = zipfile.ZipFile(BytesIO(data))

    @classmethod
    def packaged(cls) -> "Book":
        """Return the one that is shipped."""
        return cls(resources.files("liaison.engines.codes").joinpath(PACKAGED).read_bytes())

    def part(self, name: str) -> bytes:
        """Return a part's bytes."""
        return self._archive.read(name)

    def names(self, beginning: str) -> list[str]:
        """Return the names of the parts that begin so."""
        return [name for name in self._archive.namelist() if name.startswith(beginning)]

    @cached_property
    def about(self) -> dict[str, Any]:
        """Sources and versions."""
        found: dict[str, Any] = json.loads(self.part("about.json"))
        return found

    def rows(self, name: str) -> list[str]:
        """Return the lines of a table."""
        return self.part(name).decode().splitlines()

    @cached_property
    def endings(self) -> dict[str, dict[str, str]]:
        """The sets of seventh characters by number; "" is the empty one."""
        found: dict[str, dict[str, str]] = {"": {}}
        for row in self.rows("endings.tsv"):
            number, *pairs = row.split("\t")
            found[number] = dict(pair.split("=", 1) for pair in pairs)
        return found

    def lines(self) -> list[Line]:
        """Return the tabular list, with its notes."""
        notes: dict[str, list[tuple[str, str]]] = {}
        for owner, kind, words in self.notes():
            notes.setdefault(owner, []).append((kind, words))
        found = []
        for row in self.rows("lines.tsv"):
            code, number, leaf, description, terms = row.split("\t")
            found.append(
                Line(
                    code,
                    description,
                    terms.split("|") if terms else [],
                    notes.get(code, []),
                    self.endings[number],
                    leaf == "1",
                )
            )
        return found

    def notes(self) -> Iterator[tuple[str, str, str]]:
        """Yield owner (a code, or a block such as "A00-B99"), kind and words of each note."""
        for row in self.rows("notes.tsv"):
            owner, kind, words = row.split("\t")
            yield owner, kind, words

    def terms(self, table: str) -> Iterator[Term]:
        """Yield the terms of the index or of a table, in the official order."""
        path: list[str] = []
        said: list[str] = []
        for row in self.rows(f"{table}.tsv"):
            depth, title, modifiers, codes, see, also = row.split("\t")
            del path[int(depth) :], said[int(depth) :]
            path.append(title)
            said.append(modifiers)
            cells = dict(cell.split(":", 1) for cell in codes.split())
            yield Term(tuple(path), tuple(said), cells, see, also)


def read_release(folder: Path) -> tuple[dict[str, bytes], list[str]]:
    """Return the parts made of a release's files, and what differs between them, a line each.

    The folder holds the tabular list, the order file, and the index with its tables, as the CDC and CMS publish them.
    """
    lists = sorted(folder.glob("icd10c*-tabular-*.xml"))
    orders = sorted(folder.glob("icd10cm-order-*.txt"))
    missing = [name for name in TABLES.values() if not (folder / name).is_file()]
    if not lists or not orders or missing:
        names = [*missing, *(["icd10cm-tabular-….xml"] * (not lists)), *(["icd10cm-order-….txt"] * (not orders))]
        raise NotTheRelease(f"{folder} lacks {', '.join(names)}: give the folder of the CDC's and CMS's files.")
    tabular = read_tabular(lists[-1], orders[-1])
    numbers: dict[tuple[tuple[str, str], ...], int] = {}
    rows, notes = [], []
    for line in tabular.lines:
        number = ""
        if line.endings:
            number = str(numbers.setdefault(tuple(sorted(line.endings.items())), len(numbers)))
        rows.append("\t".join((line.code, number, str(int(line.is_leaf)), line.description, "|".join(line.terms))))
        notes += [f"{line.code}\t{kind}\t{words}" for kind, words in line.notes]
    for block, (_, said) in tabular.blocks.items():
        notes += [f"{block}\t{kind}\t{words}" for kind, words in said]
    release = re.sub(r"^.*tabular-", "", lists[-1].stem)
    about = {
        "name": "ICD-10-CM",
        "version": release,
        "fiscal_year": tabular.version,
        "index": "2017",
        "source": "CDC/NCHS tabular list and Alphabetic Index, CMS order file; public domain",
        "files": [lists[-1].name, orders[-1].name, *TABLES.values()],
    }
    parts = {
        "about.json": json.dumps(about, indent=1).encode(),
        "lines.tsv": _table(rows),
        "endings.tsv": _table("\t".join((str(n), *(f"{k}={v}" for k, v in pairs))) for pairs, n in numbers.items()),
        "notes.tsv": _table(notes),
        "blocks.tsv": _table(f"{block}\t{title}" for block, (title, _) in tabular.blocks.items()),
    }
    for table, name in TABLES.items():
        parts[f"{table}.tsv"] = _table(_term_row(term) for term in read_index(folder / name))
    return parts, tabular.differences


def pack(parts: dict[str, bytes]) -> bytes:
    """Return the archive of the parts; the same parts give the same bytes."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _WHEN), data, zipfile.ZIP_DEFLATED, 9)
    return out.getvalue()


def _term_row(term: Term) -> str:
    *above, title = term.path
    codes = " ".join(f"{column}:{code}" for column, code in term.codes.items() if code.strip("-"))
    return "\t".join((str(len(above)), title, term.modifiers[-1], codes, term.see, term.also))


def _table(rows: Iterable[str]) -> bytes:
    return ("\n".join(rows) + "\n").encode()
