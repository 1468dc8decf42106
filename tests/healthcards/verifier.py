"""A verifier of SMART Health Cards that shares no code with the issuer: other JOSE library, other QR library.

What a card must look like is written here by hand from spec.smarthealth.cards 1.4.
"""

import base64
import hashlib
import io
import json
import re
import zlib
from dataclasses import dataclass
from datetime import date
from typing import Any

import segno
import zxingcpp
from joserfc import jws
from joserfc.jwk import ECKey

_HEADER = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)


@dataclass(frozen=True)
class Read:
    """A card as a verifier understands it."""

    header: dict[str, Any]
    payload: dict[str, Any]

    @property
    def entries(self) -> list[dict[str, Any]]:
        return [entry["resource"] for entry in self.payload["vc"]["credentialSubject"]["fhirBundle"]["entry"]]

    @property
    def doses(self) -> list[dict[str, Any]]:
        return self.entries[1:]


def scan(picture: segno.QRCode, scale: int = 4) -> list[str]:
    """What is in the picture, as an independent reader of barcodes sees it: its text."""
    width, height = picture.symbol_size(scale=scale)
    raw = io.BytesIO()
    picture.save(raw, kind="pam", scale=scale, dark="#000", light="#fff")
    pixels = raw.getvalue()[-width * height :]
    grey = bytes(255 if pixel else 0 for pixel in pixels)
    # Other kinds of codes are now and then seen in the dots of a QR code
    qr = zxingcpp.BarcodeFormat.QRCode
    found = zxingcpp.read_barcodes(memoryview(grey).cast("B", (height, width)), formats=qr)
    return [code.text for code in found]


def from_numeric(text: str) -> str:
    """The JWS that stands in the digits of a picture."""
    assert re.fullmatch(r"shc:/(\d\d)+", text), "the picture holds shc:/ and pairs of digits"
    digits = text.removeprefix("shc:/")
    return "".join(chr(int(digits[at : at + 2]) + 45) for at in range(0, len(digits), 2))


def verify(card: str, jwks: dict[str, Any]) -> Read:
    """The card, once signature and form are found in order. Raises joserfc's BadSignatureError, AssertionError."""
    header = json.loads(_bytes(card.split(".")[0]))
    assert set(header) == {"alg", "zip", "kid"}
    assert (header["alg"], header["zip"]) == ("ES256", "DEF")
    key = next(key for key in jwks["keys"] if key["kid"] == header["kid"])
    check_key(key)
    signed = jws.deserialize_compact(card, ECKey.import_key(key), registry=_HEADER)
    payload = json.loads(zlib.decompress(signed.payload, wbits=-15))
    check_payload(payload)
    return Read(header, payload)


def check_key(key: dict[str, Any]) -> None:
    """A public key as the specification wants it, and its id by RFC 7638."""
    assert set(key) == {"kty", "kid", "use", "alg", "crv", "x", "y"}
    assert (key["kty"], key["use"], key["alg"], key["crv"]) == ("EC", "sig", "ES256", "P-256")
    assert len(_bytes(key["x"])) == len(_bytes(key["y"])) == 32
    told = {name: key[name] for name in ("crv", "kty", "x", "y")}
    digest = hashlib.sha256(json.dumps(told, separators=(",", ":"), sort_keys=True).encode()).digest()
    assert key["kid"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def check_payload(payload: dict[str, Any]) -> None:
    """The claims, and the bundle with nothing in it that a card leaves out."""
    assert set(payload) == {"iss", "nbf", "vc"}
    assert payload["iss"].startswith("https://")
    assert not payload["iss"].endswith("/")
    assert isinstance(payload["nbf"], int)
    vc = payload["vc"]
    assert set(vc) == {"type", "credentialSubject"}
    assert {"https://smarthealth.cards#health-card", "https://smarthealth.cards#immunization"} == set(vc["type"])
    subject = vc["credentialSubject"]
    assert set(subject) == {"fhirVersion", "fhirBundle"}
    assert subject["fhirVersion"] == "4.0.1"
    bundle = subject["fhirBundle"]
    assert set(bundle) == {"resourceType", "type", "entry"}
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "collection")
    for at, entry in enumerate(bundle["entry"]):
        assert set(entry) == {"fullUrl", "resource"}
        assert entry["fullUrl"] == f"resource:{at}"
    patient, *doses = (entry["resource"] for entry in bundle["entry"])
    _check_patient(patient)
    assert doses, "a card tells of a dose at least"
    for dose in doses:
        _check_dose(dose)


def _check_patient(patient: dict[str, Any]) -> None:
    assert set(patient) == {"resourceType", "name", "birthDate"}
    assert patient["resourceType"] == "Patient"
    for name in patient["name"]:
        assert set(name) <= {"family", "given"}
    date.fromisoformat(patient["birthDate"])


def _check_dose(dose: dict[str, Any]) -> None:
    must = {"resourceType", "status", "vaccineCode", "patient", "occurrenceDateTime"}
    assert must <= set(dose) <= must | {"lotNumber", "performer"}
    assert (dose["resourceType"], dose["status"]) == ("Immunization", "completed")
    (coding,) = dose["vaccineCode"]["coding"]
    assert set(coding) == {"system", "code"}
    assert coding["system"] == "http://hl7.org/fhir/sid/cvx"
    assert re.fullmatch(r"\d{2,3}", coding["code"])
    assert dose["patient"] == {"reference": "resource:0"}
    date.fromisoformat(dose["occurrenceDateTime"])
    for performer in dose.get("performer", []):
        assert set(performer) == {"actor"}
        assert set(performer["actor"]) == {"display"}


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
