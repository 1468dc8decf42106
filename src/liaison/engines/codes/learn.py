"""Learn what weighs how much: from index terms that the structure was built without.

First one weight for each thing that speaks for a line: those of the right code are raised against those of the others
(softmax over the candidates, steps by AdaGrad). Then a few hidden units, which see what matters together (Adam). The
same terms give the same weights.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from liaison.engines.codes.associations import Floats
from liaison.engines.codes.search import DYNAMIC, Search
from liaison.engines.codes.structure import STATIC

_FIRST = {"best text": 5, "category": 2, "category by words": 1, "category by letters": 1, "pattern": 1}
_TIMES = 2  # what is compared depends on the weights: they are learned again from what the first ones found
_ROUNDS = 8
_STEP = 0.5
_DECAY = 1e-4
_HIDDEN = 8
_HIDDEN_ROUNDS = 12
_HIDDEN_STEP = 3e-3
_SLOWER = 0.85  # of a round's step, that of the next
_AGAINST = 150  # candidates that the hidden units are taught against
_AT_ONCE = 8


class _Example(NamedTuple):
    """The place of the right line among the candidates, and what speaks for each."""

    right: int
    rows: Floats


def learn(lessons: Sequence[tuple[Search, Sequence[tuple[str, int]]]]) -> tuple[Floats, ...]:
    """Return the weights by which words are best led to lines, for `Structure.give`.

    A lesson is a search and what it is asked for: words, each with the line that it never saw them lead to.
    """
    weights = np.zeros(len(DYNAMIC) + len(STATIC), np.float32)
    weights[: len(DYNAMIC)] = [_FIRST.get(name, 0) for name in DYNAMIC]
    chosen = np.random.default_rng(0)
    for _ in range(_TIMES):
        for search, _ in lessons:
            search.structure.rough = weights.copy()
        examples = [
            one for search, wanted in lessons for words, line in wanted if (one := _example(search, words, line))
        ]
        _learn_linear(weights, examples, chosen)
    examples = [_hardest(one, weights) for one in examples]
    spread = np.std(np.concatenate([one.rows for one in examples]), axis=0) + 1e-3
    hidden = chosen.normal(size=(len(weights), _HIDDEN)).astype(np.float32)
    net = [
        weights.copy(),
        0.3 * hidden / len(weights) ** 0.5 / spread[:, None],
        np.zeros(_HIDDEN, np.float32),
        chosen.normal(size=_HIDDEN).astype(np.float32) * np.float32(0.1),
    ]
    _learn_hidden(net, examples, chosen)
    return tuple(one.round(4) for one in (weights, *net))


def _example(search: Search, words: str, line: int) -> _Example | None:
    lines, rows = search.candidates(words)
    right = np.flatnonzero(lines == line)
    return _Example(int(right[0]), rows) if len(right) else None


def _hardest(example: _Example, weights: Floats) -> _Example:
    """The right line and those that come before the others."""
    first = np.argsort(-(example.rows @ weights))[:_AGAINST]
    rows = example.rows[np.concatenate(([example.right], first[first != example.right]))]
    return _Example(0, rows)


def _slope(scores: Floats, right: int) -> Floats:
    """How the surprise at the right line changes with each score: its likelihood, less 1 of the right line's."""
    likely = np.exp(scores - scores.max())
    likely /= likely.sum()
    likely[right] -= 1
    return likely


def _learn_linear(weights: Floats, examples: list[_Example], chosen: np.random.Generator) -> None:
    """Change the weights in place, example by example (AdaGrad)."""
    moved = np.full(len(weights), 1e-3, np.float32)
    for _ in range(_ROUNDS):
        for place in chosen.permutation(len(examples)):
            right, rows = examples[place]
            slope = _slope(rows @ weights, right) @ rows + _DECAY * weights
            moved += slope * slope
            weights -= _STEP * slope / np.sqrt(moved)


def _learn_hidden(weights: list[Floats], examples: list[_Example], chosen: np.random.Generator) -> None:
    """Change linear weights, hidden ones, bias and outer ones in place, some examples at a time."""
    learned, adam, step = weights[0].copy(), _Adam(weights), _HIDDEN_STEP
    for _ in range(_HIDDEN_ROUNDS):
        order = chosen.permutation(len(examples))
        for start in range(0, len(order), _AT_ONCE):
            # The linear weights are drawn to what was learned before, the others to nothing
            slopes = [_DECAY * one for one in (weights[0] - learned, *weights[1:])]
            for place in order[start : start + _AT_ONCE]:
                for whole, one in zip(slopes, _slopes(weights, examples[place]), strict=True):
                    whole += one / _AT_ONCE
            adam.descend(slopes, step)
        step *= _SLOWER


class _Adam:
    """Steps down a slope, for each weight by how steady and how steep it was so far (Kingma and Ba, 2015)."""

    MEAN, SQUARE = 0.1, 0.001  # the part of what is remembered that is seen now

    def __init__(self, weights: list[Floats]) -> None:
        self._weights = weights
        self._means = [np.zeros_like(one) for one in weights]
        self._squares = [np.zeros_like(one) for one in weights]
        self._taken = 0

    def descend(self, slopes: list[Floats], step: float) -> None:
        """Change the weights in place."""
        self._taken += 1
        seen, seen_square = 1 - (1 - self.MEAN) ** self._taken, 1 - (1 - self.SQUARE) ** self._taken
        for weights, slope, mean, square in zip(self._weights, slopes, self._means, self._squares, strict=True):
            mean += self.MEAN * (slope - mean)
            square += self.SQUARE * (slope * slope - square)
            weights -= step * (mean / seen) / (np.sqrt(square / seen_square) + 1e-7)


def _slopes(weights: list[Floats], example: _Example) -> tuple[Floats, ...]:
    """How the surprise at the right line changes with each of the weights."""
    linear, hidden, bias, outer = weights
    units = np.maximum(example.rows @ hidden + bias, 0)
    slope = _slope(example.rows @ linear + units @ outer, example.right)
    inner = np.outer(slope, outer) * (units > 0)
    return slope @ example.rows, example.rows.T @ inner, inner.sum(0), slope @ units
