"""SMART Health Cards of immunizations (spec.smarthealth.cards, version 1.4): bundle, signature, QR picture, file."""

from liaison.engines.healthcards.bundle import CardDose, Holder, bundle
from liaison.engines.healthcards.keys import Key, KeyRing
from liaison.engines.healthcards.sign import cards, sign
from liaison.engines.healthcards.written import FILE_TYPE, LONGEST, card_file, numeric, qr_code

__all__ = [
    "FILE_TYPE",
    "LONGEST",
    "CardDose",
    "Holder",
    "Key",
    "KeyRing",
    "bundle",
    "card_file",
    "cards",
    "numeric",
    "qr_code",
    "sign",
]
