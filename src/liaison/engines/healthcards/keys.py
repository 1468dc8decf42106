"""The keys of an issuer: one that signs, and the public halves of those that have signed before it."""

import json
from dataclasses import dataclass
from typing import Any

from jwcrypto.common import JWException
from jwcrypto.jwk import JWK

_PUBLIC = ("kty", "kid", "use", "alg", "crv", "x", "y")


class NotAKey(ValueError):
    """The text is not a private P-256 key as a JSON Web Key."""


class Key:
    """A private key on the curve P-256. Its `kid` is the SHA-256 thumbprint of RFC 7638 in base64url."""

    def __init__(self, jwk: JWK) -> None:
        self.jwk = jwk
        self.kid: str = jwk.thumbprint()

    @classmethod
    def generate(cls) -> "Key":
        """A new key of the system's randomness."""
        return cls(JWK.generate(kty="EC", crv="P-256"))

    @classmethod
    def read(cls, told: dict[str, Any]) -> "Key":
        """The key that `private` wrote. Raises NotAKey."""
        try:
            jwk = JWK(**{name: told[name] for name in ("kty", "crv", "x", "y", "d")})
        except (JWException, KeyError, TypeError, ValueError):
            raise NotAKey("This is no private P-256 key as a JSON Web Key.") from None
        return cls(jwk)

    def private(self) -> dict[str, str]:
        """The key with its secret part, for a file that only its owner reads."""
        told: dict[str, str] = self.jwk.export_private(as_dict=True)
        return told

    def public(self) -> dict[str, str]:
        """The JSON Web Key for /.well-known/jwks.json: never the secret part."""
        known = self.jwk.export_public(as_dict=True) | {"kid": self.kid, "use": "sig", "alg": "ES256"}
        return {name: known[name] for name in _PUBLIC}


@dataclass(frozen=True)
class KeyRing:
    """The key that signs now, and the public keys of those before it, newest first: their cards stay good."""

    signing: Key
    retired: tuple[dict[str, str], ...] = ()

    def rotated(self, new: Key) -> "KeyRing":
        """The ring with a new signing key. Of the old one only the public half is kept."""
        return KeyRing(new, (self.signing.public(), *self.retired))

    def jwks(self) -> dict[str, Any]:
        """The JSON Web Key Set that verifiers fetch."""
        return {"keys": [self.signing.public(), *self.retired]}

    def written(self) -> str:
        """The ring as JSON, for a file that only its owner reads."""
        return json.dumps({"signing": self.signing.private(), "retired": list(self.retired)}, indent=1)

    @classmethod
    def read(cls, text: str) -> "KeyRing":
        """The ring that `written` wrote. Raises NotAKey."""
        try:
            told = json.loads(text)
            retired = tuple({name: str(key[name]) for name in _PUBLIC} for key in told["retired"])
            return cls(Key.read(told["signing"]), retired)
        except (KeyError, TypeError, ValueError):
            raise NotAKey("This is no ring of health card keys.") from None
