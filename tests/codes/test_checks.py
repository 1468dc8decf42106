"""What does not fit in a list of diagnoses is said in words, and what fits is left in peace."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.engines.codes import Icd10cm, Kind, check

pytestmark = pytest.mark.engine
YEAR = 365.25


def kinds(*codes: str, years: float = 40, sex: str = "") -> list[tuple[Kind, str]]:
    found = check(codes, int(years * YEAR), sex)
    return [(one.kind, one.codes[0]) for one in found if one.kind not in (Kind.ADVICE, Kind.HINT)]


def test_an_excludes1_pair_is_one_conflict_whichever_note_tells_it() -> None:
    assert len(kinds("E11.9", "E10.9")) == len(kinds("E10.9", "E11.9")) == 1
    (found,) = [one for one in check(["E11.9", "E10.9"]) if one.kind is Kind.EXCLUDES1]
    assert set(found.codes) == {"E11.9", "E10.9"}
    assert "not billed together" in found.sentence


def test_codes_that_go_together_are_left_in_peace() -> None:
    assert kinds("I10", "E78.5", "J06.9") == []


def test_the_cause_goes_before_what_it_shows_itself_as() -> None:
    assert kinds("F02.80", "G30.9") == [(Kind.ORDER, "F02.80")]
    assert kinds("G30.9", "F02.80") == []
    assert kinds("H42") == [(Kind.ORDER, "H42")]


def test_a_code_must_exist_be_finest_and_be_said_once() -> None:
    assert kinds("E11") == [(Kind.UNBILLABLE, "E11")]
    assert kinds("X99.99") == [(Kind.UNKNOWN, "X99.99")]
    assert kinds("I10", "i10") == [(Kind.TWICE, "I10")]


@pytest.mark.parametrize(
    ("code", "years", "sex", "kind"),
    [
        ("N40.0", 70, "female", Kind.SEX),
        ("C61", 70, "female", Kind.SEX),
        ("N92.0", 30, "male", Kind.SEX),
        ("O80", 30, "male", Kind.SEX),
        ("C50.911", 60, "male", Kind.SEX),
        ("P07.30", 10, "", Kind.AGE),
        ("Z00.129", 40, "", Kind.AGE),
        ("Z00.00", 7, "", Kind.AGE),
        ("O80", 4, "female", Kind.AGE),
    ],
)
def test_age_and_sex(code: str, years: float, sex: str, kind: Kind) -> None:
    assert [found for found, _ in kinds(code, years=years, sex=sex)] == [kind]


@pytest.mark.parametrize(
    ("code", "years", "sex"),
    [
        ("N40.0", 70, "male"),
        ("N40.0", 70, "unknown"),
        ("O80", 30, "female"),
        ("P07.30", 0.1, "male"),
        ("Z00.129", 7, "female"),
        ("C50.921", 60, "male"),
    ],
)
def test_who_the_code_belongs_to_hears_nothing(code: str, years: float, sex: str) -> None:
    assert kinds(code, years=years, sex=sex) == []


def test_what_may_be_added_is_advice_until_it_is_there() -> None:
    def advice(*codes: str) -> list[str]:
        return [one.sentence for one in check(codes) if one.kind is Kind.ADVICE and one.codes == ("E11.22",)]

    assert any("N18" in sentence for sentence in advice("E11.22"))
    assert not any("N18" in sentence for sentence in advice("E11.22", "N18.30"))


def test_what_a_code_does_not_cover_is_a_hint_until_it_is_there() -> None:
    (hint,) = [one.sentence for one in check(["S93.402A"]) if one.kind is Kind.HINT]
    assert hint.startswith("S93.402A does not cover: injury of Achilles tendon (S86.0-)")
    assert hint.endswith("Where the patient has both, code both.")
    assert not any("Achilles" in one.sentence for one in check(["S93.402A", "S86.012A"]))


def test_what_is_coded_also_is_advice_until_it_is_there() -> None:
    def also(*codes: str) -> list[str]:
        return [one.sentence for one in check(codes) if "code also" in one.sentence]

    assert also("G97.84")[0].startswith("With G97.84, code also where it applies: accidental puncture")
    assert also("G97.84", "G97.0") == []


@given(st.data())
def test_any_list_gets_sentences_that_name_its_own_codes(data: st.DataObject) -> None:
    book = Icd10cm.load()
    numbers = data.draw(st.lists(st.integers(0, 46_000), max_size=6))
    codes = [book.entry(number).code for number in numbers]
    for found in check(codes, data.draw(st.integers(0, 40_000)), data.draw(st.sampled_from(("male", "female", "")))):
        assert found.codes[0] in codes
        assert found.codes[0] in found.sentence
        assert found.sentence.endswith((".", "”."))
