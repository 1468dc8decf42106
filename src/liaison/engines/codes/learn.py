"""Learn what weighs how much: from index terms that the structure was built without.

One weight for each thing that speaks for a line; those of the right code are raised against those of the others
(softmax over the candidates, steps by AdaGrad). The same terms give the same weights.
"""

import random
from array import array
from collections.abc import Sequence
from math import exp, sqrt

from liaison.engines.codes.search import DYNAMIC, Search
from liaison.engines.codes.structure import STATIC, Structure

_ROUNDS = 8
_STEP = 0.5


def static_of(of: Structure, line: int) -> list[float]:
    """What is known of a line whatever is asked, in the order of STATIC."""
    flag = of.flags[line]
    known = [float(flag & 2 > 0), float(flag & 4 > 0), of.prior[line]]
    known += [0.0] * (len(STATIC) - len(known))
    if of.chapter[line]:
        known[of.chapter[line]] = 1.0
    return known


def give(of: Structure, weights: Sequence[float]) -> None:
    """Set a structure's weights, and the standing of its lines, which follows from them."""
    of.weights = list(weights[: len(DYNAMIC)])
    of.standing = array(
        "f",
        (
            sum(weight * known for weight, known in zip(weights[len(DYNAMIC) :], static_of(of, line), strict=True))
            for line in range(len(of.flags))
        ),
    )


def learn(search: Search, of: Structure, wanted: Sequence[tuple[str, int]]) -> list[float]:
    """Return the weights by which words are best led to the lines wanted; `wanted` pairs words with a line."""
    examples = []
    for words, line in wanted:
        found = search.candidates(words)
        right = next((place for place, (candidate, _) in enumerate(found) if candidate == line), None)
        if right is not None:
            examples.append((right, [(*speaks, *static_of(of, candidate)) for candidate, speaks in found]))
    order = random.Random(0)
    weights = [5.0] + [0.0] * (len(DYNAMIC) + len(STATIC) - 1)
    moved = [1e-3] * len(weights)
    for _ in range(_ROUNDS):
        order.shuffle(examples)
        for right, rows in examples:
            _step(weights, moved, right, rows)
    return [round(weight, 4) for weight in weights]


def _step(weights: list[float], moved: list[float], right: int, rows: list[tuple[float, ...]]) -> None:
    scores = [sum(weight * value for weight, value in zip(weights, row, strict=True)) for row in rows]
    most = max(scores)
    likely = [exp(score - most) for score in scores]
    whole = sum(likely)
    slope = [-value for value in rows[right]]
    for chance, row in zip(likely, rows, strict=True):
        share = chance / whole
        if share > 1e-3:
            for place, value in enumerate(row):
                if value:
                    slope[place] += share * value
    for place, value in enumerate(slope):
        value += 1e-4 * weights[place]
        moved[place] += value * value
        weights[place] -= _STEP * value / sqrt(moved[place])
