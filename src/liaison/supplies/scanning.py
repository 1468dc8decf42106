"""What a scanner types: GS1 DataMatrix and linear codes, as keyboard wedges send them, read into plain facts.

biip knows GS1 (General Specifications, application identifiers 01, 10, 17, 21) and check digits; here is what
scanners do to it: the separator sent as another character or left out, a symbology prefix, the text under the bars.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from liaison.engines.vaccines.ndc import candidates
from liaison.kernel.errors import Invalid

_SEPARATOR = "\x1d"
# What scanners are set to send in place of the separator, which a keyboard has no key for
_WRITTEN_SEPARATORS = re.compile(r"\{GS\}|<GS>|\[GS\]|\^\]|␝|\\x1d|\\u001d|[|~\x1e\x04]", re.IGNORECASE)
_SYMBOLOGY = re.compile(r"^\][A-Za-z][0-9A-Za-z]")
_FIXED = {"17": 6, "11": 6, "13": 6, "15": 6, "20": 2}
_VARIABLE = ("10", "21")
_LONGEST = 20
_MOST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Reading:
    """What a code says: a GTIN of 14 digits, and lot, expiry (the last day of use) and serial where it has them."""

    gtin: str = ""
    ndcs: tuple[str, ...] = ()  # that it may mean, eleven digits
    lot: str = ""
    expires_on: date | None = None
    serial: str = ""


def read(text: str) -> tuple[Reading, ...]:
    """What a scanned or typed code may say, the likeliest first: more than one where separators were left out.

    Raises Invalid for what is no code of a package.
    """
    typed = text.strip(" \r\n\t")
    if not typed or len(typed) > _MOST_TEXT:
        raise _unreadable()
    if "-" in typed and candidates(typed):
        return (Reading(ndcs=candidates(typed)),)
    typed = _SYMBOLOGY.sub("", _WRITTEN_SEPARATORS.sub(_SEPARATOR, typed)).lstrip(_SEPARATOR)
    if typed.startswith("("):
        return (_message(typed, printed=True),)
    if typed.lower().startswith(("http://", "https://")):
        return (_link(typed),)
    bare = typed.replace(" ", "")
    if bare.isascii() and bare.isdigit() and len(bare) in (8, 10, 11, 12, 13, 14):
        return (_number(bare),)
    return _strung(bare)


def _unreadable() -> Invalid:
    return Invalid(
        "unreadable-code", "This is no code of a package. Scan the square code on the vial or the carton again.", "code"
    )


def _number(digits: str) -> Reading:
    """A linear code: an NDC in ten or eleven digits, or a UPC or GTIN with its check digit."""
    if len(digits) in (10, 11):
        return Reading(ndcs=candidates(digits))
    gtin = digits.zfill(14)
    _check(gtin)
    return Reading(gtin=gtin, ndcs=_ndcs(gtin))


def _check(gtin: str) -> None:
    import biip.checksums  # it reads its tables of prefixes when it is imported, and most processes never scan

    if biip.checksums.gs1_standard_check_digit(gtin[:-1]) != int(gtin[-1]):
        raise Invalid("bad-check-digit", "A digit of this code was misread. Scan it again.", "code")


def _ndcs(gtin: str) -> tuple[str, ...]:
    """A GTIN of an American medicine holds its NDC: any indicator, 03, the ten digits, the check digit."""
    return candidates(gtin[3:13]) if gtin[1:3] == "03" else ()


def _message(text: str, *, printed: bool = False) -> Reading:
    from biip import ParseError
    from biip.gs1_messages import GS1Message

    try:
        message = GS1Message.parse_hri(text) if printed else GS1Message.parse(text)
    except ParseError:
        raise _unreadable()
    return _elements({e.ai.ai: (e.value, e.date) for e in message.element_strings})


def _link(text: str) -> Reading:
    from biip import ParseError
    from biip.gs1_digital_link_uris import GS1DigitalLinkURI

    try:
        found = GS1DigitalLinkURI.parse(text)
    except ParseError:
        raise _unreadable()
    return _elements({e.ai.ai: (e.value, e.date) for e in found.element_strings})


def _elements(found: dict[str, tuple[str, date | None]]) -> Reading:
    if "01" not in found:
        raise Invalid("no-gtin", "This code does not say which product it is on. Scan the square code instead.", "code")
    gtin = found["01"][0]
    _check(gtin)
    return Reading(
        gtin=gtin,
        ndcs=_ndcs(gtin),
        lot=found.get("10", ("", None))[0].upper(),
        expires_on=found.get("17", ("", None))[1],
        serial=found.get("21", ("", None))[0],
    )


def _strung(text: str) -> tuple[Reading, ...]:
    """Element strings without parentheses. Where separators are missing, each way to cut them is tried."""
    if _SEPARATOR in text or not re.match(r"01\d{14}", text):
        return (_message(text),)
    # What a vaccine's code should have comes first (lot and expiry), then the plainest cut
    cuts = sorted(_cuts(text[16:], frozenset()), key=lambda cut: (_lacking(cut), len(cut)))
    readings: dict[Reading, None] = {}
    for cut in cuts[:40]:
        try:
            readings[_message(text[:16] + "".join(f"{ai}{value}{_SEPARATOR}" for ai, value in cut))] = None
        except Invalid as refusal:
            if refusal.code == "bad-check-digit":
                raise
    if not readings:
        raise _unreadable()
    return tuple(readings)


Cut = tuple[tuple[str, str], ...]


def _lacking(cut: Cut) -> int:
    return len({"10", "17"} - {ai for ai, _ in cut})


def _cuts(rest: str, used: frozenset[str]) -> Iterator[Cut]:
    if not rest:
        yield ()
        return
    ai, rest = rest[:2], rest[2:]
    if ai in used:
        return
    lengths = [_FIXED[ai]] if ai in _FIXED else range(1, _LONGEST + 1) if ai in _VARIABLE else []
    for length in lengths:
        value = rest[:length]
        if len(value) < length or (ai in _FIXED and not value.isdigit()):
            return
        for more in _cuts(rest[length:], used | {ai}):
            yield ((ai, value), *more)
