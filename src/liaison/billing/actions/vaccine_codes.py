"""The codes of vaccine products, read from the CDC's published crosswalk, which the practice gets and loads."""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from liaison.billing.queries.done import VACCINE_CODES
from liaison.documents.actions import publish
from liaison.documents.models import Document
from liaison.documents.queries import in_force
from liaison.engines.vaccines import facts
from liaison.kernel.errors import Invalid, NotFound
from liaison.record.actor import Actor

_CPT = re.compile(r"[0-9]{4}[0-9A-Z]")
_CPT_AT, _CVX_AT, _FIELDS = 0, 4, 5
_UTF16 = (BOM_UTF16_LE, BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class VaccineCodes:
    """What was loaded: the document, how many vaccines have a code, and those of which the file names several."""

    document: Document
    codes: int
    several: tuple[str, ...]


def load_vaccine_codes(actor: Actor, path: Path) -> VaccineCodes:
    """Put the codes of the CDC's file "CPT codes mapped to CVX" in force, over those loaded before.

    The file is the CDC's `cpt.txt`: a code a line, without headings, eight fields parted by | and filled with spaces:
    CPT code, its words, nothing, the vaccine's name, CVX, a comment, the day of the last change, a running number. It
    has been published in UTF-8 and in UTF-16. Its words are the AMA's and are not kept. Raises Invalid when it cannot
    be read or names no code.
    """
    try:
        data = path.read_bytes()
    except OSError as trouble:
        raise Invalid("unreadable", f"{path} cannot be read: {trouble.strerror}.") from None
    text = data.decode("utf-16" if data.startswith(_UTF16) else "utf-8-sig", errors="replace")
    found = read_crosswalk(text.splitlines())
    if not found:
        raise Invalid("no-codes", f"{path.name} names no CPT code of a vaccine; nothing was loaded.")
    before = _loaded()
    # Of several codes of a vaccine the one chosen before stays, else the newest: codes are given out in order
    by_cvx = {cvx: before[cvx] if before.get(cvx) in codes else max(codes) for cvx, codes in found.items()}
    body = {
        "source": f"CDC, CPT codes mapped to CVX ({path.name})",
        "by_cvx": dict(sorted({**before, **by_cvx}.items())),
    }
    kind, title = Document.Kind.CHARGE_RULES, "Codes of vaccine products"
    document = publish(actor, kind=kind, key=VACCINE_CODES, title=title, body=body)
    several = tuple(f"CVX {cvx}: {', '.join(sorted(codes))}" for cvx, codes in sorted(found.items()) if len(codes) > 1)
    return VaccineCodes(document, len(by_cvx), several)


def read_crosswalk(lines: Iterable[str]) -> dict[str, set[str]]:
    """The CPT codes of each CVX that we know; lines without both, like headings and notices, are passed over."""
    known = facts().vaccines
    found: dict[str, set[str]] = {}
    for line in lines:
        fields = [field.strip().strip('"') for field in line.split("|")]
        if len(fields) < _FIELDS or not _CPT.fullmatch(fields[_CPT_AT]):
            continue
        if (cvx := _cvx(fields[_CVX_AT])) in known:
            found.setdefault(cvx, set()).add(fields[_CPT_AT])
    return found


def _cvx(field: str) -> str:
    return field.zfill(2) if field.isdecimal() and field.isascii() else ""


def _loaded() -> dict[str, str]:
    try:
        return dict(in_force(Document.Kind.CHARGE_RULES, VACCINE_CODES).body.get("by_cvx", {}))
    except NotFound:
        return {}
