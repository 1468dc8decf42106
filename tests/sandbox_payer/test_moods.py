"""Mischief by order and by lot."""

from __future__ import annotations

import pytest

from sandbox_kit.moods import Mood, Moods

pytestmark = pytest.mark.engine

KINDS = ("slow", "hang", "half", "trace")


def test_each_mood_comes_as_often_as_ordered_and_waits_for_its_own() -> None:
    moods = Moods(KINDS, "half:2,hang=5:1")
    assert moods.next(("trace", "hang")) == Mood("hang", 5.0, 1)
    assert [moods.next(("half", "slow")).kind for _ in range(3)] == ["half", "half", ""]
    moods.order("slow")
    assert [moods.next().kind for _ in range(3)] == ["slow"] * 3


def test_a_level_lets_so_many_go_wrong_and_the_seed_says_which() -> None:
    def drawn(seed: int) -> list[str]:
        moods = Moods(KINDS, "3", seed)
        return [moods.next().kind for _ in range(1_000)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert 200 < sum(map(bool, drawn(1))) < 400
    assert {kind for kind in drawn(1) if kind} == set(KINDS)


@pytest.mark.parametrize("words", ["tantrum", "half:x", "hang=long", "0", "12"])
def test_what_nobody_knows_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match="mischief is"):
        Moods(KINDS, words)
