"""People's names for diseases, trades, places, old words and what everybody says lead to what they mean."""

import pytest

from liaison.engines.codes import Icd10cm
from liaison.engines.codes.words import named, names, stems

pytestmark = pytest.mark.engine


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("mad hatter", "T56.1"),
        ("devil's grip", "B33.0"),
        ("lou gehrig", "G12.21"),
        ("breakbone fever", "A90"),
        ("water on the brain", "G91"),
        ("kissing disease", "B27"),
        ("split personality", "F44.81"),
        ("stretch marks", "L90.6"),
        ("pickwickian", "E66.2"),
        ("march fracture", "M84.37"),
    ],
)
def test_a_name_is_understood_by_what_it_means(words: str, code: str) -> None:
    assert any(entry.code.startswith(code) for entry in Icd10cm.load().search(words, 10))


def test_every_word_of_a_name_must_be_said_and_the_longer_name_counts() -> None:
    whole = named(stems("Charcot-Marie-Tooth disease"))
    assert [name.said for name in whole] == [frozenset(stems("charcot marie tooth"))]
    assert [name.said for name in named(stems("Charcot's joint"))] == [frozenset(stems("charcot"))]
    assert not named(stems("fracture of the foot"))


def test_every_name_says_something_that_the_classification_says_too() -> None:
    book = Icd10cm.load().book
    known = {word for line in book.lines() for text in (line.description, *line.terms) for word in stems(text)}
    without = [name.said for begun in names().values() for name in begun if not known & set(name.means)]
    assert not without
