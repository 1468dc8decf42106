"""Read the official Alphabetic Index of ICD-10-CM and its tables of drugs, neoplasms and external causes (XML).

A term is a way from a main term down: "Dermatitis > eyelid > eczematous > right". Words in round brackets
(non-essential modifiers) may be there or not without changing the code; NOS and NEC are left out.
"""

import hashlib
import re
import xml.etree.ElementTree as ET  # the classification's own files, read by who maintains the product
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_SAID_BY_NOBODY = re.compile(r"\b(?:NOS|NEC)\b")


@dataclass(frozen=True, slots=True)
class Term:
    """One entry: its titles from the main term down, its non-essential modifiers, and where it leads.

    `modifiers` has those of each level;
    `codes` holds the code as printed (a table has several, by column number); `see` and `also` name other terms.
    """

    path: tuple[str, ...]
    modifiers: tuple[str, ...]
    codes: dict[str, str]
    see: str = ""
    also: str = ""

    @property
    def words(self) -> str:
        """The whole way as one line of words in small letters, without commas: what a hold-out is decided by."""
        return " ".join(" ".join(self.path).lower().replace(",", " ").split())

    @property
    def code(self) -> str:
        """The code as printed, or nothing: of a table the first column's."""
        return next(iter(self.codes.values()), "")


def held_out(term: str, percent: int) -> bool:
    """Whether a term belongs to the held-out part: the first four bytes of its SHA-1, modulo 100, are below percent."""
    return int.from_bytes(hashlib.sha1(term.encode(), usedforsecurity=False).digest()[:4], "big") % 100 < percent


def read_index(path: Path) -> Iterator[Term]:
    """Yield every entry of an index file, main terms in the file's order, each before its sub-terms."""
    for letter in ET.parse(path).getroot().iter("letter"):  # noqa: S314  # the classification's own file
        for main in letter.findall("mainTerm"):
            yield from _entries(main, (), ())


def _entries(element: ET.Element, above: tuple[str, ...], modifiers_above: tuple[str, ...]) -> Iterator[Term]:
    title, modifiers = _title(element.find("title"))
    path, said = (*above, title), (*modifiers_above, modifiers)
    codes = {cell.get("col", ""): cell.text or "" for cell in element.findall("cell")}
    if printed := element.findtext("code"):
        codes["1"] = printed
    yield Term(
        path,
        said,
        codes,
        (element.findtext("see") or "").strip(),
        (element.findtext("seeAlso") or "").strip(),
    )
    for below in element.findall("term"):
        yield from _entries(below, path, said)


def _title(element: ET.Element | None) -> tuple[str, str]:
    """The essential words of a title, and its modifiers without their brackets."""
    if element is None:
        return "", ""
    essential, modifiers = element.text or "", []
    for modifier in element:
        modifiers.append("".join(modifier.itertext()))
        essential += modifier.tail or ""
    said = re.sub(r"[()]", " ", " ".join(modifiers))
    return _plain(_SAID_BY_NOBODY.sub("", essential)), _plain(_SAID_BY_NOBODY.sub("", said))


def _plain(text: str) -> str:
    return " ".join(text.split()).strip(" ,").replace(" ,", ",")
