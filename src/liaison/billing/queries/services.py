"""What may be charged, by the beginning of a code or by words: fee schedule, licensed CPT, HCPCS Level II."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from liaison.chart import cpt
from liaison.documents.queries import in_force
from liaison.engines.codes import search_hcpcs
from liaison.engines.codes.words import split
from liaison.kernel.errors import NotFound

CODE = re.compile(r"[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4}")  # CPT, or HCPCS Level II
_CPT_BEGUN = re.compile(r"[0-9]{2,5}")


@dataclass(frozen=True, slots=True)
class Offered:
    """A code with its words, and its price for a unit where the fee schedule has one."""

    code: str
    words: str
    cents: int | None = None


def fees_in_force() -> Mapping[str, Any]:
    """The fee schedule: {code: {cents, display}}; empty while the practice has none."""
    try:
        return dict(in_force("fee-schedule", "default").body.get("fees", {}))
    except NotFound:
        return {}


def services(text: str, day: date, limit: int = 12) -> list[Offered]:
    """What may be charged on a day by what was typed: first what the practice has a price for, each code once.

    A whole code that nobody has words for is offered as it was typed.
    """
    found: dict[str, Offered] = {}
    fees = fees_in_force()
    for code, words in _matching(text, fees, day, limit):
        if code not in found:
            fee = fees.get(code, {})
            found[code] = Offered(code, fee.get("display") or words, int(fee["cents"]) if "cents" in fee else None)
        if len(found) == limit:
            break
    typed = text.strip().upper()
    if CODE.fullmatch(typed) and typed not in found:
        found[typed] = Offered(typed, cpt.words_of(typed))
    return list(found.values())


def _matching(text: str, fees: Mapping[str, Any], day: date, limit: int) -> Iterator[tuple[str, str]]:
    plain, wanted = text.strip().upper(), split(text)
    for code, fee in sorted(fees.items()):
        words = str(fee.get("display", ""))
        if code.startswith(plain) or (wanted and all(word in words.lower() for word in wanted)):
            yield code, cpt.words_of(code) or words
    yield from cpt.search(text, limit)
    if _CPT_BEGUN.fullmatch(plain):
        return
    for one in search_hcpcs(text, 3 * limit):
        if one.holds_on(day):
            yield one.code, one.long
