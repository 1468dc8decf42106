"""Identifiers: time-ordered UUIDs (version 7, RFC 9562), so that new rows stand together in an index."""

import os
import threading
import time
from uuid import UUID, uuid5

_RANDOM = (1 << 62) - 1
_IMPORTED = UUID("6f2d2f2c-5f0e-5b7a-9d5e-0f6b1f3c7a11")


_last = 0
_lock = threading.Lock()


def new_id() -> UUID:
    """A new UUIDv7: milliseconds since 1970, then random bits. A process makes each greater than the one before."""
    global _last
    millis = time.time_ns() // 1_000_000
    rand = int.from_bytes(os.urandom(10))
    value = (millis & 0xFFFFFFFFFFFF) << 80 | 0x7 << 76 | (rand >> 68 & 0xFFF) << 64 | 0b10 << 62 | rand & _RANDOM
    with _lock:
        if value <= _last:
            # The same millisecond, or a clock that was set back: count on from the last (RFC 9562, 6.2, method 2)
            value = _next(_last)
        _last = value
    return UUID(int=value)


def _next(value: int) -> int:
    """The id that follows `value`, with version and variant in their places."""
    if value & _RANDOM != _RANDOM:
        return value + 1
    high = (value >> 80 << 12 | value >> 64 & 0xFFF) + 1
    return high >> 12 << 80 | 0x7 << 76 | (high & 0xFFF) << 64 | 0b10 << 62


def imported_id(source: str, resource_type: str, source_id: str) -> UUID:
    """The id that another system's resource has here: always the same, so that importing twice changes nothing."""
    return uuid5(_IMPORTED, f"{source}|{resource_type}|{source_id}")
