"""ICD-10-CM: the packaged file is the official list, and a clinic finds its codes by the words it uses."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.engines.codes import Icd10cm
from liaison.engines.codes.words import lay

pytestmark = pytest.mark.engine

COMMON = lay()[1]


@pytest.fixture(scope="module")
def codes() -> Icd10cm:
    return Icd10cm.load()


def first(codes: Icd10cm, words: str, count: int = 1) -> list[str]:
    return [entry.code for entry in codes.search(words, count)]


def test_the_code_set_names_its_source_and_version(codes: Icd10cm) -> None:
    assert codes.version == "April-1-2026"
    assert "CDC/NCHS" in codes.source


def test_every_code_of_the_official_order_file_is_there_and_bills_as_there(
    codes: Icd10cm, shared: Callable[[str], Path]
) -> None:
    order_file = shared("data/icd10cm/icd10cm-order-2026.txt")
    wrong, count = [], 0
    for line in order_file.read_text(encoding="latin-1").splitlines():
        code, billable = line[6:13].strip(), line[14] == "1"
        count += 1
        # The April list may split a code of the October order file; it never makes one vanish.
        entry = codes.lookup(code)
        if entry is None or entry.code.replace(".", "") != code or (entry.billable and not billable):
            wrong.append(code)
    assert wrong == []
    assert count == 98_186


@pytest.mark.parametrize("written", ["E11.9", "e119", " E11.9 ", "E119"])
def test_a_code_is_found_however_it_is_written(codes: Icd10cm, written: str) -> None:
    entry = codes.lookup(written)
    assert entry is not None
    assert (entry.code, entry.billable) == ("E11.9", True)
    assert entry.description == "Type 2 diabetes mellitus without complications"


@pytest.mark.parametrize(
    ("code", "billable"),
    [
        ("E11", False),
        ("I10", True),
        ("S93.409", False),
        ("S93.409A", True),
        ("T14.8XXA", True),
        ("T14.8", False),
        ("T14.8A", False),
        ("S93.409Z", False),
        ("Z99.999", False),
        ("", False),
    ],
)
def test_only_the_finest_codes_are_billable(codes: Icd10cm, code: str, billable: bool) -> None:
    assert codes.is_billable(code) is billable


def test_a_seventh_character_says_which_encounter(codes: Icd10cm) -> None:
    entry = codes.lookup("T14.8XXD")
    assert entry is not None
    assert entry.description == "Other injury of unspecified body region, subsequent encounter"
    assert "Contusion NOS" in entry.terms


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("HTN", "I10"),
        ("high blood pressure", "I10"),
        ("dm2", "E11.9"),
        ("sugar diabetes", "E11.9"),
        ("diabetes", "E11.9"),
        ("UTI", "N39.0"),
        ("bladder infection", "N39.0"),
        ("uri", "J06.9"),
        ("COPD", "J44.9"),
        ("gerd", "K21.9"),
        ("heart attack", "I21.9"),
        ("ear infection", "H66.90"),
        ("strep throat", "J02.0"),
        ("pink eye", "H10.9"),
        ("afib", "I48.91"),
        ("low back pain", "M54.50"),
        ("ankle sprain", "S93.409A"),
        ("broken wrist", "S52.509A"),
        ("swimmers ear", "H60.339"),
        ("asthma", "J45.909"),
        ("breast cancer left female", "C50.912"),
        ("pain right knee", "M25.561"),
        ("abdominal pain left lower", "R10.32"),
        ("laceration finger", "S61.219A"),
        ("itchy skin", "L29.9"),
    ],
)
def test_the_words_of_a_clinic_find_the_code(codes: Icd10cm, words: str, code: str) -> None:
    assert first(codes, words) == [code]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("hedache", "R51.9"),
        ("migrane", "G43.909"),
        ("pnuemonia", "J18.9"),
        ("depresion", "F32.A"),
        ("diabetis type 2", "E11.9"),
        ("hypertention", "I10"),
    ],
)
def test_typing_errors_are_forgiven(codes: Icd10cm, words: str, code: str) -> None:
    assert code in first(codes, words, 3)


@pytest.mark.parametrize(
    ("words", "code"), [("emfisema", "J43.9"), ("newmonia", "J18.9"), ("hemroids", "K64.9"), ("Ménière", "H81.09")]
)
def test_words_are_found_by_their_sound_and_without_accents(codes: Icd10cm, words: str, code: str) -> None:
    assert code in first(codes, words, 3)


@pytest.mark.parametrize("words", ["xqzzt blorf", "qwerty", "hjkl", "🤒🤒", "\x00", "дом", "the of in", "'s"])
def test_what_no_word_of_the_classification_is_near_to_finds_nothing(codes: Icd10cm, words: str) -> None:
    assert codes.search(words) == []


@pytest.mark.parametrize("words", ["xqzzt hypertension", "hypertension\x00 🤒", "hypertension " * 10_000])
def test_what_is_not_understood_does_not_hide_what_is(codes: Icd10cm, words: str) -> None:
    assert first(codes, words) == ["I10"]


@pytest.mark.parametrize("words", [" ".join(f"word{n}" for n in range(10_000)), "x" * 100_000, "pain " + "y" * 100_000])
def test_of_a_text_of_any_length_the_beginning_is_looked_at(codes: Icd10cm, words: str) -> None:
    assert codes.search(words) == codes.search(f"{words} asthma")


@pytest.mark.parametrize(("typed", "code"), [("diab", "E11.9"), ("bronch", "J20.9"), ("hypert", "I10")])
def test_the_beginning_of_a_word_is_enough(codes: Icd10cm, typed: str, code: str) -> None:
    assert code in first(codes, typed, 5)


def test_a_code_prefix_lists_its_billable_codes_first(codes: Icd10cm) -> None:
    found = codes.search("e11", 100)
    assert found[0].code == "E11.9"
    assert all(entry.code.startswith("E11") for entry in found)
    assert [entry.billable for entry in found] == sorted((entry.billable for entry in found), reverse=True)
    assert first(codes, "S93.409A", 5) == ["S93.409A"]
    assert first(codes, "s93409", 5) == ["S93.409A", "S93.409D", "S93.409S"]


def test_an_injury_is_offered_for_the_encounter_that_is_asked_for(codes: Icd10cm) -> None:
    assert first(codes, "ankle sprain subsequent encounter") == ["S93.409D"]
    assert first(codes, "ankle sprain sequela") == ["S93.409S"]
    assert first(codes, "sequela of wrist fracture") == ["S62.109S"], "a word of the fracture names no encounter"
    assert first(codes, "open wrist fracture left") == ["S62.102B"]
    assert first(codes, "closed hip fracture") == ["S72.009A"]


@pytest.mark.parametrize(("words", "codes_of"), [("sequela of stroke", "I69.3"), ("polio sequela", "B91")])
def test_the_sequela_of_what_is_no_injury_is_a_code_of_its_own(codes: Icd10cm, words: str, codes_of: str) -> None:
    assert first(codes, words)[0].startswith(codes_of)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("ear infection both", ["H66.93"]),
        ("bilateral ear infection", ["H66.93"]),
        ("swollen knee both", ["M25.461", "M25.462"]),  # no code says both: one of each (guidelines, I.B.13)
        ("left ear infection", ["H66.92"]),
        ("ear infection unspecified", ["H66.90"]),
        ("right heartburn", ["R12"]),  # has no side
    ],
)
def test_an_everyday_phrase_is_offered_for_the_side_that_is_asked_for(
    codes: Icd10cm, words: str, wanted: list[str]
) -> None:
    assert first(codes, words, len(wanted)) == wanted


def test_every_common_code_exists_and_its_words_find_it(codes: Icd10cm) -> None:
    lost = [
        (code, words)
        for code, phrases in COMMON.items()
        for words in phrases
        if not any(entry.code.replace(".", "").startswith(code.replace(".", "")) for entry in codes.search(words, 5))
    ]
    assert lost == []


@given(st.text(max_size=30), st.integers(0, 30))
def test_any_text_gets_an_answer_of_known_codes(text: str, limit: int) -> None:
    codes = Icd10cm.load()
    found = codes.search(text, limit)
    assert len(found) <= limit
    assert len({entry.code for entry in found}) == len(found)
    assert all(codes.lookup(entry.code) == entry for entry in found)


@given(st.sampled_from(sorted(COMMON)), st.data())
def test_a_description_finds_its_own_code(code: str, data: st.DataObject) -> None:
    codes = Icd10cm.load()
    entry = codes.lookup(code)
    assert entry is not None
    words = data.draw(st.permutations(entry.description.split()))
    assert any(found.code.startswith(code) for found in codes.search(" ".join(words), 10))
