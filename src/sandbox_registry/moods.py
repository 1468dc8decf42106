"""Mischief: what a registry does on its bad days, by order and for a number of times."""

from __future__ import annotations

import threading

KINDS = ("slow", "hang", "cut", "ae", "ar", "garbage", "stranger", "duplicates", "fault", "locked", "error")


class Moods:
    """The moods to come: `garbage:1,slow` is garbage once, then slow for good."""

    def __init__(self, words: str = "") -> None:
        self._lock = threading.Lock()
        self._left: list[tuple[str, int | None]] = []
        self.order(words)

    def order(self, words: str) -> None:
        """Have other moods from now on. Raises ValueError for one that it does not know."""
        left: list[tuple[str, int | None]] = []
        for word in filter(None, words.split(",")):
            kind, _, times = word.strip().partition(":")
            if kind not in KINDS or (times and not (times.isascii() and times.isdigit())):
                raise ValueError(f"mischief is one of {', '.join(KINDS)}, with :TIMES; not “{word}”")
            left.append((kind, int(times) if times else None))
        with self._lock:
            self._left = left

    def next(self) -> str:
        """The mood for the next message; empty for a good one."""
        with self._lock:
            while self._left:
                kind, times = self._left[0]
                if times is None:
                    return kind
                if times > 0:
                    self._left[0] = (kind, times - 1)
                    return kind
                self._left.pop(0)
        return ""
