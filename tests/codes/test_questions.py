"""What is still open about a code is asked in questions whose answers are codes."""

import pytest

from liaison.engines.codes import Icd10cm, questions

pytestmark = pytest.mark.engine


def answers(code: str) -> dict[str, dict[str, str]]:
    return {one.words: {answer.words: answer.code for answer in one.answers} for one in questions(code)}


def test_the_side_of_a_pain_is_asked() -> None:
    assert answers("M25.569") == {"Which side?": {"right": "M25.561", "left": "M25.562", "unspecified": "M25.569"}}
    assert [answer.chosen for answer in questions("m25561")[0].answers] == [True, False, False]


@pytest.mark.parametrize(
    ("code", "right", "both"),
    [
        ("H66.9", "H66.91", "H66.93"),  # “…, right ear” and “…, bilateral”
        ("H66.92", "H66.91", "H66.93"),
        ("H10.30", "H10.31", "H10.33"),
        ("G56.00", "G56.01", "G56.03"),  # “right upper limb” and “bilateral upper limbs”
        ("H65.07", "H65.04", "H65.06"),  # recurrent, and no other
    ],
)
def test_both_sides_are_offered_however_they_are_written(code: str, right: str, both: str) -> None:
    sides = answers(code)["Which side?"]
    assert (sides["right"], sides["bilateral"]) == (right, both)
    assert set(sides) == {"right", "left", "bilateral", "unspecified"}


def test_what_is_unspecified_in_another_way_is_no_side() -> None:
    assert "Which side?" not in answers("F10.930")
    assert "Which side?" not in answers("A01.4")


def test_an_injury_asks_for_side_and_encounter_and_keeps_the_one_while_the_other_changes() -> None:
    asked = answers("S93.409D")
    assert asked["Which side?"] == {"right": "S93.401D", "left": "S93.402D", "unspecified": "S93.409D"}
    assert asked["Which encounter?"] == {
        "initial encounter": "S93.409A",
        "subsequent encounter": "S93.409D",
        "sequela": "S93.409S",
    }


def test_a_pregnancy_of_several_asks_which_fetus() -> None:
    asked = answers("O36.60X1")["Which fetus?"]
    assert asked["fetus 2"] == "O36.60X2"


def test_a_category_leads_by_its_questions_to_a_billable_code() -> None:
    book = Icd10cm.load()
    for start in ("E11", "S52", "M54", "H66", "O30", "T40", "L97"):
        code = start
        for _ in range(7):
            if book.is_billable(code):
                break
            first = questions(code)[0].answers[0]
            assert first.code.replace(".", "").startswith(code.replace(".", ""))
            code = first.code
        assert book.is_billable(code), start


def test_a_code_that_leaves_nothing_open_asks_nothing() -> None:
    assert questions("I10") == ()
    assert questions("nonsense") == ()
