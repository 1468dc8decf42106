"""Modifiers: proposed with the reason, decided by a person, never added in silence."""

from pathlib import Path
from typing import Any

import pytest

from liaison.billing.actions import add_charge, draft_charges, void_charge
from liaison.billing.actions.proposing import decide_modifier
from liaison.billing.charging.modifiers import Line, Pair, propose, side_of, within
from liaison.billing.rules import packaged
from liaison.billing.scrub import ncci
from liaison.kernel.errors import Forbidden, Invalid, NotFound
from liaison.people.actors import of_staff
from liaison.people.staffing import add_staff
from liaison.places.actions import update_site
from tests.billing.clinic import BEGAN, TEST, Practice

RULES: dict[str, Any] = packaged("charge-rules")["body"]["modifiers"]


def told(*lines: Line, **more: Any) -> list[tuple[str, str]]:
    return [(lines[one.line].code, one.modifier) for one in propose(lines, RULES, **more)]


@pytest.mark.parametrize(
    ("codes", "proposed"),
    [
        (["99213"], []),
        (["99213", "80053"], [("80053", "QW")]),
        (["99213", "90471", "90707"], [("99213", "25")]),
        (["99396", "90471"], [("99396", "25")]),
        (["99213", "G0008"], [("99213", "25")]),
        (["99213", "20610"], [("99213", "25")]),
        (["99396", "99213"], [("99213", "25")]),
        (["99213", "96372", "J1100"], [("99213", "25")]),
        (["90471", "90707"], []),
        (["81002", "81003"], [("81003", "QW")]),
    ],
)
def test_25_and_qw_go_by_what_stands_beside(codes: list[str], proposed: list[tuple[str, str]]) -> None:
    assert told(*(Line(code) for code in codes)) == proposed


def test_a_modifier_that_is_there_is_not_proposed() -> None:
    assert told(Line("99213", ("25",)), Line("90471"), Line("87880", ("QW",))) == []


def test_a_test_that_others_do_is_not_waived_here_and_the_clia_number_is_told() -> None:
    assert told(Line("83036", tested_here=False)) == []
    (one,) = propose([Line("87880")], RULES, clia="14D0123456")
    assert one.reason == "A waived test done here (CLIA 14D0123456)."
    (one,) = propose([Line("87880")], RULES)
    assert "no CLIA number yet" in one.reason


@pytest.mark.parametrize(
    ("words", "side"),
    [
        ("X-ray of the knee, left", "LT"), ("Injection, RIGHT shoulder.", "RT"), ("both ears", "50"),
        ("left and right wrist", "50"), ("bilateral", "50"), ("upright", ""), ("leftover", ""), ("", ""),
    ],
)  # fmt: skip
def test_words_tell_the_side(words: str, side: str) -> None:
    assert side_of(words) == side


def test_the_side_is_the_orders_else_the_diagnoses() -> None:
    assert told(Line("20610", words="Injection, left knee", diagnoses="Pain in right knee")) == [("20610", "LT")]
    assert told(Line("20610", words="Injection", diagnoses="Pain in right knee")) == [("20610", "RT")]
    assert told(Line("20610", ("RT",), words="left")) == []
    assert told(Line("93000", words="left")) == []


def test_a_bundled_pair_asks_for_a_modifier_where_one_is_allowed() -> None:
    lines = (Line("20610", words="left knee"), Line("20605", words="right wrist"))
    assert ("20605", "XS") in told(*lines, pairs=[Pair("20610", "20605")])
    assert ("36415", "59") in told(Line("93000"), Line("36415"), pairs=[Pair("93000", "36415")])
    assert told(Line("93000"), Line("36415"), pairs=[Pair("93000", "36415", modifier_allowed=False)]) == []
    assert told(Line("93000"), Line("36415", ("XU",)), pairs=[Pair("93000", "36415")]) == []
    assert told(Line("99213"), Line("20610"), pairs=[Pair("20610", "99213")]) == [("99213", "25")]


