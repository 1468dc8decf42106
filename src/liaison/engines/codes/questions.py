"""What is still open about a code, as questions whose answers are codes: which side, which encounter, which kind."""

from collections.abc import Sequence
from dataclasses import dataclass

from liaison.engines.codes.icd10cm import Icd10cm, differ_in_side, dotted, side_of

_ENCOUNTERS = {"A", "D", "S"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What may be answered, the code that it leads to, whether that is billable, and whether it is the present one."""

    words: str
    code: str
    description: str
    billable: bool
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One question, and its answers in the tabular list's order."""

    words: str
    answers: tuple[Answer, ...]


def questions(code: str, book: Icd10cm | None = None) -> tuple[Question, ...]:
    """Return what is to be asked about a code, billable or not; an unknown code has no question.

    Of a code that needs more characters the next step is asked, of others the side and the seventh character, so that
    the present answer can be exchanged for another.
    """
    book = book or Icd10cm.load()
    found = book.line(code)
    if found is None:
        return ()
    number, ending = found
    row = book.row(number)
    if not row.is_leaf:
        return (_step(book, _children(book, row.code)),)
    asked = []
    sides = book.sides(number)
    if len(sides) > 1:
        asked.append(_side(book, sides, number, ending))
    if row.endings:
        # What makes the code billable comes first
        asked.insert(len(asked) if ending else 0, _seventh(book, number, ending))
    return tuple(asked)


def _children(book: Icd10cm, code: str) -> list[int]:
    """The lines directly below a code."""
    children: list[int] = []
    for number in book.below(code)[1:]:
        if not children or not book.row(number).code.startswith(book.row(children[-1]).code):
            children.append(number)
    return children


def _step(book: Icd10cm, children: Sequence[int]) -> Question:
    words = [book.row(number).description for number in children]
    if len(words) > 1 and differ_in_side(words):
        return _side(book, children, None, "")
    answers = [_answer(book, number, short) for number, short in zip(children, _without_common(words), strict=True)]
    return Question("Which one?", tuple(answers))


def _side(book: Icd10cm, numbers: Sequence[int], present: int | None, ending: str) -> Question:
    answers = [
        _answer(book, number, side_of(book.row(number).description), ending, chosen=number == present)
        for number in numbers
    ]
    return Question("Which side?", tuple(answers))


def _seventh(book: Icd10cm, number: int, ending: str) -> Question:
    row = book.row(number)
    answers = [_answer(book, number, words, letter, chosen=letter == ending) for letter, words in row.endings.items()]
    if set(row.endings) <= _ENCOUNTERS or "encounter" in " ".join(row.endings.values()):
        words = "Which encounter?"
    elif "fetus" in " ".join(row.endings.values()):
        words = "Which fetus?"
    else:
        words = "Which one?"
    return Question(words, tuple(answers))


def _answer(book: Icd10cm, number: int, words: str, ending: str = "", *, chosen: bool = False) -> Answer:
    row = book.row(number)
    if ending and ending not in row.endings:
        ending = ""
    entry = book.entry(number, ending)
    code = entry.code if ending else dotted(row.code)
    return Answer(words, code, entry.description, entry.billable, chosen)


def _without_common(words: list[str]) -> list[str]:
    """Descriptions without the words that all of them begin and end with."""
    split = [said.split() for said in words]
    shortest = min(map(len, split), default=0)
    before = next((at for at in range(shortest) if len({said[at].lower() for said in split}) > 1), shortest)
    if len(words) < 2 or before >= shortest:
        return words
    return [" ".join(said[before:]) for said in split]
