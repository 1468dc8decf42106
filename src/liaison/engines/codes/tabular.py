"""Read the tabular list of ICD-10-CM (XML) and the order file that says which codes are billable."""

import re
import xml.etree.ElementTree as ET  # the classification's own files, read by who maintains the product
from dataclasses import dataclass, field
from pathlib import Path

NOTES = {
    "excludes1": "excludes1",
    "excludes2": "excludes2",
    "codeFirst": "first",
    "useAdditionalCode": "additional",
    "codeAlso": "also",
}
"""Kinds of notes: as the tabular list calls them, as we do."""

_RANGE = re.compile(r"\s*\(([A-Z]\w\w(?:-[A-Z]\w\w)?)\)\s*$")


@dataclass(slots=True)
class Line:
    """A code without dot and without its seventh character, in the tabular list's order."""

    code: str
    description: str
    terms: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    endings: dict[str, str] = field(default_factory=dict)
    is_leaf: bool = True


@dataclass(frozen=True, slots=True)
class Tabular:
    """The list: its lines in order, and the notes of whole blocks ("A00-B99"), with what the order file lacks."""

    version: str
    lines: list[Line]
    blocks: dict[str, tuple[str, list[tuple[str, str]]]]
    differences: list[str]


def read_tabular(list_path: Path, order_path: Path) -> Tabular:
    """Read both files; a seventh character exists where the order file has a code with it."""
    root = ET.parse(list_path).getroot()  # noqa: S314  # the classification's own file
    lines: dict[str, Line] = {}
    words: dict[str, dict[str, str]] = {}
    blocks: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for chapter in root.findall("chapter"):
        _note_block(chapter, blocks)
        for section in chapter.findall("section"):
            _note_block(section, blocks)
            for category in section.findall("diag"):
                _read_line(category, lines, words, {})
    billable = _billable(order_path)
    for code in billable:
        base = _base(code, lines)
        if code not in lines and base:
            ending = code[-1]
            lines[base].endings[ending] = _clean(words.get(base, {}).get(ending, ""))
    differences = [
        f"{code}: in the order file only" for code in billable if code not in lines and not _base(code, lines)
    ]
    for line in lines.values():
        if line.is_leaf and not line.endings and not billable.get(line.code, False):
            differences.append(f"{line.code}: a leaf of the tabular list, not billable in the order file")
    return Tabular(root.findtext("version") or "", list(lines.values()), blocks, differences)


def _read_line(
    element: ET.Element, lines: dict[str, Line], words: dict[str, dict[str, str]], above: dict[str, str]
) -> None:
    code = (element.findtext("name") or "").replace(".", "")
    own = element.find("sevenChrDef")
    endings = above if own is None else {e.get("char", ""): e.text or "" for e in own.findall("extension")}
    description = _clean(element.findtext("desc") or "")
    terms = [note.text or "" for kind in ("inclusionTerm", "includes") for e in element.findall(kind) for note in e]
    below = element.findall("diag")
    lines[code] = Line(
        code,
        description,
        [term for term in dict.fromkeys(_clean(term) for term in terms) if term.lower() != description.lower()],
        _notes(element),
        is_leaf=not below,
    )
    words[code] = endings
    for inner in below:
        _read_line(inner, lines, words, endings)


def _note_block(element: ET.Element, blocks: dict[str, tuple[str, list[tuple[str, str]]]]) -> None:
    title = _clean(element.findtext("desc") or "")
    if found := _RANGE.search(title):
        blocks.setdefault(found[1], (_RANGE.sub("", title), _notes(element)))


def _notes(element: ET.Element) -> list[tuple[str, str]]:
    return [(kind, _clean(note.text or "")) for tag, kind in NOTES.items() for e in element.findall(tag) for note in e]


def _billable(order_path: Path) -> dict[str, bool]:
    """Code without dot to whether a claim may carry it (the order file's fixed columns)."""
    rows = order_path.read_text(encoding="latin-1").splitlines()
    return {row[6:13].strip(): row[14] == "1" for row in rows if row.strip()}


def _base(code: str, lines: dict[str, Line]) -> str:
    """The line that a code of seven characters extends, or nothing."""
    if len(code) != 7:
        return ""
    return next((base for base in (code[:6], code[:6].rstrip("X")) if base in lines), "")


def _clean(text: str) -> str:
    return " ".join(text.replace("|", "/").split())