@pytest.mark.parametrize(
    ("main", "other", "modifier"),
    [
        (Line("93000", visit="a", provider="x"), Line("36415", visit="a", provider="x"), "59"),
        (Line("93000", visit="b", provider="x"), Line("36415", visit="a", provider="x"), "XE"),
        (Line("93000", visit="b", provider="y"), Line("36415", visit="a", provider="x"), "XP"),
        (Line("93000", visit="a", pointers=("I10",)), Line("36415", visit="a", pointers=("E11.9",)), "XU"),
        (Line("93000", visit="a", pointers=("I10",)), Line("36415", visit="a", pointers=("E11.9", "I10")), "59"),
    ],
)
def test_how_a_service_was_apart_chooses_the_modifier(main: Line, other: Line, modifier: str) -> None:
    lines = [other] if main.visit != other.visit else [main, other]
    found = propose(lines, RULES, pairs=[Pair("93000", "36415")], elsewhere=[main] if len(lines) == 1 else [])
    assert [(lines[one.line].code, one.modifier) for one in found] == [("36415", modifier)]
    assert modifier in found[0].reason


def test_another_visits_vaccine_asks_for_no_25() -> None:
    assert propose([Line("99213", visit="a")], RULES, elsewhere=[Line("90471", visit="b")]) == []


def test_ranges_hold_codes_of_their_own_length_alone() -> None:
    assert within("G0009", ["G0008-G0010"])
    assert not within("9921", ["99202-99215"])
    assert within("90480", ["90480"])


def test_a_person_accepts_or_refuses_and_may_change_their_mind(practice: Practice) -> None:
    update_site(TEST, practice.site.pk, clia="14D0123456")
    encounter = practice.visit(practice.patient(), orders=["strep"])
    _, strep = draft_charges(TEST, encounter.pk, visit_type="follow-up")
    # The catalogue of this practice calls it a test of the laboratory, which others do
    assert strep.proposals == []
    injection = add_charge(TEST, encounter.pk, code="96372", cents=2500)
    (visit, *_) = draft_charges(TEST, encounter.pk, visit_type="follow-up")
    assert [(one["modifier"], one["decision"]) for one in visit.proposals] == [("25", "")]
    assert visit.modifiers == []
    assistant = of_staff(add_staff(TEST, role="medical-assistant", family="Whitfield", given="Dana"))
    with pytest.raises(Forbidden):
        decide_modifier(assistant, visit.pk, "25", accept=True)
    biller = of_staff(add_staff(TEST, role="biller", family="Chen", given="Wei"))
    accepted = decide_modifier(biller, visit.pk, "25", accept=True)
    assert (accepted.modifiers, accepted.proposals[0]["by"]) == (["25"], biller.name)
    refused = decide_modifier(biller, visit.pk, "25", accept=False)
    assert (refused.modifiers, refused.proposals[0]["decision"]) == ([], "refused")
    draft_charges(TEST, encounter.pk, visit_type="follow-up")
    void_charge(TEST, injection.pk, "not given")
    (visit, *_) = draft_charges(TEST, encounter.pk, visit_type="follow-up")
    assert [one["decision"] for one in visit.proposals] == ["refused"]
    with pytest.raises(NotFound):
        decide_modifier(biller, visit.pk, "59", accept=True)


def test_the_loaded_pairs_are_asked(practice: Practice, tmp_path: Path) -> None:
    file = tmp_path / "pairs.txt"
    file.write_text("99080\t87880\t\t20200101\t*\t1\n")
    ncci.load([file], BEGAN.date())
    try:
        encounter = practice.visit(practice.patient(), orders=["strep", "form"])
        charges = {one.code: one for one in draft_charges(TEST, encounter.pk, visit_type="follow-up")}
        (one,) = charges["87880"].proposals
        assert (one["modifier"], "part of 99080" in one["reason"]) == ("59", True)
    finally:
        ncci.path().unlink()


def test_a_modifier_by_hand_has_two_characters(practice: Practice) -> None:
    encounter = practice.visit(practice.patient())
    with pytest.raises(Invalid) as refused:
        add_charge(TEST, encounter.pk, code="87880", modifiers=["QWX"])
    assert refused.value.field == "modifiers"
