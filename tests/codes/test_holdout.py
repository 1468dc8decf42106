"""The measure is honest: what is held out has left no trace in the search that is asked for it."""

from collections.abc import Callable
from functools import partial

import pytest

from liaison.engines.codes import Icd10cm, make, structure
from liaison.engines.codes.alphabetic import held_out
from liaison.engines.codes.book import Book
from liaison.engines.codes.make import by_depth
from liaison.engines.codes.structure import Structure
from liaison.engines.codes.tabular import Line
from liaison.engines.codes.texts import INCLUSION, LAY, MAIN, NOTE, SEE, TERM, TITLE, Text, texts_of
from liaison.engines.codes.words import lay, split

pytestmark = pytest.mark.engine
PERCENT = 20


def held(words: str) -> bool:
    return held_out(words, PERCENT)


@pytest.fixture(scope="module")
def book() -> Book:
    return Icd10cm.load().book


@pytest.fixture(scope="module")
def lines(book: Book) -> list[Line]:
    return book.lines()


def texts(book: Book, lines: list[Line], without: Callable[[str], bool]) -> list[Text]:
    return texts_of(book, lines, without, lay()[1])[0]


@pytest.fixture(scope="module")
def kept(book: Book, lines: list[Line]) -> list[Text]:
    return texts(book, lines, held)


@pytest.fixture(scope="module")
def built(lines: list[Line], kept: list[Text]) -> Structure:
    return structure.build(lines, kept)


def test_the_hash_is_the_published_one() -> None:
    # Rows of the shared table: term, held out at 20 percent
    assert held_out("abasia", 20)
    assert not held_out("aarskog's syndrome", 20)
    assert held_out("pigmentation tattoo", 20)


def test_held_out_terms_and_the_references_to_them_are_gone(book: Book, lines: list[Line], kept: list[Text]) -> None:
    gone = [(split(words), line) for terms in by_depth(book, lines, held).values() for words, line in terms]
    assert len(gone) > 8_000
    there = {(tuple(text.words), text.line) for text in kept if text.kind in (MAIN, TERM, SEE, LAY)}
    still = [words for words, line in gone if (tuple(words), line) in there]
    # Another term of the index may have the same words in the same order, of another table or with other commas
    assert len(still) < 12
    everything = texts(book, lines, lambda words: False)
    assert sum(text.kind == SEE for text in everything) > sum(text.kind == SEE for text in kept)


def test_a_word_that_only_held_out_terms_have_is_unknown_to_the_search(
    book: Book, lines: list[Line], kept: list[Text], built: Structure
) -> None:
    elsewhere = {word for text in kept for word in (*text.words, *text.light)}
    alone = {
        word
        for terms in by_depth(book, lines, held).values()
        for words, _ in terms
        for word in split(words)
        if word not in elsewhere
    }
    assert len(alone) > 300
    assert alone.isdisjoint(built.forms)


def test_the_weights_are_learned_from_terms_that_are_not_held_out(book: Book, lines: list[Line]) -> None:
    lessons = [by_depth(book, lines, partial(make.is_asked, held, part)) for part in range(make.LESSONS)]
    asked = [{words for terms in lesson.values() for words, _ in terms} for lesson in lessons]
    assert all(len(words) > 3_000 for words in asked)
    assert not asked[0] & asked[1]
    assert not any(held(word) for words in asked for word in words)


def test_a_hold_out_of_everything_leaves_what_is_not_the_index(book: Book, lines: list[Line]) -> None:
    kinds = {text.kind for text in texts(book, lines, lambda words: True)}
    assert kinds == {TITLE, INCLUSION, NOTE}


def test_without_a_hold_out_every_term_with_a_code_of_today_is_there(book: Book, lines: list[Line]) -> None:
    _, report = texts_of(book, lines, lambda words: False, lay()[1])
    assert report.counts["terms with a code"] > 59_000
    assert report.counts["references resolved"] > 8_000
    assert report.dropped == ["hypertension hypertensive emergency: I16.2"]
