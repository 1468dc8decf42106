"""Identifiers: time-ordered UUIDs (version 7, RFC 9562), so that new rows stand together in an index."""

import os
import time
from uuid import UUID, uuid5

_IMPORTED = UUID("6f2d2f2c-5f0e-5b7a-9d5e-0f6b1f3c7a11")


def new_id() -> UUID:
    """A new UUIDv7: milliseconds since 1970, then random bits."""
    millis = time.time_ns() // 1_000_000
    rand = int.from_bytes(os.urandom(10))
    value = (millis & 0xFFFFFFFFFFFF) << 80 | 0x7 << 76 | (rand >> 68 & 0xFFF) << 64 | 0b10 << 62 | rand & (1 << 62) - 1
    return UUID(int=value)


def imported_id(source: str, resource_type: str, source_id: str) -> UUID:
    """The id that another system's resource has here: always the same, so that importing twice changes nothing."""
    return uuid5(_IMPORTED, f"{source}|{resource_type}|{source_id}")
