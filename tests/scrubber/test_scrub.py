"""What the scrubber finds, and what it lets pass."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from liaison.engines.scrubber import (
    Drug,
    Facts,
    Limit,
    Line,
    Pair,
    Provider,
    RuleFault,
    Severity,
    compile_rules,
    faults,
    read_ncci,
    scrub,
)

pytestmark = pytest.mark.engine
DAY = date(2026, 3, 2)
NO_RULES = compile_rules({"clia": ["80047-89398"], "ndc": ["J*"]})
GOOD = Facts(
    payer="SUNCO",
    payer_name="Sunrise",
    day=DAY,
    today=date(2026, 3, 3),
    lines=(Line("99213", DAY, cents=14_200, pointers=(1,)),),
    diagnoses=("J02.9",),
    age=40,
    sex="F",
    member_id="SUN1",
    billing=Provider("the practice", "1234567893", "261QP2300X"),
    tax_id="371234567",
    rendering=Provider("Dr Okafor", "1679576722", "207Q00000X"),
)


def line(code: str, **more: Any) -> Line:
    return Line(code, DAY, **{"cents": 100, "pointers": (1,)} | more)


def rules_found(facts: Facts, *bodies: dict[str, Any]) -> list[tuple[str, int]]:
    return [(one.rule, one.line) for one in scrub(facts, compile_rules(*bodies) if bodies else NO_RULES)]


def test_a_clean_claim_has_no_findings() -> None:
    assert scrub(GOOD, NO_RULES) == []


def test_a_vaccine_that_a_programme_paid_for_is_charged_at_nothing() -> None:
    funded = replace(GOOD, lines=(*GOOD.lines, line("90707", cents=0, modifiers=("SL",))))
    assert scrub(funded, NO_RULES) == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"member_id": ""}, "member"),
        ({"payer": ""}, "payer-id"),
        ({"diagnoses": ()}, "diagnosis"),
        ({"diagnoses": tuple(f"A{n:02}.0" for n in range(13))}, "diagnosis"),
        ({"rendering": Provider("Dr Okafor", "", "207Q00000X")}, "npi"),
        ({"rendering": Provider("Dr Okafor", "1679576723", "207Q00000X")}, "npi"),
        ({"rendering": Provider("Dr Okafor", "1679576722", "")}, "taxonomy"),
        ({"billing": Provider("the practice", "", "")}, "practice"),
        ({"referring": Provider("Dr Roe", "1111111111")}, "npi"),
        ({"frequency": "7"}, "original"),
        ({"lines": (line("99213", cents=0),)}, "price"),
        ({"lines": (line("99213", pointers=()),)}, "pointer"),
        ({"lines": tuple(line(f"{99000 + n}") for n in range(51))}, "lines"),
    ],
)
def test_what_the_standard_asks_stops_a_claim(change: dict[str, Any], rule: str) -> None:
    found = scrub(replace(GOOD, **change), NO_RULES)
    assert [(one.rule, one.severity) for one in found] == [(rule, Severity.STOP)]
    assert found[0].mend


def test_a_laboratory_test_asks_for_the_clia_number_of_the_site() -> None:
    tested = replace(GOOD, lines=(*GOOD.lines, line("87880", modifiers=("QW",))))
    assert rules_found(tested) == [("clia", 2)]
    assert rules_found(replace(tested, clia="14X0123456")) == [("clia-number", 2)]
    assert rules_found(replace(tested, clia="14D0123456")) == []


def test_a_drug_asks_for_its_ndc_and_how_much_was_given() -> None:
    given = line("J1100")
    assert rules_found(replace(GOOD, lines=(given,))) == [("ndc", 1)]
    drug = Drug("00517490125", "0.5", "ML")
    assert rules_found(replace(GOOD, lines=(replace(given, drug=drug),))) == []
    assert rules_found(replace(GOOD, lines=(replace(given, drug=replace(drug, ndc="0517-4901-25")),))) == [
        ("ndc-form", 1)
    ]
    for wrong in (replace(drug, unit="CC"), replace(drug, quantity="0"), replace(drug, quantity="a lot")):
        assert rules_found(replace(GOOD, lines=(replace(given, drug=wrong),))) == [("ndc-form", 1)]


def test_a_late_claim_is_told_by_its_last_day_and_one_sent_in_time_is_not_late() -> None:
    body = {"timely_filing_days": 90}
    late = replace(GOOD, today=date(2026, 6, 1))
    (found,) = scrub(late, compile_rules(body))
    assert (found.rule, found.severity) == ("timely", Severity.WARN)
    assert "May 31, 2026" in found.sentence
    assert rules_found(replace(late, today=date(2026, 5, 31)), body) == []
    assert rules_found(replace(late, first_sent=date(2026, 3, 9)), body) == []
    assert rules_found(late, {"timely_filing_days": 90, "checks": {"timely": "off"}}) == []


MRI = {"key": "mri", "when": {"codes": ["70551-70553"]}, "needs": ["authorization"], "say": "{code} needs a number."}


def test_a_rule_asks_what_is_missing_of_the_lines_that_it_is_about() -> None:
    scanned = replace(GOOD, lines=(*GOOD.lines, line("70552")))
    assert rules_found(scanned, {"rules": [MRI]}) == [("mri", 2)]
    assert scrub(scanned, compile_rules({"rules": [MRI]}))[0].sentence == "70552 needs a number."
    assert rules_found(replace(scanned, authorization="A1"), {"rules": [MRI]}) == []
    assert rules_found(GOOD, {"rules": [MRI]}) == []


@pytest.mark.parametrize(
    ("when", "hit", "miss"),
    [
        ({"payers": ["SUNCO"]}, {}, {"payer": "STCAI"}),
        ({"age_from": 18, "age_to": 64}, {"age": 18}, {"age": 65}),
        ({"sex": "F"}, {}, {"sex": "M"}),
        ({"places": ["11"]}, {}, {"place": "02"}),
        ({"diagnoses": ["J02"]}, {}, {"diagnoses": ("E11.9",)}),
        ({"without_diagnoses": ["E11"]}, {}, {"diagnoses": ("E11.9",)}),
        ({"codes": ["9921*"]}, {}, {"lines": (line("99203"),)}),
        ({"codes": ["99213"], "units_over": 2}, {"lines": (line("99213", units=3),)}, {}),
        ({"modifiers": ["25"]}, {"lines": (line("99213", modifiers=("25",)),)}, {}),
        ({"codes": ["99213"], "without_modifiers": ["25"]}, {}, {"lines": (line("99213", modifiers=("25",)),)}),
        ({"days_over": 30}, {"today": date(2026, 4, 2)}, {}),
        ({"with_codes": ["90471"]}, {"lines": (line("99213"), line("90471"))}, {}),
        ({"frequencies": ["8"]}, {"frequency": "8", "original_number": "1"}, {}),
        ({"responsibilities": ["S"]}, {"responsibility": "S"}, {}),
        ({"coverages": ["medicare"]}, {"coverage_kind": "medicare"}, {}),
    ],
)
def test_each_condition_holds_where_it_should(when: dict[str, Any], hit: dict[str, Any], miss: dict[str, Any]) -> None:
    body = {"rules": [{"key": "one", "when": when, "say": "Look."}]}
    assert [rule for rule, _ in rules_found(replace(GOOD, **hit), body)] == ["one"]
    assert rules_found(replace(GOOD, **miss), body) == []


def test_a_payers_document_overrides_the_practices_by_key() -> None:
    scanned = replace(GOOD, lines=(line("70552"),))
    assert rules_found(scanned, {"rules": [MRI]}, {"rules": [{"key": "mri", "severity": "off"}]}) == []
    softer = compile_rules({"rules": [MRI]}, {"rules": [MRI | {"severity": "warn"}]})
    assert [one.severity for one in scrub(scanned, softer)] == [Severity.WARN]


def test_a_document_that_cannot_be_used_is_told_fault_by_fault() -> None:
    body = {
        "tinely": 1,
        "checks": {"npi": "maybe"},
        "clia": ["8004"],
        "rules": [
            {"key": "a", "say": "x", "when": {"code": ["1"]}, "needs": ["luck"], "severity": "bad", "field": "nose"},
            {"key": "a", "when": {"codes": ["992"], "age_from": "old"}},
        ],
    }
    assert len(faults(body)) == 11
    with pytest.raises(RuleFault, match="luck"):
        compile_rules(body)


class Book:
    """Edits as a table would answer them."""

    def __init__(self, *rows: Pair | Limit) -> None:
        self.rows = rows

    def pairs(self, codes: Any, day: date) -> list[Pair]:
        pairs = [row for row in self.rows if isinstance(row, Pair) and row.modifier != "9"]
        return [p for p in pairs if p.first in codes and p.second in codes and p.begins <= day < p.ends]

    def limits(self, codes: Any, day: date) -> dict[str, Limit]:
        return {row.code: row for row in self.rows if isinstance(row, Limit) and row.code in codes}


PTP = """This notice stands above the table. It has, commas.
Column 1\tColumn 2\t*=In existence prior to 1996\tEffective Date\tDeletion Date *=no data\tModifier 0=not allowed\tPTP
11111\t22222\t \t20200101\t*\t1\tWords that are not kept
11111\t33333\t*\t19960101\t*\t0\tWords
11111\t44444\t\t20200101\t20231231\t0\tWords
11111\t55555\t\t20200101\t20200101\t9\tWords
66666\t77777\t20200101\t*\t1\tMedicaid has no mark of 1996
bad\trow
"""
MUE = """"A notice, in one line"
"HCPCS/
CPT Code",Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale
11111,1,1 Line Edit,Words
22222,2,2 Date of Service Edit: Policy,Words
33333,3,3 Date of Service Edit: Clinical,Words
"""


def edits() -> Book:
    return Book(*read_ncci(PTP.splitlines()), *read_ncci(MUE.splitlines()))


def test_published_files_are_read_past_their_notices() -> None:
    pairs = list(read_ncci(PTP.splitlines()))
    assert [(p.second, p.modifier) for p in pairs if isinstance(p, Pair)] == [
        ("22222", "1"),
        ("33333", "0"),
        ("44444", "0"),
        ("55555", "9"),
        ("77777", "1"),
    ]
    assert list(read_ncci(MUE.splitlines())) == [Limit("11111", 1, "1"), Limit("22222", 2, "2"), Limit("33333", 3, "3")]


def found_with_edits(*lines: Line) -> list[tuple[str, int, Severity]]:
    return [(one.rule, one.line, one.severity) for one in scrub(replace(GOOD, lines=lines), NO_RULES, edits())]


def test_a_pair_with_indicator_1_is_paid_with_a_modifier_on_either_and_with_0_never() -> None:
    stop = Severity.STOP
    assert found_with_edits(line("11111"), line("22222")) == [("pairs", 2, stop)]
    assert found_with_edits(line("22222"), line("11111")) == [("pairs", 1, stop)]
    assert found_with_edits(line("11111"), line("22222", modifiers=("59",))) == []
    assert found_with_edits(line("11111", modifiers=("25",)), line("22222")) == []
    assert found_with_edits(line("11111"), line("22222", modifiers=("GT",))) == [("pairs", 2, stop)]
    assert found_with_edits(line("11111"), line("33333", modifiers=("59",))) == [("pairs", 2, stop)]


def test_a_pair_that_was_ended_or_never_was_and_another_day_are_no_conflict() -> None:
    assert found_with_edits(line("11111"), line("44444"), line("55555")) == []
    assert found_with_edits(line("11111"), replace(line("22222"), day=date(2026, 3, 3))) == []


def test_units_are_limited_by_line_or_by_day() -> None:
    assert found_with_edits(line("11111", units=2)) == [("units", 1, Severity.STOP)]
    assert found_with_edits(line("11111"), line("11111", modifiers=("76",))) == []
    assert found_with_edits(line("22222", units=2), line("22222", modifiers=("76",))) == [("units", 2, Severity.STOP)]
    assert found_with_edits(line("33333", units=4)) == [("units-usual", 1, Severity.WARN)]


def test_the_same_service_twice_is_asked_about() -> None:
    assert found_with_edits(line("99213"), line("99213")) == [("same-twice", 2, Severity.WARN)]
