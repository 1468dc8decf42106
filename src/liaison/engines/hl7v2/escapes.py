r"""Escape sequences of HL7 text (2.5.1, 2.7): \F\ \S\ \T\ \R\ \E\, \Xhh..\, \.br\ and the other formatting commands."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from liaison.engines.hl7v2.segments import Delimiters

_SPECIAL = re.compile(r"[|^~\\&\x00-\x1f\x7f]")
_OUT = {
    **dict.fromkeys(range(32)),
    0x7F: None,
    ord("|"): "\\F\\",
    ord("^"): "\\S\\",
    ord("&"): "\\T\\",
    ord("~"): "\\R\\",
    ord("\\"): "\\E\\",
    ord("\n"): "\\.br\\",
    ord("\t"): " ",
}


def escape(text: str) -> str:
    """A text as it stands in a field, with the standard delimiters; line breaks become formatting commands."""
    if _SPECIAL.search(text) is None:
        return text
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_OUT)


def unescape(text: str, delimiters: Delimiters) -> str:
    """What an escaped text says. A sequence that nobody knows stays as it is."""
    return _sequences(delimiters.escape).sub(lambda found: _meaning(found, delimiters), text)


@lru_cache(maxsize=64)
def _sequences(mark: str) -> re.Pattern[str]:
    quoted = re.escape(mark)
    # No sequence of a clinic's text is longer; a longer span is no sequence, and is not looked at twice
    return re.compile(f"{quoted}([^{quoted}]{{1,2000}}){quoted}")


def _meaning(found: re.Match[str], delimiters: Delimiters) -> str:
    code: str = found.group(1)
    if code in _DELIMITER:
        return str(getattr(delimiters, _DELIMITER[code]))
    if code[0] == "X" and len(code) % 2 == 1:
        try:
            return bytes.fromhex(code[1:]).decode("utf-8", errors="replace")
        except ValueError:
            return found.group(0)
    if code[0] == ".":
        return "\n" if code[1:3] in ("br", "sp", "ce") else ""
    if code in ("H", "N") or code[0] in "CMZ":
        return ""
    return found.group(0)


_DELIMITER = {"F": "field", "S": "component", "T": "subcomponent", "R": "repetition", "E": "escape"}
