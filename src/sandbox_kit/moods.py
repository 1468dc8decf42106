"""Mischief: what a partner does on its bad days, by order and for a number of times, or by lot."""

from __future__ import annotations

import random
import threading
from collections.abc import Collection
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Mood:
    """What goes wrong with one message; an empty `kind` is a good one. `seconds` is how long, where it takes long."""

    kind: str = ""
    seconds: float | None = None
    times: int | None = None


class Moods:
    """The moods to come: `garbage:1,hang=5` is garbage once, then hanging for five seconds for good.

    A figure from 1 to 9 instead is a level: that many messages of ten go wrong, in ways that the seed chooses.
    """

    def __init__(self, kinds: Collection[str], words: str = "", seed: int = 0) -> None:
        self.kinds = tuple(kinds)
        self._lock = threading.Lock()
        self._lot = random.Random(seed)
        self._left: list[Mood] = []
        self._level = 0
        self.order(words)

    def order(self, words: str) -> None:
        """Have other moods from now on. Raises ValueError for one that it does not know."""
        level = int(words) if words in tuple("123456789") else 0
        left = [] if level else [self._read(word) for word in filter(None, words.split(","))]
        with self._lock:
            self._left, self._level = left, level

    def _read(self, word: str) -> Mood:
        told, _, times = word.strip().partition(":")
        kind, _, seconds = told.partition("=")
        numbers = [each for each in (times, seconds) if each]
        if kind not in self.kinds or not all(each.isascii() and each.isdigit() for each in numbers):
            known = ", ".join(self.kinds)
            raise ValueError(f"mischief is a level from 1 to 9, or of {known}, with =SECONDS and :TIMES; not “{word}”")
        return Mood(kind, float(seconds) if seconds else None, int(times) if times else None)

    def next(self, among: Collection[str] | None = None) -> Mood:
        """The mood for the next message; with `among`, of these kinds, and others wait for their own."""
        fitting = self.kinds if among is None else tuple(kind for kind in self.kinds if kind in among)
        with self._lock:
            if self._level:
                wrong = self._lot.random() * 10 < self._level
                return Mood(self._lot.choice(fitting)) if wrong and fitting else Mood()
            self._left = [mood for mood in self._left if mood.times != 0]
            for at, mood in enumerate(self._left):
                if mood.kind in fitting:
                    if mood.times is not None:
                        self._left[at] = replace(mood, times=mood.times - 1)
                    return mood
        return Mood()
