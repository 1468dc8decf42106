"""The codes of vaccine products, read from the CDC's published crosswalk, which the practice gets and loads."""

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

_CPT = 5


@dataclass(frozen=True, slots=True)
class VaccineCodes:
    """What was loaded: the document, how many vaccines have a code, and those of which the file names several."""

    document: Document
    codes: int
    several: tuple[str, ...]


def load_vaccine_codes(actor: Actor, path: Path) -> VaccineCodes:
    """Put the codes of the CDC's file "CPT codes mapped to CVX" in force, over those loaded before.

    The file is text, a code a line, its fields parted by |: CPT code, words, a remark, the vaccine's short name, CVX,
    and more (the one of the web page has the CVX in the fourth). Its words are the AMA's and are not kept. Raises
    Invalid when it cannot be read or names no code.
    """
    try:
        text = path.read_text("utf-8-sig", errors="replace")
    except OSError as trouble:
        raise Invalid("unreadable", f"{path} cannot be read: {trouble.strerror}.") from None
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
        cpt = fields[0]
        cvx = next((_cvx(field) for field in fields[3:5] if _cvx(field) in known), "")
        if len(cpt) == _CPT and cpt[:4].isdigit() and cpt.isascii() and cvx:
            found.setdefault(cvx, set()).add(cpt)
    return found


def _cvx(field: str) -> str:
    return field.zfill(2) if field.isdecimal() and field.isascii() else ""


def _loaded() -> dict[str, str]:
    try:
        return dict(in_force(Document.Kind.CHARGE_RULES, VACCINE_CODES).body.get("by_cvx", {}))
    except NotFound:
        return {}
