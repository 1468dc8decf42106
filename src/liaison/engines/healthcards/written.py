"""How a card travels: as a QR picture, and as a file."""

import json
from collections.abc import Sequence
from typing import Any

import segno
from segno.consts import MODE_BYTE, MODE_NUMERIC

LONGEST = 1195
"""Characters of a card that fit into a QR picture of version 22, the largest that a telephone reads well."""

FILE_TYPE = "application/smart-health-card"
_PREFIX = "shc:/"


def numeric(card: str) -> str:
    """The card in digits: two for each character, how far it stands after `-`."""
    return _PREFIX + _digits(card)


def qr_code(card: str) -> segno.QRCode:
    """The picture of a card: the prefix in bytes, the rest in digits, at the lowest level of error correction.

    Raises ValueError for a card longer than LONGEST.
    """
    if len(card) > LONGEST:
        raise ValueError(f"A card of {len(card)} characters does not fit into one picture.")
    segments: Any = [(_PREFIX, MODE_BYTE), (_digits(card), MODE_NUMERIC)]  # more than its annotation tells
    return segno.make_qr(segments, error="l", boost_error=False)


def card_file(cards: Sequence[str]) -> bytes:
    """The contents of a `.smart-health-card` file."""
    return json.dumps({"verifiableCredential": list(cards)}).encode()


def _digits(card: str) -> str:
    return "".join(f"{ord(character) - 45:02}" for character in card)
