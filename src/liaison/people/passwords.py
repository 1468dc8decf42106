"""First passwords: made by the office, good for one sign-in, after which their owner chooses another.

That a password is a first one is told by how it is stored, so that the mark goes when the password does.
"""

import secrets

from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are taken for one another on paper


class FirstPassword(PBKDF2PasswordHasher):
    """Django's own hasher, under a name that marks the password as a first one."""

    algorithm = "first_pbkdf2_sha256"


def first_password() -> str:
    """A password to hand over on paper: `k7mf-q2xd-9hwt`, 59 bits of chance."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def stored_first(password: str) -> str:
    """A first password as it is stored."""
    return make_password(password, hasher=FirstPassword.algorithm)


def is_first(encoded: str) -> bool:
    """Whether a stored password is a first one, still to be changed by its owner."""
    return encoded.startswith(f"{FirstPassword.algorithm}$")
