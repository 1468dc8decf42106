"""From a bundle to signed cards: JSON Web Signatures by ES256 over deflated JSON."""

import json
import zlib
from collections.abc import Sequence
from typing import Any

from jwcrypto.jws import JWS

from liaison.engines.healthcards.bundle import CardDose, Holder, bundle
from liaison.engines.healthcards.keys import Key
from liaison.engines.healthcards.written import LONGEST

_TYPES = ("https://smarthealth.cards#health-card", "https://smarthealth.cards#immunization")
_SIGNATURE = 86  # characters of an ES256 signature in base64url


def sign(key: Key, issuer: str, issued_at: int, holder: Holder, doses: Sequence[CardDose]) -> str:
    """A card with these doses as a compact JWS. `issuer` is the https address under which the keys are found.

    `issued_at` is in seconds since 1970, UTC. However many the doses are, it is one card; see `cards`.
    """
    signature = JWS(_deflated(issuer, issued_at, holder, doses))
    signature.add_signature(key.jwk, alg="ES256", protected=_header(key))
    written: str = signature.serialize(compact=True)
    return written


def cards(key: Key, issuer: str, issued_at: int, holder: Holder, doses: Sequence[CardDose]) -> list[str]:
    """The doses on as few cards as fit into a QR picture each, oldest first: every card is whole by itself.

    A card in several pictures is no longer in the specification ("Chunking", deprecated since 2022).
    """
    ordered = sorted(doses, key=lambda dose: (dose.on, dose.cvx))
    signed: list[str] = []
    while ordered:
        many = _as_many_as_fit(key, issuer, issued_at, holder, ordered)
        signed.append(sign(key, issuer, issued_at, holder, ordered[:many]))
        ordered = ordered[many:]
    return signed


def _as_many_as_fit(key: Key, issuer: str, issued_at: int, holder: Holder, doses: Sequence[CardDose]) -> int:
    room = LONGEST - _base64_length(_header(key).encode()) - _SIGNATURE - 2
    fits, too_many = 1, len(doses) + 1
    while fits + 1 < too_many:
        middle = (fits + too_many) // 2
        if _base64_length(_deflated(issuer, issued_at, holder, doses[:middle])) <= room:
            fits = middle
        else:
            too_many = middle
    return fits


def _header(key: Key) -> str:
    return _compact({"alg": "ES256", "zip": "DEF", "kid": key.kid})


def _deflated(issuer: str, issued_at: int, holder: Holder, doses: Sequence[CardDose]) -> bytes:
    subject = {"fhirVersion": "4.0.1", "fhirBundle": bundle(holder, doses)}
    payload = {"iss": issuer, "nbf": issued_at, "vc": {"type": list(_TYPES), "credentialSubject": subject}}
    squeeze = zlib.compressobj(level=9, wbits=-15)  # raw DEFLATE (RFC 1951), without zlib's header
    return squeeze.compress(_compact(payload).encode()) + squeeze.flush()


def _compact(told: dict[str, Any]) -> str:
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False)


def _base64_length(raw: bytes) -> int:
    """Without padding, as JSON Web Signatures have it."""
    return -(-len(raw) * 4 // 3)
